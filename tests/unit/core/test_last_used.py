"""Whether the network used last was passed over when the device booted."""

import pytest

from firstlight.core.last_used import BootNote, has_booted, passed_over
from firstlight.model.profile import Profile, ProfileKind
from firstlight.model.ssid import Ssid


def saved(
    name: str,
    *,
    active: bool = False,
    priority: int = 0,
    autoconnect: bool = True,
    kind: ProfileKind = ProfileKind.STATION,
    ssid: bytes | None = None,
) -> Profile:
    return Profile(
        uuid=f"uuid of {name}",
        name=name,
        kind=kind,
        ssid=Ssid(ssid or name.encode()),
        autoconnect=autoconnect,
        active=active,
        priority=priority,
    )


HOME = saved("home", active=True)
OFFICE = saved("office")


def test_the_other_one_was_used_last() -> None:
    assert passed_over([HOME, OFFICE], last="office") == OFFICE


def test_it_is_known_by_its_ssid_too() -> None:
    renamed = saved("At work", ssid=b"office")
    assert passed_over([HOME, renamed], last="office") == renamed


@pytest.mark.parametrize(
    "profiles",
    [
        pytest.param([saved("office", active=True), saved("home")], id="it is on it"),
        pytest.param([HOME], id="it is not saved any more"),
        pytest.param([saved("home"), OFFICE], id="it is on none"),
        pytest.param([HOME, saved("office", autoconnect=False)], id="it waits to be asked"),
        pytest.param([saved("home", active=True, priority=1), OFFICE], id="home goes first"),
        pytest.param(
            [saved("home", active=True, kind=ProfileKind.HOTSPOT), OFFICE], id="it is a hotspot"
        ),
    ],
)
def test_nothing_was_passed_over(profiles: list[Profile]) -> None:
    assert passed_over(profiles, last="office") is None


def test_two_profiles_of_one_network() -> None:
    again = saved("Office again", ssid=b"office", active=True)
    assert passed_over([saved("home"), OFFICE, again], last="office") is None


def test_the_one_of_two_that_goes_first() -> None:
    first = saved("At work", ssid=b"office", priority=5)
    assert passed_over([HOME, OFFICE, first], last="office") == first


def test_nothing_is_remembered() -> None:
    assert passed_over([HOME, OFFICE], last="") is None


@pytest.mark.parametrize(
    ("note", "boot_id", "booted"),
    [
        (BootNote(boot_id="one"), "two", True),
        (BootNote(boot_id="one"), "one", False),
        (BootNote(boot_id="one"), "", False),
        (None, "one", False),
    ],
)
def test_boots(note: BootNote | None, boot_id: str, *, booted: bool) -> None:
    assert has_booted(note, boot_id) is booted
