"""What programs tell, kept to its newest."""

from pathlib import Path

import pytest

from firstlight.daemon.support import machine
from firstlight.support.archive import MOST_CHARACTERS, bundle, unpacked
from firstlight.support.redaction import Redactor


async def test_of_a_long_log_the_newest_lines_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = "i=0; while [ $i -lt 20000 ]; do echo a line of this log, number $i; i=$((i + 1)); done"
    log = machine.Asked("journal.txt", "a log", (("sh", "-c", long),))
    monkeypatch.setattr(machine, "ASKED", ())
    monkeypatch.setattr(machine, "KERNEL", log._replace(name="kernel.txt", commands=()))
    monkeypatch.setattr(machine, "JOURNAL", log)
    parts = await machine.machine_parts(tmp_path, logs=True)
    told = dict(unpacked(bundle("Bundle", "today", parts, Redactor())))["journal.txt"]
    assert told.endswith("number 19999\n")
    assert len(told) < MOST_CHARACTERS + 100


async def test_a_program_that_is_missing_is_told(tmp_path: Path) -> None:
    asked = machine.Asked("x.txt", "x", (("no-such-program",), ("false",)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(machine, "ASKED", (asked,))
        [_, told, _] = await machine.machine_parts(tmp_path, logs=False)
    assert "$ no-such-program\n(can't be run: No such file or directory)\n" in told.text
    assert "$ false\n(status 1)\n" in told.text


async def test_a_state_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    [*_, folder] = await machine.machine_parts(tmp_path / "none", logs=False)
    assert folder.missing == "No such file or directory"
