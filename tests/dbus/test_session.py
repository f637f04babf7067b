import asyncio
import logging

import pytest
from tests.dbus.fake_networkmanager import FakeNetworkManager
from tests.dbus.fake_service import ACCESS_DENIED, Answer, Refused
from tests.dbus.nm_interfaces import CONNECTION, MANAGER, NAME, PERMISSIONS, WIRELESS
from tests.dbus.opened import OpenSession
from tests.dbus.waiting import until

from firstlight.errors import Code, FirstlightError, NotPermitted, RadioUnavailable
from firstlight.model.profile import ProfileKind
from firstlight.model.radio import Availability, Link
from firstlight.radio.nm.codes import DeviceState, StateReason
from firstlight.radio.nm.session import Session


def refusal(session: Session) -> FirstlightError:
    with pytest.raises((RadioUnavailable, NotPermitted)) as caught:
        session.usable_device()
    assert caught.value.hint
    return caught.value


async def becomes(session: Session, availability: Availability) -> None:
    await until(lambda: session.state().availability is availability, f"it is {availability}")


async def test_without_networkmanager_it_opens_and_says_so(address: str) -> None:
    async with OpenSession(address) as opened:
        assert opened.session.state().availability is Availability.NO_NETWORK_MANAGER
        assert refusal(opened.session).code is Code.NO_NETWORK_MANAGER
        with pytest.raises(RadioUnavailable):
            await opened.session.settings()


async def test_without_a_bus_it_opens_and_says_so() -> None:
    async with OpenSession("unix:path=/nonexistent/bus") as opened:
        assert opened.session.state().availability is Availability.NO_NETWORK_MANAGER
        assert refusal(opened.session).code is Code.NO_NETWORK_MANAGER


async def test_networkmanager_may_come_later_and_go_again(address: str) -> None:
    nm = FakeNetworkManager()
    nm.add_device()
    async with OpenSession(address) as opened:
        await nm.open(address)
        await becomes(opened.session, Availability.READY)
        assert opened.session.usable_device().interface == "wlan0"
        await nm.close()
        await becomes(opened.session, Availability.NO_NETWORK_MANAGER)
        assert refusal(opened.session).code is Code.NO_NETWORK_MANAGER


async def test_no_wifi_device(address: str, nm: FakeNetworkManager) -> None:
    nm.add_device("eth0", kind=1)
    async with OpenSession(address) as opened:
        assert opened.session.state().availability is Availability.NO_WIFI_DEVICE
        assert refusal(opened.session).code is Code.NO_WIFI_DEVICE
        assert opened.session.heard() == ()
        device = nm.add_device()
        await becomes(opened.session, Availability.READY)
        nm.remove(device)
        await becomes(opened.session, Availability.NO_WIFI_DEVICE)


async def test_an_unknown_interface_is_named_beside_those_that_exist(
    address: str, nm: FakeNetworkManager
) -> None:
    nm.add_device("wlan0")
    nm.add_device("wlx1")
    async with OpenSession(address, "wlan7") as opened:
        assert opened.session.state().availability is Availability.UNKNOWN_INTERFACE
        error = refusal(opened.session)
        assert error.code is Code.UNKNOWN_INTERFACE
        assert "wlan7" in error.message
        assert "wlan0, wlx1" in error.message
        assert opened.session.state().interface == "wlan7"


@pytest.mark.parametrize("switch", ["WirelessEnabled", "WirelessHardwareEnabled"])
async def test_a_switched_off_radio_is_blocked(
    address: str, nm: FakeNetworkManager, switch: str
) -> None:
    device = nm.add_device()
    async with OpenSession(address) as opened:
        nm.set(MANAGER, NAME, **{switch: False})
        nm.state(device, DeviceState.UNAVAILABLE)
        await becomes(opened.session, Availability.BLOCKED)
        assert refusal(opened.session).code is Code.RADIO_BLOCKED
        nm.set(MANAGER, NAME, **{switch: True})
        nm.state(device, DeviceState.DISCONNECTED)
        await becomes(opened.session, Availability.READY)


async def test_an_unmanaged_device(address: str, nm: FakeNetworkManager) -> None:
    nm.add_device(state=DeviceState.UNMANAGED)
    async with OpenSession(address) as opened:
        assert opened.session.state().availability is Availability.UNMANAGED
        error = refusal(opened.session)
        assert error.code is Code.UNMANAGED
        assert "wlan0" in error.message


async def test_a_device_whose_supplicant_is_gone(address: str, nm: FakeNetworkManager) -> None:
    device = nm.add_device()
    async with OpenSession(address) as opened:
        nm.state(device, DeviceState.UNAVAILABLE, StateReason.SUPPLICANT_FAILED)
        await becomes(opened.session, Availability.SUPPLICANT_GONE)
        assert refusal(opened.session).code is Code.RADIO_FAILURE
        nm.state(device, DeviceState.DISCONNECTED, StateReason.SUPPLICANT_AVAILABLE)
        await becomes(opened.session, Availability.READY)


async def test_an_unknown_device_state_is_no_obstacle(address: str, nm: FakeNetworkManager) -> None:
    nm.add_device(state=35)
    async with OpenSession(address) as opened:
        assert opened.session.state().availability is Availability.READY
        assert opened.session.state().link is Link.DOWN


@pytest.mark.parametrize("answer", ["no", "auth"])
async def test_missing_permissions_are_named(
    address: str, nm: FakeNetworkManager, answer: str
) -> None:
    nm.add_device()
    nm.permissions[PERMISSIONS[1]] = answer
    async with OpenSession(address) as opened:
        assert opened.session.state().availability is Availability.NOT_PERMITTED
        error = refusal(opened.session)
        assert isinstance(error, NotPermitted)
        assert "missing: system)" in error.message
        nm.permissions[PERMISSIONS[1]] = "yes"
        nm.signal(MANAGER, NAME, "CheckPermissions")
        await becomes(opened.session, Availability.READY)


async def test_permissions_that_networkmanager_does_not_know_are_granted(
    address: str, nm: FakeNetworkManager
) -> None:
    nm.add_device()
    nm.permissions.clear()
    async with OpenSession(address) as opened:
        assert opened.session.state().availability is Availability.READY


@pytest.mark.parametrize("member", ["GetManagedObjects", "GetPermissions"])
async def test_a_networkmanager_that_does_not_listen_refuses(
    address: str, nm: FakeNetworkManager, member: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("firstlight.radio.nm.mirror._REREAD_SECONDS", 0.01)
    nm.add_device()
    nm.refuse(member, ACCESS_DENIED, "Rejected send message")
    async with OpenSession(address) as opened:
        assert opened.session.state().availability is Availability.NOT_PERMITTED
        assert len(nm.made("GetManagedObjects")) < 20, "it waited for an answer that it had"
        assert isinstance(refusal(opened.session), NotPermitted)
        nm.refusals.clear()
        nm.signal(MANAGER, NAME, "CheckPermissions")
        await becomes(opened.session, Availability.READY)


async def test_profiles_are_read_once_and_again_when_they_change(
    address: str, nm: FakeNetworkManager
) -> None:
    nm.add_device()
    one = nm.add_profile(b"one")
    async with OpenSession(address) as opened:
        session = opened.session
        assert list(await session.settings()) == [one]
        assert list(await session.settings()) == [one]
        assert len(nm.made("GetSettings")) == 1
        two = nm.add_profile(b"two")
        await until(lambda: session.connections.paths() == sorted([one, two]), "it has appeared")
        assert set(await session.settings()) == {one, two}
        nm.profiles[one]["connection"]["id"].value = "renamed"
        nm.signal(one, CONNECTION, "Updated")
        await until(
            lambda: len(nm.made("GetSettings")) == 5,  # one; one and two; one and two
            "they are read anew",
        )
        assert (await session.settings())[one]["connection"]["id"] == "renamed"


async def test_a_change_while_profiles_are_read_is_not_lost(
    address: str, nm: FakeNetworkManager
) -> None:
    nm.add_device()
    one = nm.add_profile(b"one")
    async with OpenSession(address) as opened:
        held = nm.hold("GetSettings")
        nm.signal(one, CONNECTION, "Updated")
        await until(lambda: held, "they are being read")
        two = nm.add_profile(b"two")
        await until(lambda: two in opened.session.connections.paths(), "another has appeared")
        nm.answer_held("GetSettings")
        assert set(await opened.session.settings()) == {one, two}


async def test_a_change_while_profiles_are_read_is_seen_unasked(
    address: str, nm: FakeNetworkManager
) -> None:
    device = nm.add_device()
    one = nm.add_profile(b"one")
    async with OpenSession(address) as opened:
        session = opened.session
        held = nm.hold("GetSettings")
        nm.signal(one, CONNECTION, "Updated")
        await until(lambda: held, "they are being read")
        nm.joined(device, b"two")
        await until(lambda: session.state().link is Link.CONNECTED, "another is active")
        assert session.state().profile is None
        nm.answer_held("GetSettings")
        await until(lambda: session.state().profile, "its profile is known")


async def test_another_users_own_profile_is_passed_over(
    address: str, nm: FakeNetworkManager
) -> None:
    nm.add_device()
    private, public = nm.add_profile(b"private"), nm.add_profile(b"public")
    show = nm.get_settings

    def guarded(path: str) -> Answer:
        if path == private:
            raise Refused(f"{NAME}.Settings.PermissionDenied", "uid 1000 has no permission")
        return show(path)

    nm.method("GetSettings", guarded)
    async with OpenSession(address) as opened:
        assert list(await opened.session.settings()) == [public]
        assert opened.session.state().availability is Availability.READY
        calls = len(nm.made("GetSettings"))
        nm.set(MANAGER, NAME, Version="1.43")
        await until(
            lambda: opened.session.manager.properties["Version"] == "1.43", "a change has come"
        )
        await opened.session.refreshed()
        assert len(nm.made("GetSettings")) == calls, "asked again without cause"


async def test_profiles_that_cannot_be_read_are_not_asked_for_again_and_again(
    address: str, nm: FakeNetworkManager, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    nm.add_device()
    nm.add_profile()
    nm.refuse("GetSettings", f"{NAME}.Settings.Failed", "the disk is on fire")
    async with OpenSession(address) as opened:
        session = opened.session
        nm.set(MANAGER, NAME, Version="1.43")
        await until(lambda: session.manager.properties["Version"] == "1.43", "a change has come")
        await session.refreshed()
        assert len(nm.made("GetSettings")) == 1
        assert len(caplog.records) == 1
        assert session.state().availability is Availability.READY


async def test_a_joined_network(address: str, nm: FakeNetworkManager) -> None:
    device = nm.add_device()
    access_point = nm.add_access_point(device, b"home", bssid="02:AA:00:00:00:07")
    profile = nm.joined(device, b"home")
    nm.set(device, WIRELESS, ActiveAccessPoint=access_point)
    async with OpenSession(address) as opened:
        state = opened.session.state()
        assert (state.availability, state.link, state.online) == (
            Availability.READY,
            Link.CONNECTED,
            True,
        )
        assert (state.interface, state.mac, state.driver) == (
            "wlan0",
            "02:00:00:00:00:01",
            "mac80211_hwsim",
        )
        assert (state.bssid, state.frequency) == ("02:aa:00:00:00:07", 2412)
        assert state.ipv4 is not None
        assert state.profile is not None
        assert (state.profile.uuid, state.profile.active) == (nm.uuid_of(profile), True)
        nm.state(device, DeviceState.DEACTIVATING)
        nm.state(device, DeviceState.DISCONNECTED)
        await until(lambda: opened.session.state().link is Link.DOWN, "it is down")
        state = opened.session.state()
        assert (state.bssid, state.frequency, state.profile, state.ipv4) == (None,) * 4


@pytest.mark.parametrize(
    ("mode", "passing", "end"),
    [
        ("infrastructure", Link.JOINING, Link.CONNECTED),
        ("ap", Link.HOTSPOT_STARTING, Link.HOTSPOT),
    ],
)
async def test_what_the_link_is_doing(
    address: str, nm: FakeNetworkManager, mode: str, passing: Link, end: Link
) -> None:
    device = nm.add_device()
    profile = nm.add_profile(b"net", mode=mode)
    async with OpenSession(address) as opened:
        session = opened.session
        nm.begin(profile, device)
        for state in (40, 50, 60, 70, 75, 80, 90):
            nm.state(device, state)
            wanted = (DeviceState(state), StateReason.NONE)
            await until(lambda: wanted in opened.states, "the state has come")  # noqa: B023
            assert session.state().link is passing
            assert session.state().ipv4 is None
        nm.lease(device)
        nm.state(device, DeviceState.ACTIVATED)
        await until(lambda: session.state().link is end, "it is up")
        assert session.state().online is (mode == "infrastructure")
        assert session.state().ipv4 is not None
        profile_now = session.state().profile
        assert profile_now is not None
        assert (profile_now.kind is ProfileKind.HOTSPOT) is (mode == "ap")
        for state in (DeviceState.DEACTIVATING, DeviceState.FAILED, DeviceState.DISCONNECTED):
            nm.state(device, state)
            await until(lambda: session.state().link is Link.DOWN, "it is down")


async def test_only_our_radios_state_changes_are_told(address: str, nm: FakeNetworkManager) -> None:
    ours, other = nm.add_device("wlan0"), nm.add_device("wlan1")
    async with OpenSession(address, "wlan0") as opened:
        nm.state(other, DeviceState.FAILED, StateReason.NO_SECRETS)
        nm.state(ours, DeviceState.PREPARE)
        nm.state(ours, 4711, 4712)
        await until(lambda: len(opened.states) == 2, "they have come")
        assert opened.states == [(DeviceState.PREPARE, StateReason.NONE), (4711, 4712)]


async def test_closing_amid_work_leaves_nothing(address: str, nm: FakeNetworkManager) -> None:
    nm.add_device()
    nm.add_profile()
    opened = OpenSession(address)
    async with opened:
        held = nm.hold("GetSettings")
        nm.add_profile(b"another")
        await until(lambda: held, "profiles are being read")
        updates = opened.updates
    assert opened.updates == updates
    assert asyncio.all_tasks() == {asyncio.current_task()}
