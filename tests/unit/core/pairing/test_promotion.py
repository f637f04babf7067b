"""A code that stays good as a header, for one caller and an hour."""

import hmac

import pytest

from firstlight.core.pairing import code as codes
from firstlight.core.pairing.promotion import MOST, Promotions, authorised, promoted

PHONE, OTHER = "192.168.4.7", "192.168.4.8"
CODE = "271828"
ONE = promoted((), PHONE, CODE, 100.0)


def tried(
    promotions: Promotions, *values: str, caller: str = PHONE, now: float = 200.0
) -> tuple[Promotions, bool]:
    good = False
    for value in values:
        promotions, good = authorised(promotions, caller, value, now)
    return promotions, good


def test_that_value_for_that_caller() -> None:
    assert tried(ONE, CODE) == (ONE, True)
    assert tried(ONE, "271 828")[1]
    assert not tried(ONE, CODE, caller=OTHER)[1]
    assert not tried(ONE, "")[1]
    assert not tried((), CODE)[1]


def test_for_an_hour() -> None:
    assert tried(ONE, CODE, now=100.0 + 3599.9)[1]
    assert tried(ONE, CODE, now=100.0 + 3600.0) == ((), False)


def test_five_different_wrong_values_end_it() -> None:
    four, _ = tried(ONE, "1", "2", "3", "4")
    assert tried(four, CODE) == (four, True)
    assert tried(four, "5", CODE) == ((), False)


def test_right_ones_in_between_take_nothing_back() -> None:
    assert tried(ONE, "1", CODE, "2", CODE, "3", CODE, "4", CODE, "5", CODE) == ((), False)


def test_a_program_that_goes_on_sending_an_old_value_harms_nobody() -> None:
    assert tried(ONE, *["314159"] * 1000, "", CODE)[1]


def test_what_others_send_does_not_count() -> None:
    assert tried(tried(ONE, *"123456789", caller=OTHER)[0], CODE)[1]


def test_guessing_on_a_promoted_value_is_as_hopeless_as_on_the_code() -> None:
    promotions, looked_at = ONE, 0
    for number in range(10_000):
        if not promotions:
            break
        promotions, good = authorised(promotions, PHONE, f"{number:06d}", 200.0)
        assert not good
        looked_at += 1
    assert looked_at == 5


def test_a_caller_may_have_two_and_either_is_good() -> None:
    two = promoted(ONE, PHONE, "314159", 150.0)
    assert tried(two, CODE, "314159") == (two, True)
    assert not tried(two, CODE, now=3720.0)[1]
    assert tried(two, "314159", now=3720.0) == ((two[1],), True)


def test_there_is_room_for_so_many_and_the_oldest_goes() -> None:
    many: Promotions = ()
    for n in range(MOST + 1):
        many = promoted(many, f"10.0.0.{n}", CODE, 100.0)
    assert len(many) == MOST
    assert not tried(many, CODE, caller="10.0.0.0")[1]
    assert tried(many, CODE, caller=f"10.0.0.{MOST}")[1]


def test_expired_ones_make_room() -> None:
    assert len(promoted(ONE, OTHER, CODE, 100.0 + 3600.0)) == 1


def test_long_values_are_not_kept_whole() -> None:
    promotions, good = tried(ONE, "x" * 100_000)
    assert not good
    assert {len(wrong) for one in promotions for wrong in one.wrong} == {64}


def test_a_value_is_not_in_the_repr() -> None:
    assert CODE not in repr(ONE)


@pytest.mark.parametrize("typed", ["", "2", CODE, "2718281", "x" * 1000, "ü"])
def test_every_value_is_compared_whatever_its_length_and_whoever_asks(
    monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    two, calls = promoted(ONE, OTHER, "314159", 100.0), 0

    def spy(one: bytes, other: bytes) -> bool:
        nonlocal calls
        calls += 1
        return hmac.compare_digest(one, other)

    monkeypatch.setattr(codes, "hmac", type("Spied", (), {"compare_digest": staticmethod(spy)}))
    authorised(two, PHONE, typed, 200.0)
    assert calls == 2
