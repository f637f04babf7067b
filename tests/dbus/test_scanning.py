import asyncio
from collections.abc import AsyncGenerator

import pytest
from tests.dbus.fake_networkmanager import FakeNetworkManager
from tests.dbus.fake_service import ACCESS_DENIED
from tests.dbus.fake_supplicant import FakeSupplicant
from tests.dbus.nm_interfaces import ACCESS_POINT, DEVICE, NAME, WIRELESS
from tests.dbus.waiting import until

from firstlight.errors import Busy, Code, RadioFailure
from firstlight.model.radio import AccessPointsChanged, RadioEvent
from firstlight.model.ssid import Ssid
from firstlight.radio.nm import scanning as module
from firstlight.radio.nm.radio import NetworkManagerRadio


@pytest.fixture
def device(nm: FakeNetworkManager) -> str:
    return nm.add_device()


@pytest.fixture
def wlan0(nm: FakeNetworkManager, device: str, supplicant: FakeSupplicant) -> str:
    supplicant.on_scan = lambda: nm.scanned(device)
    return supplicant.add_interface("wlan0")


@pytest.fixture
async def alone(
    address: str, nm: FakeNetworkManager, device: str
) -> AsyncGenerator[NetworkManagerRadio]:
    """A radio without access to wpa_supplicant."""
    radio = NetworkManagerRadio(bus_address=address)
    await radio.open()
    yield radio
    await radio.close()


@pytest.fixture
async def both(
    address: str, nm: FakeNetworkManager, device: str, wlan0: str
) -> AsyncGenerator[NetworkManagerRadio]:
    """A radio with access to wpa_supplicant."""
    radio = NetworkManagerRadio(bus_address=address)
    await radio.open()
    yield radio
    await radio.close()


def names(radio: NetworkManagerRadio) -> set[bytes]:
    return {bytes(seen.ssid) for seen in radio.access_points()}


async def test_results_are_in_the_list_when_it_returns(
    nm: FakeNetworkManager, device: str, supplicant: FakeSupplicant, both: NetworkManagerRadio
) -> None:
    def found() -> None:
        nm.add_access_point(device, b"caf\xe9")
        nm.add_access_point(device, b"")
        nm.scanned(device)

    supplicant.on_scan = found
    events: list[RadioEvent] = []
    with both.subscribe(events.append):
        await both.scan()
    assert names(both) == {b"caf\xe9"}
    assert AccessPointsChanged() in events
    assert len(supplicant.scans) == 1
    assert nm.made("RequestScan") == []


async def test_the_list_is_as_fresh_as_the_scan_when_it_returns(
    nm: FakeNetworkManager,
    supplicant: FakeSupplicant,
    device: str,
    wlan0: str,
    both: NetworkManagerRadio,
) -> None:
    """NetworkManager tells of the scan's end first, and of what was heard a moment later."""
    path = nm.add_access_point(device, bssid="02:AA:00:00:00:01")
    supplicant.hear(wlan0, b"net")
    supplicant.hear(wlan0, b"elsewhere", 5180, bssid="02:aa:00:00:00:02")
    supplicant.hear(wlan0, b"gone", age=9, bssid="02:aa:00:00:00:03")
    supplicant.hear(wlan0, b"", bssid="02:aa:00:00:00:04")
    supplicant.on_scan = lambda: nm.set(device, WIRELESS, LastScan=500_000)
    scanning = asyncio.create_task(both.scan(frequencies=[2437]))
    await until(lambda: supplicant.made("GetAll"), "its list is read")
    nm.set(device, DEVICE, Driver="marked")
    await until(lambda: both.state.driver == "marked", "all has come")
    assert not scanning.done()
    nm.set(path, ACCESS_POINT, LastSeen=500)
    await scanning
    assert [seen.last_seen for seen in both.access_points()] == [500]


async def test_names_and_channels_reach_the_supplicant(
    supplicant: FakeSupplicant, both: NetworkManagerRadio
) -> None:
    await both.scan([Ssid(b"--help")], [2412])
    (arguments,) = supplicant.scans
    assert arguments["SSIDs"] == [b"", b"--help"]
    assert [tuple(one) for one in arguments["Channels"]] == [(2412, 20)]


async def test_two_at_once_share_one_scan(
    nm: FakeNetworkManager, supplicant: FakeSupplicant, wlan0: str, both: NetworkManagerRadio
) -> None:
    supplicant.slow = True
    first = asyncio.create_task(both.scan())
    await until(lambda: supplicant.scans, "the scan runs")
    await supplicant.passed_on()
    nm.set(nm.device_of("wlan0"), DEVICE, Driver="all has come")
    await until(lambda: both.state.driver == "all has come", "it is known to run")
    second = asyncio.create_task(both.scan())
    await asyncio.sleep(0)  # lets it begin
    supplicant.finish_scan(wlan0)
    await asyncio.gather(first, second)
    assert len(supplicant.scans) == 1


async def test_a_scan_without_end_fails_in_words(
    supplicant: FakeSupplicant, both: NetworkManagerRadio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SCAN_SECONDS", 0.02)
    supplicant.slow = True
    with pytest.raises(RadioFailure) as caught:
        await both.scan()
    assert caught.value.code is Code.SCAN_FAILED
    assert caught.value.hint


async def test_without_the_supplicant_networkmanager_scans(
    nm: FakeNetworkManager, device: str, alone: NetworkManagerRadio
) -> None:
    scan = asyncio.create_task(alone.scan([Ssid(b"hid\xffden")], [2412]))
    await until(lambda: nm.made("RequestScan"), "it is asked")
    assert nm.made("RequestScan")[0].body == [{"ssids": [b"hid\xffden"]}]
    nm.add_access_point(device, b"net")
    assert not scan.done()
    nm.scanned(device)
    await scan
    assert names(alone) == {b"net"}


async def test_a_supplicant_that_does_not_listen_is_done_without(
    address: str, nm: FakeNetworkManager, device: str, wlan0: str, supplicant: FakeSupplicant
) -> None:
    supplicant.refuse("GetInterface", ACCESS_DENIED)
    nm.method("RequestScan", lambda *_: (nm.scanned(device), ("", []))[1])
    radio = NetworkManagerRadio(bus_address=address)
    await radio.open()
    await radio.scan()
    assert len(nm.made("RequestScan")) == 1
    await radio.close()


async def test_networkmanagers_scan_has_a_deadline_too(
    alone: NetworkManagerRadio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SCAN_SECONDS", 0.02)
    with pytest.raises(RadioFailure) as caught:
        await alone.scan()
    assert caught.value.code is Code.SCAN_FAILED


async def test_a_refusal_of_networkmanager_is_busy(
    nm: FakeNetworkManager, alone: NetworkManagerRadio
) -> None:
    nm.refuse("RequestScan", f"{NAME}.Device.NotAllowed", "Scanning not allowed at this time")
    with pytest.raises(Busy, match="at this time") as caught:
        await alone.scan()
    assert caught.value.retry_after


async def test_a_hotspot_is_deaf_but_remembers(
    nm: FakeNetworkManager, device: str, supplicant: FakeSupplicant, both: NetworkManagerRadio
) -> None:
    old = nm.add_access_point(device, b"before")
    await both.scan()
    nm.begin(nm.add_profile(b"ours", mode="ap"), device)
    nm.come_up(device)
    own = nm.add_access_point(device, b"ours")
    nm.set(device, WIRELESS, AccessPoints=[own], ActiveAccessPoint=own)
    nm.remove(old)
    nm.set(device, DEVICE, Driver="all has come")
    await until(lambda: both.state.driver == "all has come", "it is known")
    assert names(both) == {b"before"}
    with pytest.raises(Busy) as caught:
        await both.scan()
    assert caught.value.hint
    assert len(supplicant.scans) == 1


async def test_what_a_hotspot_still_hears_is_not_told_twice(
    nm: FakeNetworkManager, device: str, both: NetworkManagerRadio
) -> None:
    nm.add_access_point(device, b"both", bssid="02:AA:00:00:00:77")
    await both.scan()
    nm.begin(nm.add_profile(b"ours", mode="ap"), device)
    nm.come_up(device)
    await until(lambda: both.state.link == "hotspot", "it is up")
    assert [bytes(seen.ssid) for seen in both.access_points()] == [b"both"]


async def test_a_list_that_empties_is_not_remembered_as_empty(
    nm: FakeNetworkManager, device: str, both: NetworkManagerRadio
) -> None:
    nm.add_access_point(device, b"before")
    await both.scan()
    nm.set(device, WIRELESS, AccessPoints=[])
    await both.scan()
    assert names(both) == set()
    nm.begin(nm.add_profile(b"ours", mode="ap"), device)
    nm.come_up(device)
    await until(lambda: both.state.link == "hotspot", "it is up")
    assert names(both) == {b"before"}
