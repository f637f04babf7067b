"""How to sign in: every kind of network with every kind of password."""

import pytest

from firstlight.core.security import key_management
from firstlight.errors import InvalidInput
from firstlight.model.access_point import AccessPoint, Security
from firstlight.model.mac import MacAddress
from firstlight.model.passphrase import Passphrase
from firstlight.model.profile import KeyManagement
from firstlight.model.ssid import Ssid

PASSWORD = Passphrase("correct-horse")
RAW_KEY = Passphrase("0123456789abcdef" * 4)

# What comes of no password, a password, a raw key; text is the field that is refused.
MATRIX: dict[Security | None, tuple[KeyManagement | str, ...]] = {
    None: (KeyManagement.NONE, KeyManagement.WPA_PSK, KeyManagement.WPA_PSK),
    Security.UNKNOWN: (KeyManagement.NONE, KeyManagement.WPA_PSK, KeyManagement.WPA_PSK),
    Security.OPEN: (KeyManagement.NONE, "password", "password"),
    Security.OWE: (KeyManagement.OWE, "password", "password"),
    Security.WPA: ("password", KeyManagement.WPA_PSK, KeyManagement.WPA_PSK),
    Security.WPA2: ("password", KeyManagement.WPA_PSK, KeyManagement.WPA_PSK),
    Security.WPA2_WPA3: ("password", KeyManagement.WPA_PSK, KeyManagement.WPA_PSK),
    Security.WPA3: ("password", KeyManagement.SAE, "password"),
    Security.WEP: ("ssid", "ssid", "ssid"),
    Security.WPA_ENTERPRISE: ("ssid", "ssid", "ssid"),
    Security.WPA2_ENTERPRISE: ("ssid", "ssid", "ssid"),
    Security.WPA3_ENTERPRISE: ("ssid", "ssid", "ssid"),
}
CASES = [
    (security, passphrase, outcome)
    for security, outcomes in MATRIX.items()
    for passphrase, outcome in zip((None, PASSWORD, RAW_KEY), outcomes, strict=True)
]


def network(security: Security | None) -> AccessPoint | None:
    if security is None:
        return None
    return AccessPoint(
        ssid=Ssid(b"caf\xe9"),
        bssid=MacAddress("02:f1:00:00:00:01"),
        frequency=2412,
        signal=50,
        security=security,
    )


def test_the_matrix_is_whole() -> None:
    assert set(MATRIX) == {*Security, None}


@pytest.mark.parametrize(("security", "passphrase", "outcome"), CASES)
def test_every_kind_of_network_with_every_kind_of_password(
    security: Security | None, passphrase: Passphrase | None, outcome: KeyManagement | str
) -> None:
    if isinstance(outcome, KeyManagement):
        assert key_management(network(security), passphrase) is outcome
        return
    with pytest.raises(InvalidInput) as refusal:
        key_management(network(security), passphrase)
    assert refusal.value.field == outcome
    assert r"caf\xe9" in refusal.value.message
    if passphrase is not None:
        assert passphrase.reveal() not in f"{refusal.value.message} {refusal.value.hint}"


@pytest.mark.parametrize("security", Security)
def test_a_kind_is_open_or_shared_or_neither(security: Security) -> None:
    assert not (security.is_open and security.takes_passphrase)
    assert security.is_enterprise is security.value.endswith("enterprise")
    assert not (security.is_enterprise and (security.is_open or security.takes_passphrase))
