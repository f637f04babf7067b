"""A device whose status is set by the test, behind the real web server."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import msgspec
from tests.api.daemon_process import PATIENCE
from tests.api.fake_service import FakeService
from tests.api.serving import serving

from firstlight.errors import FirstlightError
from firstlight.model.event import EventType, Level
from firstlight.model.status import DeviceStatus
from firstlight.web.app import create_app
from firstlight.web.settings import WebSettings

T = TypeVar("T")


class Stage:
    """What the test does here happens in the server's thread."""

    def __init__(self, address: str, service: FakeService, loop: asyncio.AbstractEventLoop) -> None:
        self.address = address
        self.service = service
        self._loop = loop

    def show(self, **parts: Any) -> None:
        """Change the status, one part of it or several, and tell whoever follows."""
        self._loop.call_soon_threadsafe(self._show, parts)

    def fail(self, fault: FirstlightError | None) -> None:
        self.service.fault = fault

    def tell(self, kind: EventType, level: Level, message: str) -> None:
        self._loop.call_soon_threadsafe(self.service.hub.publish, kind, level, message)

    def ask(self, work: Coroutine[Any, Any, T]) -> T:
        """What comes of it in the server's thread."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    def end_attempt(self, *, failed: bool) -> None:
        """The newest one, badly or well."""

        async def end() -> None:
            self.service.end_attempt(failed=failed)

        self.ask(end())

    def _show(self, parts: dict[str, Any]) -> None:
        now = changed(self.service.now, parts)
        self.service.now = now
        self.service.hub.publish(EventType.STATUS, Level.INFO, now.runtime.summary, status=now)


def changed(status: DeviceStatus, parts: dict[str, Any]) -> DeviceStatus:
    """A part that is a dictionary changes fields of that part."""
    found = {
        name: msgspec.structs.replace(getattr(status, name), **value)
        if isinstance(value, dict)
        else value
        for name, value in parts.items()
    }
    return msgspec.structs.replace(status, **found)


@contextmanager
def staged(settings: WebSettings | None = None) -> Iterator[Stage]:
    """Serve until the end of the block."""
    wanted = settings or WebSettings(version="1")
    up = threading.Event()
    stages: list[Stage] = []
    end: list[asyncio.Event] = []

    async def serve() -> None:
        service = FakeService()
        end.append(asyncio.Event())
        async with serving(create_app(service, wanted)) as port:
            loop = asyncio.get_running_loop()
            stages.append(Stage(f"http://127.0.0.1:{port}", service, loop))
            up.set()
            await end[0].wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),), name="staged device")
    thread.start()
    try:
        assert up.wait(PATIENCE), "the server did not come up"
        yield stages[0]
    finally:
        stages[0]._loop.call_soon_threadsafe(end[0].set)
        thread.join()
