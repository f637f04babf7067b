"""What happens, in words, each thing once."""

import pytest
from msgspec.structs import replace
from tests.unit.daemon.test_hub import FrozenClock

from firstlight.core import recovery
from firstlight.core.status import Facts, device_status
from firstlight.daemon.announcer import Announcer
from firstlight.daemon.hub import Hub
from firstlight.errors import RadioFailure
from firstlight.model.attempt import Attempt, AttemptState, Cause, Step, StepName
from firstlight.model.event import Action, ActionPhase, DeviceEvent, EventType, Level
from firstlight.model.kept import Kept
from firstlight.model.moment import Moment
from firstlight.model.radio import Availability, RadioState
from firstlight.model.status import DeviceStatus, Mode

BEGUN = Attempt(id="a1", ssid="home", ssid_hex="", state=AttemptState.RUNNING, started_at=0)


def steps(*names: StepName) -> tuple[Step, ...]:
    return tuple(Step(name=name, at=n, elapsed_ms=n) for n, name in enumerate(names))


class Telling:
    """An announcer, and what it told."""

    def __init__(self) -> None:
        self.kept = Kept()
        self.availability = Availability.READY
        self.hub = Hub(FrozenClock())
        self.announce = Announcer(self.hub, self.status)

    def status(self) -> DeviceStatus:
        return device_status(
            Facts(
                kept=self.kept,
                radio=RadioState(availability=self.availability),
                reach=None,
                attempt=None,
                hostname="lamp",
                nmcli=False,
                now=Moment(0.0, 0.0),
                recovery=recovery.begin(
                    recovery.Settings(), recovery.Record(), cooldown=0, now=Moment(0.0, 0.0)
                ),
                resetting=False,
            )
        )

    @property
    def told(self) -> list[DeviceEvent]:
        return list(self.hub.recent(100))

    @property
    def words(self) -> list[str]:
        return [event.message for event in self.told]


@pytest.fixture
def telling() -> Telling:
    return Telling()


def test_a_status_is_told_only_when_it_is_another(telling: Telling) -> None:
    telling.announce.status()
    telling.announce.status()
    assert telling.hub.cursor.endswith("-1")
    telling.kept = Kept(mode=Mode.CONNECTING)
    telling.announce.status()
    assert telling.hub.cursor.endswith("-2")
    assert telling.told[-1].level is Level.INFO
    telling.availability = Availability.BLOCKED
    telling.announce.status()
    assert telling.hub.cursor.endswith("-3")
    assert (telling.told[-1].type, telling.told[-1].level) == (EventType.STATUS, Level.ERROR)
    assert telling.told[-1].status == telling.status()
    assert telling.words[-1] == "The WiFi radio is switched off."


def test_each_step_is_told_once(telling: Telling) -> None:
    found = replace(BEGUN, steps=steps(StepName.FOUND))
    address = replace(BEGUN, steps=steps(StepName.FOUND, StepName.ASSOCIATED, StepName.ADDRESS))
    for attempt in (BEGUN, BEGUN, found, found, address, address):
        telling.announce.attempt(attempt)
    telling.announce.attempt(replace(address, state=AttemptState.SUCCEEDED))
    assert telling.words == [
        "Joining home.",
        "home is in sight.",
        "home answers.",
        "The device has an address.",
        "Connected to home.",
    ]
    assert [event.details for event in telling.told][1] == {
        "attempt": "a1",
        "ssid": "home",
        "step": "found",
    }
    assert telling.told[-1].level is Level.SUCCESS


def test_every_step_has_words(telling: Telling) -> None:
    telling.announce.attempt(replace(BEGUN, steps=steps(*StepName)))
    assert len(set(telling.words)) == 1 + len(StepName)


def test_a_name_with_braces_is_only_a_name(telling: Telling) -> None:
    telling.announce.attempt(replace(BEGUN, ssid="{ssid}{0}", steps=steps(StepName.FOUND)))
    assert telling.words == ["Joining {ssid}{0}.", "{ssid}{0} is in sight."]


def test_a_failure_is_told_with_cause_and_hint(telling: Telling) -> None:
    failed = replace(
        BEGUN,
        state=AttemptState.FAILED,
        cause=Cause.WRONG_PASSWORD,
        message="The password for home was not accepted.",
        hint="Check it.",
    )
    telling.announce.attempt(failed)
    end = telling.told[-1]
    assert (end.level, end.phase, end.action) == (
        Level.ERROR,
        ActionPhase.FAILED,
        Action.NETWORK_CONNECT,
    )
    assert end.message == failed.message
    assert end.details == {
        "attempt": "a1",
        "ssid": "home",
        "cause": "wrong_password",
        "hint": "Check it.",
    }


def test_another_attempt_begins_anew(telling: Telling) -> None:
    telling.announce.attempt(replace(BEGUN, steps=steps(StepName.FOUND)))
    telling.announce.attempt(replace(BEGUN, id="a2", steps=steps(StepName.FOUND)))
    assert telling.words == ["Joining home.", "home is in sight."] * 2


async def test_an_action_has_a_beginning_and_an_end(telling: Telling) -> None:
    async with telling.announce.action(Action.NETWORK_FORGET, "Forgetting home"):
        assert telling.words == ["Forgetting home."]
    assert telling.words[-1] == "Forgetting home: done."
    with pytest.raises(RadioFailure):
        async with telling.announce.action(Action.HOTSPOT_ENABLE, "Raising the hotspot"):
            raise RadioFailure("It failed.")
    end = telling.told[-1]
    assert (end.message, end.phase, end.level) == ("It failed.", ActionPhase.FAILED, Level.ERROR)
