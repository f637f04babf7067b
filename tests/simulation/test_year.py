"""Some device-months, and that they repeat themselves."""

import subprocess
import sys

import pytest

from firstlight.simulation.figures import Year
from firstlight.simulation.year import BUSY, QUIET, Pace, live

MONTHS = 90.0
SHOW = "from firstlight.simulation.year import live; print(live({seed}, {days}).digest)"


def told(year: Year) -> str:
    """For a person who reads why the test failed."""
    if year.violation is None:
        return ""
    return "\n".join((*year.violation.trace[-60:], f"seed {year.seed}: {year.violation.rule}"))


@pytest.mark.parametrize("seed", range(1, 9))
def test_every_rule_holds_for_some_months(seed: int) -> None:
    year = live(seed, MONTHS)
    assert year.violation is None, told(year)
    assert year.days == MONTHS
    assert sum(year.events.values()) > 10


# In the last one maintenance is left with a full disk, and a restart forgets that.
@pytest.mark.parametrize("seed", [*range(1, 5), 5646])
def test_every_rule_holds_on_a_busy_day(seed: int) -> None:
    year = live(seed, 1.0, BUSY)
    assert year.violation is None, told(year)


def test_a_device_comes_home_and_that_is_measured() -> None:
    year = live(1, MONTHS)
    assert year.home["network"]
    assert year.unreachable
    assert 0 < year.joins_an_hour <= year.joins
    assert year.turns > 1000
    assert year.seconds > 0


@pytest.mark.parametrize("pace", [QUIET, BUSY], ids=["quiet", "busy"])
def test_the_same_seed_is_the_same_story(pace: Pace) -> None:
    days = 30.0 if pace is QUIET else 1.0
    first, again, other = live(7, days, pace), live(7, days, pace), live(8, days, pace)
    assert (first.digest, first.events, first.home) == (again.digest, again.events, again.home)
    assert first.digest != other.digest


@pytest.mark.parametrize("hash_seed", ["1", "2"])
def test_it_is_the_same_story_in_another_process(hash_seed: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SHOW.format(seed=3, days=40.0)],
        env={"PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.strip() == live(3, 40.0).digest


def test_only_some_kinds_of_weather() -> None:
    pace = Pace(tempo=2000.0, only=("process killed",))
    happened = live(1, 1.0, pace).events
    assert set(happened) >= {"process killed"}
    assert "network off" not in happened
