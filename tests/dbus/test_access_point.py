from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstlight.model.access_point import Security
from firstlight.radio.nm.access_point import access_point, security
from firstlight.radio.nm.codes import ApFlags, ApSecurity

PRIVACY = ApFlags.PRIVACY
PSK, EAP, SAE = ApSecurity.PSK, ApSecurity.EAP, ApSecurity.SAE
OWE, OWE_TRANSITION = ApSecurity.OWE, ApSecurity.OWE_TRANSITION
SUITE_B = ApSecurity.EAP_SUITE_B_192
CCMP = 0x88
TKIP = 0x44
KEY_MANAGEMENT = int(PSK | EAP | SAE | OWE | OWE_TRANSITION | SUITE_B)
WORD = st.integers(0, 0xFFFFFFFF)
# Ciphers, and whatever a newer NetworkManager may say.
FOREIGN = WORD.map(lambda bits: bits & ~KEY_MANAGEMENT)

BEACON: dict[str, Any] = {
    "Ssid": b"home",
    "HwAddress": "02:AA:BB:CC:DD:EE",
    "Frequency": 2437,
    "Strength": 64,
    "Flags": 1,
    "WpaFlags": 0,
    "RsnFlags": int(PSK) | CCMP,
    "LastSeen": 1234,
}

MATRIX = [
    (0, 0, 0, Security.OPEN),
    (PRIVACY, 0, 0, Security.WEP),
    (PRIVACY, PSK | TKIP, 0, Security.WPA),
    (PRIVACY, 0, PSK | CCMP, Security.WPA2),
    (PRIVACY, PSK | TKIP, PSK | CCMP, Security.WPA2),
    (PRIVACY, 0, PSK | SAE | CCMP, Security.WPA2_WPA3),
    (PRIVACY, 0, SAE | CCMP, Security.WPA3),
    (PRIVACY, PSK, SAE | CCMP, Security.WPA3),
    (PRIVACY, 0, OWE | CCMP, Security.OWE),
    (0, 0, OWE_TRANSITION, Security.OPEN),
    (0, OWE_TRANSITION, 0, Security.OPEN),
    (PRIVACY, EAP | TKIP, 0, Security.WPA_ENTERPRISE),
    (PRIVACY, 0, EAP | CCMP, Security.WPA2_ENTERPRISE),
    (PRIVACY, EAP, EAP | CCMP, Security.WPA2_ENTERPRISE),
    (PRIVACY, 0, SUITE_B | CCMP, Security.WPA3_ENTERPRISE),
    (PRIVACY, 0, SUITE_B | EAP | CCMP, Security.WPA3_ENTERPRISE),
    (PRIVACY, 0, CCMP, Security.UNKNOWN),
    (PRIVACY, 0, 0x40000000, Security.UNKNOWN),
]


@pytest.mark.parametrize(("flags", "wpa", "rsn", "meaning"), MATRIX)
def test_what_the_flags_amount_to(flags: int, wpa: int, rsn: int, meaning: Security) -> None:
    assert security(int(flags), int(wpa), int(rsn)) is meaning


@given(flags=WORD, wpa=WORD, rsn=WORD)
def test_any_flags_mean_something(flags: int, wpa: int, rsn: int) -> None:
    found = security(flags, wpa, rsn)
    assert found in Security
    if rsn & (SAE | PSK) and not (rsn | wpa) & (EAP | SUITE_B):
        assert found.takes_passphrase
    if found.is_open:
        assert not rsn & (SAE | PSK | EAP | SUITE_B)


@given(row=st.sampled_from(MATRIX[:-2]), flags=FOREIGN, wpa=FOREIGN, rsn=FOREIGN)
def test_foreign_bits_change_nothing_where_a_key_management_is_known(
    row: tuple[int, int, int, Security], flags: int, wpa: int, rsn: int
) -> None:
    known_flags, known_wpa, known_rsn, meaning = row
    if not (known_wpa | known_rsn) & KEY_MANAGEMENT:
        wpa, rsn = 0, 0
    foreign_flags = flags & ~PRIVACY
    assert security(known_flags | foreign_flags, known_wpa | wpa, known_rsn | rsn) is meaning


def test_a_beacon_becomes_an_access_point() -> None:
    seen = access_point(BEACON)
    assert seen is not None
    assert (seen.ssid, seen.bssid, seen.frequency) == (b"home", "02:aa:bb:cc:dd:ee", 2437)
    assert (seen.signal, seen.security, seen.last_seen) == (64, Security.WPA2, 1234.0)
    assert seen.channel == 6


@pytest.mark.parametrize("ssid", [b"\xff\xfe\x00", b"--help", b"a:b", b"x" * 32])
def test_any_name_is_kept_byte_for_byte(ssid: bytes) -> None:
    seen = access_point(BEACON | {"Ssid": ssid})
    assert seen is not None
    assert seen.ssid == ssid


@pytest.mark.parametrize(
    "change",
    [{"Ssid": b""}, {"Ssid": b"x" * 33}, {"HwAddress": ""}, {"HwAddress": "what"}],
    ids=["hidden", "too long", "no address", "no such address"],
)
def test_what_has_no_name_or_address_is_left_out(change: dict[str, Any]) -> None:
    assert access_point(BEACON | change) is None


@pytest.mark.parametrize("missing", ["Ssid", "HwAddress", "Frequency"])
def test_what_is_half_known_is_left_out(missing: str) -> None:
    assert access_point({key: BEACON[key] for key in BEACON if key != missing}) is None


def test_what_may_be_missing_has_a_meaning() -> None:
    seen = access_point({key: BEACON[key] for key in ("Ssid", "HwAddress", "Frequency")})
    assert seen is not None
    assert (seen.signal, seen.security, seen.last_seen) == (0, Security.OPEN, None)


@pytest.mark.parametrize(("told", "shown"), [(0, 0), (100, 100), (255, 100)])
def test_the_signal_stays_within_a_hundred(told: int, shown: int) -> None:
    seen = access_point(BEACON | {"Strength": told})
    assert seen is not None
    assert seen.signal == shown


def test_never_seen_is_no_time() -> None:
    seen = access_point(BEACON | {"LastSeen": -1})
    assert seen is not None
    assert seen.last_seen is None
