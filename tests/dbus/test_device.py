import pytest
from tests.dbus.fake_networkmanager import FakeNetworkManager
from tests.dbus.nm_interfaces import AP_MODE, DEVICE, IP4, MANAGER, WIRELESS
from tests.dbus.opened import OpenSession
from tests.dbus.waiting import until

from firstlight.model.radio import Ipv4
from firstlight.radio.nm.codes import ActiveState, DeviceState, StateReason
from firstlight.radio.nm.device import Active, wifi_devices
from firstlight.radio.nm.session import Session


def found(session: Session) -> list[str]:
    return [device.interface for device in wifi_devices(session.bus, session.mirror)]


async def test_only_wifi_devices_count_also_among_unknown_kinds(
    address: str, nm: FakeNetworkManager
) -> None:
    nm.add_device("eth0", kind=1)
    nm.add_device("lo", kind=32)
    nm.add_device("wlan0")
    nm.add_device("warp0", kind=4711)
    async with OpenSession(address) as opened:
        assert found(opened.session) == ["wlan0"]


async def test_they_come_in_the_order_of_their_appearance(
    address: str, nm: FakeNetworkManager
) -> None:
    names = [f"wlan{number}" for number in range(12)]
    for name in names:
        nm.add_device(name)
    async with OpenSession(address) as opened:
        assert found(opened.session) == names


@pytest.mark.parametrize(("wanted", "found"), [("", "wlan0"), ("wlan0", "wlan0"), ("wlx1", "wlx1")])
async def test_the_first_is_ours_unless_another_was_asked_for(
    address: str, nm: FakeNetworkManager, wanted: str, found: str
) -> None:
    nm.add_device("wlan0")
    nm.add_device("wlx1")
    async with OpenSession(address, wanted) as opened:
        device = opened.session.device
        assert device is not None
        assert device.interface == found


async def test_it_reads_what_networkmanager_says(address: str, nm: FakeNetworkManager) -> None:
    path = nm.add_device("wlan0", mac="02:00:00:00:00:0A")
    access_point = nm.add_access_point(path)
    async with OpenSession(address) as opened:
        device = opened.session.usable_device()
        assert (device.path, device.driver, device.mac) == (
            path,
            "mac80211_hwsim",
            "02:00:00:00:00:0a",
        )
        assert (device.state, device.reason) == (DeviceState.DISCONNECTED, StateReason.NONE)
        assert (device.last_scan, device.access_points) == (-1, [access_point])
        assert (device.active_access_point, device.is_access_point) == ("/", False)
        assert device.ipv4 is None
        assert device.active.state is ActiveState.DEACTIVATED
        assert (device.active.uuid, device.active.name, device.active.connection) == ("", "", "/")
        nm.scanned(path)
        nm.set(path, WIRELESS, Mode=AP_MODE, ActiveAccessPoint=access_point)
        nm.state(path, 45, 4711)
        await until(lambda: device.state == 45, "it follows")
        assert device.reason == 4711
        assert (device.last_scan, device.is_access_point) == (999, True)
        assert device.active_access_point == access_point


async def test_an_unreadable_address_is_none(address: str, nm: FakeNetworkManager) -> None:
    nm.add_device("wlan0", mac="")
    async with OpenSession(address) as opened:
        assert opened.session.usable_device().mac is None


async def test_what_is_active_and_its_lease(address: str, nm: FakeNetworkManager) -> None:
    path = nm.add_device()
    profile = nm.joined(path, b"home")
    async with OpenSession(address) as opened:
        device = opened.session.usable_device()
        active = device.active
        assert (active.state, active.name, active.connection) == (
            ActiveState.ACTIVATED,
            "home",
            profile,
        )
        assert active.uuid == nm.uuid_of(profile)
        assert device.ipv4 == Ipv4(
            address="192.168.7.23",
            prefix=24,
            gateway="192.168.7.1",
            name_servers=("192.168.7.1",),
        )
        nm.state(path, DeviceState.DISCONNECTED)
        await until(lambda: device.state is DeviceState.DISCONNECTED, "it is down")
        gone = Active(opened.session.mirror, active.path)
        assert (gone.state, gone.uuid) == (ActiveState.DEACTIVATED, "")
        assert device.ipv4 is None


async def test_a_lease_without_gateway_or_name_servers(
    address: str, nm: FakeNetworkManager
) -> None:
    path = nm.add_device()
    config = f"{MANAGER}/IP4Config/7"
    nm.add(config, {IP4: {"AddressData": []}})
    nm.set(path, DEVICE, Ip4Config=config)
    async with OpenSession(address) as opened:
        device = opened.session.usable_device()
        assert device.ipv4 is None
        nm.lease(path, "10.0.0.2", "", ())
        await until(lambda: device.ipv4, "there is an address")
        assert device.ipv4 == Ipv4(address="10.0.0.2", prefix=24)
