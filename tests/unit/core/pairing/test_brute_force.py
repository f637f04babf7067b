"""Guessing the code, to completion: how long it takes, and what is left of the door without guard.

The figures of ``lockout``'s docstring are the ones that are found here.
"""

import statistics
from itertools import takewhile

import pytest
from tests.unit.core.pairing.guessing import DAY, guesses

from firstlight.core.pairing import lockout
from firstlight.core.pairing.code import CODES
from firstlight.core.pairing.desk import Verdict

YEAR = 365.25 * DAY


def looked_at(seed: int, *, first: float, last: float) -> int:
    """How many guesses are looked at between two moments."""
    begun = takewhile(lambda guess: guess.at < last, guesses(seed))
    return sum(1 for guess in begun if guess.at >= first)


@pytest.mark.attack(
    "A day of guessing the six-digit code",
    guard="five wrong ones replace it, and pauses double",
)
def test_the_first_day_and_a_later_one() -> None:
    # No seed of these finds the code that early, so nothing but the delays bounds the count.
    for seed in range(5):
        assert looked_at(seed, first=0.0, last=DAY) == 150
        assert looked_at(seed, first=10 * DAY, last=11 * DAY) == 120


def test_a_day_of_guessing_is_far_below_one_in_a_hundred() -> None:
    assert 150 / CODES <= 0.000_15
    assert 120 / CODES <= 0.000_12


def test_slower_guessing_gains_nothing() -> None:
    for seconds in (1.0, 60.0, 600.0):
        begun = takewhile(lambda guess: guess.at < DAY, guesses(0, seconds=seconds))
        assert sum(1 for _ in begun) <= 150


def test_to_completion() -> None:
    *_, last = guesses(5)
    assert last.verdict is Verdict.RIGHT
    assert last.number > 100_000
    assert last.at > 5 * YEAR
    assert last.at == pytest.approx(last.number / 5 * lockout.LONGEST_SECONDS, rel=0.01)


def test_as_many_guesses_as_there_are_codes_on_average() -> None:
    # With fewer codes it is the same arithmetic, and soon done: n codes, n guesses, n / 5 rounds.
    few = 150
    needed = [sum(1 for _ in guesses(seed, codes=few)) for seed in range(600)]
    assert statistics.mean(needed) == pytest.approx(few, rel=0.1)
    assert statistics.median(needed) == pytest.approx(few * 0.693, rel=0.15)


@pytest.mark.unguarded("A day of guessing the six-digit code")
def test_without_the_lockout_it_is_a_matter_of_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lockout, "after_wrong", lambda tries, now: tries)
    # At a hundred guesses a second; with the lockout the same takes two and a half years.
    *_, last = guesses(0, codes=100_000, seconds=0.01)
    assert last.verdict is Verdict.RIGHT
    assert last.at < 3600
