"""The client whose answers are awaited. See ``Client``, which it is twin to."""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import httpx

from firstlight.client import following
from firstlight.client.dialing import (
    ANSWER_SECONDS,
    CONNECT_SECONDS,
    authorization,
    destination,
    knock,
    timeouts,
)
from firstlight.client.jobs import AsyncJob, Undertaking, until_later
from firstlight.client.operation import Awaiting
from firstlight.client.operations import Operations
from firstlight.client.problems import BROKEN_OFF, checked, reaching
from firstlight.client.registry import PAGE, RegistryOperations
from firstlight.client.request import Answer, Reply, Request
from firstlight.client.sending import EVENTS, HEADERS, built, event_headers, reply_of
from firstlight.client.undertakings import FollowingLater, Undertakings
from firstlight.model.event import DeviceEvent
from firstlight.model.records import RecordKind
from firstlight.model.wire import ExchangeForm, RegistryEntry

B = TypeVar("B")
V = TypeVar("V")
S = TypeVar("S")
T = TypeVar("T")


class AsyncClient(Operations, Undertakings, Awaiting, FollowingLater):
    """A daemon, asked by a program on asyncio; any number of tasks may ask at once.

    Everything else is as in ``Client``: an async context manager, and the same errors.
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
        """As ``Client``. Reads the configuration and certificates, so it may touch the disk."""
        self._to = destination(url, ca=ca, state_dir=state_dir)
        self.token = token if self._to.remote else None
        self._pairing = (pairing_code, device_name) if self._to.remote else (None, "")
        self._seconds = seconds
        self._retries = retries
        self._http = httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(uds=self._to.socket, verify=self._to.verify),
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

    async def __aenter__(self) -> Self:
        """Raises ``NoDaemon``, ``NotPermitted`` for the socket, and as ``pair``."""
        try:
            await self._begin()
        except BaseException:
            await self.aclose()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """End its connections."""
        await self._http.aclose()

    async def ask(self, request: Request[T]) -> T:
        """Send a described request; returns what the answer means."""
        return Answer(request, await self._reply(request), self.where).value

    async def undertake(self, what: Undertaking[B, V, S]) -> AsyncJob[V, S]:
        """Begin it, and give what follows it."""
        watch = what.watch(await self.ask(what.begin))
        standing = until_later(
            lambda: self.ask(watch.request),
            watch.over,
            watch.patience,
            remote=self.remote,
            sleep=asyncio.sleep,
            monotonic=time.monotonic,
        )
        return AsyncJob(watch, standing)

    async def events(self, after: str | None = None) -> AsyncGenerator[DeviceEvent]:
        """As ``Client.events``."""
        told = following.followed_later(self, pause=asyncio.sleep, note=lambda _: None, after=after)
        async with aclosing(told):
            async for one in told:
                if event := following.event_in(one):
                    yield event

    async def recent_events(self) -> AsyncGenerator[DeviceEvent]:
        """As ``Client.recent_events``."""
        told = following.recent_later(self)
        async with aclosing(told):
            async for one in told:
                if event := following.event_in(one):
                    yield event

    async def records(self, kind: RecordKind) -> AsyncGenerator[RegistryEntry]:
        """As ``Client.records``."""
        after = ""
        while True:
            page = await self.entries(kind, after=after)
            for entry in page:
                yield entry
            if len(page) < PAGE:
                return
            after = page[-1].uuid

    @asynccontextmanager
    async def exporting(self, form: ExchangeForm) -> AsyncGenerator[AsyncIterator[bytes]]:
        """As ``Client.exporting``."""
        request = RegistryOperations.export_registry.request(form)
        with reaching(self.where):
            response = await self._http.send(built(self._http, request), stream=True)
            try:
                await self._check_head(request, response)
                yield response.aiter_raw()
            finally:
                await response.aclose()

    @asynccontextmanager
    async def listen(
        self, after: str | None, silence: float
    ) -> AsyncGenerator[AsyncGenerator[bytes]]:
        """As ``Client.listen``."""
        bounds = {"connect": CONNECT_SECONDS, "read": self._seconds, "write": self._seconds}
        sent = self._http.stream(
            "GET", EVENTS.path, headers=event_headers(after), extensions={"timeout": bounds}
        )
        with reaching(self.where):
            async with sent as response:
                await self._check_head(EVENTS, response)
                bounds["read"] = silence
                async with aclosing(_until_silent(response)) as chunks:
                    yield chunks

    async def _begin(self) -> None:
        if self._to.socket is not None:
            await asyncio.to_thread(knock, self._to.socket)
        code, name = self._pairing
        if code is not None:
            self._pairing = (None, "")
            self.token = (await self.pair(code, name)).token
            self._http.headers.update(authorization(self.token))

    async def _reply(self, request: Request[T]) -> Reply:
        for left in range(self._retries if request.is_repeatable else 0, -1, -1):
            with reaching(self.where):
                try:
                    response = await self._http.send(built(self._http, request))
                except BROKEN_OFF:
                    if not left:
                        raise
                else:
                    return checked(request, reply_of(response), self.where)
        raise AssertionError("the last try returns or raises")

    async def _check_head(self, request: Request[bytes], response: httpx.Response) -> None:
        if response.status_code != HTTPStatus.OK:
            await response.aread()
            checked(request, reply_of(response), self.where)
        checked(request, Reply(response.status_code, response.headers, b""), self.where)


async def _until_silent(response: httpx.Response) -> AsyncGenerator[bytes]:
    try:
        async for chunk in response.aiter_raw():
            yield chunk
    except httpx.ReadTimeout as error:
        raise TimeoutError from error
