"""The radio is pulled out and put back, as a USB stick is."""

import pytest
from tests.radio.lab.device import Device
from tests.radio.lab.waiting import eventually
from tests.radio.lab.world import World
from tests.radio.outcomes import comes_home, falls_back


def pulled_out_and_back(device: Device, world: World) -> None:
    """Both are told."""
    world.system.unplug_radio()
    try:
        status = eventually(
            device.status,
            lambda seen: seen["runtime"]["summary"] == "There is no WiFi device.",
            what="a missing radio is told",
        )
        assert status["network"]["connected"] is False
        assert status["runtime"]["health"] == "error"
        assert device.runs()
    finally:
        world.system.plug_radio()


def test_in_a_network(online: Device, world: World) -> None:
    pulled_out_and_back(online, world)
    world.system.wait_for_radio()
    status = comes_home(online, world)
    assert status["runtime"]["phase"] == "onboarding"


@pytest.mark.lengthy
def test_in_the_hotspot(offline: Device, world: World) -> None:
    before = falls_back(offline)
    pulled_out_and_back(offline, world)
    status = falls_back(offline)
    assert status["network"]["hotspotSsid"] == before["network"]["hotspotSsid"]
    assert world.system.mode() == "AP"
