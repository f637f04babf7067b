"""The laboratory proves itself, without Firstlight: the other cases stand on this."""

import pytest
from tests.radio.lab.neighbourhood import KEY, NEIGHBOURHOOD
from tests.radio.lab.routers import INTERNET
from tests.radio.lab.waiting import eventually
from tests.radio.lab.world import World

pytestmark = pytest.mark.usefixtures("device")


def test_every_router_is_on_the_air(world: World) -> None:
    answering = {name: spec for name, spec in NEIGHBOURHOOD.items() if not spec.hidden}
    wanted = {world[name].bssid for name in answering}
    heard = eventually(
        lambda: {bss.bssid: bss for bss in world.phone.hears()},
        lambda seen: wanted <= set(seen),
        what=f"all of {sorted(wanted)} are heard",
    )
    for name, spec in answering.items():
        assert heard[world[name].bssid].rsn == (spec.security.value != "")


@pytest.mark.lengthy
def test_a_hidden_router_is_heard_by_its_beacons(world: World) -> None:
    hidden = world["hidden"]
    [heard] = eventually(
        lambda: [bss for bss in world.phone.hears(2437, passive=True) if bss.bssid == hidden.bssid],
        what=f"a beacon of {hidden.bssid}",
        within=240,  # one stay in five hears one, and each takes seconds on a busy machine
    )
    assert (heard.ssid, heard.rsn) == ("", True)


@pytest.mark.lengthy
def test_networkmanager_joins_and_refuses(world: World) -> None:
    system = world.system
    world.sees([b"HomeNet", b"Office"])

    joined = system.nmcli("device", "wifi", "connect", "HomeNet", "password", KEY)
    assert joined.rc == 0, joined.err
    assert system.linked_to() == world["home"].bssid
    assert system.addresses()[0].startswith(f"{world['home'].network}.")
    assert system.gateway() == f"{world['home'].network}.1"
    assert world.inside.http("GET", f"http://{INTERNET}/generate_204").status == 204

    refused = system.nmcli("device", "wifi", "connect", "Office", "password", "not-the-key")
    assert refused.rc != 0
    assert "Secrets were required" in refused.err


@pytest.mark.lengthy
def test_a_phone_joins_a_hotspot_of_networkmanager(world: World) -> None:
    system, phone = world.system, world.phone
    settings = (
        "type wifi ifname wlan0 con-name soft autoconnect no ssid Soft mode ap"
        " 802-11-wireless.band bg 802-11-wireless.channel 1"
        " ipv4.method shared ipv4.addresses 192.168.4.1/24 ipv6.method disabled"
        " wifi-sec.key-mgmt wpa-psk wifi-sec.psk 000000000000 wifi-sec.proto rsn"
        " wifi-sec.pairwise ccmp wifi-sec.group ccmp wifi-sec.pmf disable"
    )
    assert system.nmcli("connection", "add", *settings.split()).rc == 0
    raised = system.nmcli("connection", "up", "soft")
    assert raised.rc == 0, raised.err
    assert system.mode() == "AP"

    assert "WRONG_KEY" in phone.join(b"Soft", "111111111111", 2412)
    assert phone.join(b"Soft", "000000000000", 2412) == "connected"
    lease = phone.lease()
    assert lease is not None
    assert lease.address.startswith("192.168.4.")
    assert lease.router == "192.168.4.1"
