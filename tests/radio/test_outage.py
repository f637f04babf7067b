"""The router goes off, and comes back as it was or otherwise: nothing of it needs a person."""

import time

import pytest
from tests.radio.conftest import start_at_home
from tests.radio.lab.device import API, OK, Device
from tests.radio.lab.waiting import eventually
from tests.radio.lab.world import World
from tests.radio.outcomes import (
    HOME,
    HOME_NAME,
    PROMISED_SECONDS,
    comes_home,
    falls_back,
    home_profile_is_intact,
    phases,
    returns_to,
    seen_by_phone,
)

NEW_KEY = "changed-by-its-owner"
MOST_TRIES = 3


def test_ten_seconds_are_sat_out(online: Device, world: World) -> None:
    since = online.mark()
    world["home"].outage(10)
    status = comes_home(online, world)
    assert "fallback" not in phases(online.said(since)), "the hotspot was raised for ten seconds"
    assert status["network"]["lastSsid"] == HOME_NAME


@pytest.mark.lengthy
def test_two_minutes_end_in_the_hotspot_and_at_home(device: Device, world: World) -> None:
    """With every setting at its default, and an idle phone on the hotspot all the time."""
    start_at_home(device, world)

    world["home"].stop()
    off = time.monotonic()
    status = falls_back(device)
    assert status["mode"] == "provisioning"
    assert status["network"]["lastSsid"] == HOME_NAME
    assert status["recovery"]["lastReason"] == f"The link to {HOME_NAME} was lost."
    kept = device.state()
    phone_joins(device, world)
    home_profile_is_intact(world)

    time.sleep(max(0.0, 120 - (time.monotonic() - off)))
    assert device.status()["network"]["connected"] is False
    world["home"].start()

    status = comes_home(device, world)
    assert status["recovery"]["lastResult"] == "rejoin_succeeded"
    assert status["recovery"]["lastRecoveredAt"] > kept["device.recovery.lastAttemptAt"]
    assert status["mode"] == "onboarding"


@pytest.mark.lengthy
def test_killed_in_the_middle_of_an_outage(online: Device, world: World) -> None:
    """The next start knows what the killed one had begun, and waits no shorter for the next.

    An idle phone on the hotspot does not keep it from home.
    """
    world["home"].stop()
    eventually(
        lambda: online.state()["device.recovery.lastResult"],
        lambda result: result == "pending",
        what="recovery has begun, and is written down",
        within=60,
        every=0.05,
    )
    online.kill()
    before = online.state()

    online.start()

    recovery = online.status()["recovery"]
    assert recovery["inCooldown"] is True
    assert recovery["lastAttemptAt"] == before["device.recovery.lastAttemptAt"]
    assert abs(recovery["cooldownUntil"] - before["device.recovery.cooldownUntil"]) < 1000
    assert recovery["lastReason"] == f"The link to {HOME_NAME} was lost."
    refused = online.api("POST", f"{API}/recovery/trigger", {})
    assert refused.status == 409
    assert 0 < int(refused.headers["retry-after"]) <= 120
    status = falls_back(online)
    assert status["recovery"]["lastResult"] != "pending"
    home_profile_is_intact(world)

    phone_joins(online, world)
    world["home"].start()
    comes_home(online, world)


@pytest.mark.lengthy
def test_it_returns_with_another_password(online: Device, world: World) -> None:
    since = online.mark()
    world["home"].change(psk=NEW_KEY)

    eventually(
        lambda: online.said(since),
        lambda said: "recovery: wrong_password" in said,
        what="the new password is found out",
        within=PROMISED_SECONDS,
    )
    status = falls_back(online)
    assert status["network"]["lastError"] == f"The password for {HOME_NAME} was not accepted."
    home_profile_is_intact(world)
    types_for_a_while(online, world)
    tries = phases(online.said(since))
    assert sum(tries.count(one) for one in ("rejoining", "rehearsing", "homing")) <= MOST_TRIES

    attempt = online.join(HOME.ssid, NEW_KEY)
    assert attempt["state"] == "succeeded", attempt
    assert returns_to(world, "home")


@pytest.mark.lengthy
def test_and_with_the_old_one_again(impatient: Device, world: World) -> None:
    """A password that was refused is tried again as soon as the network has been out of sight."""
    since = impatient.mark()
    world["home"].change(psk=NEW_KEY)
    eventually(
        lambda: impatient.said(since),
        lambda said: "recovery: wrong_password" in said,
        what="the new password is found out",
        within=PROMISED_SECONDS,
    )
    falls_back(impatient)
    since = impatient.mark()
    world["home"].stop()
    eventually(
        lambda: phases(impatient.said(since)),
        lambda seen: seen.count("scouting") >= 2 and seen[-1] == "fallback",
        what="the device has looked for home everywhere, in vain",
        within=PROMISED_SECONDS,
    )
    world["home"].start(HOME)
    comes_home(impatient, world)


@pytest.mark.lengthy
def test_somebody_who_types_is_not_cut_off(impatient: Device, world: World) -> None:
    world["home"].stop()
    falls_back(impatient)
    world["home"].start(HOME)
    types_for_a_while(impatient, world)
    assert impatient.api("POST", f"{API}/recovery/trigger", {}).status == OK
    comes_home(impatient, world)


def phone_joins(device: Device, world: World) -> None:
    """A phone sees the hotspot, joins it, and has nothing to do there."""
    ssid = device.status()["network"]["hotspotSsid"]
    password = device.state()["device.network.hotspotPassword"]
    heard = seen_by_phone(world, ssid)
    assert world.phone.join(ssid.encode(), password, heard.frequency) == "connected"
    assert world.phone.lease()


def types_for_a_while(device: Device, world: World) -> None:
    """Somebody on the hotspot uses the page for longer than from one look for home to the next."""
    phone_joins(device, world)
    since = device.mark()
    for _ in range(5):
        assert device.api("POST", f"{API}/attended", {}).status == OK
        time.sleep(7)
        stations = world.inside.must("iw", "dev", "wlan0", "station", "dump")
        assert world.phone.mac in stations, "the phone was cut off"
    assert phases(device.said(since)) == []
