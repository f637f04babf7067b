import asyncio
import logging
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from tests.dbus.fake_service import ACCESS_DENIED
from tests.dbus.fake_supplicant import INTERFACE, FakeSupplicant
from tests.dbus.waiting import until

from firstlight.errors import Busy, Code, RadioUnavailable
from firstlight.model.mac import MacAddress
from firstlight.model.ssid import Ssid
from firstlight.radio.nm import supplicant as module
from firstlight.radio.nm.bus import Bus
from firstlight.radio.nm.supplicant import Supplicant

PHONE = MacAddress("02:f0:00:00:00:01")
TABLET = MacAddress("02:f0:00:00:00:02")
HIDDEN = Ssid(b"hide\xffaway")
SCAN_ERROR = f"{INTERFACE}.ScanError"


class Watch:
    """Our side, and what it tells."""

    def __init__(self, address: str) -> None:
        self.bus = Bus(address)
        self.links: list[dict[str, Any]] = []
        self.stations: list[tuple[MacAddress, bool]] = []
        self.supplicant = Supplicant(
            self.bus, self.links.append, lambda mac, joined: self.stations.append((mac, joined))
        )

    async def close(self) -> None:
        self.bus.mute()
        await self.supplicant.close()
        await self.bus.close()


@pytest.fixture
async def watch(address: str) -> AsyncGenerator[Watch]:
    watch = Watch(address)
    await watch.bus.open()
    watch.supplicant.follow("wlan0")
    yield watch
    await watch.close()


@pytest.fixture
def wlan0(supplicant: FakeSupplicant) -> str:
    return supplicant.add_interface("wlan0")


@pytest.fixture
async def ours(wlan0: str, watch: Watch) -> Supplicant:
    await watch.supplicant.looked_up()
    assert watch.supplicant.usable
    return watch.supplicant


async def test_without_it_nothing_is_usable(address: str, watch: Watch) -> None:
    await watch.supplicant.looked_up()
    assert not watch.supplicant.usable
    assert await watch.supplicant.stations() == ()
    with pytest.raises(RadioUnavailable) as caught:
        await watch.supplicant.scan((), (), 1)
    assert caught.value.hint


async def test_without_access_it_is_quietly_absent(
    supplicant: FakeSupplicant, wlan0: str, watch: Watch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, module.__name__)
    supplicant.refuse("GetInterface", ACCESS_DENIED)
    watch.supplicant.follow("other")
    watch.supplicant.follow("wlan0")
    await watch.supplicant.looked_up()
    assert not watch.supplicant.usable
    assert {record.levelno for record in caplog.records} == {logging.INFO}


async def test_its_interface_may_come_go_and_come_again(
    supplicant: FakeSupplicant, watch: Watch
) -> None:
    await watch.supplicant.looked_up()
    assert not watch.supplicant.usable
    path = supplicant.add_interface("wlan0")
    await until(lambda: watch.supplicant.usable, "it is found")
    supplicant.remove_interface(path)
    await until(lambda: not watch.supplicant.usable, "it is lost")
    supplicant.add_interface("wlan0")
    await until(lambda: watch.supplicant.usable, "it is found again")


async def test_a_restart_is_survived(
    address: str, supplicant: FakeSupplicant, ours: Supplicant
) -> None:
    await supplicant.close()
    await until(lambda: not ours.usable, "its end is noticed")
    await supplicant.open(address)
    await until(lambda: ours.usable, "it is found again")


async def test_other_radios_come_and_go_unnoticed(
    supplicant: FakeSupplicant, wlan0: str, ours: Supplicant, watch: Watch
) -> None:
    supplicant.slow = True
    scan = asyncio.create_task(ours.scan((), (), 5))
    await until(lambda: supplicant.scans, "the scan runs")
    other = supplicant.add_interface("p2p-dev-wlan0")
    supplicant.remove_interface(other)
    supplicant.states(wlan0, "scanning")
    await until(lambda: {"State": "scanning"} in watch.links, "all signals have come")
    assert not scan.done()
    supplicant.finish_scan(wlan0)
    await scan
    assert len(supplicant.made("GetInterface")) == 1


async def test_a_plain_scan(supplicant: FakeSupplicant, ours: Supplicant) -> None:
    await ours.scan((), (), 5)
    assert supplicant.scans == [{"Type": "active", "AllowRoam": False}]


async def test_a_directed_scan_asks_for_everybody_and_the_hidden(
    supplicant: FakeSupplicant, ours: Supplicant
) -> None:
    await ours.scan([HIDDEN], [2412, 5180], 5)
    (arguments,) = supplicant.scans
    assert arguments["SSIDs"] == [b"", bytes(HIDDEN)]
    assert [tuple(one) for one in arguments["Channels"]] == [(2412, 20), (5180, 20)]


async def test_a_full_scan_under_way_serves_a_plain_wish(
    supplicant: FakeSupplicant, wlan0: str, ours: Supplicant, watch: Watch
) -> None:
    supplicant.begin_scan(wlan0)
    await until(lambda: watch.links, "it is known")
    scan = asyncio.create_task(ours.scan((), (), 5))
    supplicant.states(wlan0, "scanning")
    await until(lambda: len(watch.links) == 2, "a turn has passed")
    assert not scan.done()
    supplicant.finish_scan(wlan0)
    await scan
    assert supplicant.scans == []


async def test_a_scan_that_was_under_way_before_we_came_is_joined(
    supplicant: FakeSupplicant, wlan0: str, watch: Watch
) -> None:
    supplicant.begin_scan(wlan0)
    watch.supplicant.follow("other")
    watch.supplicant.follow("wlan0")
    await watch.supplicant.looked_up()
    scan = asyncio.create_task(watch.supplicant.scan((), (), 5))
    supplicant.finish_scan(wlan0)
    await scan
    assert supplicant.scans == []


@pytest.mark.parametrize("wish", [((), (2412,)), ((HIDDEN,), ())], ids=["channel", "name"])
async def test_a_full_scan_under_way_is_called_off_for_a_directed_one(
    supplicant: FakeSupplicant,
    wlan0: str,
    ours: Supplicant,
    watch: Watch,
    wish: tuple[tuple[Ssid, ...], tuple[int, ...]],
) -> None:
    supplicant.begin_scan(wlan0)
    await until(lambda: watch.links, "it is known")
    await ours.scan(*wish, 5)
    assert [call.member for call in supplicant.made("AbortScan", "Scan")] == ["AbortScan", "Scan"]
    assert len(supplicant.scans) == 1


async def test_a_scan_that_cannot_be_called_off_is_waited_for(
    supplicant: FakeSupplicant, wlan0: str, ours: Supplicant, watch: Watch
) -> None:
    supplicant.begin_scan(wlan0)
    await until(lambda: watch.links, "it is known")
    supplicant.refuse("AbortScan", f"{INTERFACE}.AbortScanError", "not now")
    scan = asyncio.create_task(ours.scan((), (2412,), 5))
    await until(lambda: supplicant.made("Scan"), "it asks for its own")
    supplicant.finish_scan(wlan0)
    await scan
    assert len(supplicant.scans) == 1


async def test_an_abort_that_is_never_answered_by_an_end_has_a_deadline(
    supplicant: FakeSupplicant,
    wlan0: str,
    ours: Supplicant,
    watch: Watch,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_ABORT_SECONDS", 0.01)
    supplicant.method("AbortScan", lambda _: ("", []))
    supplicant.begin_scan(wlan0)
    await until(lambda: watch.links, "it is known")
    scan = asyncio.create_task(ours.scan((), (2412,), 5))
    await until(lambda: supplicant.made("Scan"), "it asks for its own")
    supplicant.finish_scan(wlan0)
    await scan


async def test_a_scan_that_began_in_between_makes_room_for_ours(
    supplicant: FakeSupplicant, wlan0: str, ours: Supplicant
) -> None:
    # Somebody else's, of which the signal is still on its way.
    supplicant.objects[wlan0][INTERFACE]["Scanning"].value = True
    scan = asyncio.create_task(ours.scan((), (2437,), 5))
    await until(lambda: supplicant.made("Get"), "it was refused, and asks why")
    assert supplicant.scans == []
    supplicant.finish_scan(wlan0)
    await scan
    assert len(supplicant.scans) == 1
    assert len(supplicant.made("Scan")) == 2


async def test_a_scan_that_began_in_between_serves_a_plain_wish(
    supplicant: FakeSupplicant, wlan0: str, ours: Supplicant
) -> None:
    supplicant.objects[wlan0][INTERFACE]["Scanning"].value = True
    scan = asyncio.create_task(ours.scan((), (), 5))
    await until(lambda: supplicant.made("Get"), "it was refused, and asks why")
    supplicant.finish_scan(wlan0)
    await scan
    assert supplicant.scans == []


async def test_a_radio_that_refuses_without_scanning_is_busy(
    supplicant: FakeSupplicant, ours: Supplicant
) -> None:
    supplicant.refuse("Scan", SCAN_ERROR, "Scan request rejected")
    with pytest.raises(Busy) as caught:
        await ours.scan((), (), 5)
    assert caught.value.retry_after
    assert len(supplicant.made("Scan")) == 2


async def test_a_scan_without_end_has_a_deadline(
    supplicant: FakeSupplicant, ours: Supplicant
) -> None:
    supplicant.slow = True
    with pytest.raises(TimeoutError):
        await ours.scan((), (), 0.05)


async def test_a_scan_ends_with_the_supplicant(
    supplicant: FakeSupplicant, ours: Supplicant
) -> None:
    supplicant.slow = True
    scan = asyncio.create_task(ours.scan((), (), 5))
    await until(lambda: supplicant.scans, "the scan runs")
    await supplicant.close()
    with pytest.raises(RadioUnavailable) as caught:
        await scan
    assert caught.value.code is Code.RADIO_FAILURE


async def test_the_country_is_set(supplicant: FakeSupplicant, wlan0: str, ours: Supplicant) -> None:
    await ours.set_country("NL")
    assert supplicant.get(wlan0, INTERFACE, "Country") == "NL"


async def test_stations_come_and_go(
    supplicant: FakeSupplicant, wlan0: str, ours: Supplicant, watch: Watch
) -> None:
    assert await ours.stations() == ()
    supplicant.join(wlan0, PHONE)
    supplicant.join(wlan0, TABLET)
    supplicant.leave(wlan0, PHONE)
    await until(lambda: len(watch.stations) == 3, "all has been told")
    assert watch.stations == [(PHONE, True), (TABLET, True), (PHONE, False)]
    assert await ours.stations() == (TABLET,)


async def test_a_station_that_leaves_while_it_is_asked_about_is_left_out(
    supplicant: FakeSupplicant, wlan0: str, ours: Supplicant
) -> None:
    gone = supplicant.join(wlan0, PHONE)
    supplicant.join(wlan0, TABLET)
    del supplicant.objects[gone]
    assert await ours.stations() == (TABLET,)


async def test_a_station_with_a_strange_name_is_no_station(
    supplicant: FakeSupplicant, wlan0: str, watch: Watch, ours: Supplicant
) -> None:
    supplicant.signal(wlan0, INTERFACE, "StaAuthorized", "s", "nobody")
    supplicant.signal(wlan0, INTERFACE, "StaAuthorized", "s", PHONE)
    await until(lambda: watch.stations, "the second has come")
    assert watch.stations == [(PHONE, True)]


async def test_only_our_radios_news_are_passed_on(
    supplicant: FakeSupplicant, wlan0: str, watch: Watch, ours: Supplicant
) -> None:
    other = supplicant.add_interface("wlan1")
    supplicant.states(other, "completed")
    supplicant.join(other, TABLET)
    supplicant.states(wlan0, "associating", "4way_handshake")
    supplicant.set(wlan0, INTERFACE, AuthStatusCode=1)
    await until(lambda: len(watch.links) == 3, "they have come")
    assert watch.links == [
        {"State": "associating"},
        {"State": "4way_handshake"},
        {"AuthStatusCode": 1},
    ]
    assert watch.stations == []


async def test_following_another_radio(
    supplicant: FakeSupplicant, wlan0: str, watch: Watch, ours: Supplicant
) -> None:
    other = supplicant.add_interface("wlan1")
    ours.follow("wlan1")
    await ours.looked_up()
    supplicant.states(wlan0, "completed")
    supplicant.states(other, "scanning")
    await until(lambda: watch.links, "news have come")
    assert watch.links == [{"State": "scanning"}]


async def test_a_supplicant_that_never_answers_holds_nobody_up(
    supplicant: FakeSupplicant, wlan0: str, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LOOK_UP_SECONDS", 0.01)
    supplicant.hold("GetInterface")
    watch.supplicant.follow("other")
    watch.supplicant.follow("wlan0")
    await watch.supplicant.looked_up()
    assert not watch.supplicant.usable
