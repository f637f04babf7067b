"""A working network survives a typo, a kill at any step, and restarts of everything beneath."""

import pytest
from tests.radio.lab.device import NO_HOTSPOT_AT_START, Device
from tests.radio.lab.neighbourhood import NEIGHBOURHOOD
from tests.radio.lab.waiting import eventually
from tests.radio.lab.world import World
from tests.radio.outcomes import (
    HOME,
    HOTSPOT_PROFILE,
    PROMISED_SECONDS,
    home_profile_is_intact,
    on_disk,
    returns_to,
)

OFFICE = NEIGHBOURHOOD["office"]
POLKIT_SECONDS = 15
"""After so long polkit 122 notices that its rules have come to an end."""


@pytest.mark.parametrize(
    "ssid",
    [
        pytest.param(OFFICE.ssid, id="another"),
        pytest.param(HOME.ssid, id="the-same", marks=pytest.mark.lengthy),
    ],
)
def test_a_typo_keeps_the_old_network(ssid: bytes, online: Device, world: World) -> None:
    attempt = online.join(ssid, "mistyped-password")
    assert (attempt["state"], attempt["cause"]) == ("failed", "wrong_password")
    returns_to(world, "home")
    home_profile_is_intact(world)
    assert [p.name for p in world.system.profiles() if p.name != HOTSPOT_PROFILE] == ["HomeNet"]
    network = eventually(
        lambda: online.status()["network"], lambda seen: seen["connected"], what="it is told"
    )
    assert network["lastError"] == attempt["message"]
    assert network["apEnabled"] is False


@pytest.mark.parametrize(
    "step",
    [
        pytest.param("found", marks=pytest.mark.lengthy),
        pytest.param("associated", marks=pytest.mark.lengthy),
        "password_accepted",
        pytest.param("address", marks=pytest.mark.lengthy),
        pytest.param("gateway", marks=pytest.mark.lengthy),
        pytest.param("saved", marks=pytest.mark.lengthy),
    ],
)
def test_killed_in_the_switch(step: str, online: Device, world: World) -> None:
    attempt = online.connect(OFFICE.ssid, OFFICE.psk)
    struck, body = online.watch(attempt, rf'"{step}"', timeout=120, strike=True)
    assert struck, body
    assert not online.runs()

    online.start()

    # Until the daemon has settled, the device may still be on the network that was on trial.
    eventually(
        lambda: {p.name for p in world.system.profiles() if p.active} - {HOTSPOT_PROFILE},
        lambda active: len(active) == 1 and active <= on_disk(world),
        what="a network that is saved on disk is active",
        within=PROMISED_SECONDS,
    )
    now_on = returns_to(world, "home", "office")
    if step == "saved":
        assert now_on == "office"
    else:
        home_profile_is_intact(world)
    names = [p.name for p in world.system.profiles() if p.name != HOTSPOT_PROFILE]
    assert now_on is not None
    assert NEIGHBOURHOOD[now_on].ssid.decode() in names
    assert len(names) == len(set(names)) <= 2, "a trial was left behind"
    eventually(
        lambda: online.status()["network"]["connected"], what="the daemon knows that it is online"
    )


@pytest.mark.lengthy
def test_polkit_is_late(online: Device, world: World) -> None:
    attempt = online.connect(OFFICE.ssid, OFFICE.psk)
    reached, body = online.watch(attempt, '"address"', timeout=120)
    assert reached, body
    world.inside.shell(f"pkill -STOP polkitd; (sleep {POLKIT_SECONDS}; pkill -CONT polkitd) &")

    outcome = online.outcome(attempt)

    assert outcome["state"] == "succeeded", outcome
    when = {step["name"]: step["elapsedMs"] / 1000 for step in outcome["steps"]}
    assert when["saved"] - when["address"] > POLKIT_SECONDS / 2, "it was not held up"
    assert returns_to(world, "office") == "office"


def test_killed_for_good_the_old_network_returns(online: Device, world: World) -> None:
    attempt = online.connect(OFFICE.ssid, "mistyped-password")
    struck, body = online.watch(attempt, '"associated"', timeout=60, strike=True)
    assert struck, body
    returns_to(world, "home")
    home_profile_is_intact(world)


@pytest.mark.parametrize(
    "signal_name", [pytest.param("SIGTERM", marks=pytest.mark.lengthy), "SIGKILL"]
)
def test_networkmanager_restarts(signal_name: str, online: Device, world: World) -> None:
    world.system.stop_networkmanager(signal_name)
    eventually(
        lambda: online.status()["services"]["networkManagerAvailable"],
        lambda there: not there,
        what="the daemon notices that NetworkManager is gone",
    )
    refused = online.api("GET", "/api/provisioning/networks")
    assert (refused.status, refused.json["code"]) == (503, "no_network_manager")
    assert refused.json["hint"]

    world.system.start_networkmanager()

    returns_to(world, "home")
    eventually(
        lambda: online.status()["network"],
        lambda seen: seen["connected"] and seen["ipv4Address"],
        what="the daemon follows the new NetworkManager",
    )
    assert online.networks()[HOME.ssid.hex()]["inUse"]


@pytest.mark.lengthy
def test_networkmanager_dies_in_the_switch(online: Device, world: World) -> None:
    silent = NEIGHBOURHOOD["silent"]
    attempt = online.connect(silent.ssid, silent.psk)
    reached, body = online.watch(attempt, '"password_accepted"', timeout=60)
    assert reached, body
    world.system.stop_networkmanager("SIGKILL")
    world.system.start_networkmanager()
    assert online.outcome(attempt)["state"] == "failed"
    returns_to(world, "home")
    home_profile_is_intact(world)


@pytest.mark.lengthy
def test_wpa_supplicant_is_killed(online: Device, world: World) -> None:
    before = world.system.supplicant()
    world.system.kill_supplicant()
    eventually(
        world.system.supplicant,
        lambda pid: pid not in (None, before),
        what="NetworkManager has a new wpa_supplicant",
    )
    returns_to(world, "home")
    eventually(
        lambda: online.status()["network"]["connected"], what="the daemon knows that it is online"
    )
    attempt = online.join(OFFICE.ssid, OFFICE.psk)
    assert attempt["state"] == "succeeded", attempt


@pytest.mark.lengthy
def test_networkmanager_comes_after_the_daemon(device: Device, world: World) -> None:
    world.system.stop_networkmanager()
    device.configure(NO_HOTSPOT_AT_START)
    device.start()
    refused = device.api(
        "POST",
        "/api/provisioning/network/connect",
        {"ssid": "HomeNet", "password": HOME.psk},
    )
    assert (refused.status, refused.json["code"]) == (503, "no_network_manager")
    world.system.start_networkmanager()
    eventually(
        lambda: device.status()["services"]["networkManagerAvailable"],
        what="the daemon finds NetworkManager",
    )
    attempt = device.join(HOME.ssid, HOME.psk)
    assert attempt["state"] == "succeeded", attempt


def test_the_radio_is_switched_off(running: Device, world: World) -> None:
    world.system.block_radio(True)
    try:
        refused = eventually(
            lambda: running.api("POST", "/api/provisioning/hotspot/enable", timeout=60),
            lambda answer: answer.status == 503,
            what="a switched-off radio is told",
        )
        assert refused.json["code"] == "radio_blocked"
    finally:
        world.system.block_radio(False)
    world.system.wait_for_radio()
    attempt = running.join(HOME.ssid, HOME.psk)
    assert attempt["state"] == "succeeded", attempt


@pytest.mark.lengthy
def test_an_unknown_interface_is_named(device: Device, world: World) -> None:
    device.configure(NO_HOTSPOT_AT_START)
    device.start(env={"FIRSTLIGHT_INTERFACE": "wlan99"})
    refused = device.api("GET", "/api/provisioning/networks", timeout=60)
    assert (refused.status, refused.json["code"]) == (503, "unknown_interface")
    assert "wlan99" in refused.json["message"]
    assert refused.json["hint"]
    assert world.system.profiles() == []
