"""One connection to the broker, from the first message to the last."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from typing import NamedTuple

from firstlight import __version__
from firstlight.clock import Clock
from firstlight.core.telemetry import commands, discovery
from firstlight.core.telemetry.outbox import Outbox
from firstlight.core.telemetry.topics import Topics
from firstlight.daemon.orders import carry_out
from firstlight.errors import BrokerFailure
from firstlight.model.event import DeviceEvent
from firstlight.model.mqtt import (
    Availability,
    BrokerCause,
    Command,
    CommandAnswer,
    Dropped,
    MqttSettings,
    Outgoing,
)
from firstlight.telemetry.port import Broker
from firstlight.web.encoding import to_json
from firstlight.web.service import DeviceService

AT_ONCE = 16
"""Events under way at the same time; the broker takes them in order all the same."""

_ANSWER_EXPIRES = 300


class Counts:
    """What was done over all connections."""

    def __init__(self) -> None:
        self.published = 0
        self.denied = 0
        self.refused = 0
        self.failures: Counter[BrokerCause] = Counter()
        self.commands: Counter[Command] = Counter()


class Company(NamedTuple):
    """What a line works with. ``tell``: says something aloud, a warning if told so."""

    service: DeviceService
    clock: Clock
    brand: str
    hostname: str
    outbox: Outbox
    counts: Counts
    tell: Callable[[str, bool], None]


class BrokerLine:
    """``opened`` is called once there is a connection, ``emptied`` when nothing waits any more."""

    def __init__(
        self,
        broker: Broker,
        settings: MqttSettings,
        company: Company,
        *,
        opened: Callable[[], None],
        emptied: Callable[[], None],
    ) -> None:
        self._broker, self._settings, self._with = broker, settings, company
        self._opened, self._emptied = opened, emptied
        self._topics = Topics.of(company.service.device_id, settings.topic_prefix)
        self._woken = asyncio.Event()
        self._status_due = True
        self._telling = commands.Telling()
        self._denied = False

    def changed(self, *, status: bool) -> None:
        """There is an event in the outbox, and with ``status`` a new status besides."""
        self._status_due = self._status_due or status
        self._woken.set()

    async def run(self) -> None:
        """Until the connection is lost. Raises ``BrokerFailure``; cancelled, it says goodbye."""
        settings, own = self._settings, self._with.service.device_id
        offline = self._availability(Availability.OFFLINE)
        try:
            await self._broker.open(settings, settings.client_id or own, offline)
            await self._greet()
            self._opened()
            await _either(self._send(), self._hear())
        except asyncio.CancelledError:
            await self._part(offline)
            raise
        finally:
            await self._broker.close()

    async def _greet(self) -> None:
        settings, topics = self._settings, self._topics
        if settings.commands and not await self._broker.subscribe(topics.commands):
            self._tell_denied()
        if settings.home_assistant:
            company = self._with
            own = discovery.Self(
                device_id=company.service.device_id,
                hostname=company.hostname,
                brand=company.brand,
                version=__version__,
            )
            told = discovery.discovery(own, topics, settings.commands)
            await self._publish(discovery.topic(own.device_id), to_json(told), retain=True)
        await self._tell_status()
        await self._give(self._availability(Availability.ONLINE))

    async def _part(self, offline: Outgoing) -> None:
        """The will is only for those who vanish; who leaves in order says so."""
        try:
            async with asyncio.timeout(1):
                await self._broker.publish(offline)
        except (BrokerFailure, TimeoutError):
            return  # then the broker says it

    async def _send(self) -> None:
        outbox = self._with.outbox
        while True:
            self._woken.clear()
            if self._status_due:
                await self._tell_status()
            if dropped := outbox.dropped:
                await self._publish(self._topics.dropped, to_json(Dropped(count=dropped)))
                outbox.told(dropped)
            batch = outbox.take(AT_ONCE)
            if batch:
                outbox.sent(await self._hand_over(batch))
            elif not self._woken.is_set():
                self._emptied()
                await self._woken.wait()

    async def _hand_over(self, batch: Sequence[DeviceEvent]) -> Sequence[DeviceEvent]:
        """All of them, in order. Those from the first that failed on are not known to be there.

        What the broker does not take it would not take the next time: it is counted, and over.
        """
        told = [self._publish(self._topics.events, to_json(event)) for event in batch]
        results = await asyncio.gather(*told, return_exceptions=True)
        for number, failure in enumerate(results):
            if failure is not None:
                self._with.outbox.sent(batch[:number])
                raise failure
        return batch

    async def _tell_status(self) -> None:
        self._status_due = False
        await self._publish(self._topics.status, to_json(self._with.service.status()), retain=True)

    async def _hear(self) -> None:
        """Also where no commands are taken: it is how a lost connection is noticed."""
        while True:
            message = await self._broker.received()
            asked = commands.read(self._topics, message, self._settings.commands)
            self._say(asked)
            answer = await carry_out(asked, self._with.service)
            await self._answer(asked, answer)

    def _say(self, asked: commands.Asked) -> None:
        counts = self._with.counts
        if asked.refusal is None and asked.command is not None:
            counts.commands[asked.command] += 1
            self._with.tell(commands.words(asked), False)
            return
        counts.refused += 1
        self._telling, loud = self._telling.next(self._with.clock.monotonic())
        if loud:
            self._with.tell(commands.words(asked), True)

    async def _answer(self, asked: commands.Asked, answer: CommandAnswer) -> None:
        if answer.diagnostics is not None:
            await self._publish(self._topics.diagnostics, to_json(answer.diagnostics))
        await self._give(
            Outgoing(
                topic=asked.answer_to,
                payload=to_json(answer),
                correlation=asked.correlation,
                expires_seconds=_ANSWER_EXPIRES,
            )
        )

    def _availability(self, word: Availability) -> Outgoing:
        return Outgoing(topic=self._topics.availability, payload=word.value.encode(), retain=True)

    async def _publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        await self._give(Outgoing(topic=topic, payload=payload, retain=retain))

    async def _give(self, message: Outgoing) -> None:
        if await self._broker.publish(message):
            self._with.counts.published += 1
        else:
            self._with.counts.denied += 1
            self._tell_denied()

    def _tell_denied(self) -> None:
        """Once a connection."""
        if self._denied:
            return
        self._denied = True
        host = self._settings.host
        self._with.tell(
            f"The MQTT broker {host} does not let this device use all of its topics.", True
        )


async def _either(*works: Coroutine[None, None, None]) -> None:
    """All of them until the first fails; its error is raised, and none goes on."""
    tasks = [asyncio.create_task(work, name="broker-line") for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
