"""Errors as they are raised here: out of the daemon's problem documents, or of not reaching it.

The class follows from the ``code``. A newer daemon's code that is not known here gives the class of
the HTTP status; the code as it came is the error's ``word``.
"""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Final

import httpx
import msgspec

from firstlight.client.request import UNREADABLE, Reply, Request, not_understood
from firstlight.errors import (
    BluetoothUnavailable,
    BrokerFailure,
    Busy,
    Code,
    ConfigError,
    Conflict,
    FirstlightError,
    InvalidInput,
    LockedOut,
    NoDaemon,
    NotFound,
    NotPermitted,
    NotUnderstood,
    RadioFailure,
    RadioUnavailable,
    RestartFailed,
    StoreFailure,
    Unauthorized,
)
from firstlight.model.wire import Problem

CLASS_OF: Final[Mapping[Code, type[FirstlightError]]] = {
    Code.INVALID_BODY: InvalidInput,
    Code.INVALID_FIELD: InvalidInput,
    Code.INVALID_CONFIG: ConfigError,
    Code.BODY_TOO_LARGE: InvalidInput,
    Code.NOT_A_CERTIFICATE: InvalidInput,
    Code.NOT_ENABLED: FirstlightError,
    Code.NOT_FOUND: NotFound,
    Code.METHOD_NOT_ALLOWED: FirstlightError,
    Code.UNAUTHORIZED: Unauthorized,
    Code.FORBIDDEN: NotPermitted,
    Code.NOT_ALLOWED: NotPermitted,
    Code.SOFTAP_ONLY: NotPermitted,
    Code.NOT_PERMITTED: NotPermitted,
    Code.UNKNOWN_PROFILE: NotFound,
    Code.UNKNOWN_ATTEMPT: NotFound,
    Code.UNKNOWN_SESSION: NotFound,
    Code.UNKNOWN_RECORD: NotFound,
    Code.UNKNOWN_CERTIFICATE: NotFound,
    Code.ALREADY_EXISTS: Conflict,
    Code.MAC_TAKEN: Conflict,
    Code.VERSION_CONFLICT: Conflict,
    Code.PROVISIONING_INACTIVE: Busy,
    Code.RADIO_IN_USE: Busy,
    Code.ANOTHER_CONTROLLER: Busy,
    Code.NO_FIREWALL: RadioFailure,
    Code.KEY_LOST: StoreFailure,
    Code.LOCKED_OUT: LockedOut,
    Code.RATE_LIMITED: LockedOut,
    Code.BUSY: Busy,
    Code.COOLING_DOWN: Busy,
    Code.WRONG_MODE: Busy,
    Code.NO_NETWORK_MANAGER: RadioUnavailable,
    Code.NO_WIFI_DEVICE: RadioUnavailable,
    Code.UNKNOWN_INTERFACE: RadioUnavailable,
    Code.UNMANAGED: RadioUnavailable,
    Code.RADIO_BLOCKED: RadioUnavailable,
    Code.RADIO_GONE: RadioUnavailable,
    Code.SCAN_FAILED: RadioFailure,
    Code.HOTSPOT_FAILED: RadioFailure,
    Code.RADIO_FAILURE: RadioFailure,
    Code.TIMEOUT: RadioFailure,
    Code.STORE_FAILURE: StoreFailure,
    Code.RESTART_FAILED: RestartFailed,
    Code.BROKER_FAILURE: BrokerFailure,
    Code.NO_BLUETOOTH: BluetoothUnavailable,
    Code.INTERNAL: FirstlightError,
    Code.NO_DAEMON: NoDaemon,
}

_BY_STATUS: Final[Mapping[int, type[FirstlightError]]] = {
    400: InvalidInput,
    401: Unauthorized,
    403: NotPermitted,
    404: NotFound,
    409: Busy,
    412: Conflict,
    413: InvalidInput,
    429: LockedOut,
    502: RadioFailure,
    503: RadioUnavailable,
}

_HOW_TO_SIGN_IN: Final = (
    "Give Client the daemon's secret as token=…, or the code that `firstlight pair` shows as "
    "pairing_code=…."
)

BROKEN_OFF: Final = (
    httpx.ReadError,
    httpx.WriteError,
    httpx.CloseError,
    httpx.RemoteProtocolError,
)
"""The connection was there, and is not any more."""


def checked(request: Request[object], reply: Reply, where: str) -> Reply:
    """The reply, if it is a good one. Raises the error that it tells, or ``NotUnderstood``."""
    if reply.status >= HTTPStatus.BAD_REQUEST:
        raise rebuilt(reply, where)
    kind = reply.headers.get("content-type", "")
    empty = reply.status == HTTPStatus.NO_CONTENT
    if reply.status >= HTTPStatus.MULTIPLE_CHOICES:
        raise _led_away(reply, where)
    if not (empty or kind.startswith(request.expects)):
        raise not_understood(where)
    return reply


def _led_away(reply: Reply, where: str) -> NotUnderstood:
    """A daemon that speaks TLS leads there, and nowhere else; nobody follows with a token."""
    there = reply.headers.get("location", "")
    if not there.startswith("https://"):
        return not_understood(where)
    host = there.removeprefix("https://").partition("/")[0]
    return NotUnderstood(f"What answers at {where} speaks TLS.", hint=f"Ask https://{host}.")


def rebuilt(reply: Reply, where: str) -> FirstlightError:
    """The error that a problem document tells; ``NotUnderstood`` for what is none."""
    try:
        told = msgspec.json.decode(reply.body, type=Problem)
    except UNREADABLE:
        return not_understood(where)
    try:
        code = Code(told.code)
    except ValueError:
        code, kind = None, _BY_STATUS.get(reply.status, FirstlightError)
    else:
        kind = CLASS_OF[code]
    error = _made(kind, code, told)
    error.word = told.code
    if "www-authenticate" in reply.headers:  # the daemon's own hint is about headers
        error.hint = _HOW_TO_SIGN_IN
    after = reply.headers.get("retry-after", "")
    error.retry_after = float(after) if after.isascii() and after.isdigit() else None
    return error


def _made(kind: type[FirstlightError], code: Code | None, told: Problem) -> FirstlightError:
    """Some classes put their sentence together of two parts, which it has to be taken apart for."""
    first, colon, rest = told.message.partition(": ")
    if issubclass(kind, InvalidInput):
        field, sentence = (first, rest) if colon else ("", told.message)
        return InvalidInput(field, sentence, code=code, hint=told.hint)
    if issubclass(kind, ConfigError) and colon:
        return ConfigError(first, rest, hint=told.hint)
    if issubclass(kind, ConfigError | BrokerFailure):
        return FirstlightError(told.message, code=code, hint=told.hint)
    return kind(told.message, code=code, hint=told.hint)


def is_answer_lost(error: FirstlightError) -> bool:
    """Whether what was asked may have been done, though no answer to it came."""
    return isinstance(error, NoDaemon) and isinstance(
        error.__cause__, (*BROKEN_OFF, httpx.ReadTimeout)
    )


def nobody_there(where: str) -> NoDaemon:
    """No daemon listens at ``where``."""
    return NoDaemon(
        f"No daemon answers at {where}.",
        hint="Start it with `firstlight serve`, or `systemctl start firstlight`. "
        "`firstlight doctor` works without it.",
    )


@contextmanager
def reaching(where: str) -> Generator[None]:
    """Raise ``NoDaemon`` for whatever keeps the connection from working."""
    try:
        yield
    except httpx.TransportError as error:
        raise _unreachable(error, where) from error


def _unreachable(error: httpx.TransportError, where: str) -> NoDaemon:
    """The one place that tells apart the ways of not reaching the daemon."""
    match error:
        case httpx.ConnectError() | httpx.ConnectTimeout():
            return _untrusted(error, where) or nobody_there(where)
        case httpx.TimeoutException():
            return NoDaemon(
                f"The daemon at {where} did not answer in time.",
                code=Code.TIMEOUT,
                hint="Look at its log; firstlight doctor says what may be in its way.",
            )
        case _:
            return NoDaemon(
                f"The connection to the daemon at {where} broke off before it answered.",
                hint="If it was restarted, try again.",
            )


def _untrusted(error: Exception, where: str) -> NoDaemon | None:
    if "CERTIFICATE_VERIFY_FAILED" not in str(error):
        return None
    return NoDaemon(
        f"The certificate of what answers at {where} is not trusted.",
        hint="Name the authority that signed it, or the certificate itself: ca=… in Python, "
        "SSL_CERT_FILE=… before a command.",
    )
