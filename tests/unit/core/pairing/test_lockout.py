"""How long nothing is looked at, also after a crash, a reboot, and with clocks that lie."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstlight.core.pairing.lockout import (
    Tries,
    TriesNote,
    after_damage,
    after_wrong,
    delay,
    left,
    noted,
    remembered,
)
from firstlight.model.moment import Moment

WALL = 1_780_000_000.0
walls = st.floats(-4e9, 1e11)
rounds = st.integers(1, 12)


def kept(tries: Tries, then: Moment, boot: str = "one") -> TriesNote:
    """As it comes back from the disk."""
    return msgspec.json.decode(msgspec.json.encode(noted(tries, boot, then)), type=TriesNote)


def test_delays_double_up_to_an_hour() -> None:
    assert [delay(n) for n in range(10)] == [0, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert delay(10**9) == 3600


def test_five_wrong_tries_begin_one() -> None:
    tries = Tries()
    for wrong in range(1, 5):
        tries = after_wrong(tries, 7.0)
        assert tries == Tries(wrong=wrong)
    tries = after_wrong(tries, 7.0)
    assert tries == Tries(rounds=1, until=37.0)
    assert (left(tries, 7.0), left(tries, 36.5), left(tries, 37.0)) == (30.0, 0.5, 0.0)


def test_the_count_of_rounds_has_an_end() -> None:
    tries = after_wrong(Tries(wrong=4, rounds=1000), 0.0)
    assert (tries.rounds, tries.until) == (1000, 3600.0)
    assert kept(tries, Moment(0.0, WALL)).rounds == 1000


@given(rounds, st.floats(0, 1e8), st.floats(0, 7200), walls, walls)
def test_a_crash_shortens_nothing_whatever_the_wall_clock_does(
    n: int, began: float, passed: float, wall_then: float, wall: float
) -> None:
    note = kept(Tries(rounds=n, until=began + delay(n)), Moment(began, wall_then))
    found = remembered(note, "one", Moment(began + passed, wall))
    assert left(found, began + passed) == pytest.approx(max(0, delay(n) - passed), abs=1e-6)
    assert (found.wrong, found.rounds) == (0, n)


@given(rounds, st.integers(0, 4), st.floats(0, 1e8))
def test_neither_crash_nor_reboot_forgets_the_count(n: int, wrong: int, now: float) -> None:
    note = kept(Tries(wrong=wrong, rounds=n), Moment(now, WALL))
    for boot in ("one", "two"):
        assert remembered(note, boot, Moment(now, WALL)) == Tries(wrong=wrong, rounds=n)


@given(rounds, st.floats(0, 7200), st.floats(0, 1.7e9))
def test_a_reboot_without_a_clock_begins_the_delay_anew(
    n: int, since_boot: float, since_1970: float
) -> None:
    note = kept(Tries(rounds=n, until=9e6 + delay(n)), Moment(9e6, WALL))
    found = remembered(note, "two", Moment(since_boot, since_1970))
    assert left(found, since_boot) == pytest.approx(max(0, delay(n) - since_boot))


@given(rounds, st.floats(0, 7200), st.floats(0, 7200))
def test_a_reboot_with_a_right_clock_is_told_what_has_passed(
    n: int, off: float, since_boot: float
) -> None:
    note = kept(Tries(rounds=n, until=9e6 + delay(n)), Moment(9e6, WALL))
    found = remembered(note, "two", Moment(since_boot, WALL + off + since_boot))
    assert left(found, since_boot) == pytest.approx(max(0, delay(n) - off - since_boot), abs=1e-3)


@pytest.mark.parametrize("then", [0.0, 12_345.0, 5e9])
def test_a_delay_that_began_without_a_clock_is_not_over_because_the_time_came(then: float) -> None:
    note = kept(Tries(rounds=8, until=3700.0), Moment(100.0, then))
    assert left(remembered(note, "two", Moment(20.0, WALL)), 20.0) == 3580.0


@pytest.mark.parametrize("wall", [WALL - 1, 0.0, 5e9])
def test_a_clock_that_can_not_be_right_shortens_nothing(wall: float) -> None:
    note = kept(Tries(rounds=8, until=3700.0), Moment(100.0, WALL))
    assert left(remembered(note, "two", Moment(20.0, wall)), 20.0) == 3580.0


@given(
    st.builds(
        TriesNote,
        boot_id=st.sampled_from(["", "one", "two"]),
        wrong=st.integers(0, 4),
        rounds=st.integers(0, 1000),
        until=st.floats(-1e12, 1e12),
        wall_until=st.floats(-1e12, 1e12),
    ),
    st.sampled_from(["", "one"]),
    st.builds(Moment, st.floats(0, 1e9), walls),
)
def test_never_more_than_the_whole_delay(note: TriesNote, boot: str, now: Moment) -> None:
    assert 0 <= left(remembered(note, boot, now), now.monotonic) <= delay(note.rounds) + 1e-6


@given(st.lists(st.tuples(st.floats(0, 5000), st.booleans()), max_size=30), walls)
def test_pulling_the_plug_never_gives_more_than_five_tries_a_delay(
    pulls: list[tuple[float, bool]], wall: float
) -> None:
    """Whoever turns the device off and on, or crashes it, with its clock at ``wall`` each time."""
    boot, monotonic, tries, looked_at, powered = 0, 0.0, Tries(), 0, 0.0
    for seconds, reboots in pulls:
        while left(tries, monotonic) == 0 and looked_at < 1000:
            tries = after_wrong(tries, monotonic)
            looked_at += 1
        note = kept(tries, Moment(monotonic, wall), f"{boot}")
        monotonic, boot = (0.0, boot + 1) if reboots else (monotonic + seconds, boot)
        powered += 0.0 if reboots else seconds
        tries = remembered(note, f"{boot}", Moment(monotonic, wall))
    allowed, time = 5, 0.0
    for n in range(1, 1000):
        time += delay(n)
        if time > powered + 1e-6:
            break
        allowed += 5
    assert looked_at <= allowed


def test_a_damaged_note_is_no_way_round() -> None:
    assert after_damage(5.0) == Tries(rounds=1, until=35.0)


@pytest.mark.parametrize(
    "wrong",
    ['{"wrong":5}', '{"wrong":-1}', '{"rounds":-1}', '{"rounds":1001}', '{"until":"x"}', "[]"],
)
def test_a_note_that_does_not_fit_is_damaged(wrong: str) -> None:
    whole = msgspec.json.decode(msgspec.json.encode(noted(Tries(), "one", Moment(0.0, WALL))))
    changed = msgspec.json.decode(wrong)
    text = msgspec.json.encode(whole | changed if isinstance(changed, dict) else changed)
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(text, type=TriesNote)
