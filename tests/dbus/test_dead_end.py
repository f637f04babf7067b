"""The hotspot's rules: when they stand, and when they have to go."""

import logging

import pytest
from msgspec.structs import replace
from tests.dbus.fake_iw import FakeIw
from tests.dbus.fake_nft import FakeNft
from tests.dbus.nm_interfaces import AP_MODE, CONNECTION, WIRELESS
from tests.dbus.scene import Scene, plan
from tests.dbus.waiting import until

from firstlight.errors import RadioFailure
from firstlight.model.passphrase import Passphrase
from firstlight.model.profile import HotspotSettings
from firstlight.model.radio import Link, LinkStage
from firstlight.model.ssid import Ssid
from firstlight.radio.nm.radio import NetworkManagerRadio

HOTSPOT = HotspotSettings(
    profile_name="hotspot", ssid=Ssid(b"Hotspot"), passphrase=Passphrase("12345678"), channel=6
)
SHARING = replace(HOTSPOT, share_internet=True)
FENCE = {"hotspot_forward": ['iifname "wlan0" drop', 'oifname "wlan0" drop']}


async def test_they_stand_before_it_is_up_and_go_after_it(usual: Scene, nft: FakeNft) -> None:
    modes: list[int] = []
    nft.on_change = lambda: modes.append(usual.nm.get(usual.device, WIRELESS, "Mode"))
    await usual.radio.hotspot_up(HOTSPOT)
    assert nft.chains == FENCE
    await usual.radio.hotspot_down()
    assert nft.chains == {}
    assert AP_MODE not in modes


async def test_one_that_shares_has_none(usual: Scene, nft: FakeNft) -> None:
    await usual.radio.hotspot_up(SHARING)
    assert nft.scripts == []


async def test_the_wish_may_change_while_it_is_up(usual: Scene, nft: FakeNft) -> None:
    await usual.radio.hotspot_up(HOTSPOT)
    await usual.radio.hotspot_up(SHARING)
    assert nft.chains == {}
    await usual.radio.hotspot_up(HOTSPOT)
    assert nft.chains == FENCE
    assert len(usual.nm.made("ActivateConnection")) == 1


async def test_rules_that_somebody_flushed_are_set_again(usual: Scene, nft: FakeNft) -> None:
    await usual.radio.hotspot_up(HOTSPOT)
    nft.chains.clear()
    await usual.radio.hotspot_up(HOTSPOT)
    assert nft.chains == FENCE


async def test_without_nft_it_comes_up_and_is_loud_once(
    usual: Scene, nft: FakeNft, caplog: pytest.LogCaptureFixture
) -> None:
    nft.missing = True
    for _ in range(2):
        await usual.radio.hotspot_up(HOTSPOT)
    assert usual.radio.state.link is Link.HOTSPOT
    warnings = [one for one in caplog.records if one.levelno == logging.WARNING]
    assert len([one for one in warnings if "dead end" in one.message]) == 1


async def test_they_outlast_a_trial_that_may_be_undone(usual: Scene, nft: FakeNft) -> None:
    """NetworkManager may bring the hotspot back by itself, and asks nobody before."""
    await usual.radio.hotspot_up(HOTSPOT)
    await usual.radio.protect(60)
    uuid = await usual.joined()
    await usual.all_has_come()
    assert nft.chains == FENCE
    await usual.radio.promote(uuid)
    await usual.radio.release()
    await until(lambda: nft.chains == {}, "a network that stays forwards as it likes")


async def test_they_are_there_when_the_hotspot_is_back(usual: Scene, nft: FakeNft) -> None:
    await usual.radio.hotspot_up(HOTSPOT)
    await usual.radio.protect(60)
    await usual.activate(plan())
    await usual.told(LinkStage.CONNECTED)
    await usual.radio.abandon()
    await until(lambda: usual.radio.state.link is Link.HOTSPOT, "the hotspot is back")
    assert nft.chains == FENCE


async def test_rules_that_can_not_be_taken_away_are_told(
    usual: Scene, nft: FakeNft, caplog: pytest.LogCaptureFixture
) -> None:
    await usual.radio.hotspot_up(HOTSPOT)
    nft.missing = True
    await usual.radio.hotspot_down()
    assert usual.radio.state.link is Link.DOWN
    assert "stay in the firewall" in caplog.text


async def test_another_process_knows_what_stands(
    usual: Scene, nft: FakeNft, iw: FakeIw, address: str
) -> None:
    await usual.radio.hotspot_up(HOTSPOT)
    after = NetworkManagerRadio(
        bus_address=address, run_iw=iw, run_nft=nft, read_neighbours=nft.neighbours
    )
    await after.open()
    await after.settle()
    assert nft.chains == FENCE, "the hotspot is up"
    await usual.radio.hotspot_down()
    nft.chains = {name: list(rules) for name, rules in FENCE.items()}
    await after.settle()
    assert nft.chains == {}
    await after.close()


async def test_they_stand_also_where_a_network_is_left_for_it(usual: Scene, nft: FakeNft) -> None:
    """While it rises, the radio is still on a network that stays, and tells of it."""
    await usual.radio.protect(60)
    await usual.radio.promote(await usual.joined())
    await usual.radio.release()
    assert usual.radio.state.link is Link.CONNECTED
    await usual.radio.hotspot_up(HOTSPOT)
    await usual.all_has_come()
    assert usual.radio.state.link is Link.HOTSPOT
    assert nft.chains == FENCE


async def test_they_go_where_the_network_was_not_left_after_all(usual: Scene, nft: FakeNft) -> None:
    await usual.radio.protect(60)
    await usual.radio.promote(await usual.joined())
    await usual.radio.release()
    usual.nm.refuse("AddConnection2", f"{CONNECTION}.InvalidProperty")
    with pytest.raises(RadioFailure):
        await usual.radio.hotspot_up(HOTSPOT)
    assert usual.radio.state.link is Link.CONNECTED
    await until(lambda: nft.chains == {}, "a network that stays forwards as it likes")
