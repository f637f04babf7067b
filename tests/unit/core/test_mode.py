"""What turns the device's mode."""

import pytest

from firstlight.core.mode import MEANINGS, TABLE, Turn, turn_online, turned, waits_to_be_set_up
from firstlight.errors import Busy, Code
from firstlight.model.status import Mode

ORDINARY = [mode for mode in Mode if mode is not Mode.MAINTENANCE]
OF_THE_NETWORK = {
    Turn.JOINING: Mode.CONNECTING,
    Turn.ONLINE: Mode.ONBOARDING,
    Turn.HOME: Mode.READY,
    Turn.ALONE: Mode.PROVISIONING,
    Turn.STUCK: Mode.ERROR,
}
PAIRS = [(turn, mode) for turn in Turn for mode in Mode]


@pytest.mark.parametrize("mode", ORDINARY)
@pytest.mark.parametrize("turn", OF_THE_NETWORK)
def test_ordinary_modes_follow_what_the_network_does(mode: Mode, turn: Turn) -> None:
    assert turned(mode, turn) is OF_THE_NETWORK[turn]


@pytest.mark.parametrize("turn", OF_THE_NETWORK)
def test_nothing_that_the_network_does_ends_maintenance(turn: Turn) -> None:
    assert turned(Mode.MAINTENANCE, turn) is Mode.MAINTENANCE


@pytest.mark.parametrize("mode", Mode)
def test_maintenance_is_entered_from_everywhere_and_a_reset_is_possible_everywhere(
    mode: Mode,
) -> None:
    assert turned(mode, Turn.ENTERED) is Mode.MAINTENANCE
    assert turned(mode, Turn.RESET) is Mode.PROVISIONING


def test_leaving_maintenance_begins_afresh() -> None:
    assert turned(Mode.MAINTENANCE, Turn.LEFT) is Mode.PROVISIONING


@pytest.mark.parametrize("mode", [Mode.ONBOARDING, Mode.READY])
def test_the_setup_is_finished_once_or_twice(mode: Mode) -> None:
    assert turned(mode, Turn.COMPLETED) is Mode.READY


@pytest.mark.parametrize(
    ("mode", "turn"), [(mode, turn) for turn, mode in PAIRS if mode not in TABLE[turn]]
)
def test_a_pair_that_is_not_in_the_table_is_refused_in_words(mode: Mode, turn: Turn) -> None:
    with pytest.raises(Busy) as refused:
        turned(mode, turn)
    assert refused.value.code is Code.WRONG_MODE
    assert f"in {mode.value} mode" in refused.value.message
    assert refused.value.__cause__ is None


def test_only_a_person_is_ever_refused() -> None:
    refused = {(turn, mode) for turn, mode in PAIRS if mode not in TABLE[turn]}
    assert {turn for turn, _ in refused} == {Turn.COMPLETED, Turn.LEFT}
    assert {mode for turn, mode in refused if turn is Turn.COMPLETED} == {
        Mode.PROVISIONING,
        Mode.CONNECTING,
        Mode.MAINTENANCE,
        Mode.ERROR,
    }
    assert {mode for turn, mode in refused if turn is Turn.LEFT} == set(ORDINARY)


@pytest.mark.parametrize("turn", Turn)
def test_every_turn_has_a_row_and_a_meaning(turn: Turn) -> None:
    assert TABLE[turn]
    assert MEANINGS[turn]


@pytest.mark.parametrize("mode", Mode)
def test_every_mode_has_a_way_in_and_a_way_out(mode: Mode) -> None:
    into = {before for row in TABLE.values() for before, after in row.items() if after is mode}
    out = {row[mode] for row in TABLE.values() if mode in row}
    assert into - {mode}
    assert out - {mode}


def test_whoever_has_finished_the_setup_is_home() -> None:
    assert turn_online(onboarded=True) is Turn.HOME
    assert turn_online(onboarded=False) is Turn.ONLINE


@pytest.mark.parametrize("mode", list(Mode))
def test_it_can_be_set_up_until_the_setup_is_finished(mode: Mode) -> None:
    waiting = {Mode.PROVISIONING, Mode.CONNECTING, Mode.ONBOARDING}
    assert waits_to_be_set_up(mode) is (mode in waiting)
