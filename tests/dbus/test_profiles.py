from typing import Any

import pytest
from dbus_fast import Variant
from dbus_fast.unpack import unpack_variants
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from firstlight.model.passphrase import Passphrase
from firstlight.model.profile import (
    HotspotSettings,
    JoinRequest,
    KeyManagement,
    ProfileKind,
    TrialPlan,
)
from firstlight.model.ssid import Ssid
from firstlight.radio.nm.codes import ConnectionFlags
from firstlight.radio.nm.profiles import (
    SECURITY,
    TYPE,
    Mark,
    hotspot_settings,
    mark_of,
    read_profile,
    rehearsal_settings,
    same,
    station_settings,
)

UUID = "6b0d9d3c-3d7b-4c4e-9c9c-0f3d3ad9f3b1"
MARK = Mark(checkpoint="/cp/1", before="u-1")
SECRET = "a-secret-of-one's-own"
HOTSPOT = HotspotSettings(
    profile_name="Firstlight-Hotspot",
    ssid=Ssid(b"Firstlight-CAFE"),
    passphrase=Passphrase(SECRET),
    channel=6,
)
SSIDS = st.binary(min_size=1, max_size=32).map(Ssid)


def plan(
    ssid: Ssid, management: KeyManagement = KeyManagement.WPA_PSK, *, hidden: bool = False
) -> TrialPlan:
    secret = management in {KeyManagement.WPA_PSK, KeyManagement.SAE}
    return TrialPlan(
        attempt="a1",
        request=JoinRequest(
            ssid=ssid, passphrase=Passphrase(SECRET) if secret else None, hidden=hidden
        ),
        key_management=management,
    )


def station(tried: TrialPlan, *, interface: str = "", mark: Mark = MARK) -> dict[str, Any]:
    return unpack_variants(station_settings(tried, UUID, interface=interface, mark=mark))


def hotspot(wanted: HotspotSettings = HOTSPOT, interface: str = "") -> dict[str, Any]:
    return unpack_variants(hotspot_settings(wanted, UUID, interface=interface))


@given(ssid=SSIDS, hidden=st.booleans())
def test_a_station_comes_back_as_it_was_written(ssid: Ssid, hidden: bool) -> None:
    written = station(plan(ssid, hidden=hidden))
    read = read_profile(written, 0, active=True)
    assert read is not None
    assert (read.ssid, read.uuid, read.kind) == (ssid, UUID, ProfileKind.STATION)
    assert (read.autoconnect, read.active, read.trial) == (True, True, False)
    assert read.name == ssid.text
    assert isinstance(written[TYPE]["ssid"], bytes)
    assert written[TYPE]["hidden"] is hidden


@pytest.mark.parametrize("ssid", [b"\xff\x00caf\xe9", b"--help", b"-", b"a:b\\:c", b"x" * 32])
def test_awkward_names_are_data(ssid: bytes) -> None:
    assert station(plan(Ssid(ssid)))[TYPE]["ssid"] == ssid
    assert hotspot(replace(HOTSPOT, ssid=Ssid(ssid)))[TYPE]["ssid"] == ssid


@pytest.mark.parametrize("management", list(KeyManagement))
def test_key_management_and_secret_are_what_was_planned(management: KeyManagement) -> None:
    written = station(plan(Ssid(b"net"), management))
    match management:
        case KeyManagement.NONE:
            assert SECURITY not in written
        case KeyManagement.OWE:
            assert written[SECURITY] == {"key-mgmt": "owe"}
        case _:
            assert written[SECURITY] == {"key-mgmt": management.value, "psk": SECRET}


def test_a_profile_is_bound_to_a_radio_only_where_one_was_asked_for() -> None:
    assert "interface-name" not in station(plan(Ssid(b"net")))["connection"]
    assert "interface-name" not in hotspot()["connection"]
    bound = station(plan(Ssid(b"net")), interface="wlan1")
    assert bound["connection"]["interface-name"] == "wlan1"
    assert hotspot(interface="wlan1")["connection"]["interface-name"] == "wlan1"


def test_a_hotspot_is_wpa2_on_its_channel_and_never_by_itself() -> None:
    written = hotspot()
    assert written["connection"]["autoconnect"] is False
    assert written[TYPE] == {
        "ssid": b"Firstlight-CAFE",
        "mode": "ap",
        "band": "bg",
        "channel": 6,
    }
    assert written[SECURITY] == {
        "key-mgmt": "wpa-psk",
        "psk": SECRET,
        "proto": ["rsn"],
        "pairwise": ["ccmp"],
        "group": ["ccmp"],
        "pmf": 2,
    }
    assert written["ipv4"] == {
        "method": "shared",
        "address-data": [{"address": "192.168.4.1", "prefix": 24}],
    }
    assert written["ipv6"] == {"method": "disabled"}
    read = read_profile(written, 0, active=False)
    assert read is not None
    assert (read.kind, read.autoconnect) == (ProfileKind.HOTSPOT, False)


def test_frame_protection_can_be_off() -> None:
    assert hotspot(replace(HOTSPOT, management_frame_protection=False))[SECURITY]["pmf"] == 1


def stored() -> dict[str, Any]:
    """As NetworkManager gives it back: without the secret, with more than was asked for."""
    settings = hotspot()
    del settings[SECURITY]["psk"]
    settings["connection"]["permissions"] = []
    settings["ipv4"]["dns-search"] = []
    settings[TYPE]["mac-address-blacklist"] = []
    return settings


def test_the_same_is_the_same() -> None:
    wanted = hotspot_settings(HOTSPOT, UUID, interface="")
    assert same(wanted, stored(), SECRET)


@pytest.mark.parametrize(
    "change",
    [
        {"ssid": Ssid(b"Another")},
        {"channel": 11},
        {"address": "10.0.0.1/24"},
        {"address": "192.168.4.1/25"},
        {"management_frame_protection": False},
        {"passphrase": Passphrase("another-secret")},
    ],
    ids=["ssid", "channel", "address", "prefix", "protection", "passphrase"],
)
def test_what_differs_is_noticed(change: dict[str, Any]) -> None:
    wanted = hotspot_settings(replace(HOTSPOT, **change), UUID, interface="")
    assert not same(wanted, stored(), SECRET)


def test_a_secret_that_may_not_be_read_counts_as_another() -> None:
    assert not same(hotspot_settings(HOTSPOT, UUID, interface=""), stored(), None)


def test_another_radio_is_noticed() -> None:
    assert not same(hotspot_settings(HOTSPOT, UUID, interface="wlan1"), stored(), SECRET)


def test_a_profile_without_its_security_is_not_the_same() -> None:
    settings = stored()
    del settings[SECURITY]
    assert not same(hotspot_settings(HOTSPOT, UUID, interface=""), settings, None)


def test_a_default_that_is_left_out_is_still_said() -> None:
    settings = {"connection": {"type": TYPE, "uuid": UUID, "id": "x"}, TYPE: {"ssid": b"net"}}
    read = read_profile(settings, 0, active=False)
    assert read is not None
    assert read.autoconnect
    assert read.kind is ProfileKind.STATION


@pytest.mark.parametrize(
    "settings",
    [{}, {"connection": {"type": "802-3-ethernet"}}, {"connection": {"type": TYPE}}],
    ids=["empty", "ethernet", "no section"],
)
def test_what_is_no_wifi_profile_is_none(settings: dict[str, Any]) -> None:
    assert read_profile(settings, 0, active=False) is None


def test_a_profile_without_a_usable_name_is_still_listed() -> None:
    read = read_profile({"connection": {"type": TYPE}, TYPE: {}}, 0, active=False)
    assert read is not None
    assert read.ssid is None


def test_a_volatile_profile_is_a_trial() -> None:
    flags = ConnectionFlags.VOLATILE | ConnectionFlags.UNSAVED | 0x100
    read = read_profile(station(plan(Ssid(b"net"))), flags, active=False)
    assert read is not None
    assert read.trial


def test_priority_and_hiding_are_read() -> None:
    written = station(plan(Ssid(b"net")))
    plain = read_profile(written, 0, active=False)
    assert plain is not None
    assert (plain.priority, plain.hidden) == (0, False)
    written["connection"]["autoconnect-priority"] = -7
    written[TYPE]["hidden"] = True
    read = read_profile(written, 0, active=False)
    assert read is not None
    assert (read.priority, read.hidden) == (-7, True)


def test_a_rehearsal_drops_what_binds_to_the_radio() -> None:
    settings = station_settings(plan(Ssid(b"net")), UUID, interface="wlan0", mark=MARK)
    settings[TYPE]["mac-address"] = Variant("ay", bytes(6))
    settings["connection"]["timestamp"] = Variant("t", 1)
    before = unpack_variants(settings)
    copy = unpack_variants(rehearsal_settings(settings, "u-2", interface="wlan9"))
    assert unpack_variants(settings) == before
    assert "timestamp" not in copy["connection"]
    assert copy["connection"]["interface-name"] == "wlan9"
    assert copy[TYPE] == {"ssid": b"net", "mode": "infrastructure", "hidden": False}
    assert copy[SECURITY] == before[SECURITY]
    assert "user" not in copy


@pytest.mark.parametrize("mark", [Mark(), MARK, Mark(checkpoint="/cp/2"), Mark(before="u-3")])
def test_a_profile_of_ours_tells_its_beginning(mark: Mark) -> None:
    written = station(plan(Ssid(b"net")), mark=mark)
    assert mark_of(written) == mark
    assert "" not in written["user"]["data"].values()


def test_a_profile_of_somebody_else_has_no_mark() -> None:
    assert mark_of({"user": {"data": {"other.key": "x"}}}) is None
    assert mark_of({}) is None


def test_no_representation_shows_a_secret() -> None:
    assert SECRET not in repr(plan(Ssid(b"net")))
    assert SECRET not in repr(HOTSPOT)
