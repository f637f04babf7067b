"""What a radio and its surroundings must offer to go through the contract suite."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from enum import StrEnum
from importlib import import_module
from typing import Protocol

import pytest

from firstlight.model.access_point import Security
from firstlight.model.mac import MacAddress
from firstlight.radio.port import Radio
from firstlight.radio.simulated.faults import Dhcp, Upstream

PASSPHRASE = "correct-horse"


class Capability(StrEnum):
    """What not every harness can show; elsewhere a case that needs it is skipped by name."""

    HIDDEN = "hidden networks"
    SAE = "WPA3-SAE"
    DHCP = "leases that can be withheld"
    STATIONS = "stations that try to join the hotspot or the SoftAP"
    HOTSPOT_HOLDS_RADIO = "a radio that can't scan while it is a hotspot"
    KILL = "a process that dies without closing"
    SWITCH = "a dead-man's switch"
    REHEARSAL = "a second interface beside the hotspot"
    MANAGER_RESTART = "a NetworkManager that can be restarted"


class RadioHarness(Protocol):
    """An opened radio in surroundings that a test can change.

    At the beginning there are no access points, no profiles and no link. Whatever a method changes
    in the air takes effect at once, but the radio only knows of it after a scan.
    """

    supports: frozenset[Capability]

    @property
    def radio(self) -> Radio:
        """The radio, open; another one after ``kill``."""
        ...

    async def add_access_point(
        self,
        ssid: bytes,
        *,
        security: Security = Security.WPA2,
        passphrase: str | None = PASSPHRASE,
        dhcp: Dhcp = Dhcp.NORMAL,
        internet: Upstream = Upstream.YES,
        hidden: bool = False,
    ) -> None:
        """Switch on an access point; return once it is on air."""
        ...

    async def remove_access_point(self, ssid: bytes) -> None:
        """Switch off every access point of that SSID."""
        ...

    async def let_station_join(self, passphrase: str, name: str = "phone") -> bool:
        """A station ("phone" or "tablet") tries to join what the radio offers on its own interface.

        True if the handshake passed.
        """
        ...

    async def let_station_leave(self, name: str = "phone") -> None:
        """It leaves."""
        ...

    async def lease(self, name: str = "phone") -> str:
        """The address that it is given by DHCP; empty for none."""
        ...

    async def station_mac(self, name: str = "phone") -> MacAddress:
        """Its MAC address."""
        ...

    async def wait(self, predicate: Callable[[], bool], deadline: float) -> None:
        """Poll until the predicate holds. Raises ``TimeoutError`` after ``deadline`` seconds.

        The seconds are those of the harness's own clock; a fast one may run them at once.
        """
        ...

    async def restart_manager(self) -> None:
        """Restart NetworkManager; return once it is on its way down."""
        ...

    async def kill(self) -> None:
        """Let go of the radio as a killed process does, without ``close``, and open another."""
        ...


# Name -> module with a function ``harness() -> AbstractAsyncContextManager[RadioHarness]``. It is
# imported when --radio-harness asks for it, so it may need what other machines lack.
HARNESSES = {
    "simulated": "tests.contract.simulated_harness",
}


def chosen(names: str) -> list[str]:
    """The names between commas. Raises ``UsageError`` for one that isn't known."""
    wanted = names.split(",")
    for name in wanted:
        if name not in HARNESSES:
            known = ", ".join(HARNESSES)
            raise pytest.UsageError(f"--radio-harness: {name} is not known; known are {known}")
    return wanted


def open_harness(name: str) -> AbstractAsyncContextManager[RadioHarness]:
    """The harness of that name, as a context."""
    return import_module(HARNESSES[name]).harness()


def needs(harness: RadioHarness, *capabilities: Capability) -> None:
    """Skip the case where the harness can't show it."""
    missing = [capability for capability in capabilities if capability not in harness.supports]
    if missing:
        pytest.skip(f"this radio has no {', no '.join(missing)}")
