import io
import sys

import pytest

from firstlight.cli.screen import survive_narrow_encodings


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
