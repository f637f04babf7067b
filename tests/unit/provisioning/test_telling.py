"""Provisioning Mode as people and programs see it."""

from msgspec.structs import replace
from tests.unit.provisioning.driving import FAN, LAMP, PLAN, ROGUE, SOFTAP, Driven, active

from firstlight.model.provisioning_mode import ModeAnswer, ModeState, Progress
from firstlight.provisioning import messages, telling
from firstlight.provisioning.allowlist import Allowlist


def test_off_says_so_and_no_more() -> None:
    driven = Driven()
    assert telling.answer(driven.state, driven.now) == ModeAnswer(enabled=False)
    told = telling.session(driven.state, driven.now)
    assert told.state is ModeState.OFF
    assert not told.password


def test_nothing_is_told_before_it_is_up_or_after_it_ended() -> None:
    driven = Driven()
    driven.take(messages.Wished(PLAN))
    assert telling.answer(driven.state, driven.now) == ModeAnswer(enabled=False)
    assert telling.session(driven.state, driven.now).state is ModeState.STARTING
    driven = active()
    driven.take(messages.Joined(ROGUE))
    assert telling.answer(driven.state, driven.now) == ModeAnswer(enabled=False)
    told = telling.session(driven.state, driven.now)
    assert told.state is ModeState.STOPPING
    assert told.ended is not None
    assert told.ended.mac == ROGUE


def test_on_it_tells_how_to_join() -> None:
    driven = active()
    driven.monotonic += 60
    answer = telling.answer(driven.state, driven.now)
    assert (answer.enabled, answer.ssid) == (True, "FireFly-Provisioning")
    assert answer.password == SOFTAP.passphrase.reveal()
    assert answer.expires_at == driven.now.unix_ms + 1740 * 1000
    told = telling.session(driven.state, driven.now)
    assert (told.tx_power_requested, told.tx_power_actual) == (2.0, 2.0)
    assert not told.warnings


def test_devices_that_did_something_come_first() -> None:
    driven = active()
    driven.take(messages.Joined(FAN))
    driven.take(messages.Configured(FAN))
    told = telling.session(driven.state, driven.now)
    assert [(one.mac, one.name, one.state) for one in told.devices] == [
        (FAN, "", Progress.CONFIGURED),
        (LAMP, "Lamp", Progress.EXPECTED),
    ]
    assert (told.expected, told.joined, told.configured, told.refused) == (1, 0, 1, 0)
    assert told.devices[0].at == driven.now.unix_ms
    assert told.devices[1].at is None


def test_a_driver_that_does_not_obey_is_told() -> None:
    loud = replace(SOFTAP, tx_power_dbm=20.0, one_station=False)
    state = replace(active().state, softap=loud, allowlist=Allowlist())
    words = " ".join(telling.warnings(state, loud))
    assert "20 dBm instead of 2" in words
    assert "does not limit" in words
    assert "Nobody is registered" in words
    silent = replace(SOFTAP, tx_power_dbm=None)
    assert "does not say" in telling.warnings(active().state, silent)[0]


def test_no_password_is_in_a_repr() -> None:
    driven = active()
    secret = SOFTAP.passphrase.reveal()
    assert secret not in repr(telling.answer(driven.state, driven.now))
    assert secret not in repr(telling.session(driven.state, driven.now))
