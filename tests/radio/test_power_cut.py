"""The device's power is cut, for real: whatever was not synced to its disk is lost.

Every case boots the machine once more, which takes most of a minute, so one moment of the switch
stands for all: the person has read that it succeeded, and pulls the plug to carry the device away.
With LAB=all it is cut at every step.
"""

import pytest
from tests.radio.conftest import Lab
from tests.radio.lab.device import API, OK, Device
from tests.radio.lab.neighbourhood import NEIGHBOURHOOD
from tests.radio.lab.waiting import eventually
from tests.radio.outcomes import (
    HOME_NAME,
    HOTSPOT_PROFILE,
    PROMISED_SECONDS,
    falls_back,
    home_profile_is_intact,
    on_disk,
    returns_to,
)

OFFICE = NEIGHBOURHOOD["office"]
STEPS = ("found", "associated", "password_accepted", "address", "gateway", "saved")


@pytest.mark.parametrize(
    "step", [*(pytest.param(step, marks=pytest.mark.lengthy) for step in STEPS), "succeeded"]
)
def test_in_the_switch(step: str, online: Device, lab: Lab) -> None:
    lab.world.inside.must("sync")  # only what the switch itself writes is at stake
    attempt = online.connect(OFFICE.ssid, OFFICE.psk)

    lab.cut_power(online.address + attempt, f'"{step}"')

    lab.device.start()
    eventually(
        lambda: lab.device.status()["network"]["connected"],
        what="the daemon knows that it is online",
        within=PROMISED_SECONDS,
    )
    # NetworkManager joins whichever it hears of first; who was told of a success may rely on it.
    wanted = ("office",) if step == "succeeded" else ("home", "office")
    now_on = returns_to(lab.world, *wanted)
    assert now_on is not None
    if now_on == "home":
        home_profile_is_intact(lab.world)
    assert NEIGHBOURHOOD[now_on].ssid.decode() in on_disk(lab.world)
    names = [p.name for p in lab.world.system.profiles() if p.name != HOTSPOT_PROFILE]
    assert len(names) == len(set(names)), "a trial was left behind"


@pytest.mark.lengthy
def test_the_network_used_last_goes_first(online: Device, lab: Lab) -> None:
    attempt = online.join(OFFICE.ssid, OFFICE.psk)
    assert attempt["state"] == "succeeded", attempt
    lab.cut_power()
    office = lab.world["office"]
    office.stop()
    returns_to(lab.world, "home")
    office.start()

    lab.device.start()

    assert returns_to(lab.world, "office") == "office"
    home_profile_is_intact(lab.world)


@pytest.mark.lengthy
def test_in_the_factory_reset(online: Device, lab: Lab) -> None:
    kept = online.state()
    assert HOME_NAME in on_disk(lab.world)
    accepted = online.api("POST", f"{API}/factory-reset", {})
    assert accepted.status == OK

    lab.cut_power()

    lab.device.start()
    status = falls_back(lab.device)
    assert status["network"]["provisioned"] is False
    now_kept = lab.device.state()
    for name in ("device.network.hotspotSsid", "device.network.hotspotPassword"):
        assert now_kept[name] == kept[name]
    assert on_disk(lab.world) <= {HOTSPOT_PROFILE}
    assert lab.world.system.linked_to() is None
