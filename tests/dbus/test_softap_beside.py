"""The SoftAP on a second interface, beside the network in use."""

import pytest
from msgspec.structs import replace
from tests.dbus.access_points import BESIDE, CLIENT, SETTINGS, most, on_channel
from tests.dbus.fake_iw import HWSIM, FakeIw
from tests.dbus.fake_nft import FakeNft
from tests.dbus.fake_supplicant import INTERFACE
from tests.dbus.nm_interfaces import DEVICE
from tests.dbus.scene import Scene
from tests.dbus.waiting import until

from firstlight.errors import Busy, Code, RadioFailure
from firstlight.model.radio import Link, RadioEvent, Station, StationJoined
from firstlight.provisioning.softap import passphrase_of
from firstlight.radio.nm.radio import NetworkManagerRadio


@pytest.fixture
async def able(usual: Scene, iw: FakeIw) -> Scene:
    """As ``usual``, on a network on channel 6, and able to do more beside it."""
    iw.phy = HWSIM
    usual.nm.remove(usual.device)
    usual.device = usual.nm.add_device()
    await until(lambda: usual.radio.state.abilities.join_as_hotspot, "the radio is asked")
    await usual.old()
    await on_channel(usual, 2437)
    return usual


async def test_beside_the_network_in_use(able: Scene, iw: FakeIw, nft: FakeNft) -> None:
    before = able.radio.state
    events: list[RadioEvent] = []
    with able.radio.subscribe(events.append):
        told = await able.radio.softap_up(replace(SETTINGS, beside=True))
        assert (told.interface, told.bssid, told.channel) == ("fl-softap", BESIDE, 6)
        assert told.passphrase == passphrase_of(BESIDE)
        assert told.one_station
        assert not able.nm.get(iw.path("fl-softap"), DEVICE, "Autoconnect")
        assert able.supplicant.get(iw.link("fl-softap"), INTERFACE, "MaxNumSta") == "1"
        assert most(able) == "128"
        able.supplicant.join(iw.link("fl-softap"), CLIENT)
        joined = StationJoined(Station(mac=CLIENT))
        await until(lambda: joined in events, "a station joined")
    assert await able.radio.stations() == (Station(mac=CLIENT),)
    nft.knows("192.168.4.9", CLIENT, "fl-softap")
    assert await able.radio.neighbour("192.168.4.9") == CLIENT
    assert nft.chains["softap_forward"] == ['iifname "fl-softap" drop', 'oifname "fl-softap" drop']
    await able.all_has_come()
    assert replace(able.radio.state, driver=before.driver) == before
    assert [one.name for one in await able.radio.profiles()] == ["old"]
    await able.radio.softap_down()
    assert iw.interfaces == []
    assert nft.chains == {}
    assert able.radio.state.link is Link.CONNECTED
    assert ("dev", "wlan0", "set", "txpower", "auto") not in iw.asked


async def test_settling_removes_the_second_interface(
    able: Scene, iw: FakeIw, nft: FakeNft, address: str
) -> None:
    await able.radio.softap_up(replace(SETTINGS, beside=True))
    after = NetworkManagerRadio(
        bus_address=address, run_iw=iw, run_nft=nft, read_neighbours=nft.neighbours
    )
    await after.open()
    done = await after.settle()
    assert any("second interface" in sentence for sentence in done)
    assert iw.interfaces == []
    assert nft.chains == {}
    assert after.state.link is Link.CONNECTED
    await after.close()


async def test_beside_where_the_radio_can_not(usual: Scene) -> None:
    with pytest.raises(Busy) as caught:
        await usual.radio.softap_up(replace(SETTINGS, beside=True))
    assert caught.value.code is Code.RADIO_IN_USE


async def test_beside_a_network_on_5_ghz(able: Scene) -> None:
    await on_channel(able, 5180)
    with pytest.raises(Busy) as caught:
        await able.radio.softap_up(replace(SETTINGS, beside=True))
    assert caught.value.code is Code.RADIO_IN_USE
    assert able.radio.state.link is Link.CONNECTED


async def test_beside_on_a_radio_with_two_channels(able: Scene, iw: FakeIw) -> None:
    iw.phy = HWSIM.replace("#channels <= 1", "#channels <= 2")
    able.nm.remove(able.device)
    able.device = able.nm.add_device()
    await until(lambda: not able.radio.state.abilities.one_channel, "the radio is asked")
    await able.old()
    await on_channel(able, 5180)
    assert (await able.radio.softap_up(replace(SETTINGS, beside=True))).channel == 1


async def test_a_second_interface_that_goes_takes_it_along(
    able: Scene, iw: FakeIw, nft: FakeNft
) -> None:
    await able.radio.softap_up(replace(SETTINGS, beside=True))
    iw.remove("fl-softap")
    await until(lambda: not nft.chains, "the rules are gone")
    assert await able.radio.stations() == ()


async def test_a_second_interface_that_is_refused(able: Scene, iw: FakeIw, nft: FakeNft) -> None:
    iw.refuses = "command failed: Operation not supported (-95)"
    with pytest.raises(RadioFailure, match="not supported"):
        await able.radio.softap_up(replace(SETTINGS, beside=True))
    assert nft.chains == {}
