"""What the running device tells of itself."""

import asyncio
import hashlib
import hmac
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Protocol

import msgspec

from firstlight.config import Config
from firstlight.daemon.support.secrets import configured
from firstlight.errors import FirstlightError
from firstlight.model.attempt import Attempt
from firstlight.model.claim import ClaimAnswer
from firstlight.model.event import DeviceEvent
from firstlight.model.ladder import Diagnostics
from firstlight.model.status import DeviceStatus
from firstlight.model.wire import HotspotAnswer, NetworkEntry, SavedNetwork
from firstlight.support.archive import Part
from firstlight.support.redaction import masked

EVENTS = 200
SECONDS = 15.0
"""How long one look may take; the ladder takes up to eight."""


class Events(Protocol):
    """What happened."""

    def recent(self, count: int) -> tuple[DeviceEvent, ...]:
        """The newest, oldest first."""
        ...


class Told(Protocol):
    """The device, as far as a bundle asks it."""

    @property
    def events(self) -> Events:
        """What happened."""
        ...

    def status(self) -> DeviceStatus:
        """How it is."""
        ...

    def claim(self) -> ClaimAnswer:
        """What was claimed."""
        ...

    def attempt(self, attempt_id: str | None) -> Attempt:
        """The newest attempt to join. Raises ``NotFound``."""
        ...

    async def known_networks(self) -> tuple[NetworkEntry, ...]:
        """What was heard so far."""
        ...

    async def saved(self) -> tuple[SavedNetwork, ...]:
        """Saved networks."""
        ...

    async def hotspot(self) -> HotspotAnswer:
        """The hotspot, with its password."""
        ...

    async def diagnose(self) -> Diagnostics:
        """Climb the ladder."""
        ...


class _Row(msgspec.Struct, frozen=True):
    name: str
    about: str
    tell: Callable[[], Awaitable[object]]


async def live_parts(device: Told, config: Config, log: Iterable[str], salt: bytes) -> list[Part]:
    """All of it; what can't be told says why. ``salt``: what strangers' names are hidden with."""

    async def status() -> object:
        return device.status()

    async def attempt() -> object:
        return device.attempt(None)

    async def claim() -> object:
        return device.claim()

    async def events() -> object:
        return device.events.recent(EVENTS)

    async def networks() -> object:
        return [_hidden(one, salt) for one in await device.known_networks()]

    async def hotspot() -> object:
        return masked(msgspec.to_builtins(await device.hotspot()))

    rows = (
        _Row("status.json", "how the device is", status),
        _Row("diagnostics.json", "the ladder, climbed just now", device.diagnose),
        _Row("attempt.json", "the newest attempt to join a network", attempt),
        _Row("claim.json", "the newest claim of configuration", claim),
        _Row("events.json", "what happened lately", events),
        _Row("networks.json", "networks in sight", networks),
        _Row("saved.json", "saved networks, without their passwords", device.saved),
        _Row("hotspot.json", "the hotspot, without its password", hotspot),
    )
    told = await asyncio.gather(*(_part(one) for one in rows))
    shown = masked(msgspec.to_builtins(config))
    return [
        *told,
        Part(name="config.json", about="the configuration in effect", text=_indented(shown)),
        Part(name="log.txt", about="the daemon's own log", text="".join(f"{one}\n" for one in log)),
    ]


async def secrets_of(device: Told, config: Config) -> list[str]:
    """Every secret that the daemon knows without being told one."""
    found = list(configured(config))
    with suppress(FirstlightError):
        found.append((await device.hotspot()).password)
    return found


async def _part(row: _Row) -> Part:
    try:
        async with asyncio.timeout(SECONDS):
            text = _indented(await row.tell())
    except FirstlightError as error:
        return Part(name=row.name, about=row.about, missing=error.message)
    except TimeoutError:
        return Part(name=row.name, about=row.about, missing=f"no answer within {SECONDS:g} s")
    return Part(name=row.name, about=row.about, text=text)


def _indented(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"


def _hidden(entry: NetworkEntry, salt: bytes) -> NetworkEntry:
    """A network that is none of this device's: recognised within the bundle, and nowhere else."""
    if entry.saved or entry.in_use:
        return entry
    name = _alias(entry.ssid_hex, salt)
    return msgspec.structs.replace(
        entry, ssid=name, ssid_hex=name.encode().hex(), bssid=_alias(entry.bssid, salt)
    )


def _alias(text: str, salt: bytes) -> str:
    return f"other-{hmac.new(salt, text.encode(), hashlib.sha256).hexdigest()[:6]}"
