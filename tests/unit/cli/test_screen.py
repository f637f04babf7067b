import io
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstlight.cli.screen import plain, survive_narrow_encodings
from firstlight.model.ssid import Ssid


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
        ("\x9b2J", r"\xc2\x9b2J"),
        ("[red]x[/red]", "[red]x[/red]"),
        ("café 灯台 🗼", "café 灯台 🗼"),
        ("\u0645\u06cc\u200c\u062e\u0648", "\u0645\u06cc\u200c\u062e\u0648"),
    ],
)
def test_what_steers_a_terminal_is_written_out(text: str, shown: str) -> None:
    assert plain(text) == shown


@given(st.text())
def test_nothing_that_steers_is_left(text: str) -> None:
    joiners = {"\u200c", "\u200d"}
    left = {unicodedata.category(char) for char in plain(text) if char not in joiners}
    assert not left & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@given(st.text())
def test_what_is_plain_stays(text: str) -> None:
    assert plain(plain(text)) == plain(text)


@given(st.binary(min_size=1, max_size=32))
def test_an_ssid_is_plain_already(raw: bytes) -> None:
    assert plain(Ssid(raw).text) == Ssid(raw).text


def test_a_narrow_terminal_gets_escapes_instead_of_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    survive_narrow_encodings()
    sys.stdout.write("café")
    sys.stdout.flush()
    assert raw.getvalue() == rb"caf\xe9"


def test_a_replaced_stream_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    survive_narrow_encodings()
    assert sys.stdout is stream
