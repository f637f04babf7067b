"""Counts what events tell. The only place where anything is counted."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

import msgspec

from firstlight.core.telemetry import families
from firstlight.core.telemetry.families import OTHER, Family, Kind
from firstlight.model.event import Action, ActionPhase, DeviceEvent
from firstlight.model.metric import Metric, Sample
from firstlight.model.mqtt import BrokerCause, Command
from firstlight.model.status import DeviceStatus, Mode


class LineFigures(msgspec.Struct, frozen=True, kw_only=True):
    """How it goes with the broker."""

    connected: bool = False
    failures: Mapping[BrokerCause, int] = {}
    published: int = 0
    denied: int = 0
    dropped: int = 0
    waiting: int = 0
    commands: Mapping[Command, int] = {}
    refused: int = 0


class Tally:
    """Fed with every event, in order. Times in monotonic seconds."""

    def __init__(self, now: float) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._seconds: dict[Mode, float] = dict.fromkeys(Mode, 0.0)
        self._status: DeviceStatus | None = None
        self._since = now

    def heard(self, event: DeviceEvent, now: float) -> None:
        """One more event."""
        if event.status is not None:
            self._spend(now)
            self._status = event.status
        if event.action in _COUNTED and event.phase is not ActionPhase.STARTED:
            family, value = _COUNTED[event.action](event)
            if family is not None:
                self._counts[family.name, value] += 1

    def metrics(
        self, now: float, *, streams: int, started: float, line: LineFigures | None
    ) -> tuple[Metric, ...]:
        """All of it as of now. ``started``: Unix time; ``line``: ``None`` without a broker."""
        self._spend(now)
        read = dict(self._counted())
        read |= _of_status(self._status)
        read[families.MODE_SECONDS] = {one.value: self._seconds[one] for one in Mode}
        read[families.STREAMS] = {"": streams}
        read[families.UP_SINCE] = {"": started}
        if line is not None:
            read |= _of_line(line)
        return tuple(_metric(one, read[one]) for one in families.FAMILIES if one in read)

    def _spend(self, now: float) -> None:
        if self._status is not None:
            self._seconds[self._status.mode] += now - self._since
        self._since = now

    def _counted(self) -> Iterator[tuple[Family, Mapping[str, float]]]:
        for family in _FROM_EVENTS:
            values = family.values or ("",)
            yield family, {value: self._counts[family.name, value] for value in values}


def _of_status(status: DeviceStatus | None) -> dict[Family, Mapping[str, float]]:
    if status is None:
        return {}
    network = status.network
    link = "connected" if network.connected else "hotspot" if network.ap_enabled else "down"
    return {
        families.MODE: _one_of(families.MODE, status.mode.value),
        families.HEALTH: _one_of(families.HEALTH, status.runtime.health.value),
        families.LINK: _one_of(families.LINK, link),
        families.INTERNET: {"": float(network.internet_reachable)},
    }


def _of_line(line: LineFigures) -> dict[Family, Mapping[str, float]]:
    return {
        families.MQTT_CONNECTED: {"": float(line.connected)},
        families.MQTT_FAILURES: {one.value: line.failures.get(one, 0) for one in BrokerCause},
        families.MQTT_PUBLISHED: {"": line.published},
        families.MQTT_DENIED: {"": line.denied},
        families.MQTT_DROPPED: {"": line.dropped},
        families.MQTT_WAITING: {"": line.waiting},
        families.MQTT_COMMANDS: {one.value: line.commands.get(one, 0) for one in Command},
        families.MQTT_REFUSED: {"": line.refused},
    }


def _one_of(family: Family, value: str) -> dict[str, float]:
    return {one: float(one == value) for one in family.values}


def _metric(family: Family, values: Mapping[str, float]) -> Metric:
    return Metric(
        name=family.name,
        counts=family.kind is Kind.COUNTER,
        help=family.help,
        samples=tuple(
            Sample(((family.label, value),) if family.label else (), float(count))
            for value, count in values.items()
        ),
    )


Found = tuple[Family | None, str]


def _known(family: Family, value: object) -> tuple[Family, str]:
    """One of the family's own words; anything else is ``other``."""
    return family, value if isinstance(value, str) and value in family.values else OTHER


def _detail(event: DeviceEvent, name: str) -> object:
    return (event.details or {}).get(name)


def _attempt(event: DeviceEvent) -> Found:
    if event.phase is ActionPhase.COMPLETED:
        return families.ATTEMPTS, "none"
    if event.phase is ActionPhase.FAILED:
        return _known(families.ATTEMPTS, _detail(event, "cause"))
    return None, ""  # a step on the way


def _ended(family: Family) -> Callable[[DeviceEvent], Found]:
    def found(event: DeviceEvent) -> Found:
        return (family, event.phase.value) if event.phase is not None else (None, "")

    return found


def _plain(family: Family) -> Callable[[DeviceEvent], Found]:
    return lambda _: (family, "")


def _reason(family: Family) -> Callable[[DeviceEvent], Found]:
    return lambda event: _known(family, _detail(event, "reason"))


def _not_begun(event: DeviceEvent) -> Found:
    if event.phase is ActionPhase.FAILED:
        return _known(families.SESSIONS, _detail(event, "reason"))
    return None, ""


_COUNTED: Mapping[Action | None, Callable[[DeviceEvent], Found]] = {
    Action.NETWORK_CONNECT: _attempt,
    Action.RECOVERY_COMPLETE: _ended(families.RECOVERIES),
    Action.RECOVERY_FAILED: _ended(families.RECOVERIES),
    Action.CLAIM: _ended(families.CLAIMS),
    Action.PROVISIONING_CONFIGURED: _plain(families.CONFIGURED),
    Action.PROVISIONING_REFUSED: _reason(families.REFUSED),
    Action.PROVISIONING_ROGUE: lambda _: (families.REFUSED, "rogue_station"),
    Action.PROVISIONING_START: _not_begun,
    Action.PROVISIONING_STOP: _reason(families.SESSIONS),
    Action.SYSTEM_RESTART: _plain(families.RESTARTS),
}
_FROM_EVENTS = (
    families.ATTEMPTS,
    families.RECOVERIES,
    families.CLAIMS,
    families.CONFIGURED,
    families.REFUSED,
    families.SESSIONS,
    families.RESTARTS,
)
