"""Single use, one for a caller, a minute."""

import pytest
from tests.unit.provisioning.driving import FAN, LAMP

from firstlight.provisioning.nonces import SECONDS, Fault, Nonces

NOW = 50.0


def test_a_good_one_is_good_once() -> None:
    nonces = Nonces().issued(LAMP, 7, NOW)
    nonces, fault = nonces.spent(LAMP, "7", NOW + 1)
    assert fault is None
    assert nonces.spent(LAMP, "7", NOW + 1)[1] is Fault.NONE_GIVEN


def test_a_new_one_replaces_the_last() -> None:
    nonces = Nonces().issued(LAMP, 7, NOW).issued(LAMP, 8, NOW)
    assert nonces.spent(LAMP, "7", NOW)[1] is Fault.WRONG
    assert nonces.spent(LAMP, "8", NOW)[1] is None


def test_it_is_bound_to_its_caller() -> None:
    nonces = Nonces().issued(LAMP, 7, NOW).issued(FAN, 8, NOW)
    assert nonces.spent(FAN, "7", NOW)[1] is Fault.WRONG
    assert nonces.spent(LAMP, "7", NOW)[1] is None


def test_it_lasts_a_minute() -> None:
    nonces = Nonces().issued(LAMP, 7, NOW)
    assert nonces.spent(LAMP, "7", NOW + SECONDS - 0.01)[1] is None
    late, fault = nonces.spent(LAMP, "7", NOW + SECONDS)
    assert fault is Fault.EXPIRED
    assert not late.given


def test_expired_ones_are_forgotten() -> None:
    nonces = Nonces().issued(LAMP, 7, NOW).issued(FAN, 8, NOW + SECONDS)
    assert set(nonces.given) == {FAN}


@pytest.mark.parametrize(
    "text", ["-1", "4294967296", "7.0", "0x7", "\uff17", " 7", "7 ", "99999999999", "seven", "1e3"]
)
def test_what_is_no_nonce_is_refused_and_costs_nothing(text: str) -> None:
    nonces, fault = Nonces().issued(LAMP, 7, NOW).spent(LAMP, text, NOW)
    assert fault is Fault.MALFORMED
    assert nonces.spent(LAMP, "7", NOW)[1] is None


@pytest.mark.parametrize("text", [None, ""])
def test_none_at_all(text: str | None) -> None:
    assert Nonces().issued(LAMP, 7, NOW).spent(LAMP, text, NOW)[1] is Fault.MISSING


def test_the_largest_and_the_smallest() -> None:
    for value in (0, (1 << 32) - 1):
        assert Nonces().issued(LAMP, value, NOW).spent(LAMP, str(value), NOW)[1] is None


def test_no_value_is_shown() -> None:
    assert "7" not in repr(Nonces().issued(LAMP, 777777, NOW))
