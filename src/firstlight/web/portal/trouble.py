"""Errors as pages, for whoever asked with a browser."""

from starlette.requests import Request
from starlette.responses import Response

from firstlight.errors import FirstlightError
from firstlight.web.portal.rendering import Reader, Renderer
from firstlight.web.portal.words import N_
from firstlight.web.problems import Refusal, answer_to

_TITLES = {
    401: N_("Who is there?"),
    404: N_("There is nothing here"),
    429: N_("Too fast"),
}
_SENT_ELSEWHERE = range(300, 400)


class TroublePages:
    """The same answer that a program would get, in a page."""

    def __init__(self, renderer: Renderer) -> None:
        self._renderer = renderer

    def answer(self, request: Request, error: Exception) -> Response:
        """As JSON for a program, as a page for a browser."""
        plain = answer_to(error)
        reader = Reader.of(request)
        if not reader.visit.wants_page or plain.status_code in _SENT_ELSEWHERE:
            return plain
        say, told = reader.language.words.gettext, reader.language.told
        known = isinstance(error, Refusal | FirstlightError)
        message = error.message if known else ""
        hint = (error.hint or "") if known else ""
        kept = ("retry-after", "allow", "www-authenticate", "connection")
        headers = {name: value for name, value in plain.headers.items() if name in kept}
        return self._renderer.page(
            reader,
            "problem.html",
            status=plain.status_code,
            headers=headers,
            title=say(_TITLES.get(plain.status_code, N_("That did not work"))),
            message=told(message) if message else "",
            hint=told(hint) if hint else "",
        )
