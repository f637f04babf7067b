"""Joining: every kind of network, and every cause of failure, on the radios themselves."""

from dataclasses import replace

import pytest
from tests.radio.lab.device import LOG, NO_HOTSPOT_AT_START, UNIT, Device, confined
from tests.radio.lab.neighbourhood import NEIGHBOURHOOD
from tests.radio.lab.routers import RouterSpec, Upstream
from tests.radio.lab.waiting import eventually
from tests.radio.lab.world import World

STEPS = [
    "found", "associated", "password_accepted", "address", "gateway", "internet", "saved",
]  # fmt: skip
PROFILES = "/etc/NetworkManager/system-connections"


def assert_on(world: World, name: str) -> None:
    """The radio is on that router's network, and the profile that put it there is on disk."""
    system, router = world.system, world[name]
    assert system.linked_to() == router.bssid
    assert system.addresses()[0].startswith(f"{router.network}.")
    assert system.gateway() == f"{router.network}.1"
    [profile] = [profile for profile in system.profiles() if profile.active]
    assert system.setting(profile.uuid, "connection.autoconnect") == "yes"
    assert profile.uuid in world.inside.shell(f"cat {PROFILES}/*")


@pytest.mark.parametrize(
    "name",
    [
        *("home", "wpa3", "mixed", "open", "hidden", "binary", "dashes"),
        # Held against a clock of the kernel's that an emulated router can miss: see README.md.
        pytest.param("owe", marks=pytest.mark.lengthy),
    ],
)
def test_join(name: str, running: Device, world: World) -> None:
    spec = NEIGHBOURHOOD[name]

    attempt = running.join(spec.ssid, spec.psk or None, hidden=spec.hidden)

    assert attempt["state"] == "succeeded", attempt
    assert attempt["ssidHex"] == spec.ssid.hex()
    expected = [step for step in STEPS if spec.security.keyed or step != "password_accepted"]
    assert [step["name"] for step in attempt["steps"]] == expected
    elapsed = [step["elapsedMs"] for step in attempt["steps"]]
    assert elapsed == sorted(elapsed)

    assert_on(world, name)
    network = running.status()["network"]
    assert (network["connected"], network["provisioned"]) == (True, True)
    assert f"{network['ipv4Address']}/24" in world.system.addresses()
    assert network["gateway"] == world.system.gateway()
    assert not spec.psk or spec.psk not in world.inside.read(LOG)


@pytest.mark.parametrize(
    ("name", "password", "cause"),
    [
        pytest.param("home", "not-the-password", "wrong_password", id="wrong-password-wpa2"),
        pytest.param("wpa3", "not-the-password", "wrong_password", id="wrong-password-wpa3"),
        pytest.param("silent", "", "no_address", id="silent-dhcp", marks=pytest.mark.lengthy),
        pytest.param("flat", "", "no_gateway", id="no-gateway"),
        pytest.param("dead", "", "no_internet", id="no-internet"),
        pytest.param("hotel", None, "captive_portal", id="captive-portal"),
    ],
)
def test_a_failure_has_its_cause(
    name: str, password: str | None, cause: str, offline: Device, world: World
) -> None:
    spec = NEIGHBOURHOOD[name]

    attempt = offline.join(spec.ssid, spec.psk if password == "" else password)

    assert (attempt["state"], attempt["cause"]) == ("failed", cause)
    assert_back_in_provisioning(offline, world, attempt["message"])


def test_an_absent_network_is_not_found(offline: Device, world: World) -> None:
    attempt = offline.join(b"NobodyHere", "whatever-it-is")
    assert (attempt["state"], attempt["cause"]) == ("failed", "network_not_found")
    assert_back_in_provisioning(offline, world, attempt["message"])


def test_names_that_do_not_resolve(offline: Device, world: World) -> None:
    nameless = replace(NEIGHBOURHOOD["home"], ssid=b"NoNames", upstream=Upstream.NO_NAMES)
    world["spare"].start(nameless)
    attempt = offline.join(nameless.ssid, nameless.psk)
    assert (attempt["state"], attempt["cause"]) == ("failed", "dns_failure")
    assert_back_in_provisioning(offline, world, attempt["message"])


def assert_back_in_provisioning(device: Device, world: World, message: str) -> None:
    """Nothing of the failed network is left; the hotspot is up, and the reason is kept."""
    status = eventually(
        device.status, lambda seen: seen["network"]["apEnabled"], what="the hotspot is up"
    )
    assert status["mode"] == "provisioning"
    assert status["network"]["lastError"] == message
    assert message
    assert world.system.mode() == "AP"
    assert [profile.name for profile in world.system.profiles()] == [
        status["network"]["hotspotProfile"]
    ]


@pytest.mark.lengthy
def test_without_internet_is_enough_if_it_is_not_required(device: Device, world: World) -> None:
    device.configure(NO_HOTSPOT_AT_START)
    device.start()
    dead = NEIGHBOURHOOD["dead"]
    attempt = device.join(dead.ssid, dead.psk)
    assert (attempt["state"], attempt["warning"]) == ("succeeded", "no_internet")
    assert "internet" not in [step["name"] for step in attempt["steps"]]
    assert_on(world, "dead")


@pytest.mark.lengthy
def test_the_daemons_user_may_have_an_address_set_up_once_more(
    online: Device, world: World
) -> None:
    """What the daemon asks for where NetworkManager does not use a lease; nothing comes of it."""
    path = world.system.nmcli("-g", "GENERAL.DBUS-PATH", "device", "show", "wlan0").out.strip()
    manager = "org.freedesktop.NetworkManager"
    call = ["busctl", "call", manager, path, f"{manager}.Device", "Reapply"]
    done = world.inside.run(*confined(UNIT), *call, "a{sa{sv}}tu", "0", "0", "0")
    assert (done.rc, done.err) == (0, "")
    assert_on(world, "home")
    assert online.status()["network"]["connected"]


@pytest.mark.lengthy
def test_joining_again_replaces_the_profile(online: Device, world: World) -> None:
    world["home"].change(psk="changed-by-its-owner")
    attempt = online.join(b"HomeNet", "changed-by-its-owner")
    assert attempt["state"] == "succeeded", attempt
    assert_on(world, "home")


def test_a_missing_password_is_refused_at_once(online: Device, world: World) -> None:
    eventually(online.networks, lambda seen: b"Office".hex() in seen, what="Office is listed")
    refused = online.api("POST", "/api/provisioning/network/connect", {"ssidHex": b"Office".hex()})
    assert (refused.status, refused.json["code"]) == (400, "invalid_field")
    assert "password" in refused.json["message"]
    assert world.system.linked_to() == world["home"].bssid


def test_forget(online: Device, world: World) -> None:
    [saved] = online.api("GET", "/api/provisioning/networks/saved").json["networks"]
    assert (saved["active"], saved["autoconnect"]) == (True, True)

    unknown = online.api("POST", "/api/provisioning/network/forget", {"name": "Nobody"})
    assert unknown.status == 404
    assert saved["uuid"] in [profile.uuid for profile in world.system.profiles()]

    done = online.api("POST", "/api/provisioning/network/forget", {"name": saved["name"]})
    assert (done.status, done.json) == (200, {"ok": True})
    eventually(world.system.linked_to, lambda bssid: bssid is None, what="the radio left")
    assert saved["uuid"] not in [profile.uuid for profile in world.system.profiles()]
    assert world.inside.run("grep", "-r", saved["uuid"], PROFILES).rc != 0
    assert online.api("GET", "/api/provisioning/networks/saved").json["networks"] == []


@pytest.mark.lengthy
def test_a_wish_in_the_first_second(device: Device, world: World) -> None:
    """While the daemon is still about to raise its hotspot."""
    device.start()
    attempt = device.join(b"HomeNet", NEIGHBOURHOOD["home"].psk)
    assert attempt["state"] == "succeeded", attempt
    assert_on(world, "home")


@pytest.mark.lengthy
def test_two_attempts_at_once_are_refused(running: Device, world: World) -> None:
    silent, home = NEIGHBOURHOOD["silent"], NEIGHBOURHOOD["home"]
    first = running.connect(silent.ssid, silent.psk)
    second = running.api(
        "POST",
        "/api/provisioning/network/connect",
        {"ssidHex": home.ssid.hex(), "password": home.psk},
    )
    assert (second.status, second.json["code"]) == (409, "busy")
    assert running.api("GET", first).json["attempt"]["state"] == "running"
    running.distrust()


@pytest.mark.lengthy
def test_the_event_stream_tells_the_outcome(running: Device, world: World) -> None:
    world["spare"].start(RouterSpec(b"Stream", psk="in-the-stream"))
    attempt = running.join(b"Stream", "in-the-stream")
    assert attempt["state"] == "succeeded", attempt
    told = running.events(r'"action":"network.connect","phase":"completed"')
    assert told.index("event: connected") < told.index("event: device")
    assert '"phase":"completed"' in told
    assert "in-the-stream" not in told
