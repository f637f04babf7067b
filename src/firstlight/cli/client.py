"""The daemon as the command line sees it: HTTP over its Unix socket, or to a URL."""

from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Final, Generic, TypedDict, TypeVar, Unpack
from urllib.parse import quote

import httpx
import msgspec

from firstlight.cli.exits import ExitCode
from firstlight.cli.failures import NO_DAEMON, Failure, failure
from firstlight.errors import Code
from firstlight.model.claim import ClaimAnswer, ClaimBody
from firstlight.model.pairing import CodeShown
from firstlight.model.provisioning_mode import ModeBody, ModeSession
from firstlight.model.wire import (
    AttemptAnswer,
    ConnectBody,
    DiagnosticsAnswer,
    ForgetBody,
    HealthAnswer,
    HotspotAnswer,
    NetworksAnswer,
    Ok,
    Problem,
    RestartBody,
    RollbackBody,
    SavedNetworksAnswer,
    SessionsAnswer,
    StatusAnswer,
)

ANSWER_SECONDS: Final = 90.0
"""A scan, a hotspot on a slow radio: what the daemon may take before it answers."""

HEARTBEATS_MISSED_SECONDS: Final = 45.0
"""The event stream has a heartbeat every 15 s; after three the connection is dead."""

_CONNECT_SECONDS: Final = 5.0
_API: Final = "/api/provisioning"

JSON: Final = "application/json"

T = TypeVar("T")


class Sent(TypedDict, total=False):
    """What a request may carry beside its path, as httpx takes it."""

    params: Mapping[str, str]
    content: bytes
    headers: Mapping[str, str]
    files: Mapping[str, tuple[str, bytes, str]]


class Answer(Generic[T]):
    """``body`` is what came over the wire, ``value`` what it means."""

    def __init__(self, body: bytes, model: type[T], where: str) -> None:
        self.body = body
        self._model = model
        self._where = where

    @property
    def value(self) -> T:
        """Decode. Raises ``Failure`` when it isn't what this version expects."""
        try:
            return msgspec.json.decode(self.body, type=self._model)
        except msgspec.DecodeError as error:
            raise _not_ours(self._where) from error


class DaemonClient:
    """One method a route. All raise ``Failure``: the daemon's problem, or why it can't be asked.

    ``where`` names the daemon in sentences; ``remote``: it is asked over a network.
    """

    def __init__(self, http: httpx.Client, where: str, *, remote: bool) -> None:
        self._http = http
        self._where = where
        self.remote = remote

    def status(self) -> Answer[StatusAnswer]:
        """How the device is."""
        return self._ask("GET", f"{_API}/status", StatusAnswer)

    def networks(self) -> Answer[NetworksAnswer]:
        """What is in sight; may scan first."""
        return self._ask("GET", f"{_API}/networks", NetworksAnswer)

    def saved(self) -> Answer[SavedNetworksAnswer]:
        """Saved networks."""
        return self._ask("GET", f"{_API}/networks/saved", SavedNetworksAnswer)

    def connect(self, body: ConnectBody) -> str:
        """Begin to join. Returns the path of the attempt."""
        answer = self._send("POST", f"{_API}/network/connect", body)
        path = answer.headers.get("location", "")
        if not path.startswith(f"{_API}/network/attempts/"):
            raise _not_ours(self._where)
        return path

    def attempt(self, path: str) -> Answer[AttemptAnswer]:
        """An attempt, by the path that ``connect`` returned."""
        return self._ask("GET", path, AttemptAnswer)

    def forget(self, name: str) -> Answer[Ok]:
        """Remove a saved network."""
        return self._ask("POST", f"{_API}/network/forget", Ok, ForgetBody(name))

    def hotspot(self) -> Answer[HotspotAnswer]:
        """The device's own network, its password too."""
        return self._ask("GET", f"{_API}/hotspot", HotspotAnswer)

    def switch_hotspot(self, *, up: bool) -> Answer[Ok]:
        """Raise or lower the device's own network; returns when it is done."""
        return self._ask("POST", f"{_API}/hotspot/{'enable' if up else 'disable'}", Ok)

    def claim(self) -> Answer[ClaimAnswer]:
        """How the newest claim stands."""
        return self._ask("GET", f"{_API}/claim", ClaimAnswer)

    def begin_claim(self, body: ClaimBody) -> Answer[ClaimAnswer]:
        """Begin to claim; returns at once."""
        return self._ask("POST", f"{_API}/claim", ClaimAnswer, body)

    def end_claim(self) -> Answer[ClaimAnswer]:
        """End the claim; returns once the radio is as it was."""
        return self._ask("DELETE", f"{_API}/claim", ClaimAnswer)

    def code(self) -> Answer[CodeShown]:
        """The pairing code of the moment."""
        return self._ask("GET", f"{_API}/auth-code", CodeShown)

    def new_code(self) -> Answer[CodeShown]:
        """Another code."""
        return self._ask("POST", f"{_API}/auth-code/regenerate", CodeShown)

    def unlock_code(self) -> Answer[CodeShown]:
        """End the pause after wrong codes."""
        return self._ask("POST", f"{_API}/auth-code/unlock", CodeShown)

    def sessions(self) -> Answer[SessionsAnswer]:
        """Who is paired."""
        return self._ask("GET", f"{_API}/sessions", SessionsAnswer)

    def revoke(self, session_id: str | None) -> Answer[Ok]:
        """Sign one out, or with ``None`` everybody."""
        one = "" if session_id is None else f"/{quote(session_id, safe='')}"
        return self._ask("DELETE", f"{_API}/sessions{one}", Ok)

    def diagnose(self) -> Answer[DiagnosticsAnswer]:
        """The diagnostic ladder, climbed now; takes up to 8 s."""
        return self._ask("GET", f"{_API}/network/diagnostics", DiagnosticsAnswer)

    def trigger_recovery(self) -> Answer[Ok]:
        """Begin recovery."""
        return self._ask("POST", f"{_API}/recovery/trigger", Ok)

    def rollback(self, body: RollbackBody) -> Answer[Ok]:
        """Back to provisioning mode; returns once the hotspot is up."""
        return self._ask("POST", f"{_API}/rollback", Ok, body)

    def restart(self, body: RestartBody) -> Answer[Ok]:
        """Restart; returns before it happens."""
        return self._ask("POST", f"{_API}/restart", Ok, body)

    def factory_reset(self) -> Answer[Ok]:
        """Begin; events tell the rest."""
        return self._ask("POST", f"{_API}/factory-reset", Ok)

    def complete_onboarding(self) -> Answer[Ok]:
        """The setup is finished."""
        return self._ask("POST", f"{_API}/onboarding/complete", Ok)

    def switch_maintenance(self, *, on: bool) -> Answer[Ok]:
        """Enter or leave maintenance."""
        return self._ask("POST", f"{_API}/maintenance/{'enter' if on else 'exit'}", Ok)

    def provisioning_session(self) -> Answer[ModeSession]:
        """Provisioning Mode in full."""
        return self._ask("GET", f"{_API}/session", ModeSession)

    def switch_provisioning(self, on: ModeBody | None) -> Answer[Ok]:
        """Switch Provisioning Mode on as asked for, or off; returns once that is accepted."""
        return self._ask("DELETE" if on is None else "PUT", _API, Ok, on)

    def health(self) -> Answer[HealthAnswer]:
        """Whether it is alive and enabled."""
        return self._ask("GET", "/api/health", HealthAnswer)

    @contextmanager
    def events(self, after: str | None, silence: float) -> Generator[Generator[bytes]]:
        """The raw event stream from the event after ``after`` on.

        Raises ``TimeoutError`` when nothing comes for ``silence`` seconds.
        """
        headers = {"accept": "text/event-stream"}
        if after is not None:
            headers["last-event-id"] = after
        # Handed over by reference: the first answer may take its time, what follows may not.
        timeouts = {"connect": _CONNECT_SECONDS, "read": ANSWER_SECONDS, "write": ANSWER_SECONDS}
        with (
            self._translated(),
            self._http.stream(
                "GET", f"{_API}/events", headers=headers, extensions={"timeout": timeouts}
            ) as response,
        ):
            if response.status_code != HTTPStatus.OK:
                response.read()
            self._check(response, "text/event-stream")
            timeouts["read"] = silence
            yield _until_silent(response)

    def ask(self, method: str, path: str, model: type[T], **sent: Unpack[Sent]) -> Answer[T]:
        """Any route that answers with JSON of that type."""
        return Answer(self.request(method, path, **sent).content, model, self._where)

    def request(
        self, method: str, path: str, *, expected: str = JSON, **sent: Unpack[Sent]
    ) -> httpx.Response:
        """Any route; ``expected`` is the media type of its answer, if it has one."""
        with self._translated():
            response = self._http.request(method, path, **sent)
        self._check(response, expected)
        return response

    @contextmanager
    def download(self, path: str, params: Mapping[str, str]) -> Generator[Iterator[bytes]]:
        """A file, piece by piece, of any media type. One that breaks off raises ``Failure``."""
        with self._translated(), self._http.stream("GET", path, params=params) as response:
            if response.status_code != HTTPStatus.OK:
                response.read()
            self._check(response, "")
            yield response.iter_raw()

    def _ask(
        self, method: str, path: str, model: type[T], body: msgspec.Struct | None = None
    ) -> Answer[T]:
        return Answer(self._send(method, path, body).content, model, self._where)

    def _send(self, method: str, path: str, body: msgspec.Struct | None = None) -> httpx.Response:
        if body is None:
            return self.request(method, path, content=b"")
        encoded = msgspec.json.encode(body)
        return self.request(method, path, content=encoded, headers={"content-type": JSON})

    def _check(self, response: httpx.Response, expected: str) -> None:
        if response.status_code >= HTTPStatus.BAD_REQUEST:
            try:
                raise Failure(msgspec.json.decode(response.content, type=Problem))
            except msgspec.DecodeError as error:
                raise _not_ours(self._where) from error
        empty = response.status_code == HTTPStatus.NO_CONTENT
        if not empty and not response.headers.get("content-type", "").startswith(expected):
            raise _not_ours(self._where)

    @contextmanager
    def _translated(self) -> Generator[None]:
        try:
            yield
        except httpx.TransportError as error:
            raise _unreachable(error, self._where) from error


def _until_silent(response: httpx.Response) -> Generator[bytes]:
    try:
        yield from response.iter_raw()
    except httpx.ReadTimeout as error:
        raise TimeoutError from error


def _not_ours(where: str) -> Failure:
    return failure(
        f"What answers at {where} is not a Firstlight daemon of this version.",
        code=Code.INTERNAL,
        hint="Check the address; after an update, restart the daemon.",
    )


def nobody_there(where: str) -> Failure:
    """No daemon listens at ``where``."""
    return failure(
        f"No daemon answers at {where}.",
        code=NO_DAEMON,
        exit_code=ExitCode.NO_DAEMON,
        hint="Start it with `firstlight serve`, or `systemctl start firstlight`. "
        "`firstlight doctor` works without it.",
    )


def _unreachable(error: httpx.TransportError, where: str) -> Failure:
    """The one place that tells apart the ways of not reaching the daemon."""
    match error:
        case httpx.ConnectError() | httpx.ConnectTimeout():
            return nobody_there(where)
        case httpx.TimeoutException():
            return failure(
                f"The daemon at {where} did not answer in time.",
                code=Code.TIMEOUT,
                hint="Look at its log; firstlight doctor says what may be in its way.",
            )
        case _:
            return failure(
                f"The connection to the daemon at {where} broke off before it answered.",
                code=NO_DAEMON,
                exit_code=ExitCode.NO_DAEMON,
                hint="If it was restarted, try again.",
            )
