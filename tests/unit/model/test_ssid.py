"""SSIDs: any bytes in, nothing dangerous out."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstlight.errors import InvalidInput
from firstlight.model.ssid import Ssid

names = st.binary(min_size=1, max_size=32)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"home", "home"),
        (b"a:b:c\\d", "a:b:c\\d"),
        (b"--help", "--help"),
        (b" padded ", " padded "),
        ("Corner Café".encode(), "Corner Café"),
        ("咖啡店".encode(), "咖啡店"),
        ("☕️👍🏽".encode(), "☕️👍🏽"),
        ("👩‍🔬".encode(), "👩‍🔬"),
        ("می‌خواهم".encode(), "می‌خواهم"),
        (b"caf\xe9", r"caf\xe9"),
        (b"\xff\xfe\x00", r"\xff\xfe\x00"),
        (b"\xed\xa0\x80", r"\xed\xa0\x80"),
        (b"\xc0\xaf", r"\xc0\xaf"),
        (b"a\x00b\n\x1b[31m\x7f", r"a\x00b\x0a\x1b[31m\x7f"),
        ("a\u0085b".encode(), r"a\xc2\x85b"),
        ("moc\u202eevil".encode(), r"moc\xe2\x80\xaeevil"),
        ("a\u2066b\u200eb".encode(), r"a\xe2\x81\xa6b\xe2\x80\x8eb"),
        ("in\u200bvisible\ufeff".encode(), r"in\xe2\x80\x8bvisible\xef\xbb\xbf"),
        ("a\u2028b".encode(), r"a\xe2\x80\xa8b"),
        ("\ue000".encode(), r"\xee\x80\x80"),
        (b"<script>", "<script>"),
        (b"$(reboot)", "$(reboot)"),
        (b"\\xe9", r"\xe9"),
    ],
)
def test_what_is_shown(raw: bytes, text: str) -> None:
    ssid = Ssid(raw)
    assert ssid.text == text
    assert str(ssid) == text
    assert bytes(ssid) == raw


@given(names)
def test_nothing_that_is_shown_can_disturb(raw: bytes) -> None:
    text = Ssid(raw).text
    assert text
    assert not odd(text)
    assert text.encode().decode() == text


def odd(text: str) -> list[str]:
    """Characters that control, hide, reorder or break, except what joins letters into words."""
    return [
        char
        for char in text
        if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
        and char not in {"\u200c", "\u200d"}
    ]


@given(st.text(min_size=1, max_size=8))
def test_text_and_back(text: str) -> None:
    ssid = Ssid.from_text(text)
    assert ssid == text.encode()
    assert Ssid.from_hex(ssid.hex()) == ssid
    if not odd(text):
        assert ssid.text == text


@pytest.mark.parametrize(
    ("raw", "what"), [(b"", "is empty"), (b"x" * 33, "has 33 bytes"), (b"\xff" * 255, "has 255")]
)
def test_too_short_or_too_long(raw: bytes, what: str) -> None:
    with pytest.raises(InvalidInput, match=what) as refusal:
        Ssid(raw)
    assert refusal.value.field == "ssid"
    assert "1 to 32 bytes" in refusal.value.message


def test_32_bytes_are_counted_as_bytes() -> None:
    assert len(Ssid.from_text("ü" * 16)) == 32
    with pytest.raises(InvalidInput, match="34 bytes"):
        Ssid.from_text("ü" * 17)


@pytest.mark.parametrize("text", ["\ud800", "caf\udce9"])
def test_text_that_is_no_text(text: str) -> None:
    with pytest.raises(InvalidInput, match="UTF-8"):
        Ssid.from_text(text)


@pytest.mark.parametrize("digits", ["6", "zz", "636166e", "0x61", "caf\xe9"])
def test_digits_that_are_no_digits(digits: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        Ssid.from_hex(digits)
    assert refusal.value.field == "ssidHex"


@pytest.mark.parametrize(("digits", "what"), [("", "is empty"), ("00" * 33, "33 bytes")])
def test_digits_of_a_name_that_can_not_be_name_their_field(digits: str, what: str) -> None:
    with pytest.raises(InvalidInput, match=what) as refusal:
        Ssid.from_hex(digits)
    assert refusal.value.field == "ssidHex"


def test_it_is_its_bytes() -> None:
    assert Ssid(b"home") == b"home"
    assert hash(Ssid(b"home")) == hash(b"home")
    assert repr(Ssid(b"caf\xe9")) == r"Ssid(b'caf\xe9')"
