"""From the wish to the end, and every way out."""

import pytest
from tests.unit.provisioning.driving import (
    FAN,
    KNOWN,
    LAMP,
    PLAN,
    ROGUE,
    SOFTAP,
    Driven,
    active,
)

from firstlight.model.access_point import AccessPoint, Security
from firstlight.model.provisioning_mode import ModeEnd, Progress
from firstlight.provisioning import messages
from firstlight.provisioning.allowlist import Allowlist
from firstlight.provisioning.ends import WORDS
from firstlight.provisioning.messages import News
from firstlight.provisioning.nonces import Nonces
from firstlight.provisioning.phases import Phase
from firstlight.provisioning.session import noted
from firstlight.provisioning.softap import SSID
from firstlight.provisioning.state import MOST_DEVICES, Device, Settings


def test_it_loads_listens_and_rises() -> None:
    driven = Driven()
    assert driven.take(messages.Wished(PLAN))[0] == messages.Load(1)
    assert driven.take(messages.Loaded(1, Allowlist.of([LAMP]))) == (messages.Survey(2),)
    assert driven.take(messages.Surveyed(2, ())) == (messages.Raise(3, PLAN),)
    arm, told = driven.take(messages.Raised(3, SOFTAP))
    assert arm == messages.Arm(4, 1800.0)
    assert isinstance(told, messages.Tell)
    assert told.message == "Provisioning Mode is on for 30 minutes; 1 device is expected."


def test_its_time_is_what_was_configured() -> None:
    driven = active(Settings(ttl_seconds=120))
    assert messages.Arm(driven.state.turn, 120) in driven.done
    assert driven.state.until == driven.monotonic + 120


def test_a_second_wish_changes_nothing() -> None:
    driven = active()
    before = driven.state
    assert driven.take(messages.Wished(PLAN)) == ()
    assert driven.state == before


def test_its_time_ends_it() -> None:
    driven = active()
    lower, told = driven.take(messages.Expired(driven.state.turn))
    assert lower == messages.Lower(driven.state.turn)
    assert isinstance(told, messages.Tell)
    assert told.news is News.STOPPING
    assert driven.state.ended is not None
    assert driven.state.ended.reason is ModeEnd.EXPIRED
    driven.take(messages.Lowered(driven.state.turn))
    assert driven.state.phase is Phase.OFF
    assert driven.told()[-1] is News.DOWN


@pytest.mark.attack(
    "An unregistered device that joins the SoftAP",
    guard="Provisioning Mode ends at once",
)
def test_a_station_that_nobody_registered_ends_it_at_once() -> None:
    driven = active()
    driven.nonce(LAMP, 7)
    lower, told = driven.take(messages.Joined(ROGUE))
    assert isinstance(lower, messages.Lower)
    assert isinstance(told, messages.Tell)
    assert (told.news, told.mac, told.reason) == (News.ROGUE, ROGUE, "rogue_station")
    assert str(ROGUE) in told.message
    assert driven.state.ended is not None
    assert driven.state.ended.mac == ROGUE


def test_also_before_we_hear_that_the_softap_is_up() -> None:
    driven = Driven()
    driven.take(messages.Wished(PLAN))
    driven.take(messages.Loaded(1, Allowlist.of([LAMP])))
    driven.take(messages.Surveyed(2, ()))
    driven.take(messages.Joined(ROGUE))
    assert driven.state.phase is Phase.STOPPING
    # What the work under way says comes too late.
    assert driven.take(messages.Raised(3, SOFTAP)) == ()
    assert driven.state.phase is Phase.STOPPING


def test_everything_of_the_session_is_gone_when_it_ends() -> None:
    driven = active()
    driven.take(messages.Joined(LAMP))
    driven.nonce(LAMP, 7)
    driven.take(messages.Unwished())
    state = driven.state
    assert (state.allowlist, state.shown, state.softap) == (Allowlist(), (), None)
    assert (state.nonces, state.devices, state.present) == (Nonces(), {}, frozenset())


@pytest.mark.parametrize("steps", [1, 2, 3, 4])
def test_a_wish_ends_it_from_everywhere(steps: int) -> None:
    driven = Driven()
    course: list[messages.Event] = [
        messages.Wished(PLAN),
        messages.Loaded(1, Allowlist.of([LAMP])),
        messages.Surveyed(2, ()),
        messages.Raised(3, SOFTAP),
    ]
    for event in course[:steps]:
        driven.take(event)
    assert isinstance(driven.take(messages.Unwished())[0], messages.Lower)
    assert driven.state.phase is Phase.STOPPING
    assert driven.take(messages.Unwished()) == ()


def test_off_stays_off() -> None:
    driven = Driven()
    assert driven.take(messages.Unwished()) == ()
    assert driven.take(messages.Joined(ROGUE)) == ()
    assert driven.take(messages.Lowered(0)) == ()
    assert driven.state.phase is Phase.OFF


def test_another_controller_nearby_is_named() -> None:
    driven = Driven()
    driven.take(messages.Wished(PLAN))
    driven.take(messages.Loaded(1, Allowlist()))
    other = AccessPoint(ssid=SSID, bssid=FAN, frequency=2412, signal=80, security=Security.WPA2)
    driven.take(messages.Surveyed(2, (other,)))
    ended = driven.state.ended
    assert ended is not None
    assert ended.reason is ModeEnd.ANOTHER_CONTROLLER
    assert f"{FAN} on channel 1" in ended.message
    assert "only one" in ended.hint
    assert driven.told()[-1] is News.FAILED


def test_a_failure_says_what_it_said() -> None:
    driven = Driven()
    driven.take(messages.Wished(PLAN))
    driven.take(messages.Failed(1, ModeEnd.REGISTRY_FAILED, "The disk is gone.", "Find it."))
    ended = driven.state.ended
    assert ended is not None
    assert (ended.message, ended.hint) == ("The disk is gone.", "Find it.")
    driven.take(messages.Lowered(driven.state.turn))
    driven.take(messages.Wished(PLAN))
    assert driven.state.ended is None


def test_a_device_is_followed_by_name() -> None:
    driven = active()
    told = driven.take(messages.Joined(LAMP))[0]
    assert isinstance(told, messages.Tell)
    assert told.message == f"Lamp ({LAMP}) joined the SoftAP."
    assert driven.state.devices[LAMP].progress is Progress.JOINED
    driven.take(messages.Configured(LAMP))
    assert driven.state.devices[LAMP].progress is Progress.CONFIGURED
    driven.take(messages.Left(LAMP))
    assert driven.state.present == frozenset()
    # It may come back, and stays configured.
    driven.take(messages.Joined(LAMP))
    assert driven.state.devices[LAMP].progress is Progress.CONFIGURED


def test_a_name_that_comes_later_is_used_from_then_on() -> None:
    driven = active()
    driven.take(messages.Loaded(driven.state.turn, Allowlist()))  # too late: changes nothing
    driven.take(messages.Known(KNOWN[1]))  # has not come: nothing to name
    assert not driven.state.devices
    driven.take(messages.Joined(FAN))
    driven.take(messages.Known(KNOWN[1]))
    assert driven.state.devices[FAN].who == KNOWN[1]
    driven.take(messages.Configured(FAN))
    assert driven.state.devices[FAN].who == KNOWN[1]


def test_no_more_devices_are_told_apart_than_there_is_room_for() -> None:
    state = active().state
    for number in range(MOST_DEVICES + 5):
        mac = type(LAMP).from_bytes((0x020000000000 + number).to_bytes(6))
        state = noted(state, mac, Device(progress=Progress.REFUSED, at=0.0))
    assert len(state.devices) == MOST_DEVICES


def test_every_end_has_its_words() -> None:
    assert set(WORDS) == set(ModeEnd)
    assert all(message.endswith(".") for message, _ in WORDS.values())


def test_no_secret_is_shown() -> None:
    assert SOFTAP.passphrase.reveal() not in repr(active().state)
