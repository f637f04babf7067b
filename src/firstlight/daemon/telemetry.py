"""Telemetry: keeps a connection to the broker, and events for it while there is none."""

import asyncio
import logging
from collections.abc import Callable
from typing import NamedTuple

from firstlight.clock import Clock
from firstlight.core.telemetry import causes
from firstlight.core.telemetry.course import Course
from firstlight.core.telemetry.outbox import Outbox
from firstlight.core.telemetry.tally import LineFigures
from firstlight.daemon import broker_line
from firstlight.daemon.broker_line import BrokerLine, Counts
from firstlight.daemon.following import followed
from firstlight.daemon.hub import Hub
from firstlight.errors import BrokerFailure, StoreFailure
from firstlight.model.event import DeviceEvent, EventType, Level
from firstlight.model.mqtt import QUEUE_SIZE, BrokerCause, MqttSettings
from firstlight.store.outbox import OutboxFile
from firstlight.telemetry.port import Broker
from firstlight.web.service import DeviceService

log = logging.getLogger(__name__)


def aiomqtt_broker() -> Broker:
    """The real one; its library is loaded when there is a broker to dial."""
    from firstlight.telemetry.mqtt import MqttBroker

    return MqttBroker()


class Company(NamedTuple):
    """What telemetry works with. ``problem``: told why there is no broker, or nothing.

    ``failed`` is told of every connection that came to nothing, ``opened`` of one that did not.
    ``chance``: numbers from 0 up to 1, so that devices do not all come back at once.
    """

    hub: Hub
    clock: Clock
    file: OutboxFile
    problem: Callable[[str], None]
    chance: Callable[[], float]
    brand: str
    hostname: str
    failed: Callable[[BrokerCause, str], None] = lambda _cause, _words: None
    opened: Callable[[], None] = lambda: None


class Telemetry:
    """Nothing happens while there are no settings: no library is loaded, no event kept."""

    def __init__(
        self,
        service: DeviceService,
        company: Company,
        settings: MqttSettings | None,
        *,
        dial: Callable[[], Broker] = aiomqtt_broker,
    ) -> None:
        self._service, self._with, self._settings = service, company, settings
        self._dial = dial
        self._broker: Broker | None = None
        self._line: BrokerLine | None = None
        self._outbox = Outbox(QUEUE_SIZE)
        self._on_disk = False
        self._counts = Counts()
        self._course = Course()
        self._changed = asyncio.Event()
        self._network = asyncio.Event()
        self._address = ""

    def reconfigure(self, settings: MqttSettings | None) -> None:
        """Another broker, or none, from now on; events that wait go to the new one."""
        if settings == self._settings:
            return
        self._settings = settings
        self._outbox.resize(settings.queue_size if settings else QUEUE_SIZE)
        self._changed.set()

    def figures(self) -> LineFigures | None:
        """How it goes, for the metrics; ``None`` without a broker."""
        if self._settings is None:
            return None
        counts = self._counts
        return LineFigures(
            connected=self._course.since is not None,
            failures=dict(counts.failures),
            published=counts.published,
            denied=counts.denied,
            dropped=self._outbox.lost,
            waiting=len(self._outbox),
            commands=dict(counts.commands),
            refused=counts.refused,
        )

    async def run(self, after: str) -> None:
        """Tell everything after the event with that ID, until it is cancelled."""
        await self._read()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._follow(after), name="telemetry-events")
                group.create_task(self._stay_connected(), name="telemetry-line")
        finally:
            self._keep()

    async def _follow(self, after: str) -> None:
        async for event in followed(self._with.hub, after, self._with.clock):
            self._heard(event)

    def _heard(self, event: DeviceEvent) -> None:
        if event.status is not None:
            self._watch(event.status.network.ipv4_address)
        if self._settings is None:
            return
        self._outbox.put(event)
        if self._line is not None:
            self._line.changed(status=event.status is not None)

    def _watch(self, address: str) -> None:
        if address and address != self._address and self._course.since is None:
            self._course = self._course.came_online(self._with.clock.monotonic())
            self._network.set()
        self._address = address

    async def _stay_connected(self) -> None:
        while True:
            self._changed.clear()
            settings = self._settings
            if settings is None:
                self._with.problem("")
                await self._changed.wait()
                continue
            self._outbox.resize(settings.queue_size)
            self._course = Course()
            await self._serve(settings)

    async def _serve(self, settings: MqttSettings) -> None:
        """One broker, over as many connections as it takes, until there are other settings."""
        serving = asyncio.create_task(self._again_and_again(settings), name="telemetry-broker")
        changed = asyncio.create_task(self._changed.wait(), name="telemetry-settings")
        try:
            await asyncio.wait({serving, changed}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (serving, changed):
                task.cancel()
            await asyncio.wait({serving, changed})
        if not serving.cancelled():
            serving.result()

    async def _again_and_again(self, settings: MqttSettings) -> None:
        while True:
            cause = await self._once(settings)
            self._counts.failures[cause] += 1
            now = self._with.clock.monotonic()
            self._course, loud = self._course.ended(cause, now, self._with.chance())
            words = causes.sentence(settings.host, cause)
            self._with.failed(cause, words)
            if loud:
                self._tell(words, True)
                self._with.problem(words)
            await self._pause()

    async def _once(self, settings: MqttSettings) -> BrokerCause:
        """One connection to its end. Returns why it ended."""
        self._broker = self._broker or self._dial()
        company = broker_line.Company(
            service=self._service,
            clock=self._with.clock,
            brand=self._with.brand,
            hostname=self._with.hostname,
            outbox=self._outbox,
            counts=self._counts,
            tell=self._tell,
        )
        try:
            self._line = BrokerLine(
                self._broker,
                settings,
                company,
                opened=lambda: self._opened(settings),
                emptied=self._emptied,
            )
            await self._line.run()
        except BrokerFailure as failure:
            log.debug("%s: %s", settings.host, failure.message)
            return BrokerCause(failure.cause)
        except Exception:  # whatever is wrong, the device goes on and so does its telemetry
            if self._course.told is not BrokerCause.FAILED:
                log.exception("telemetry over MQTT failed")
        finally:
            self._line = None
        return BrokerCause.FAILED

    def _opened(self, settings: MqttSettings) -> None:
        self._course, loud = self._course.opened(self._with.clock.monotonic())
        self._with.problem("")
        self._with.opened()
        if loud:
            self._tell(causes.connected(settings.host), False)

    async def _pause(self) -> None:
        """Until the next try is due, which the network's return brings nearer."""
        clock = self._with.clock
        while (left := self._course.retry_at - clock.monotonic()) > 0:
            self._network.clear()
            sleeping = asyncio.create_task(clock.sleep(left), name="telemetry-pause")
            nearer = asyncio.create_task(self._network.wait(), name="telemetry-network")
            try:
                await asyncio.wait({sleeping, nearer}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                sleeping.cancel()
                nearer.cancel()

    def _tell(self, message: str, warning: bool) -> None:
        level = Level.WARNING if warning else Level.INFO
        (log.warning if warning else log.info)("%s", message)
        self._with.hub.publish(EventType.SYSTEM, level, message)

    async def _read(self) -> None:
        try:
            left = await asyncio.to_thread(self._with.file.read)
        except StoreFailure as error:
            log.warning("%s", error)
            return
        self._on_disk = bool(left.events or left.dropped or left.unread)
        if left.unread:
            log.warning("%s: %d lines are damaged", self._with.file.path, left.unread)
        size = self._settings.queue_size if self._settings else QUEUE_SIZE
        self._outbox = Outbox(size, left.events, dropped=left.dropped + left.unread)

    def _emptied(self) -> None:
        """Nothing waits, so what was kept of an earlier run must not be sent again."""
        if self._on_disk:
            self._on_disk = False
            self._write(self._with.file.remove)

    def _keep(self) -> None:
        outbox = self._outbox
        if self._on_disk or len(outbox) or outbox.dropped:
            self._write(lambda: self._with.file.write(outbox.waiting, outbox.dropped))

    def _write(self, act: Callable[[], None]) -> None:
        try:
            act()
        except StoreFailure as error:
            log.warning("%s", error)
