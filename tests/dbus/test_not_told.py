"""What NetworkManager can't tell at the moment is not taken for nothing, and is asked for again."""

import pytest
from tests.dbus.fake_networkmanager import FakeNetworkManager
from tests.dbus.nm_interfaces import NAME, PERMISSIONS
from tests.dbus.opened import OpenSession
from tests.dbus.waiting import until

from firstlight.errors import RadioFailure
from firstlight.model.radio import Availability


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("firstlight.radio.nm.session.AGAIN_SECONDS", 0.01)


@pytest.mark.usefixtures("soon")
async def test_profiles_that_could_not_be_read_are_not_told_as_none(
    address: str, nm: FakeNetworkManager, caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever heard that nothing is saved would never look for home again."""
    nm.add_device()
    profile = nm.add_profile()
    nm.refuse("GetSettings", f"{NAME}.Settings.Failed", "the disk is on fire")
    async with OpenSession(address) as opened:
        with pytest.raises(RadioFailure, match="does not tell which networks are saved"):
            await opened.session.settings()
        await until(lambda: len(nm.made("GetSettings")) > 3, "it asks again by itself")
        assert caplog.text.count("does not tell") == 1, "once is enough"
        nm.refusals.clear()
        asked = len(nm.made("GetSettings"))
        await until(lambda: len(nm.made("GetSettings")) > asked, "and again")
        assert list(await opened.session.settings()) == [profile]


@pytest.mark.usefixtures("soon")
async def test_what_was_known_before_stays_until_it_can_be_read_again(
    address: str, nm: FakeNetworkManager
) -> None:
    nm.add_device()
    first = nm.add_profile()
    async with OpenSession(address) as opened:
        assert list(await opened.session.settings()) == [first]
        nm.refuse("GetSettings", f"{NAME}.Settings.Failed", "the disk is on fire")
        second = nm.add_profile(b"another")
        await until(lambda: len(nm.made("GetSettings")) > 1, "it is read again")
        assert list(await opened.session.settings()) == [first]
        asked = len(nm.made("GetSettings"))
        nm.refusals.clear()
        await until(lambda: len(nm.made("GetSettings")) >= asked + 2, "it is read at last")
        assert list(await opened.session.settings()) == [first, second]


@pytest.mark.usefixtures("soon")
async def test_permissions_that_are_told_late_keep_no_profile_from_being_read(
    address: str, nm: FakeNetworkManager
) -> None:
    nm.add_device()
    profile = nm.add_profile()
    nm.refuse("GetPermissions", "org.freedesktop.DBus.Error.NoReply", "polkit sleeps")
    async with OpenSession(address) as opened:
        assert list(await opened.session.settings()) == [profile]
        assert opened.session.usable_device().interface == "wlan0"
        nm.permissions[PERMISSIONS[1]] = "no"
        nm.refusals.clear()
        session = opened.session
        await until(
            lambda: session.state().availability is Availability.NOT_PERMITTED, "it is heard"
        )
