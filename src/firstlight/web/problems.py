"""Every error that leaves over HTTP is made here, and has one shape: ``model.wire.Problem``.

Statuses by class of error:

- 500 for ``StoreFailure`` and ``RestartFailed``: the machine under us failed at what is its own.
  Asking again helps no more until somebody has seen to the machine, so it is not 503.
- 502 for ``RadioFailure``: the radio behind us was asked properly and gave a bad answer, so asking
  again at once helps no more than it would with any bad gateway.
- 503 for ``RadioUnavailable`` and ``NotPermitted``: nobody could be asked; it works again once what
  stands in the way is gone.
"""

import http
import math
from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.responses import Response

from firstlight.errors import (
    Busy,
    Code,
    FirstlightError,
    InvalidInput,
    LockedOut,
    NotFound,
    NotPermitted,
    RadioFailure,
    RadioUnavailable,
    RestartFailed,
    StoreFailure,
    Unauthorized,
)
from firstlight.model.wire import Problem
from firstlight.web.encoding import to_json

STATUS_OF: Mapping[type[FirstlightError], int] = {
    InvalidInput: 400,
    NotFound: 404,
    Unauthorized: 401,
    Busy: 409,
    LockedOut: 429,
    RadioFailure: 502,
    RadioUnavailable: 503,
    NotPermitted: 503,
    StoreFailure: 500,
    RestartFailed: 500,
}

_CODE_OF = {404: Code.NOT_FOUND, 405: Code.METHOD_NOT_ALLOWED}
_WORDS = {
    404: "There is nothing at this address.",
    405: "This address doesn't take that method.",
    500: "Something went wrong inside Firstlight.",
}


class Refusal(Exception):
    """A request that the web layer itself turns away. Carries the whole answer."""

    def __init__(
        self,
        status: int,
        code: Code,
        message: str,
        *,
        hint: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.hint = hint
        self.headers = headers


def problem(
    status: int,
    code: Code,
    message: str,
    hint: str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """An answer in the one shape."""
    body = Problem(error=message, message=message, code=code, hint=hint)
    return Response(to_json(body), status, headers, "application/json")


def answer_to(error: Exception) -> Response:
    """The answer to an error. What is not known here is 500 and tells nothing of itself."""
    match error:
        case Refusal():
            return problem(error.status, error.code, error.message, error.hint, error.headers)
        case FirstlightError():
            headers = _retry_after(error)
            return problem(status_of(type(error)), error.code, error.message, error.hint, headers)
        case HTTPException():
            code = _CODE_OF.get(error.status_code, Code.INVALID_BODY)
            words = _WORDS.get(error.status_code) or http.HTTPStatus(error.status_code).phrase
            return problem(error.status_code, code, words, headers=error.headers)
        case _:
            hint = "The log says more: journalctl -u firstlight"
            return problem(500, Code.INTERNAL, _WORDS[500], hint)


def status_of(kind: type[FirstlightError]) -> int:
    """The HTTP status of a class of error; 500 for those that should not get this far."""
    for base in kind.__mro__:
        if base in STATUS_OF:
            return STATUS_OF[base]
    return 500


def _retry_after(error: FirstlightError) -> dict[str, str] | None:
    if error.retry_after is not None:
        return {"Retry-After": str(max(1, math.ceil(error.retry_after)))}
    return None
