"""Whatever happens, in whatever order: it ends, and leaves the radio as it was."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.unit.provisioning.claim.driving import (
    ORDER,
    Driven,
    answered,
    good_course,
    reported,
    searched,
    seen,
)

from firstlight.errors import Code
from firstlight.model.claim import ClaimCause, ClaimState, Role
from firstlight.model.radio import LinkReason, LinkStage
from firstlight.provisioning.claim import messages
from firstlight.provisioning.claim.phases import ASKING, TRANSITIONS, Phase
from firstlight.provisioning.protocol import Answer, Asked

BSSIDS = ("a1:b2:c3:d4:e5:f6", "02:00:00:00:00:01", "02:00:00:00:00:02")
SECRETS = ("A6B5C4D3E2F1", "correct-horse", "mqtt-secret", "3405691582")
MOVES = {(before, after) for (before, _), after in TRANSITIONS.items()}

phases = st.sampled_from(Phase)
sights = st.lists(st.builds(seen, st.sampled_from(BSSIDS), signal=st.integers(1, 100)), max_size=4)
answers = st.one_of(
    st.builds(Answer, st.sampled_from([200, 302, 401, 403, 404, 409, 500]), st.just(b"{}")),
    st.builds(Answer, st.just(200), st.binary(max_size=40)),
    st.builds(
        lambda value: Answer(200, json.dumps(value).encode()),
        st.dictionaries(st.sampled_from(["nonce", "name", "pem", "clients"]), st.integers()),
    ),
)
events: st.SearchStrategy[messages.Event] = st.one_of(
    sights.map(lambda found: searched(*found)),
    st.sampled_from(good_course() + good_course(Role.CONTROLLER)),
    st.builds(reported, st.sampled_from(LinkStage), st.sampled_from(LinkReason)),
    st.builds(messages.Answered, st.sampled_from(Asked), answers),
    st.builds(
        messages.Unanswered, st.sampled_from(Asked), st.sampled_from(ClaimCause), st.just("")
    ),
    st.builds(messages.EffectFailed, phases, st.sampled_from(Code), st.just("")),
    st.builds(messages.Expired, phases),
    st.just(messages.Cancelled()),
)


class AnyClaim(RuleBasedStateMachine):
    """Watches what the machine asks for, as the runner carries it out."""

    def __init__(self) -> None:
        super().__init__()
        self.driven = Driven()
        self.limited = self.protected = self.joined = False
        self.stores = 0
        self.before = self.driven.state

    @rule(event=events, after=st.floats(0, 30))
    def anything(self, event: messages.Event, after: float) -> None:
        self._take(event, after)

    @precondition(lambda self: not self.driven.phase.is_final)
    @rule(ahead=st.integers(1, 4))
    def as_it_should(self, ahead: int) -> None:
        if self.driven.phase not in ORDER:
            return
        at = ORDER.index(self.driven.phase)
        for event in good_course()[at : at + ahead]:
            self._take(event, 0.2)

    def _take(self, event: messages.Event, after: float) -> None:
        self.before = self.driven.state
        self.driven.take(event, after=after)
        if self.driven.phase is not self.before.phase:
            assert (self.before.phase, self.driven.phase) in MOVES
        for work in self.driven.works():
            self._carry_out(work)

    def _carry_out(self, work: messages.Work) -> None:
        match work:
            case messages.Limit():
                self.limited = True
            case messages.Protect():
                assert not self.joined
                self.protected = True
            case messages.Join():
                assert self.limited
                assert self.protected
                self.joined = True
            case messages.Ask():
                assert self.joined
            case messages.Store():
                assert self.joined
                self.stores += 1
            case messages.Leave():
                self.protected = self.joined = False
            case messages.Restore():
                assert not self.joined
                self.limited = False
            case messages.Search():
                assert not self.joined

    @invariant()
    def one_thing_at_a_time(self) -> None:
        assert len(self.driven.works()) <= 1
        asks = [work for work in self.driven.works() if isinstance(work, messages.Ask)]
        assert bool(asks) <= (self.driven.phase in ASKING)
        assert self.stores <= 1

    @invariant()
    def the_end_is_an_end(self) -> None:
        told = self.driven.told
        if self.driven.phase is Phase.SUCCEEDED:
            assert (told.state, told.cause) == (ClaimState.SUCCEEDED, None)
            assert self.stores >= 1
        elif self.driven.phase is Phase.FAILED:
            assert told.state is ClaimState.FAILED
            assert told.cause is not None
            assert told.message
        else:
            assert told.state is ClaimState.RUNNING
        if self.driven.phase.is_final:
            assert (self.limited, self.protected, self.joined) == (False, False, False)

    @invariant()
    def no_secret_is_told(self) -> None:
        told = f"{self.driven.state!r} {self.driven.effects!r} {self.driven.told!r}"
        assert not [secret for secret in SECRETS if secret in told.replace("x-nonce", "")]

    def teardown(self) -> None:
        """Silence ends it, with everything given back."""
        for _ in range(60):
            if self.driven.phase.is_final:
                break
            self._take(messages.Expired(self.driven.phase), 1.0)
        assert self.driven.phase.is_final
        self.the_end_is_an_end()


TestAnyClaim = AnyClaim.TestCase
TestAnyClaim.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)


@given(st.sampled_from(ORDER), st.lists(events, max_size=8))
@settings(max_examples=100, deadline=None)
def test_nothing_follows_the_end(phase: Phase, more: list[messages.Event]) -> None:
    driven = Driven().until(phase).end()
    ended = driven.state
    driven.take(*more, answered(Asked.NONCE, "nonce"))
    assert driven.state == ended
    assert driven.effects == ()
