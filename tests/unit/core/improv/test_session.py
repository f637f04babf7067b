"""The standard's state machine; and who may hand over a network."""

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from firstlight.core.improv.protocol import Capability, Fault, Frame, Rpc, State
from firstlight.core.improv.session import (
    IDENTIFY_SECONDS,
    Do,
    Join,
    Session,
    authorized,
    begun,
    commanded,
    failed,
    is_wanted,
    joined,
    malformed,
    must_ask,
    passed,
)
from firstlight.model.improv import Authorization
from firstlight.model.status import Mode

ALL = Capability.IDENTIFY | Capability.DEVICE_INFO | Capability.SCAN
WIFI = Frame(Rpc.SEND_WIFI, (b"home", b"password"))


def session(*, required: bool = True) -> Session:
    return begun(required=required, seconds=60, capabilities=ALL)


@pytest.mark.attack(
    "A stranger in Bluetooth's range who hands the device a network of his own",
    guard="somebody at the device has to say yes, for a minute",
)
def test_nobody_hands_over_a_network_without_authorization() -> None:
    after, wish = commanded(session(), WIFI, 0)
    assert (after.state, after.fault, wish) == (
        State.AUTHORIZATION_REQUIRED,
        Fault.NOT_AUTHORIZED,
        Do.NOTHING,
    )


@pytest.mark.unguarded("A stranger in Bluetooth's range who hands the device a network of his own")
def test_without_the_rule_anybody_does() -> None:
    after, wish = commanded(session(required=False), WIFI, 0)
    assert (after.state, wish) == (State.PROVISIONING, Join(b"home", b"password"))


def test_authorized_for_a_while() -> None:
    ready = authorized(session(), 100)
    assert (ready.state, ready.until) == (State.AUTHORIZED, 160)
    assert passed(ready, 159.9) is ready
    assert passed(ready, 160).state is State.AUTHORIZATION_REQUIRED
    assert commanded(passed(ready, 160), WIFI, 0)[1] is Do.NOTHING
    assert passed(session(required=False), 1e9).state is State.AUTHORIZED


def test_a_join_is_not_disturbed() -> None:
    joining, _ = commanded(authorized(session(), 0), WIFI, 0)
    assert passed(joining, 1e9) is joining
    assert authorized(joining, 1) is joining
    for rpc in Rpc:
        strings = WIFI.strings if rpc is Rpc.SEND_WIFI else ()
        after, wish = commanded(joining, Frame(rpc, strings), 0)
        assert (after.state, after.fault, wish) == (State.PROVISIONING, Fault.NONE, Do.NOTHING)


def test_how_it_ends() -> None:
    joining, _ = commanded(authorized(session(), 0), WIFI, 0)
    assert joined(joining).state is State.PROVISIONED
    again = failed(joining, 200)
    assert (again.state, again.fault, again.until) == (
        State.AUTHORIZED,
        Fault.UNABLE_TO_CONNECT,
        260,
    )
    retried, wish = commanded(again, WIFI, 0)
    assert (retried.fault, wish) == (Fault.NONE, Join(b"home", b"password"))
    assert failed(commanded(session(required=False), WIFI, 0)[0], 0).until is None
    assert authorized(joined(joining), 1) == joined(joining)


@pytest.mark.parametrize(
    ("rpc", "without", "with_authorization"),
    [
        (Rpc.IDENTIFY, Do.IDENTIFY, Do.IDENTIFY),
        (Rpc.DEVICE_INFO, Do.TELL_INFO, Do.TELL_INFO),
        (Rpc.SCAN, Do.TELL_KNOWN, Do.TELL_NETWORKS),
    ],
)
def test_what_else_is_asked(rpc: Rpc, without: Do, with_authorization: Do) -> None:
    assert commanded(session(), Frame(rpc, ()), 0)[1] is without
    assert commanded(authorized(session(), 0), Frame(rpc, ()), 0)[1] is with_authorization
    after, wish = commanded(session(), Frame(rpc, (b"more",)), 0)
    assert (after.fault, wish) == (Fault.INVALID_PACKET, Do.NOTHING)


@pytest.mark.attack(
    "A stranger in Bluetooth's range who has the device blink and tell without end",
    guard="one look at it in five seconds",
)
def test_it_is_looked_at_now_and_then() -> None:
    asked = Frame(Rpc.IDENTIFY, ())
    first, wish = commanded(session(), asked, 10)
    assert wish is Do.IDENTIFY
    again, wish = commanded(first, asked, 10 + IDENTIFY_SECONDS - 0.1)
    assert (again, wish) == (first, Do.NOTHING)
    assert commanded(again, asked, 10 + IDENTIFY_SECONDS)[1] is Do.IDENTIFY


@pytest.mark.unguarded(
    "A stranger in Bluetooth's range who has the device blink and tell without end"
)
def test_without_a_pause_it_would_be_looked_at_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("firstlight.core.improv.session.IDENTIFY_SECONDS", 0.0)
    now = session()
    for _ in range(100):
        now, wish = commanded(now, Frame(Rpc.IDENTIFY, ()), 10)
        assert wish is Do.IDENTIFY


def test_what_nobody_knows() -> None:
    after, wish = commanded(session(), Frame(5, ()), 0)
    assert (after.fault, wish) == (Fault.UNKNOWN_COMMAND, Do.NOTHING)
    less = begun(required=True, seconds=60, capabilities=Capability.SCAN)
    assert commanded(less, Frame(Rpc.IDENTIFY, ()), 0)[0].fault is Fault.UNKNOWN_COMMAND
    assert commanded(after, Frame(Rpc.IDENTIFY, ()), 0)[0].fault is Fault.NONE


@pytest.mark.parametrize("strings", [(), (b"home",), (b"", b"password"), (b"a", b"b", b"c")])
def test_a_wish_that_names_no_network(strings: tuple[bytes, ...]) -> None:
    after, wish = commanded(authorized(session(), 0), Frame(Rpc.SEND_WIFI, strings), 0)
    assert (after.state, after.fault, wish) == (State.AUTHORIZED, Fault.INVALID_PACKET, Do.NOTHING)


@pytest.mark.parametrize(
    ("mode", "never_was", "is_already"),
    [
        (Mode.PROVISIONING, True, True),
        (Mode.ERROR, True, True),
        (Mode.CONNECTING, False, True),
        (Mode.ONBOARDING, False, False),
        (Mode.READY, False, False),
        (Mode.MAINTENANCE, False, False),
    ],
)
def test_when_it_is_on_the_air(mode: Mode, never_was: bool, is_already: bool) -> None:
    assert is_wanted(mode, already=False) is never_was
    assert is_wanted(mode, already=True) is is_already


@pytest.mark.attack(
    "A stranger in Bluetooth's range who takes over a device whose network is down",
    guard="who had a network must be asked, whatever is configured",
)
def test_who_had_a_network_is_asked_whatever_is_configured() -> None:
    assert must_ask(Authorization.NONE, had_network=True)
    assert must_ask(Authorization.REQUIRED, had_network=False)
    assert not must_ask(Authorization.NONE, had_network=False)


class Anything(RuleBasedStateMachine):
    """Whatever clients write and time does: only who was authorized a moment ago has it join."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.allowed_until = -1.0
        self.session = session()

    @rule()
    def button(self) -> None:
        before = self.session.state
        self.session = authorized(self.session, self.now)
        if before in (State.AUTHORIZATION_REQUIRED, State.AUTHORIZED):
            self.allowed_until = self.now + 60

    @rule(seconds=st.floats(0, 100))
    def time(self, seconds: float) -> None:
        self.now += seconds
        self.session = passed(self.session, self.now)

    @rule(rpc=st.integers(0, 6), strings=st.lists(st.binary(max_size=4), max_size=3))
    def command(self, rpc: int, strings: list[bytes]) -> None:
        frame = Frame(rpc, tuple(strings))
        self.session, wish = commanded(self.session, frame, self.now)
        if isinstance(wish, Join):
            assert self.now < self.allowed_until

    @rule()
    def rubbish(self) -> None:
        self.session = malformed(self.session)

    @rule(well=st.booleans())
    def join_ends(self, well: bool) -> None:
        if self.session.state is State.PROVISIONING:
            self.session = joined(self.session) if well else failed(self.session, self.now)
            self.allowed_until = self.now + 60

    @invariant()
    def an_authorization_ends(self) -> None:
        if self.session.state is State.AUTHORIZED:
            assert self.session.until is not None


TestAnything = Anything.TestCase
