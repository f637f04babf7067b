"""What is in the archive, and what is said about it."""

import pytest

from firstlight.support.archive import MOST_CHARACTERS, Part, bundle, packed, unpacked
from firstlight.support.redaction import REMOVED, Redactor


def made(*parts: Part) -> dict[str, str]:
    return dict(unpacked(bundle("Bundle", "today", parts, Redactor(["open sesame"]))))


def test_each_part_is_a_file_and_a_line() -> None:
    files = made(
        Part(name="a.txt", about="the first", text="says open sesame"),
        Part(name="b.txt", about="the second", missing="open sesame did not answer"),
    )
    assert files["a.txt"] == f"says {REMOVED}"
    assert set(files) == {"README.txt", "a.txt"}
    assert "a.txt                 the first\n" in files["README.txt"]
    assert f"b.txt                 not in here: {REMOVED} did not answer" in files["README.txt"]


def test_of_what_is_too_long_the_end_is_kept() -> None:
    told = made(Part(name="log.txt", about="", text="x" * MOST_CHARACTERS + "end"))["log.txt"]
    assert told.startswith("[the beginning is left out")
    assert told.endswith("xend")
    assert len(told) < MOST_CHARACTERS + 100


def test_bytes_that_are_no_text_are_spelt_out() -> None:
    assert unpacked(packed([("a", "\udcff")])) == [("a", "\\udcff")]


def test_what_is_no_archive_is_told() -> None:
    with pytest.raises(ValueError, match="is no support bundle"):
        unpacked(b"PK")
