"""Passphrases: their bounds, and that nobody sees them."""

import copy
import pickle
import traceback

import msgspec
import pytest

from firstlight.errors import InvalidInput
from firstlight.model.passphrase import Passphrase
from firstlight.model.profile import HotspotSettings, JoinRequest, KeyManagement, TrialPlan
from firstlight.model.ssid import Ssid
from firstlight.model.wire import ConnectBody

SECRET = "correct-horse"
RAW_KEY = "0123456789abcdefABCDEF0123456789" * 2


@pytest.mark.parametrize(
    "text",
    ["8 chars!", "x" * 63, RAW_KEY, "ü" * 4, "ü" * 31 + "x", "  spaces ", "--secret", "a:b\\c\"d'"],
)
def test_what_is_taken_is_taken_as_it_is(text: str) -> None:
    assert Passphrase.parse(text).reveal() == text


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "too short with 0 bytes"),
        ("seven77", "too short with 7 bytes"),
        ("ü" * 3, "too short with 6 bytes"),
        ("x" * 64, "has 64 bytes"),
        (RAW_KEY[:-1] + "g", "has 64 bytes"),
        ("x" * 65, "has 65 bytes"),
        (RAW_KEY + "0", "has 65 bytes"),
        ("ü" * 32, "has 64 bytes"),
        (RAW_KEY + "\n", "has a control character"),
        ("correct\x00horse", "has a control character"),
        ("correct\nhorse", "has a control character"),
        ("correct\x7fhorse", "has a control character"),
        ("correct\ud800horse", "has a control character"),
    ],
)
def test_what_is_refused_is_refused_without_being_shown(text: str, what: str) -> None:
    with pytest.raises(InvalidInput, match=what) as refusal:
        Passphrase.parse(text, field="wifi.password")
    assert refusal.value.field == "wifi.password"
    assert "8 to 63 characters, or a raw key of 64 hexadecimal digits" in refusal.value.message
    if text:
        shown = "".join(traceback.format_exception(refusal.value))
        assert repr(text)[1:-1] not in shown


def test_a_raw_key_is_64_hexadecimal_digits() -> None:
    assert Passphrase(RAW_KEY).is_raw_key
    assert not Passphrase(RAW_KEY[:-1]).is_raw_key
    assert not Passphrase(SECRET).is_raw_key


def test_equal_by_what_they_are() -> None:
    assert Passphrase(SECRET) == Passphrase(SECRET)
    assert hash(Passphrase(SECRET)) == hash(Passphrase(SECRET))
    assert Passphrase(SECRET) != Passphrase("another-horse")
    assert Passphrase(SECRET) != SECRET
    assert copy.deepcopy(Passphrase(SECRET)) == Passphrase(SECRET)
    assert pickle.loads(pickle.dumps(Passphrase(SECRET))) == Passphrase(SECRET)


def test_nothing_that_holds_one_shows_it() -> None:
    passphrase = Passphrase(SECRET)
    request = JoinRequest(ssid=Ssid(b"home"), passphrase=passphrase)
    holders = [
        passphrase,
        request,
        TrialPlan(attempt="1", request=request, key_management=KeyManagement.WPA_PSK),
        HotspotSettings(profile_name="own", ssid=Ssid(b"own"), passphrase=passphrase, channel=1),
        ConnectBody(ssid="home", password=SECRET),
    ]
    for holder in holders:
        assert SECRET not in f"{holder!r} {holder!s} {holder}"
        assert SECRET not in "%s" % (holder,)  # noqa: UP031  what logging does


def test_it_goes_into_no_json() -> None:
    with pytest.raises(TypeError):
        msgspec.json.encode(JoinRequest(ssid=Ssid(b"home"), passphrase=Passphrase(SECRET)))
