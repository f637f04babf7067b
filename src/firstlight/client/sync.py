"""The client that blocks."""

import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

import httpx

from firstlight.client.dialing import (
    ANSWER_SECONDS,
    CONNECT_SECONDS,
    authorization,
    destination,
    knock,
    timeouts,
)
from firstlight.client.jobs import Job, Undertaking, until
from firstlight.client.operation import Answering, Blocking
from firstlight.client.operations import Operations
from firstlight.client.problems import BROKEN_OFF, checked, reaching
from firstlight.client.registry import PAGE, RegistryOperations
from firstlight.client.request import Answer, Reply, Request
from firstlight.client.sending import EVENTS, HEADERS, built, event_headers, reply_of
from firstlight.client.undertakings import Following, Undertakings
from firstlight.model.records import RecordKind
from firstlight.model.wire import ExchangeForm, RegistryEntry

if TYPE_CHECKING:
    from firstlight.model.event import DeviceEvent

B = TypeVar("B")
V = TypeVar("V")
S = TypeVar("S")
T = TypeVar("T")


class Client(Operations, Undertakings, Blocking, Following):
    """A daemon, asked by a program that waits for each answer. Not for several threads at once.

    A context manager: entering looks whether somebody is there, and pairs. Every method raises
    ``FirstlightError``: what the daemon answered, ``NoDaemon``, or ``NotUnderstood``.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        token: str | None = None,
        pairing_code: str | None = None,
        device_name: str = "",
        ca: str | Path | None = None,
        state_dir: Path | None = None,
        seconds: float = ANSWER_SECONDS,
        retries: int = 1,
    ) -> None:
        """Without ``url``: the daemon on this machine, by its Unix socket, which needs no sign-in.

        ``state_dir``: its state folder, if not the one that configuration and environment name.
        ``token``: the daemon's secret, or one that pairing gave. ``pairing_code``: what the device
        shows; entering turns it into a token, listed as ``device_name``. ``ca``: a file of
        certificates in PEM form to trust instead of the system's. ``seconds`` bounds the wait for
        an answer, save an import's; a connection has at most 5. ``retries``: how often a question
        that changes nothing is asked again when the connection breaks off. Raises
        ``InvalidInput`` and ``ConfigError``.
        """
        self._to = destination(url, ca=ca, state_dir=state_dir)
        self.token = token if self._to.remote else None
        self._pairing = (pairing_code, device_name) if self._to.remote else (None, "")
        self._seconds = seconds
        self._retries = retries
        # With a transport of its own it ignores proxies; those are for the internet, not a box.
        self._http = httpx.Client(
            transport=httpx.HTTPTransport(uds=self._to.socket, verify=self._to.verify),
            base_url=self._to.base,
            headers=HEADERS | authorization(self.token),
            timeout=timeouts(seconds),
        )

    @property
    def where(self) -> str:
        """The daemon in sentences: its address, or the path of its socket."""
        return self._to.where

    @property
    def remote(self) -> bool:
        """Whether it is asked over a network."""
        return self._to.remote

    @property
    def answers(self) -> "Answers":
        """The same operations; each gives the daemon's answer as it came, too."""
        return Answers(self)

    def __enter__(self) -> Self:
        """Raises ``NoDaemon``, ``NotPermitted`` for the socket, and as ``pair``."""
        try:
            self._begin()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End its connections."""
        self._http.close()

    def ask(self, request: Request[T]) -> T:
        """Send a described request; returns what the answer means."""
        return Answer(request, self.reply(request), self.where).value

    def reply(self, request: Request[T]) -> Reply:
        """The answer as it came, if it is a good one of the expected media type."""
        for left in range(self._retries if request.is_repeatable else 0, -1, -1):
            with reaching(self.where):
                try:
                    response = self._http.send(built(self._http, request))
                except BROKEN_OFF:
                    if not left:
                        raise
                else:
                    return checked(request, reply_of(response), self.where)
        raise AssertionError("the last try returns or raises")

    def undertake(self, what: Undertaking[B, V, S]) -> Job[V, S]:
        """Begin it, and give what follows it."""
        watch = what.watch(self.ask(what.begin))
        standing = until(
            lambda: self.ask(watch.request),
            watch.over,
            watch.patience,
            remote=self.remote,
            sleep=time.sleep,
            monotonic=time.monotonic,
        )
        return Job(watch, standing)

    def events(self, after: str | None = None) -> Iterator["DeviceEvent"]:
        """Recent events, or those after the one with the ID ``after``, then live ones for ever.

        Across lost connections it resumes without loss or repeat, for as long as it takes; it
        raises when the daemon can't be reached the first time, or refuses. Events of a kind that
        only a newer version knows are passed over.
        """
        from firstlight.client.following import event_in, followed

        told = followed(self, pause=time.sleep, note=lambda _: None, after=after)
        return (event for one in told if (event := event_in(one)))

    def recent_events(self) -> Iterator["DeviceEvent"]:
        """What happened lately: up to 25 events, the oldest first. Ends."""
        from firstlight.client.following import event_in, recent

        return (event for one in recent(self) if (event := event_in(one)))

    def records(self, kind: RecordKind) -> Iterator[RegistryEntry]:
        """All records of that kind by UUID, page by page."""
        after = ""
        while True:
            page = self.entries(kind, after=after)
            yield from page
            if len(page) < PAGE:
                return
            after = page[-1].uuid

    @contextmanager
    def exporting(self, form: ExchangeForm) -> Generator[Iterator[bytes]]:
        """As ``export_registry``, piece by piece, for a registry larger than memory."""
        request = RegistryOperations.export_registry.request(form)
        with reaching(self.where):
            response = self._http.send(built(self._http, request), stream=True)
            try:
                self._check_head(request, response)
                yield response.iter_raw()
            finally:
                response.close()

    @contextmanager
    def listen(self, after: str | None, silence: float) -> Generator[Generator[bytes]]:
        """The raw event stream from the event after ``after`` on.

        Raises ``TimeoutError`` when nothing comes for ``silence`` seconds.
        """
        # Handed over by reference: the first answer may take its time, what follows may not.
        bounds = {"connect": CONNECT_SECONDS, "read": self._seconds, "write": self._seconds}
        sent = self._http.stream(
            "GET", EVENTS.path, headers=event_headers(after), extensions={"timeout": bounds}
        )
        with reaching(self.where), sent as response:
            self._check_head(EVENTS, response)
            bounds["read"] = silence
            yield _until_silent(response)

    def _begin(self) -> None:
        if self._to.socket is not None:
            knock(self._to.socket)
        code, name = self._pairing
        if code is not None:
            self._pairing = (None, "")
            self.token = self.pair(code, name).token
            self._http.headers.update(authorization(self.token))

    def _check_head(self, request: Request[bytes], response: httpx.Response) -> None:
        """Raises for an answer that is none to go on with."""
        if response.status_code != HTTPStatus.OK:
            response.read()
            checked(request, reply_of(response), self.where)
        head = Reply(response.status_code, response.headers, b"")
        checked(request, head, self.where)


class Answers(Operations, Answering):
    """What ``Client.answers`` gives."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def ask(self, request: Request[T]) -> Answer[T]:
        """Send it; returns the answer, not yet read."""
        return Answer(request, self._client.reply(request), self._client.where)


def _until_silent(response: httpx.Response) -> Generator[bytes]:
    try:
        yield from response.iter_raw()
    except httpx.ReadTimeout as error:
        raise TimeoutError from error
