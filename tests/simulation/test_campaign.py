"""Many years, and what the command tells of them."""

import json
import sys

import pytest
from tests.simulation.broken import HotspotNeverUp

from firstlight.cli import main
from firstlight.simulation import campaign
from firstlight.simulation.figures import Year, spread, totals
from firstlight.simulation.year import live


def simulate(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[int, str, str]:
    monkeypatch.setattr(sys, "argv", ["firstlight", "simulate", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0), *capsys.readouterr()


def broken(seed: int, days: float) -> tuple[Year, ...]:
    return (live(seed, days, machine=HotspotNeverUp),)


@pytest.fixture
def short_years(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a test need not live through whole ones."""
    monkeypatch.setattr(campaign, "DAYS", 4.0)


@pytest.mark.usefixtures("short_years")
def test_years_are_seeds_and_the_last_may_be_a_part() -> None:
    parts: list[Year] = []
    report = campaign.run(1.5, 5, on_done=parts.append)
    assert [(part.seed, round(part.days, 1)) for part in parts] == [
        (5, 4.0),
        (5, 1.0),
        (6, 2.0),
        (6, 1.0),
    ]
    assert report.violations == ()
    assert report.totals.years == pytest.approx(8 / 365)


@pytest.mark.usefixtures("short_years")
def test_processes_change_nothing() -> None:
    alone = campaign.run(2, 5, jobs=1)
    together = campaign.run(2, 5, jobs=2)
    assert alone.totals.home == together.totals.home
    assert alone.totals.events == together.totals.events
    assert alone.totals.turns == together.totals.turns


def test_figures_are_ranked() -> None:
    found = spread(float(number) for number in range(100, 0, -1))
    assert (found.count, found.p50, found.p95, found.max) == (100, 51.0, 96.0, 100.0)
    assert spread([3.0]).p95 == 3.0
    assert totals([]).unreachable is None


def test_the_command_tells_the_figures(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = simulate(monkeypatch, capsys, "--years", "0.1", "--seed", "3")
    assert (code, err) == (0, "")
    assert "Every rule held." in out
    assert "joins an hour, most" in out
    assert "network" in out


def test_the_command_tells_programs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = simulate(monkeypatch, capsys, "--years", "0.1", "--seed", "3", "--json")
    told = json.loads(out)
    assert code == 0
    assert told["violations"] == []
    assert told["totals"]["home"]["network"]["count"] > 0


def test_a_broken_rule_is_told_with_its_past_and_how_to_see_it_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(campaign, "live_both", broken)
    arguments = ("--years", "2", "--seed", "3", "--jobs", "1", "--trace", "5")
    code, _, err = simulate(monkeypatch, capsys, *arguments)
    assert code == 1
    assert "Broken: never unreachable" in err
    assert "See it again: firstlight simulate --years 1 --seed 3" in err
    assert "Also broken: never unreachable, seed 4" in err
    assert len(err.splitlines()) == 8
    _, out, _ = simulate(monkeypatch, capsys, *arguments, "--json")
    assert [one["seed"] for one in json.loads(out)["violations"]] == [3, 4]
