"""The rule by which the long run finds a leak, and the years that a later run goes on after."""

from pathlib import Path

import msgspec
import pytest
from benchmarks.soak import years
from benchmarks.soak.growth import Bound, Sample, grown, verdicts

from firstlight.simulation import campaign

FOUR_HOURS = 4 / 24 / 365
FEW = Bound(0.05, 1)


def test_what_stays_level_has_not_grown() -> None:
    assert not grown([100, 101, 99, 100] * 10, FEW)
    assert not grown([100] * 20 + [500] + [100] * 20, FEW)


def test_what_grows_steadily_has() -> None:
    assert grown([100 + n for n in range(40)], FEW)
    assert grown([100] * 20 + [120] * 20, FEW)


def test_what_shrinks_has_not() -> None:
    assert not grown([200 - n for n in range(40)], FEW)


def test_a_little_is_allowed() -> None:
    assert not grown([100] * 20 + [105] * 20, FEW)
    assert grown([100] * 20 + [107] * 20, FEW)


def test_too_few_samples_say_nothing() -> None:
    with pytest.raises(ValueError, match="too few"):
        grown([1, 2, 3], FEW)


def test_each_thing_is_judged_for_itself() -> None:
    samples = [Sample(30e6, 20 + n, 4, 50_000) for n in range(40)]
    assert verdicts(samples) == {
        "memory": False,
        "descriptors": True,
        "threads": False,
        "state": False,
    }


@pytest.fixture
def begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The seeds of the pieces that were lived, each of four hours instead of a hundred years."""
    seeds: list[int] = []

    def simulated(seed: int, years: int) -> bytes:
        seeds.append(seed)
        return msgspec.json.encode(campaign.run(years * FOUR_HOURS, seed))

    monkeypatch.chdir(tmp_path)
    (tmp_path / "docs").mkdir()
    (tmp_path / years.KEPT).parent.mkdir(parents=True)
    monkeypatch.setattr(years, "PIECE", 1)
    monkeypatch.setattr(years, "simulated", simulated)
    monkeypatch.setattr(years, "sources", lambda: [Path(__file__)])
    return seeds


def test_years_are_kept_and_go_on_from_there(
    begun: list[int], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert years.live(1)
    assert years.live(2)
    assert begun == [1, 2]
    assert "1 of 2 lived, every rule held" in capfd.readouterr().out
    page = (tmp_path / "docs/benchmarks.md").read_text("utf-8")
    assert "device-years from seed 1 on" in page
    assert "| network, from the hotspot |" in page


def test_years_of_other_code_are_lived_anew(
    begun: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert years.live(2)
    monkeypatch.setattr(years, "fingerprint", lambda _: "another")
    assert years.live(1)
    assert begun == [1, 2, 1]
    assert len(years.KEPT.read_bytes().splitlines()) == 1


def test_a_piece_that_was_cut_off_is_lived_anew(begun: list[int]) -> None:
    assert years.live(2)
    years.KEPT.write_bytes(years.KEPT.read_bytes()[:-40])
    assert years.live(2)
    assert begun == [1, 2, 2]
    assert len(years.KEPT.read_bytes().splitlines()) == 2


def test_other_code_other_years(tmp_path: Path) -> None:
    prints: set[str] = set()
    for place, name, text in (
        ("one", "a.py", "1"),
        ("one", "a.py", "2"),
        ("one", "b.py", "2"),
        ("other", "b.py", "2"),
    ):
        file = tmp_path / place / "src" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        prints.add(years.fingerprint([file]))
    assert len(prints) == 3


def test_what_only_people_read_is_no_other_code(tmp_path: Path) -> None:
    file = tmp_path / "src/a.py"
    file.parent.mkdir()

    def printed(text: str) -> str:
        file.write_text(text)
        return years.fingerprint([file])

    first = printed('"""One."""\n\ndef f():\n    """Two."""\n    return (1, 2)\n')
    assert printed("# three\ndef f():\n    return (\n        1,\n        2,\n    )\n") == first
    assert printed('def f():\n    """Two."""\n    return (2, 1)\n') != first
    assert printed('def f():\n    return """Two."""\n') != first


def test_only_what_a_simulated_device_loads_counts() -> None:
    counted = {file.as_posix().rpartition("/firstlight/")[2] for file in years.sources()}
    assert {"daemon/recovery.py", "core/recovery/machine.py", "simulation/year.py"} <= counted
    assert not {"radio/nm/radio.py", "cli/__init__.py", "web/app.py"} & counted
    assert len(counted) > 200
