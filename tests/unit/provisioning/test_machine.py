"""Whatever happens in whatever order: rules that hold for every session."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.unit.provisioning.driving import FAN, KNOWN, LAMP, PLAN, ROGUE, SOFTAP, Driven

from firstlight.model.mac import MacAddress
from firstlight.model.provisioning_mode import ModeEnd
from firstlight.provisioning import messages, telling
from firstlight.provisioning.allowlist import Allowlist
from firstlight.provisioning.nonces import MOST_BAD, SECONDS
from firstlight.provisioning.phases import Phase
from firstlight.provisioning.state import State

MACS = st.sampled_from([LAMP, FAN, ROGUE])
CLAIMS = st.sampled_from([None, str(LAMP), str(FAN), "junk"])
TURNS = st.integers(-2, 1)


class Sessions(RuleBasedStateMachine):
    """Events, late ones too, and requests of anybody."""

    @initialize()
    def begin(self) -> None:
        self.driven = Driven()
        self.good: dict[MacAddress, tuple[int, float]] = {}
        self.count = 0

    @property
    def state(self) -> State:
        return self.driven.state

    @rule()
    def wish(self) -> None:
        self.driven.take(messages.Wished(PLAN))

    @rule(late=TURNS)
    def load(self, late: int) -> None:
        self.driven.take(messages.Loaded(self.state.turn + late, Allowlist.of([LAMP, FAN]), KNOWN))

    @rule(late=TURNS)
    def survey(self, late: int) -> None:
        self.driven.take(messages.Surveyed(self.state.turn + late, ()))

    @rule(late=TURNS)
    def rise(self, late: int) -> None:
        self.driven.take(messages.Raised(self.state.turn + late, SOFTAP))

    @rule(late=TURNS)
    def lower(self, late: int) -> None:
        self.driven.take(messages.Lowered(self.state.turn + late))

    @rule(late=TURNS)
    def expire(self, late: int) -> None:
        self.driven.take(messages.Expired(self.state.turn + late))

    @rule(late=TURNS, reason=st.sampled_from(ModeEnd))
    def fail(self, late: int, reason: ModeEnd) -> None:
        self.driven.take(messages.Failed(self.state.turn + late, reason, ""))

    @rule()
    def unwish(self) -> None:
        self.driven.take(messages.Unwished())

    @rule(mac=MACS)
    def join(self, mac: MacAddress) -> None:
        on_the_air = self.state.phase in {Phase.RAISING, Phase.ACTIVE}
        self.driven.take(messages.Joined(mac))
        if on_the_air and mac == ROGUE:
            assert self.state.phase is Phase.STOPPING

    @rule(mac=MACS)
    def leave(self, mac: MacAddress) -> None:
        self.driven.take(messages.Left(mac))

    @rule(seconds=st.sampled_from([0.1, SECONDS / 2, SECONDS]))
    def wait(self, seconds: float) -> None:
        self.driven.monotonic += seconds

    @rule(mac=st.one_of(st.none(), MACS))
    def ask_nonce(self, mac: MacAddress | None) -> None:
        self.count += 1
        error = self.driven.nonce(mac, self.count).error()
        allowed = self.state.phase is Phase.ACTIVE and mac in {LAMP, FAN}
        assert (error is None) == allowed
        if allowed and mac is not None:
            self.good[mac] = (self.count, self.driven.monotonic + SECONDS)

    @rule(mac=st.one_of(st.none(), MACS), claimed=CLAIMS, back=st.integers(-1, 3))
    def ask_record(self, mac: MacAddress | None, claimed: str | None, back: int) -> None:
        """Configuration only for a registered caller, as itself, with its own unspent nonce."""
        value = self.count - back
        before = self.state
        good = self.good.get(mac) if mac is not None else None
        error = self.driven.record(mac, claimed, str(value)).error()
        deserves = (
            before.phase is Phase.ACTIVE
            and mac in {LAMP, FAN}
            and claimed == mac
            and good is not None
            and good[0] == value
            and self.driven.monotonic < good[1]
        )
        assert (error is None) == deserves
        if error is None and mac is not None:
            del self.good[mac]

    @invariant()
    def a_session_ends_with_all_it_knew(self) -> None:
        if not hasattr(self, "driven"):
            return
        if self.state.phase in {Phase.OFF, Phase.STOPPING}:
            self.good.clear()
            assert not len(self.state.allowlist)
            assert not self.state.nonces.given
            assert self.state.softap is None

    @invariant()
    def nothing_is_told_unless_it_is_on(self) -> None:
        if not hasattr(self, "driven"):
            return
        told = telling.answer(self.state, self.driven.now)
        assert told.enabled == (self.state.phase is Phase.ACTIVE)
        assert (told.password is not None) == told.enabled
        assert self.state.bad < MOST_BAD

    @invariant()
    def whatever_ends_is_lowered(self) -> None:
        if not hasattr(self, "driven"):
            return
        if self.state.phase is Phase.STOPPING:
            lowers = [one for one in self.driven.done if isinstance(one, messages.Lower)]
            assert lowers[-1].turn == self.state.turn


TestSessions = Sessions.TestCase
# Under coverage on a busy machine, a hundred times fifty steps take longer than a test may.
TestSessions.settings = settings(max_examples=60, stateful_step_count=40)
