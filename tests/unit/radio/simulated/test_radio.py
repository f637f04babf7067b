"""What the contract suite doesn't ask: the simulated NetworkManager's own ways."""

import asyncio

import pytest
from tests.unit.radio.simulated.world_tour import HOTSPOT, NET, OTHER, SAVED, plan, tour

from firstlight.errors import Code, RadioFailure, RadioUnavailable
from firstlight.model.mac import MacAddress
from firstlight.model.profile import KeyManagement
from firstlight.model.radio import (
    AccessPointsChanged,
    Availability,
    Link,
    LinkReason,
    LinkStage,
    StationJoined,
    StationLeft,
)
from firstlight.model.ssid import Ssid
from firstlight.radio.simulated.faults import Outage
from firstlight.radio.simulated.parsing import parse
from firstlight.radio.simulated.radio import SimulatedRadio
from firstlight.radio.simulated.world import World

HIDDEN = '[[access_points]]\nssid = "hideaway"\npassphrase = "correct-horse"\nhidden = true\n'
SAVED_OTHER = SAVED.replace("net", "other")


async def test_an_unknown_interface_is_told_and_named() -> None:
    async with tour(interface="wlan9") as seen:
        assert seen.radio.state.availability is Availability.UNKNOWN_INTERFACE
        assert seen.radio.state.interface == ""
        with pytest.raises(RadioUnavailable, match=r"wlan9.*wlan0") as refusal:
            await seen.radio.scan()
        assert refusal.value.code is Code.UNKNOWN_INTERFACE
        await seen.let_pass(30)
        assert seen.radio.access_points() == ()
        assert seen.events == []


async def test_the_world_names_the_radio() -> None:
    async with tour('[radio]\ninterface = "wlx1"\ndriver = "ath9k"', interface="wlx1") as seen:
        state = seen.radio.state
        assert (state.availability, state.interface) == (Availability.READY, "wlx1")
        assert state.driver == "ath9k"


async def test_before_open_and_after_close_there_is_nothing() -> None:
    async with tour() as seen:
        await seen.let_pass(10)
        await seen.radio.close()
        assert seen.radio.state.availability is Availability.NO_NETWORK_MANAGER
        assert seen.radio.access_points() == ()
        with pytest.raises(RadioUnavailable):
            await seen.radio.scan()
        assert seen.clock.next_due is None


async def test_closing_tells_whoever_waits() -> None:
    async with tour() as seen:
        waiting = asyncio.create_task(seen.radio.scan())
        await seen.let_pass(0.5)
        await seen.radio.close()
        with pytest.raises(RadioUnavailable, match="closed"):
            await waiting


async def test_the_network_used_last_is_joined_by_itself() -> None:
    async with tour(NET + OTHER + SAVED_OTHER + SAVED) as seen:
        await seen.let_pass(10)
        assert seen.radio.state.profile is not None
        assert seen.radio.state.profile.ssid == b"net"


async def test_a_saved_hidden_network_is_joined_by_itself() -> None:
    async with tour(HIDDEN + SAVED.replace("net", "hideaway") + "hidden = true") as seen:
        await seen.let_pass(10)
        assert seen.radio.state.online


async def test_a_network_without_autoconnect_is_left_alone() -> None:
    async with tour(NET + SAVED + "autoconnect = false") as seen:
        await seen.let_pass(120)
        assert seen.radio.state.link is Link.DOWN


async def test_four_failures_in_a_row_earn_a_pause() -> None:
    async with tour(NET + 'dhcp = "silent"\n' + SAVED) as seen:
        await seen.let_pass(100)
        seen.events.clear()
        await seen.let_pass(150)
        assert seen.radio.state.link is Link.DOWN
        assert {type(event) for event in seen.events} == {AccessPointsChanged}
        await seen.let_pass(200)
        assert len({type(event) for event in seen.events}) == 2


async def test_a_hidden_network_is_not_found_by_a_trial_that_does_not_ask() -> None:
    async with tour(HIDDEN) as seen:
        await seen.do(seen.radio.scan())
        await seen.begin(plan(b"hideaway"))
        await seen.let_pass(10)
        assert seen.reports[-1].reason is LinkReason.SSID_NOT_FOUND


@pytest.mark.parametrize(
    ("security", "key_management", "passphrase", "reason"),
    [
        ("wpa2", KeyManagement.NONE, None, LinkReason.ASSOCIATION_REJECTED),
        ("wpa2", KeyManagement.SAE, "correct-horse", LinkReason.ASSOCIATION_REJECTED),
        ("wpa3", KeyManagement.WPA_PSK, "correct-horse", LinkReason.NONE),
        ("wpa2-wpa3", KeyManagement.SAE, "correct-horse", LinkReason.NONE),
        ("wpa2-wpa3", KeyManagement.SAE, "wrong-horse", LinkReason.HANDSHAKE_FAILED),
        ("wpa2-wpa3", KeyManagement.WPA_PSK, "wrong-horse", LinkReason.NO_SECRETS),
        ("wpa3", KeyManagement.SAE, "wrong-horse", LinkReason.HANDSHAKE_FAILED),
        ("wpa", KeyManagement.WPA_PSK, "correct-horse", LinkReason.NONE),
    ],
)
async def test_sign_in_succeeds_or_fails_in_its_own_way(
    security: str, key_management: KeyManagement, passphrase: str | None, reason: LinkReason
) -> None:
    async with tour(NET + f'security = "{security}"') as seen:
        await seen.do(seen.radio.scan())
        await seen.begin(plan(b"net", passphrase, key_management))
        await seen.let_pass(10)
        assert seen.reports[-1].reason is reason
        associated = LinkStage.ASSOCIATED in [report.stage for report in seen.reports]
        assert associated is (reason in {LinkReason.NONE, LinkReason.NO_SECRETS})


@pytest.mark.parametrize(("last", "joined"), [("0", False), ("1", True)])
async def test_the_raw_key_opens_what_the_passphrase_opens(last: str, joined: bool) -> None:
    # IEEE 802.11-2020, J.4.2, test vector 1: passphrase "password", SSID "IEEE".
    key = "f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e"
    tried = key if joined else key[:-1] + last
    async with tour('[[access_points]]\nssid = "IEEE"\npassphrase = "password"') as seen:
        await seen.do(seen.radio.scan())
        await seen.begin(plan(b"IEEE", tried))
        await seen.let_pass(10)
        assert (seen.reports[-1].stage is LinkStage.CONNECTED) is joined


async def test_the_open_trial_of_an_open_network() -> None:
    async with tour('[[access_points]]\nssid = "net"') as seen:
        await seen.begin(plan(b"net", None, KeyManagement.NONE))
        await seen.let_pass(5)
        lease = seen.reports[-1].ipv4
        assert lease is not None
        assert lease.gateway in lease.name_servers


async def test_a_lease_without_gateway() -> None:
    async with tour(NET + 'dhcp = "no_gateway"') as seen:
        await seen.begin(plan())
        await seen.let_pass(5)
        assert seen.reports[-1].ipv4 is not None
        assert seen.reports[-1].ipv4.gateway is None


async def test_the_strongest_access_point_is_chosen() -> None:
    strong = NET.replace("00:01", "00:02") + "signal = 90\n"
    async with tour(NET + strong) as seen:
        await seen.begin(plan())
        await seen.let_pass(5)
        assert seen.radio.state.bssid == "02:f1:00:00:00:02"


async def test_stations_come_and_go_in_their_time() -> None:
    around = (
        '[[stations]]\nmac = "02:f0:00:00:00:01"\nafter = 5\nstays = 10\n'
        '[[stations]]\nmac = "02:f0:00:00:00:02"\nafter = 1\npassphrase = "not-the-right-one"\n'
        '[[stations]]\nmac = "02:f0:00:00:00:03"\nafter = 7\n'
    )
    async with tour(around) as seen:
        await seen.do(seen.radio.hotspot_up(HOTSPOT))
        seen.events.clear()
        await seen.let_pass(30)
        assert [(type(event), event.station.mac[-2:]) for event in seen.events] == [  # pyright: ignore[reportAttributeAccessIssue]
            (StationJoined, "01"),
            (StationJoined, "03"),
            (StationLeft, "01"),
        ]
        assert [station.mac for station in await seen.radio.stations()] == ["02:f0:00:00:00:03"]
        await seen.radio.hotspot_down()
        assert await seen.radio.stations() == ()
        await seen.let_pass(60)
        assert await seen.radio.stations() == ()


async def test_nobody_joins_a_hotspot_that_is_down() -> None:
    async with tour() as seen:
        mac = MacAddress("02:f0:00:00:00:01")
        assert not seen.world.let_station_join(mac, HOTSPOT.passphrase)


async def test_two_who_want_the_same_hotspot_both_get_it() -> None:
    async with tour() as seen:
        await seen.do(
            asyncio.wait_for(
                asyncio.gather(seen.radio.hotspot_up(HOTSPOT), seen.radio.hotspot_up(HOTSPOT)), None
            )
        )
        assert seen.radio.state.link is Link.HOTSPOT


async def test_whoever_waited_for_the_hotspot_hears_that_it_was_replaced() -> None:
    async with tour() as seen:
        hotspot = asyncio.create_task(seen.radio.hotspot_up(HOTSPOT))
        await seen.let_pass(0.5)
        await seen.begin(plan())
        with pytest.raises(RadioFailure) as refusal:
            await hotspot
        assert refusal.value.code is Code.HOTSPOT_FAILED


async def test_a_trial_that_is_replaced_is_told() -> None:
    async with tour() as seen:
        await seen.begin(plan())
        await seen.do(seen.radio.hotspot_up(HOTSPOT))
        assert seen.reports[-1].reason is LinkReason.REPLACED


async def test_a_network_that_does_not_come_back_is_an_error() -> None:
    async with tour(NET + OTHER + SAVED) as seen:
        await seen.let_pass(10)
        await seen.radio.protect(100)
        await seen.begin(plan(b"other"))
        seen.world.begin(Outage(ssid=Ssid(b"net")))
        with pytest.raises(RadioFailure, match="net did not come back"):
            await seen.do(seen.radio.abandon())


async def test_nobody_is_told_of_a_trial_after_abandoning_it() -> None:
    async with tour() as seen:
        await seen.begin(plan())
        await seen.let_pass(0.3)
        seen.reports.clear()
        await seen.do(seen.radio.abandon())
        await seen.let_pass(10)
        assert seen.reports == []


async def test_the_world_goes_on_after_a_kill_and_tells_the_dead_nothing() -> None:
    async with tour(NET + OTHER + SAVED) as seen:
        await seen.let_pass(10)
        await seen.radio.protect(30)
        await seen.begin(plan(b"other"))
        survivor = SimulatedRadio(seen.world, seen.clock)
        await survivor.open()
        seen.reports.clear()
        seen.events.clear()
        await seen.let_pass(10)
        assert survivor.state.profile is not None
        assert survivor.state.profile.trial
        await seen.let_pass(30)
        assert survivor.state.profile.ssid == b"net"
        assert (seen.reports, seen.events) == ([], [])
        await survivor.close()


async def test_settling_says_what_did_not_come_back() -> None:
    async with tour(NET + OTHER + SAVED) as seen:
        await seen.let_pass(10)
        await seen.radio.protect(300)
        await seen.begin(plan(b"other"))
        await seen.let_pass(5)
        seen.world.begin(Outage(ssid=Ssid(b"net")))
        done = await seen.do(seen.radio.settle())
        assert [sentence.partition(" ")[0] for sentence in done] == ["Ended", "The"]


async def test_the_same_world_repeats_itself() -> None:
    async def story() -> list[object]:
        text = (
            NET + OTHER + SAVED + '[[faults]]\nkind = "outage"\nssid = "net"\nat = 30\nuntil = 90'
        )
        async with tour(text) as seen:
            await seen.let_pass(50)
            await seen.begin(plan(b"other"))
            await seen.let_pass(200)
            return [*seen.events, *seen.reports]

    assert await story() == await story()


def test_a_world_can_be_changed_before_anybody_watches() -> None:
    world = World(parse(NET))
    world.begin(Outage(ssid=Ssid(b"net")))
    assert world.air.heard() == []
