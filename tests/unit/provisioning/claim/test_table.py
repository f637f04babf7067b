"""The table of a claim: whole, and within the time that it has."""

from tests.unit.provisioning.claim.driving import (
    WEAKER,
    Driven,
    good_course,
    reported,
    searched,
    seen,
)

from firstlight.model.claim import ClaimCause
from firstlight.model.radio import LinkStage
from firstlight.provisioning.claim import causes, pauses
from firstlight.provisioning.claim.messages import (
    Arm,
    Expired,
    Left,
    Limited,
    Protect,
    Protected,
    Started,
)
from firstlight.provisioning.claim.phases import (
    DEADLINES,
    TRANSITIONS,
    TRIAL_SECONDS,
    Phase,
    Signal,
)


def test_the_table_is_whole() -> None:
    assert {phase for phase, _ in TRANSITIONS} == {one for one in Phase if not one.is_final}
    assert set(DEADLINES) == {one for one in Phase if not one.is_final}
    assert {signal for _, signal in TRANSITIONS} == set(Signal)
    unbreakable = {Phase.RESTORING, Phase.MEASURING}
    for phase in Phase:
        assert phase.is_final or phase in unbreakable or (phase, Signal.BROKEN) in TRANSITIONS


def test_a_trial_stays_within_its_dead_mans_switch() -> None:
    driven = Driven().until(Phase.PROTECTING)
    assert isinstance(driven.work, Protect)
    switch = driven.work.seconds
    storing = DEADLINES[Phase.STORING] + DEADLINES[Phase.MEASURING]
    assert TRIAL_SECONDS + storing < switch
    driven.take(Protected(), after=DEADLINES[Phase.PROTECTING])
    spent = 0.0
    for event in good_course()[3:-4]:  # each at the last moment
        armed = driven.effects[0]
        assert isinstance(armed, Arm)
        driven.take(event, after=armed.seconds)
        spent += armed.seconds
    assert driven.phase is Phase.STORING
    assert spent == TRIAL_SECONDS


def test_a_second_controller_has_a_switch_of_its_own() -> None:
    driven = Driven().take(searched(seen(), seen(WEAKER)), Limited(None), Protected(), Started())
    driven.take(Expired(Phase.LINKING), after=10.0).take(Left(), after=20.0).take(Protected())
    assert driven.effects[0] == Arm(Phase.STARTING, DEADLINES[Phase.STARTING])


def test_a_late_leave_to_begin_takes_nothing_from_the_join() -> None:
    driven = Driven().until(Phase.STARTING)
    driven.take(Expired(Phase.LINKING)).take(Started(), after=15.0)
    assert driven.effects == (Arm(Phase.LINKING, 10),)


def test_the_link_may_be_faster_than_the_answer() -> None:
    driven = Driven().until(Phase.STARTING).take(reported(LinkStage.AUTHENTICATED), Started())
    assert driven.phase is Phase.ADDRESSING
    driven = Driven().until(Phase.STARTING).take(reported(LinkStage.CONNECTED), Started())
    assert driven.phase is Phase.ASKING_NONCE


def test_every_cause_has_words() -> None:
    assert set(causes.WORDS) == set(ClaimCause)
    assert all(words.message.endswith(".") and words.hint for words in causes.WORDS.values())


def test_pauses_grow_and_end_growing() -> None:
    rounds = [pauses.before_round(failed) for failed in range(1, 12)]
    assert rounds[:4] == [5, 10, 20, 40]
    assert rounds[-1] == 300
    joins = [pauses.before_join(failed) for failed in range(12)]
    assert joins[:3] == [30, 30, 60]
    assert joins[-1] == 900
