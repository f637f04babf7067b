"""The SoftAP between the two daemons, ``iw`` and ``nft``: in which order, and what is left."""

import asyncio

import pytest
from msgspec.structs import replace
from tests.dbus.access_points import CLIENT, OWN, SETTINGS, most
from tests.dbus.fake_iw import FakeIw
from tests.dbus.fake_nft import FakeNft
from tests.dbus.fake_service import ACCESS_DENIED, Answer, Refused
from tests.dbus.fake_supplicant import INTERFACE
from tests.dbus.nm_interfaces import DEVICE, SECRETS_FETCHED, SECURITY, WIFI, WIRELESS
from tests.dbus.scene import Scene, plan
from tests.dbus.waiting import until

from firstlight.errors import Code, FirstlightError, RadioFailure
from firstlight.model.passphrase import Passphrase
from firstlight.model.profile import HotspotSettings
from firstlight.model.radio import Link
from firstlight.model.ssid import Ssid
from firstlight.provisioning.softap import passphrase_of
from firstlight.radio.nm import rising, softap
from firstlight.radio.nm.codes import DeviceState, StateReason
from firstlight.radio.nm.profiles import softap_uuid
from firstlight.radio.nm.radio import NetworkManagerRadio

HOTSPOT = HotspotSettings(
    profile_name="hotspot", ssid=Ssid(b"Hotspot"), passphrase=Passphrase("12345678"), channel=6
)
DHCP = 'iifname "wlan0" meta nfproto ipv4 udp dport 67 accept'


async def test_its_profile_is_never_saved(usual: Scene) -> None:
    await usual.radio.softap_up(replace(SETTINGS, channel=11))
    (call,) = usual.nm.made("AddAndActivateConnection2")
    settings, _, _, options = call.body
    assert options == {"persist": "volatile"}
    connection = settings["connection"]
    assert (connection["id"], connection["autoconnect"]) == ("provisioning", False)
    assert connection["interface-name"] == "wlan0"
    assert settings[WIFI] == {
        "ssid": b"FireFly-Provisioning",
        "mode": "ap",
        "band": "bg",
        "channel": 11,
        "assigned-mac-address": OWN,
    }
    assert settings[SECURITY] == {
        "key-mgmt": "wpa-psk",
        "psk": passphrase_of(OWN).reveal(),
        "proto": ["rsn"],
        "pairwise": ["ccmp"],
        "group": ["ccmp"],
        "pmf": 1,
    }
    assert settings["ipv4"]["method"] == "shared"
    assert settings["ipv4"]["address-data"] == [{"address": "192.168.4.1", "prefix": 24}]
    assert settings["ipv6"] == {"method": "disabled"}
    assert usual.nm.made("AddConnection2", "Update2") == []


async def test_what_came_up_is_told(usual: Scene, iw: FakeIw) -> None:
    told = await usual.radio.softap_up(SETTINGS)
    assert (told.interface, told.bssid, told.passphrase) == ("wlan0", OWN, passphrase_of(OWN))
    assert (told.channel, told.tx_power_dbm, told.one_station) == (1, 2.0, True)
    assert ("dev", "wlan0", "set", "txpower", "fixed", "200") in iw.asked
    assert usual.radio.state.link is Link.SOFTAP


async def test_the_rules_stand_before_and_until_after(usual: Scene, nft: FakeNft) -> None:
    seen: list[str] = []
    nft.on_change = lambda: seen.append(
        "on the air" if usual.nm.get(usual.device, WIRELESS, "Mode") == 3 else "off the air"
    )
    await usual.radio.softap_up(SETTINGS)
    assert seen == ["off the air"]
    assert nft.chains["softap_input"] == [
        DHCP,
        'iifname "wlan0" ip daddr 192.168.4.1 tcp dport 80 accept',
        'iifname "wlan0" drop',
    ]
    assert nft.chains["softap_forward"] == ['iifname "wlan0" drop', 'oifname "wlan0" drop']
    await usual.radio.softap_down()
    assert seen == ["off the air"] * 2
    assert nft.chains == {}


async def test_without_a_firewall_there_is_none(usual: Scene, nft: FakeNft) -> None:
    nft.missing = True
    with pytest.raises(RadioFailure) as caught:
        await usual.radio.softap_up(SETTINGS)
    assert caught.value.code is Code.NO_FIREWALL
    assert "nftables" in str(caught.value.hint)
    assert usual.nm.made("AddAndActivateConnection2") == []
    assert most(usual) == "128"


async def test_one_station_only_and_many_after_it(usual: Scene) -> None:
    limits: list[str] = []

    def come_up(device: str) -> None:
        limits.append(most(usual))
        usual.nm.come_up(device)

    usual.nm.on_activation = come_up
    usual.supplicant.set(usual.wlan0, INTERFACE, MaxNumSta="20")
    await usual.radio.softap_up(SETTINGS)
    assert limits == ["1"]
    await usual.radio.softap_down()
    assert most(usual) == "20"


async def test_where_wpa_supplicant_can_not_limit_them_it_is_told(usual: Scene) -> None:
    usual.supplicant.refuse("Set", ACCESS_DENIED)
    told = await usual.radio.softap_up(SETTINGS)
    assert not told.one_station


async def test_a_driver_without_a_word_on_its_power(usual: Scene, iw: FakeIw) -> None:
    iw.ignores_power = True
    assert (await usual.radio.softap_up(SETTINGS)).tx_power_dbm == 30.0
    await usual.radio.softap_down()
    iw.silent = True
    assert (await usual.radio.softap_up(SETTINGS)).tx_power_dbm is None
    assert await usual.radio.limit_power(2.0) is None


async def test_the_power_is_given_back(usual: Scene, iw: FakeIw) -> None:
    await usual.radio.softap_up(SETTINGS)
    await usual.radio.softap_down()
    assert iw.asked[-2] == ("dev", "wlan0", "set", "txpower", "auto")
    assert await usual.radio.limit_power(0.5) == 0.5
    assert await usual.radio.limit_power(None) == 30.0


async def test_the_password_is_that_of_the_bssid_on_the_air(usual: Scene, iw: FakeIw) -> None:
    """A driver that keeps an address of its own is taken at its word, the second time."""
    iw.insists_on = "06:00:00:00:00:09"
    told = await usual.radio.softap_up(SETTINGS)
    assert told.bssid == "06:00:00:00:00:09"
    first, second = usual.nm.made("AddAndActivateConnection2")
    assert first.body[0][SECURITY]["psk"] == passphrase_of(OWN).reveal()
    assert second.body[0][SECURITY]["psk"] == told.passphrase.reveal()


async def test_a_bssid_that_changes_every_time_is_a_failure(
    usual: Scene, iw: FakeIw, nft: FakeNft
) -> None:
    names = iter(["06:00:00:00:00:09", "06:00:00:00:00:0a", "06:00:00:00:00:0b"])

    def come_up(device: str) -> None:
        iw.insists_on = next(names)
        usual.nm.come_up(device)

    usual.nm.on_activation = come_up
    with pytest.raises(RadioFailure, match="BSSID") as caught:
        await usual.radio.softap_up(SETTINGS)
    assert caught.value.code is Code.HOTSPOT_FAILED
    assert usual.nm.profiles == {}
    assert nft.chains == {}
    assert most(usual) == "128"


async def test_the_permanent_address_is_used_not_one_for_scanning(usual: Scene) -> None:
    usual.nm.set(usual.device, DEVICE, HwAddress="f6:00:00:00:00:77")
    await usual.all_has_come()
    usual.nm.on_activation = lambda device: (
        usual.nm.set(device, DEVICE, HwAddress=str(OWN)),
        usual.nm.come_up(device),
    )[0]
    assert (await usual.radio.softap_up(SETTINGS)).bssid == OWN


async def test_why_it_did_not_come_up(usual: Scene, nft: FakeNft) -> None:
    def fail(device: str) -> None:
        usual.nm.walk(device, *SECRETS_FETCHED)
        usual.nm.fail(device, StateReason.SUPPLICANT_TIMEOUT)

    usual.nm.on_activation = fail
    with pytest.raises(RadioFailure, match="SoftAP FireFly-Provisioning on channel 1") as caught:
        await usual.radio.softap_up(SETTINGS)
    assert caught.value.code is Code.HOTSPOT_FAILED
    assert "driver" in caught.value.message
    assert usual.nm.profiles == {}
    assert nft.chains == {}
    assert most(usual) == "128"
    assert usual.radio.state.link is Link.DOWN


async def test_whoever_is_cancelled_leaves_nothing_on_the_air(usual: Scene, nft: FakeNft) -> None:
    usual.nm.on_activation = None
    work = asyncio.create_task(usual.radio.softap_up(SETTINGS))
    await until(lambda: usual.nm.made("AddAndActivateConnection2"), "it is activated")
    assert usual.radio.state.link is not Link.HOTSPOT_STARTING
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert usual.nm.profiles == {}
    assert nft.chains == {}
    assert most(usual) == "128"


async def test_one_that_stays_on_the_air_keeps_its_rules(
    usual: Scene, nft: FakeNft, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(softap, "DOWN_SECONDS", 0.02)
    await usual.radio.softap_up(SETTINGS)
    usual.nm.method("DeactivateConnection", lambda *_: ("", []))
    with pytest.raises(RadioFailure) as caught:
        await usual.radio.softap_down()
    assert caught.value.code is Code.TIMEOUT
    assert nft.chains["softap_input"][0] == DHCP


@pytest.mark.parametrize("goes", [True, False])
async def test_a_profile_that_goes_while_it_is_deleted_is_gone(usual: Scene, goes: bool) -> None:
    usual.nm.add_profile(b"FireFly", uuid=softap_uuid("wlan0"), interface="wlan0", mode="ap")
    await usual.all_has_come()
    forget = usual.nm.delete

    def delete(path: str) -> Answer:
        if goes:
            forget(path)
        raise Refused("org.freedesktop.NetworkManager.Settings.Failed", "connection was deleted")

    usual.nm.method("Delete", delete)
    if goes:
        assert await usual.radio.settle()
    else:
        with pytest.raises(RadioFailure):
            await usual.radio.settle()


async def test_settling_clears_away_what_a_killed_process_left(
    usual: Scene, nft: FakeNft, iw: FakeIw, address: str
) -> None:
    await usual.radio.softap_up(SETTINGS)
    after = NetworkManagerRadio(
        bus_address=address, run_iw=iw, run_nft=nft, read_neighbours=nft.neighbours
    )
    await after.open()
    assert after.state.link is Link.SOFTAP
    done = await after.settle()
    assert len(done) == 4
    assert all(sentence.endswith(".") for sentence in done)
    assert usual.nm.profiles == {}
    assert nft.chains == {}
    assert most(usual) == "128"
    assert iw.power == 30.0
    assert await after.settle() == ()
    await after.close()


async def test_settling_clears_away_rules_that_came_to_nothing(usual: Scene, nft: FakeNft) -> None:
    await nft("-f", "-", given="add chain inet firstlight softap_input { }\n")
    done = await usual.radio.settle()
    assert any("firewall" in sentence for sentence in done)
    assert nft.chains == {}


async def test_settling_touches_nothing_where_nothing_was_left(usual: Scene, iw: FakeIw) -> None:
    usual.supplicant.set(usual.wlan0, INTERFACE, MaxNumSta="1")
    asked = len(iw.asked)
    assert await usual.radio.settle() == ()
    assert most(usual) == "1"
    assert len(iw.asked) == asked


async def test_what_takes_its_place_ends_it(usual: Scene, nft: FakeNft) -> None:
    """NetworkManager, or a person with nmcli, may join a network meanwhile."""
    await usual.radio.softap_up(SETTINGS)
    usual.nm.joined(usual.device, b"another")
    await until(lambda: usual.radio.state.link is Link.CONNECTED, "another is joined")
    await until(lambda: not nft.chains, "the rules are gone")
    await until(lambda: most(usual) == "128", "stations may join again")
    await usual.radio.softap_down()
    assert usual.radio.state.link is Link.CONNECTED


async def test_its_address_book(usual: Scene, nft: FakeNft) -> None:
    await usual.radio.softap_up(SETTINGS)
    nft.knows("192.168.4.7", CLIENT, "eth0")
    nft.knows("192.168.4.8", CLIENT, "wlan0", flags="0x0")
    nft.knows("192.168.4.9", CLIENT, "wlan0")
    assert await usual.radio.neighbour("192.168.4.9") is None, "nobody of that address is on it"
    usual.supplicant.join(usual.wlan0, CLIENT)
    assert await usual.radio.neighbour("192.168.4.9") == CLIENT
    for other in ("192.168.4.7", "192.168.4.8", "192.168.4.10"):
        assert await usual.radio.neighbour(other) is None
    usual.supplicant.leave(usual.wlan0, CLIENT)
    assert await usual.radio.neighbour("192.168.4.9") is None


async def test_neighbours_that_can_not_be_read_are_none(
    usual: Scene, nft: FakeNft, monkeypatch: pytest.MonkeyPatch
) -> None:
    await usual.radio.softap_up(SETTINGS)

    async def fails() -> str:
        raise OSError("no such table")

    monkeypatch.setattr(usual.radio._softap, "_read_neighbours", fails)
    assert await usual.radio.neighbour("192.168.4.9") is None


async def test_the_hotspot_takes_its_place(usual: Scene, nft: FakeNft) -> None:
    await usual.radio.softap_up(SETTINGS)
    await usual.radio.hotspot_up(HOTSPOT)
    assert usual.radio.state.link is Link.HOTSPOT
    assert set(nft.chains) == {"hotspot_forward"}
    assert most(usual) == "128"


async def test_while_it_starts_it_is_no_hotspot(
    usual: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rising, "UP_SECONDS", 0.02)
    monkeypatch.setattr(rising, "REASON_SECONDS", 0.02)
    seen: list[Link] = []
    usual.nm.on_activation = lambda device: usual.nm.walk(device, DeviceState.PREPARE)
    with (
        usual.radio.subscribe(lambda _event: seen.append(usual.radio.state.link)),
        pytest.raises(FirstlightError),
    ):
        await usual.radio.softap_up(SETTINGS)
    assert Link.SOFTAP in seen
    assert not {Link.HOTSPOT_STARTING, Link.HOTSPOT} & set(seen)


async def test_a_trial_shows_another_address_where_it_is_asked_to(usual: Scene) -> None:
    tried = replace(plan(), present_as=CLIENT)
    await usual.activate(tried)
    (call,) = usual.nm.made("AddAndActivateConnection2")
    assert call.body[0][WIFI]["assigned-mac-address"] == CLIENT
    await usual.radio.abandon()
    await usual.activate(plan())
    assert "assigned-mac-address" not in usual.nm.made("AddAndActivateConnection2")[1].body[0][WIFI]
