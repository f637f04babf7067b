"""Factory reset, asked for over HTTP: what goes, what stays, and what is left of the device."""

from collections.abc import Iterator

import pytest
from tests.radio.lab.device import API, OK, Device
from tests.radio.lab.neighbourhood import NEIGHBOURHOOD
from tests.radio.lab.system import PROFILES, STATE
from tests.radio.lab.waiting import eventually
from tests.radio.lab.world import World
from tests.radio.outcomes import (
    HOME,
    HOME_NAME,
    HOTSPOT_PROFILE,
    falls_back,
    on_disk,
    returns_to,
    seen_by_phone,
)

OFFICE = NEIGHBOURHOOD["office"]
WIRED, TUNNEL = "Wired", "Tunnel"


@pytest.fixture
def not_ours(world: World) -> Iterator[None]:
    """Profiles of other kinds, as an installer has left them."""
    add = world.system.nmcli
    assert add("connection", "add", "type", "ethernet", "con-name", WIRED, "ifname", "eth7").rc == 0
    tunnel = add("connection", "add", "type", "wireguard", "con-name", TUNNEL, "ifname", "wg7",
                 "autoconnect", "no")  # fmt: skip
    assert tunnel.rc == 0
    yield
    world.system.nmcli("connection", "delete", WIRED, TUNNEL)


@pytest.mark.usefixtures("not_ours")
def test_factory_reset(online: Device, world: World) -> None:
    office = ("connection", "add", "type", "wifi", "con-name", "Office", "ifname", "wlan0",
              "ssid", OFFICE.ssid.decode(), "wifi-sec.key-mgmt", "wpa-psk",
              "wifi-sec.psk", OFFICE.psk)  # fmt: skip
    assert world.system.nmcli(*office).rc == 0
    assert online.api("POST", f"{API}/onboarding/complete", {}).status == OK
    assert on_disk(world) >= {HOME_NAME, "Office", WIRED, TUNNEL}
    label = (online.state()["device.network.hotspotSsid"],
             online.state()["device.network.hotspotPassword"])  # fmt: skip

    accepted = online.api("POST", f"{API}/factory-reset", {})
    assert (accepted.status, accepted.json) == (OK, {"ok": True})
    again = online.api("POST", f"{API}/factory-reset", {})
    assert (again.status, again.json["code"]) == (409, "busy")
    told = online.events(r'"action":"factory.reset","phase":"completed"', timeout=120)
    assert '"phase":"completed"' in told
    assert told.index('"phase":"started"') < told.index("Forgot Office.")
    assert f"Forgot {HOME_NAME}." in told

    status = falls_back(online)
    assert status["mode"] == "provisioning"
    assert status["network"]["provisioned"] is False
    assert status["network"]["lastSsid"] == ""
    kept = online.state()
    assert kept["onboarding.completed"] is False
    ssid, password = label
    assert kept["device.network.hotspotSsid"] == ssid
    assert kept["device.network.hotspotPassword"] == password
    assert {profile.name for profile in world.system.profiles()} <= {HOTSPOT_PROFILE}
    assert on_disk(world) == {WIRED, TUNNEL} | (on_disk(world) & {HOTSPOT_PROFILE})
    for secret in (HOME.psk, OFFICE.psk):
        found = world.inside.run("grep", "-r", secret, PROFILES, STATE)
        assert found.rc == 1, found.out

    heard = seen_by_phone(world, ssid)
    assert world.phone.join(ssid.encode(), password, heard.frequency) == "connected"
    attempt = online.join(HOME.ssid, HOME.psk)
    assert attempt["state"] == "succeeded", attempt
    returns_to(world, "home")
    eventually(
        lambda: online.status()["mode"], lambda mode: mode == "onboarding", what="it begins anew"
    )
