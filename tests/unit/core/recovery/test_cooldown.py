"""What is left of a cooldown after a crash or a reboot, whatever the clocks say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstlight.core.recovery.cooldown import CooldownNote, left
from firstlight.model.kept import Kept
from firstlight.model.moment import Moment

WALL = 1_780_000_000.0
COOLDOWN = 120.0


def kept(began: float = WALL, cooldown: float = COOLDOWN) -> Kept:
    """As it is written down when a cooldown begins; ``began`` is wall time."""
    return Kept(
        cooldown_ms=round(cooldown * 1000),
        last_attempt_at=max(0, round(began * 1000)),
        cooldown_until=max(0, round((began + cooldown) * 1000)),
    )


def note(until: float, boot: str = "one", *, over: bool = False) -> CooldownNote:
    return CooldownNote(boot_id=boot, until=until, over=over)


walls = st.floats(-4e9, 1e11)
cooldowns = st.floats(1, 3600).map(lambda seconds: round(seconds, 3))


@given(cooldowns, st.floats(0, 1e8), st.floats(0, 7200), walls, walls)
def test_a_crash_changes_nothing_whatever_the_wall_clock_does(
    cooldown: float, began: float, passed: float, wall: float, wall_then: float
) -> None:
    now = Moment(began + passed, wall)
    found = left(kept(wall_then, cooldown), note(began + cooldown), "one", now)
    assert found == pytest.approx(max(0.0, cooldown - passed), abs=1e-6)


@given(cooldowns, st.floats(0, 7200), walls, walls)
def test_after_a_reboot_amid_it_it_is_the_whole_but_the_time_since(
    cooldown: float, since_boot: float, wall: float, wall_then: float
) -> None:
    now = Moment(since_boot, wall)
    found = left(kept(wall_then, cooldown), note(9e8, "another"), "one", now)
    assert found == pytest.approx(max(0.0, cooldown - since_boot))


@given(cooldowns, st.floats(0, 7200), walls, walls)
def test_after_a_reboot_one_that_was_over_is_over(
    cooldown: float, since_boot: float, wall: float, wall_then: float
) -> None:
    now = Moment(since_boot, wall)
    assert left(kept(wall_then, cooldown), note(9e8, "another", over=True), "one", now) == 0.0


@pytest.mark.parametrize("wall", [0.0, WALL - 1, WALL + 55.0, WALL + 10**9])
def test_no_clock_shortens_it(wall: float) -> None:
    assert left(kept(), note(500.0, "another"), "one", Moment(20.0, wall)) == 100.0


def test_where_the_note_is_lost_there_may_be_one() -> None:
    assert left(kept(), None, "one", Moment(20.0, WALL + 10**9)) == 100.0


def test_without_one_nothing_is_left() -> None:
    assert left(Kept(), None, "one", Moment(0.0, 0.0)) == 0.0
    assert left(Kept(), note(50.0, over=True), "one", Moment(0.0, WALL)) == 0.0


def test_the_note_of_this_boot_counts_even_when_the_file_knows_nothing() -> None:
    assert left(Kept(), note(50.0), "one", Moment(20.0, WALL)) == 30.0


def test_a_shorter_cooldown_set_meanwhile_counts() -> None:
    found = left(kept(cooldown=10.0), note(1000.0), "one", Moment(5.0, WALL))
    assert found == 10.0


@given(
    st.builds(
        Kept,
        cooldown_ms=st.integers(1000, 3_600_000),
        last_attempt_at=st.integers(0, 2**53),
        cooldown_until=st.integers(0, 2**53),
    ),
    st.none()
    | st.builds(note, st.floats(-1e12, 1e12), st.sampled_from(["one", "two"]), over=st.booleans()),
    st.builds(Moment, st.floats(-1e6, 1e9), walls),
)
def test_never_negative_and_never_more_than_configured(
    remembered: Kept, noted: CooldownNote | None, now: Moment
) -> None:
    assert 0.0 <= left(remembered, noted, "one", now) <= remembered.cooldown_ms / 1000
