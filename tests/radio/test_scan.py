"""What the daemon lists is what is on the air."""

import json
from typing import Any

from tests.radio.lab.device import Device
from tests.radio.lab.neighbourhood import NEIGHBOURHOOD, SPARES
from tests.radio.lab.routers import RouterSpec, Security
from tests.radio.lab.waiting import eventually
from tests.radio.lab.world import World

SECURITY = {
    Security.OPEN: "open",
    Security.OWE: "owe",
    Security.WPA2: "wpa2",
    Security.MIXED: "wpa2-wpa3",
    Security.WPA3: "wpa3",
}
FREQUENCY = {1: 2412, 6: 2437, 11: 2462, 149: 5745}
VISIBLE = {name: spec for name, spec in NEIGHBOURHOOD.items() if not spec.hidden}


def all_heard(device: Device) -> dict[str, dict[str, Any]]:
    """The list, once everything visible is in it; the rest of a scan may still be on its way."""
    wanted = {spec.ssid.hex() for spec in VISIBLE.values()}
    return eventually(
        device.networks, lambda seen: wanted <= set(seen), what="the list has every network"
    )


def test_scan_finds_every_network_and_nothing_else(online: Device, world: World) -> None:
    # What was switched off lately is listed for a while, as on every device.
    spares = {world[name].bssid for name in SPARES}
    seen = all_heard(online)
    listed = {key: one for key, one in seen.items() if one["bssid"].lower() not in spares}

    assert set(listed) == {spec.ssid.hex() for spec in VISIBLE.values()}
    for name, spec in VISIBLE.items():
        entry = listed[spec.ssid.hex()]
        assert entry["bssid"].lower() == world[name].bssid
        assert entry["security"] == SECURITY[spec.security]
        assert (entry["frequency"], entry["channel"]) == (FREQUENCY[spec.channel], spec.channel)
        assert (entry["inUse"], entry["saved"]) == (name == "home", name == "home")
    signals = [entry["signal"] for entry in listed.values()]
    assert signals == sorted(signals, reverse=True)


def test_one_ssid_on_two_access_points_is_one_entry(online: Device, world: World) -> None:
    world["spare"].start(RouterSpec(b"Office", psk="battery-staple", channel=1))
    heard = eventually(
        lambda: [bss.bssid for bss in world.phone.hears() if bss.ssid == "Office"],
        lambda seen: len(seen) == 2,
        what="both are heard",
    )

    all_heard(online)
    body = online.api("GET", "/api/provisioning/networks").body
    entries = [entry for entry in json.loads(body)["networks"] if entry["ssid"] == "Office"]
    assert len(entries) == 1
    assert entries[0]["bssid"].lower() in heard


def test_a_new_router_appears_in_the_list(online: Device, world: World) -> None:
    all_heard(online)
    world["spare"].start(RouterSpec(b"Newcomer", psk="just-moved-in", channel=11))
    eventually(
        online.networks,
        lambda seen: b"Newcomer".hex() in seen,
        what="the list has the new router",
        within=60,
        every=1,
    )
