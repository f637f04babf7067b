"""A device that tells a broker how it is: the real runner and client, a device in memory."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from tests.api.fake_service import FakeService
from tests.unit.telemetry.mosquitto import ROOT, SECRETS

from firstlight.clock import Clock
from firstlight.daemon.telemetry import Company, Telemetry, aiomqtt_broker
from firstlight.model.event import DeviceEvent, EventType, Level
from firstlight.model.mqtt import MqttSettings
from firstlight.store.outbox import OutboxFile
from firstlight.telemetry.port import Broker


class Told:
    """``problems``: what the device was told of the broker. Retries come quickly."""

    def __init__(self, folder: Path, clock: Clock | None = None) -> None:
        self.service = FakeService(clock)
        self.hub = self.service.hub
        self.file = OutboxFile(folder / "state")
        self.problems: list[str] = []
        self.telemetry: Telemetry
        self.task: asyncio.Task[None]

    def company(self) -> Company:
        return Company(
            hub=self.hub,
            clock=self.service.clock,
            file=self.file,
            problem=self.problems.append,
            chance=lambda: 0.0,
            brand="Firstlight",
            hostname="lamp",
        )

    @asynccontextmanager
    async def running(
        self,
        settings: MqttSettings | None,
        dial: Callable[[], Broker] = aiomqtt_broker,
    ) -> AsyncGenerator[Telemetry, None]:
        self.telemetry = Telemetry(self.service, self.company(), settings, dial=dial)  # type: ignore[arg-type]
        self.task = asyncio.create_task(self.telemetry.run(self.hub.cursor), name="telemetry")
        await asyncio.sleep(0)
        try:
            yield self.telemetry
        finally:
            self.task.cancel()
            await asyncio.wait([self.task])
        if not self.task.cancelled():
            self.task.result()

    @property
    def connected(self) -> bool:
        figures = self.telemetry.figures()
        return figures is not None and figures.connected

    def say(self, message: str) -> str:
        return self.service.say(message)

    def status(self, **network: Any) -> DeviceEvent:
        self.service.now = replace(
            self.service.now, network=replace(self.service.now.network, **network)
        )
        return self.hub.publish(EventType.STATUS, Level.INFO, "status", status=self.service.now)

    def said(self) -> list[str]:
        return [event.message for event in self.hub.recent(256)]


def settings(port: int, **more: Any) -> MqttSettings:
    given: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": port,
        "username": "lamp",
        "password": SECRETS["lamp"],
        "topic_prefix": ROOT,
        **more,
    }
    return MqttSettings(**given)
