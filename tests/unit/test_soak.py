"""The rule by which the long run finds a leak."""

import pytest
from benchmarks.soak.growth import Bound, Sample, grown, verdicts

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
