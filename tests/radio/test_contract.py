"""The suite of ``tests/contract``, every case of it, on real NetworkManager and wpa_supplicant."""

from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

import pytest
from tests.contract import (
    test_radio_hotspot,
    test_radio_profiles,
    test_radio_scan,
    test_radio_trial,
)
from tests.radio.conftest import Lab
from tests.radio.contract_harness import LabHarness
from tests.radio.lab.device import Device
from tests.radio.lab.relay import Relay
from tests.radio.lab.world import World

BUS_INSIDE = "/run/dbus/system_bus_socket"

for suite in (test_radio_scan, test_radio_trial, test_radio_profiles, test_radio_hotspot):
    for name, case in vars(suite).items():
        if name.startswith("test_"):
            globals()[name] = case


@pytest.fixture(scope="module")
def bus_address(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The machine's system bus, as an address on the host."""
    outside: Path = tmp_path_factory.mktemp("bus") / "socket"
    relay = Relay(lab.machine.channel, outside, BUS_INSIDE)
    yield f"unix:path={outside}"
    relay.close()


@pytest.fixture
async def harness(device: Device, world: World, bus_address: str) -> AsyncGenerator[LabHarness]:
    """On a device without profiles, and without a daemon."""
    assert not device.runs()
    opened = LabHarness(world, bus_address)
    await opened.open()
    try:
        yield opened
    finally:
        await opened.close()
