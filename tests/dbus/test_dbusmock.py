"""What is read, against python-dbusmock's idea of NetworkManager."""

from collections.abc import AsyncGenerator

import pytest
from dbus_fast import Variant
from tests.dbus.fake_nft import FakeNft
from tests.dbus.mocked_networkmanager import MANAGER, NAME, MockedNetworkManager, missing
from tests.dbus.private_bus import PrivateBus
from tests.dbus.waiting import until

from firstlight.model.access_point import Security
from firstlight.model.radio import Availability, Connectivity, Link
from firstlight.radio.nm.radio import NetworkManagerRadio

MISSING = missing()
pytestmark = pytest.mark.skipif(bool(MISSING), reason=MISSING)

WPA_PSK, OPEN = 0x100, 0
INFRASTRUCTURE = 2


@pytest.fixture
async def mocked(own_bus: PrivateBus) -> AsyncGenerator[MockedNetworkManager]:
    own_bus.start()
    async with MockedNetworkManager(own_bus) as mocked:
        yield mocked


@pytest.fixture
async def opened(
    own_bus: PrivateBus, mocked: MockedNetworkManager
) -> AsyncGenerator[NetworkManagerRadio]:
    # The firewall of the machine that runs the tests is none of theirs.
    radio = NetworkManagerRadio(bus_address=own_bus.address, run_nft=FakeNft())
    await radio.open()
    yield radio
    await radio.close()


async def add_device(mocked: MockedNetworkManager, name: str = "wlan0", state: int = 30) -> str:
    return await mocked.mock("AddWiFiDevice", "ssi", f"mock_{name}", name, state)


async def add_access_point(
    mocked: MockedNetworkManager, device: str, ssid: str, security: int, number: int = 1
) -> str:
    values = (f"02:AA:00:00:00:{number:02X}", INFRASTRUCTURE, 2437, 54000, 82, security)
    return await mocked.mock("AddAccessPoint", "ssssuuuyu", device, f"ap{number}", ssid, *values)


async def tell(
    mocked: MockedNetworkManager, path: str, interface: str, name: str, value: Variant
) -> None:
    """Give an object a property that the template has not, and say that it changed."""
    mock = "org.freedesktop.DBus.Mock"
    await mocked.call(path, mock, "AddProperty", "ssv", interface, name, value)
    await mocked.call(path, mock, "UpdateProperties", "sa{sv}", interface, {name: value})


async def test_devices_appear_and_are_chosen(
    mocked: MockedNetworkManager, opened: NetworkManagerRadio
) -> None:
    assert opened.state.availability is Availability.NO_WIFI_DEVICE
    await mocked.mock("AddEthernetDevice", "ssi", "mock_eth0", "eth0", 100)
    await add_device(mocked)
    await until(lambda: opened.state.availability is Availability.READY, "it is found")
    state = opened.state
    assert (state.interface, state.driver, state.link) == ("wlan0", "dbusmock", Link.DOWN)


async def test_access_points_are_read(
    mocked: MockedNetworkManager, opened: NetworkManagerRadio
) -> None:
    device = await add_device(mocked)
    await add_access_point(mocked, device, "café", WPA_PSK, 1)
    gone = await add_access_point(mocked, device, "--open", OPEN, 2)
    await until(lambda: len(opened.access_points()) == 2, "both are heard")
    seen = {ap.ssid.text: ap for ap in opened.access_points()}
    assert (seen["café"].security, seen["--open"].security) == (Security.WPA2, Security.OPEN)
    assert (seen["café"].bssid, seen["café"].channel, seen["café"].signal) == (
        "02:aa:00:00:00:01",
        6,
        82,
    )
    await mocked.mock("RemoveAccessPoint", "ss", device, gone)
    await until(lambda: len(opened.access_points()) == 1, "one is gone")


async def test_profiles_and_what_is_active_are_read(
    mocked: MockedNetworkManager, opened: NetworkManagerRadio
) -> None:
    device = await add_device(mocked)
    access_point = await add_access_point(mocked, device, "home", WPA_PSK)
    profile = await mocked.mock("AddWiFiConnection", "ssss", device, "home", "home", "wpa-psk")
    (listed,) = await opened.profiles()
    assert (listed.ssid, listed.name) == (b"home", "home")
    assert (listed.active, listed.trial) == (False, False)
    active = await mocked.mock(
        "AddActiveConnection", "assssu", [device], profile, access_point, "home_active", 2
    )
    await until(lambda: opened.state.link is Link.CONNECTED, "it is joined")
    assert opened.state.profile is not None
    assert opened.state.profile.uuid == listed.uuid
    (listed,) = await opened.profiles()
    assert listed.active
    await mocked.mock("RemoveActiveConnection", "ss", device, active)
    await until(lambda: opened.state.link is Link.DOWN, "it is down")
    await opened.forget(listed.uuid)
    assert await opened.profiles() == ()


async def test_what_lies_behind_the_link_is_read(
    mocked: MockedNetworkManager, opened: NetworkManagerRadio
) -> None:
    device = await add_device(mocked)
    access_point = await add_access_point(mocked, device, "home", WPA_PSK)
    profile = await mocked.mock("AddWiFiConnection", "ssss", device, "home", "home", "wpa-psk")
    await mocked.mock(
        "AddActiveConnection", "assssu", [device], profile, access_point, "home_active", 2
    )
    await tell(mocked, MANAGER, NAME, "ConnectivityCheckAvailable", Variant("b", True))
    await tell(mocked, MANAGER, NAME, "ConnectivityCheckEnabled", Variant("b", True))
    await tell(mocked, device, f"{NAME}.Device", "Ip4Connectivity", Variant("u", 2))
    await until(lambda: opened.state.connectivity is Connectivity.PORTAL, "it is noticed")


@pytest.mark.parametrize("switch", ["WirelessEnabled", "WirelessHardwareEnabled"])
async def test_switches_are_read(
    mocked: MockedNetworkManager, opened: NetworkManagerRadio, switch: str
) -> None:
    await add_device(mocked)
    await until(lambda: opened.state.availability is Availability.READY, "it is found")
    await mocked.mock("UpdateProperties", "sa{sv}", NAME, {switch: Variant("b", False)})
    await until(lambda: opened.state.availability is Availability.BLOCKED, "it is noticed")


@pytest.mark.parametrize(
    ("state", "availability"),
    [
        (10, Availability.UNMANAGED),
        (20, Availability.SUPPLICANT_GONE),
        (30, Availability.READY),
        (4711, Availability.READY),
    ],
)
async def test_device_states_are_read(
    mocked: MockedNetworkManager,
    opened: NetworkManagerRadio,
    state: int,
    availability: Availability,
) -> None:
    await add_device(mocked, state=state)
    await until(lambda: opened.state.availability is availability, "it is noticed")
