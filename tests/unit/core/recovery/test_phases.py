"""The table itself: every pair is reached, every phase has a way out."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from tests.unit.core.recovery.driving import (
    BESIDE,
    CHANNEL_36,
    DOWN,
    GONE,
    HOTSPOT,
    NO_GATEWAY,
    ONLINE,
    Driven,
    heard,
    saved,
)

from firstlight.core.recovery import machine
from firstlight.core.recovery.messages import (
    Arm,
    Check,
    Freed,
    Held,
    Rehearse,
    Rejoin,
    Saw,
    Scan,
    ScanFailed,
    Triggered,
)
from firstlight.core.recovery.phases import (
    GRACE_SECONDS,
    HOME_SECONDS,
    LEAST_SECONDS,
    PATIENCE_SECONDS,
    RECOVERY_SECONDS,
    TRANSITIONS,
    USES_RADIO,
    Phase,
    Signal,
)
from firstlight.model.attempt import Cause

TWO = [saved("home"), saved("office")]
BOTH = [heard("home"), heard("office")]
FAR = [heard("home"), heard("office", frequency=CHANNEL_36)]

Lead = Callable[[Driven], Driven]


def held(driven: Driven) -> Driven:
    return driven.take(Held())


def online(driven: Driven) -> Driven:
    return driven.take(Saw(ONLINE))


def wished(driven: Driven) -> Driven:
    return driven.take(Triggered("Somebody asked for it."))


def exhausted(driven: Driven) -> Driven:
    return driven.joined(Cause.TIMEOUT)


def replaced(driven: Driven) -> Driven:
    return driven.take(Saw(ONLINE)).joined(Cause.BUSY)


WAYS: dict[tuple[Phase, Signal], Lead] = {
    **{(phase, Signal.HELD): held for phase in Phase if phase is not Phase.RESTING},
    **{
        (phase, Signal.ONLINE): replaced
        for phase in (Phase.REJOINING, Phase.REHEARSING, Phase.HOMING)
    },
    (Phase.RESTING, Signal.ONLINE): lambda one: one.take(Freed(ONLINE)),
    (Phase.RESTING, Signal.AILING): lambda one: one.take(Freed(DOWN)),
    (Phase.RESTING, Signal.STRANDED): lambda one: one.take(Freed(HOTSPOT)),
    (Phase.STEADY, Signal.AILING): lambda one: one.checked(NO_GATEWAY),
    (Phase.STEADY, Signal.STRANDED): lambda one: one.take(Saw(HOTSPOT)),
    (Phase.STEADY, Signal.WISHED): wished,
    (Phase.DEGRADED, Signal.ONLINE): lambda one: one.take(Saw(ONLINE)).checked(),
    (Phase.DEGRADED, Signal.WORN): lambda one: one.expire(5).expire(5),
    (Phase.DEGRADED, Signal.WISHED): wished,
    (Phase.DEGRADED, Signal.STRANDED): lambda one: one.take(Saw(HOTSPOT)),
    (Phase.DEGRADED, Signal.RESTRAINED): lambda one: (
        one.take(Saw(replace(DOWN, maintenance=True))).expire(5).expire(5)
    ),
    (Phase.LOOKING, Signal.ONLINE): online,
    (Phase.LOOKING, Signal.FOUND): lambda one: one.scan("home"),
    (Phase.LOOKING, Signal.EXHAUSTED): lambda one: one.scan(),
    (Phase.REJOINING, Signal.PROVEN): lambda one: one.joined(),
    (Phase.REJOINING, Signal.EXHAUSTED): exhausted,
    (Phase.FALLBACK, Signal.ONLINE): online,
    (Phase.FALLBACK, Signal.DUE): lambda one: one.expire(HOME_SECONDS),
    (Phase.FALLBACK, Signal.WISHED): wished,
    (Phase.SCOUTING, Signal.ONLINE): online,
    (Phase.SCOUTING, Signal.FOUND): lambda one: one.scan("home"),
    (Phase.SCOUTING, Signal.EXHAUSTED): lambda one: one.take(ScanFailed(one.state.turn)),
    (Phase.REHEARSING, Signal.FOUND): lambda one: one.joined(),
    (Phase.REHEARSING, Signal.EXHAUSTED): exhausted,
    (Phase.HOMING, Signal.PROVEN): lambda one: one.joined(),
    (Phase.HOMING, Signal.EXHAUSTED): exhausted,
}
# From one network to the next in the same phase; these come a longer way.
ROUNDS: dict[tuple[Phase, Signal], Lead] = {
    (Phase.REJOINING, Signal.FOUND): lambda one: (
        one.until(Phase.LOOKING).look(TWO, BOTH).joined(Cause.TIMEOUT)
    ),
    (Phase.HOMING, Signal.FOUND): lambda one: (
        one.until(Phase.SCOUTING).look(TWO, BOTH).joined(Cause.TIMEOUT)
    ),
    (Phase.SCOUTING, Signal.REHEARSABLE): lambda one: one.until(Phase.SCOUTING, BESIDE).scan(
        "home"
    ),
    (Phase.REHEARSING, Signal.REHEARSABLE): lambda one: (
        one.until(Phase.SCOUTING, BESIDE).look(TWO, BOTH).joined(Cause.TIMEOUT)
    ),
}


class Noted(dict[tuple[Phase, Signal], Phase]):
    """The table, and which pairs of it were used, in order."""

    def __init__(self) -> None:
        super().__init__(TRANSITIONS)
        self.used: list[tuple[Phase, Signal]] = []

    def __getitem__(self, pair: tuple[Phase, Signal]) -> Phase:
        self.used.append(pair)
        return super().__getitem__(pair)


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Noted:
    noted = Noted()
    monkeypatch.setattr(machine, "TRANSITIONS", noted)
    return noted


def ways(phase: Phase) -> dict[Signal, Phase]:
    return {signal: after for (before, signal), after in TRANSITIONS.items() if before is phase}


def test_every_pair_has_a_case_here() -> None:
    assert set(TRANSITIONS) == set(WAYS) | set(ROUNDS)


@pytest.mark.parametrize(("phase", "signal"), WAYS)
def test_every_pair_is_reached(phase: Phase, signal: Signal, table: Noted) -> None:
    driven = Driven().until(phase)
    assert driven.phase is phase
    WAYS[phase, signal](driven)
    assert table.used[-1] == (phase, signal)
    assert driven.phase is TRANSITIONS[phase, signal]


@pytest.mark.parametrize(("phase", "signal"), ROUNDS)
def test_every_round_is_reached(phase: Phase, signal: Signal, table: Noted) -> None:
    driven = ROUNDS[phase, signal](Driven())
    assert table.used[-1] == (phase, signal)
    assert driven.phase is TRANSITIONS[phase, signal]


def test_a_network_on_another_band_is_tried_after_one_that_was_rehearsed(table: Noted) -> None:
    driven = Driven().until(Phase.SCOUTING, BESIDE).look(TWO, FAR).joined(Cause.TIMEOUT)
    assert table.used[-1] == (Phase.REHEARSING, Signal.FOUND)
    assert driven.the(Rejoin).candidate.name == "office"


@pytest.mark.parametrize("phase", Phase)
def test_every_phase_has_a_way_out_and_gives_way_to_others(phase: Phase) -> None:
    assert set(ways(phase).values()) - {phase}
    assert ways(phase).get(Signal.HELD, Phase.RESTING) is Phase.RESTING


@pytest.mark.parametrize("phase", Phase)
def test_every_phase_leads_to_a_network_and_to_the_hotspot(phase: Phase) -> None:
    reached = {phase}
    for _ in Phase:
        reached |= {
            after
            for before in reached
            for signal, after in ways(before).items()
            if signal is not Signal.HELD
        }
    assert {Phase.STEADY, Phase.FALLBACK} <= reached


@pytest.mark.parametrize("phase", sorted(USES_RADIO))
def test_whatever_uses_the_radio_ends_with_the_hotspot_when_nothing_helps(phase: Phase) -> None:
    assert ways(phase)[Signal.EXHAUSTED] is Phase.FALLBACK


@pytest.mark.parametrize("phase", Phase)
def test_a_radio_that_goes_away_is_waited_for(phase: Phase) -> None:
    assert Driven().until(phase).take(Saw(GONE)).phase is Phase.RESTING


@pytest.mark.parametrize(
    ("phase", "work"),
    [
        (Phase.RESTING, None),
        (Phase.STEADY, Check),
        (Phase.DEGRADED, Arm),
        (Phase.LOOKING, Arm),
        (Phase.LOOKING, Scan),
        (Phase.REJOINING, Rejoin),
        (Phase.FALLBACK, Arm),
        (Phase.SCOUTING, Arm),
        (Phase.SCOUTING, Scan),
        (Phase.REHEARSING, Rehearse),
        (Phase.HOMING, Rejoin),
    ],
)
def test_every_phase_but_rest_has_something_that_ends_it(
    phase: Phase, work: type[Arm | Check | Scan | Rejoin | Rehearse] | None
) -> None:
    """A deadline, or work that is bounded by itself and answers."""
    driven = Driven().until(phase)
    begun = [one for one in driven.all if getattr(one, "turn", None) == driven.state.turn]
    assert ([] if work is None else [work]) == [
        type(one) for one in begun if work is not None and isinstance(one, work)
    ]


def test_the_figures_keep_the_promise() -> None:
    assert GRACE_SECONDS < PATIENCE_SECONDS < RECOVERY_SECONDS < 120
    assert LEAST_SECONDS < RECOVERY_SECONDS - PATIENCE_SECONDS
    assert HOME_SECONDS < 60
