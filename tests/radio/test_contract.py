"""The suite of ``tests/contract`` on real NetworkManager and wpa_supplicant."""

import os
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

import pytest
from tests.contract import (
    test_radio_hotspot,
    test_radio_profiles,
    test_radio_saved,
    test_radio_scan,
    test_radio_trial,
)
from tests.radio.conftest import Lab
from tests.radio.contract_harness import LabHarness
from tests.radio.lab.device import Device
from tests.radio.lab.relay import Relay
from tests.radio.lab.world import World

BUS_INSIDE = "/run/dbus/system_bus_socket"
WHOLE = os.environ.get("LAB_CONTRACT") == "all"

# An emulated machine takes ten to twenty seconds a case. What stands here runs every time: it shows
# what no case of this folder shows through the daemon. LAB_CONTRACT=all runs the whole suite.
EVERY_TIME = (
    test_radio_scan.test_a_scan_of_some_channels_hears_those,
    test_radio_trial.test_abandoning_a_working_trial_brings_the_old_network_back,
    test_radio_trial.test_abandoning_brings_the_hotspot_back,
    test_radio_profiles.test_settling_keeps_what_was_promoted_before_the_kill,
    test_radio_profiles.test_a_restarted_manager_ends_a_trial,
    test_radio_hotspot.test_other_settings_update_the_same_profile,
    test_radio_hotspot.test_a_station_with_the_right_password_is_listed,
)

for suite in (
    test_radio_scan,
    test_radio_trial,
    test_radio_saved,
    test_radio_profiles,
    test_radio_hotspot,
):
    for name, case in vars(suite).items():
        if name.startswith("test_") and (case in EVERY_TIME or WHOLE):
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
    await opened.settle_in()
    try:
        yield opened
    finally:
        await opened.close()
