"""Pages out of templates.

Whatever comes over the air or the wire is only ever text in them, and of text only what can be
seen: it becomes neither markup (``autoescape``) nor turns round what stands beside it (``_shown``).
What is sent back as it stands in a field is ``Verbatim``.
"""

import gzip
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from firstlight.model.text import plain
from firstlight.web.access import Right, Standing, may
from firstlight.web.attendance import LIVE_HEADER
from firstlight.web.encoding import takes_gzip
from firstlight.web.portal.language import COOKIE, Language, chosen, language, languages
from firstlight.web.settings import WebSettings
from firstlight.web.visit import Visit

if TYPE_CHECKING:
    from jinja2 import Environment

FOLDER = Path(__file__).parent / "templates"


# Packed, the size of a page tells of its words; names of networks are words of strangers.
_WITH_SECRETS = frozenset({"code.html", "settings.html", "provisioning.html", "record.html"})


class Verbatim(str):
    """Text for a field of a form, whose browser sends back what was put into it."""

    __slots__ = ()


class Reader(msgspec.Struct, frozen=True, kw_only=True):
    """Who reads a page, and how. ``packs``: whether it may come as gzip."""

    visit: Visit
    language: Language
    live: bool
    packs: bool = False

    @classmethod
    def of(cls, request: Request) -> "Reader":
        """From a request that has passed the guards."""
        visit = Visit.met(request.scope)
        tag = chosen(visit.cookie(COOKIE), request.headers.get("accept-language", ""))
        return cls(
            visit=visit,
            language=language(tag),
            live=LIVE_HEADER in request.headers,
            packs=takes_gzip(request.headers),
        )

    @property
    def standing(self) -> Standing:
        """Who it is, as far as that is proven."""
        return self.visit.standing

    def may(self, right: Right) -> bool:
        """Whether they have that right."""
        return may(self.standing, right)


class Renderer:
    """Makes pages in one brand's look."""

    def __init__(self, settings: WebSettings) -> None:
        self._settings = settings

    def page(
        self,
        reader: Reader,
        template: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> Response:
        """The page. Nobody may keep it but the browser's own offline copy."""
        speech = reader.language
        text = (
            _environment(speech.tag)
            .get_template(template)
            .render(
                settings=self._settings,
                brand=self._settings.brand,
                root=reader.visit.root,
                path=reader.visit.path,
                lang=speech.tag,
                languages=languages(),
                told=speech.told,
                looks=reader.may(Right.LOOK),
                sets_up=reader.may(Right.SET_UP),
                manages=reader.may(Right.MANAGE),
                **values,
            )
        )
        kept = {"Cache-Control": "no-store", "Content-Language": speech.tag, **(headers or {})}
        content = text.encode()
        if reader.packs and template not in _WITH_SECRETS:
            content = gzip.compress(content, 5, mtime=0)
            kept["Content-Encoding"] = "gzip"
        return Response(content, status, kept, "text/html; charset=utf-8")

    def go(self, reader: Reader, where: str, headers: Mapping[str, str] | None = None) -> Response:
        """To another page: a script is told, everybody else is sent."""
        there = f"{reader.visit.root}{where}"
        kept = {"Cache-Control": "no-store", **(headers or {})}
        if reader.live:
            return Response(status_code=204, headers={**kept, "Firstlight-Location": there})
        return Response(status_code=303, headers={**kept, "Location": there})


@cache
def _environment(tag: str) -> "Environment":
    # A device whose page nobody opens does without.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415

    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        auto_reload=False,
        finalize=_shown,
    )
    install: Any = getattr(environment, "install_gettext_translations")  # noqa: B009  added by i18n
    install(language(tag).words, newstyle=True)
    gettext: Any = environment.globals["gettext"]
    environment.globals["gettext"] = _with_shown_names(gettext)
    return environment


def _shown(value: object) -> object:
    """A value as a page may hold it. Only ``str`` itself comes from outside; markup is our own."""
    return plain(value) if type(value) is str else value


def _with_shown_names(gettext: Callable[..., str]) -> Callable[..., str]:
    """The same for what stands inside a sentence."""
    from jinja2 import pass_context  # noqa: PLC0415

    @pass_context
    def told(context: object, sentence: str, **names: object) -> str:
        return gettext(context, sentence, **{name: _shown(one) for name, one in names.items()})

    return told
