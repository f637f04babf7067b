"""The device's own network, as a phone finds it."""

import pytest
from tests.radio.lab.device import FOLDER, LOG, PROGRAM, Device
from tests.radio.lab.station import Lease
from tests.radio.lab.system import STATE
from tests.radio.lab.waiting import eventually
from tests.radio.lab.world import World


def up(device: Device, world: World) -> tuple[bytes, str]:
    """Wait for the hotspot; its SSID and password."""
    status = eventually(
        device.status,
        lambda seen: seen["network"]["apEnabled"],
        what="the hotspot is up",
        within=60,
    )
    assert world.system.mode() == "AP"
    kept = device.state()
    assert kept["device.network.hotspotSsid"] == status["network"]["hotspotSsid"]
    return status["network"]["hotspotSsid"].encode(), kept["device.network.hotspotPassword"]


def test_an_unprovisioned_device_offers_its_hotspot(device: Device, world: World) -> None:
    device.start()
    ssid, password = up(device, world)

    heard = eventually(
        lambda: [bss for bss in world.phone.hears() if bss.ssid == ssid.decode()],
        what="the phone hears the hotspot",
    )
    assert len(heard) == 1
    assert heard[0].rsn
    assert 2412 <= heard[0].frequency <= 2462
    assert len(password) >= 8
    assert password not in world.inside.read(LOG)

    assert "WRONG_KEY" in world.phone.join(ssid, password + "x", heard[0].frequency)
    assert world.phone.join(ssid, password, heard[0].frequency) == "connected"
    lease = world.phone.lease()
    assert isinstance(lease, Lease)
    assert lease.address.startswith("192.168.4.")
    assert lease.router == "192.168.4.1"
    assert world.phone.mac in world.inside.must("ip", "neigh", "show", "dev", "wlan0")

    [profile] = world.system.profiles()
    settings = "802-11-wireless-security"
    assert world.system.setting(profile.uuid, f"{settings}.key-mgmt") == "wpa-psk"
    assert world.system.setting(profile.uuid, f"{settings}.proto") == "rsn"
    assert world.system.setting(profile.uuid, f"{settings}.pairwise") == "ccmp"
    assert world.system.setting(profile.uuid, "802-11-wireless.band") == "bg"
    assert world.system.setting(profile.uuid, "802-11-wireless.channel") != "0"
    assert world.system.addresses() == ["192.168.4.1/24"]
    mode = world.inside.must("stat", "-c", "%a", device.state_file).strip()
    assert mode == "600"


@pytest.mark.lengthy
def test_on_is_on_and_off_is_off(offline: Device, world: World) -> None:
    ssid, password = up(offline, world)
    assert world.phone.join(ssid, password) == "connected"
    assert offline.api("POST", "/api/provisioning/hotspot/enable", timeout=90).status == 200
    stations = world.inside.must("iw", "dev", "wlan0", "station", "dump")
    assert world.phone.mac in stations, "switching it on again threw the phone off"
    assert len(world.system.profiles()) == 1

    for _ in range(2):
        assert offline.api("POST", "/api/provisioning/hotspot/disable", timeout=60).status == 200
        eventually(world.system.mode, lambda mode: mode == "managed", what="the hotspot is down")
    assert offline.status()["network"]["apEnabled"] is False

    assert offline.api("POST", "/api/provisioning/hotspot/enable", timeout=90).status == 200
    assert up(offline, world) == (ssid, password)


@pytest.mark.lengthy
def test_the_hotspot_keeps_its_name_and_password(offline: Device, world: World) -> None:
    before = up(offline, world)
    offline.kill()
    offline.start()
    assert up(offline, world) == before
    assert len(world.system.profiles()) == 1


@pytest.mark.lengthy
def test_a_password_too_short_is_refused_by_name(device: Device, world: World) -> None:
    device.configure('[hotspot]\nssid = "Open by accident"\npassword = "7 chars"\n')
    ended = world.inside.run(
        *(str(PROGRAM), "serve", "--backend", "networkmanager"),
        *("--state-dir", STATE, "--config", f"{FOLDER}/config.toml"),
        env={"FIRSTLIGHT_PROVISIONING_ENABLED": "1"},
        timeout=60,
    )
    assert ended.rc not in (0, None)
    assert "hotspot.password" in ended.err
    assert "7 chars" not in ended.err
    assert world.system.mode() == "managed"
    assert world.system.profiles() == []


def test_joining_from_the_hotspot_with_a_phone_on_it(offline: Device, world: World) -> None:
    ssid, password = up(offline, world)
    assert world.phone.join(ssid, password) == "connected"
    home = world["home"].spec

    attempt = offline.join(home.ssid, home.psk)

    assert attempt["state"] == "succeeded", attempt
    assert world.system.linked_to() == world["home"].bssid
    assert world.system.mode() == "managed"
    assert offline.status()["network"]["apEnabled"] is False


def test_the_list_survives_the_hotspot(offline: Device, world: World) -> None:
    up(offline, world)
    listed = offline.networks()
    assert world["home"].spec.ssid.hex() in listed
    assert listed[world["home"].spec.ssid.hex()]["age"] is not None
