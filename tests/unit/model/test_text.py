"""What strangers chose, made safe: nothing that steers, hides or reorders is left."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstlight.model.ssid import Ssid
from firstlight.model.text import plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Lighthouse", "Lighthouse"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\r\nb\tc", r"a\x0d\x0ab\x09c"),
        ("abc\u202edef", r"abc\xe2\x80\xaedef"),
        ("\u2066x\u2069", r"\xe2\x81\xa6x\xe2\x81\xa9"),
        ("\u2028", r"\xe2\x80\xa8"),
        ("\ud800", r"\xed\xa0\x80"),
        ("caf\udce9", r"caf\xe9"),
        ("\udc7f\udd00", r"\xed\xb1\xbf\xed\xb4\x80"),
        ("\x9b2J", r"\xc2\x9b2J"),
        ("[red]x[/red]", "[red]x[/red]"),
        ("café 灯台 🗼", "café 灯台 🗼"),
        ("\u0645\u06cc\u200c\u062e\u0648", "\u0645\u06cc\u200c\u062e\u0648"),
    ],
)
def test_what_steers_is_written_out(text: str, shown: str) -> None:
    assert plain(text) == shown


@given(st.text(st.characters(exclude_categories=())))
def test_nothing_that_steers_is_left(text: str) -> None:
    joiners = {"\u200c", "\u200d"}
    left = {unicodedata.category(char) for char in plain(text) if char not in joiners}
    assert not left & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@given(st.text(st.characters(exclude_categories=())))
def test_what_is_plain_stays(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@given(st.binary(min_size=1, max_size=32))
def test_an_ssid_is_shown_alike_whether_it_came_as_bytes_or_as_an_argument(raw: bytes) -> None:
    assert plain(raw.decode(errors="surrogateescape")) == Ssid(raw).text
