"""Codes that are tried: right, wrong, used, expired, and too many of them."""

import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstlight.core.pairing import code as codes
from firstlight.core.pairing.code import LIFE_SECONDS, Code, fresh
from firstlight.core.pairing.desk import Desk, Verdict, shown, tried, unlocked
from firstlight.core.pairing.lockout import Tries

CODE, WRONG = "271828", "000000"
DESK = Desk(fresh(271_828, 0.0))
NEXT = fresh(314_159, 0.0)


def after(*given_: str, desk: Desk = DESK, now: float = 0.0) -> Desk:
    for one in given_:
        desk = tried(desk, one, NEXT, now).desk
    return desk


def test_the_right_code_opens_once() -> None:
    judged = tried(DESK, CODE, NEXT, 1.0)
    assert judged.verdict is Verdict.RIGHT
    assert judged.desk == Desk(NEXT)
    again = tried(judged.desk, CODE, fresh(1, 1.0), 1.0)
    assert again.verdict is Verdict.WRONG
    assert again.desk == Desk(NEXT, Tries(wrong=1))


def test_a_wrong_one_changes_nothing_but_the_count() -> None:
    judged = tried(DESK, WRONG, NEXT, 1.0)
    assert (judged.verdict, judged.wait) == (Verdict.WRONG, 0.0)
    assert judged.desk == Desk(DESK.code, Tries(wrong=1))
    assert tried(judged.desk, CODE, NEXT, 1.0).verdict is Verdict.RIGHT


@pytest.mark.parametrize("late", [0.0, 0.001, 1e6])
def test_an_expired_code_is_wrong_and_replaced(late: float) -> None:
    judged = tried(DESK, CODE, NEXT, LIFE_SECONDS + late)
    assert judged.verdict is Verdict.WRONG
    assert judged.desk == Desk(NEXT, Tries(wrong=1))
    assert tried(DESK, CODE, NEXT, LIFE_SECONDS - 0.001).verdict is Verdict.RIGHT


def test_the_code_that_takes_its_place_is_not_open_to_the_same_try() -> None:
    judged = tried(DESK, NEXT.digits, NEXT, LIFE_SECONDS)
    assert judged.verdict is Verdict.WRONG


def test_five_wrong_ones_replace_the_code_and_begin_a_delay() -> None:
    four = after(*[WRONG] * 4)
    assert four == Desk(DESK.code, Tries(wrong=4))
    fifth = tried(four, WRONG, NEXT, 2.0)
    assert (fifth.verdict, fifth.wait) == (Verdict.WRONG, 30.0)
    assert fifth.desk == Desk(NEXT, Tries(rounds=1, until=32.0))


def test_the_right_code_as_the_fifth_try_takes_it_all_back() -> None:
    assert tried(after(*[WRONG] * 4), CODE, NEXT, 2.0).desk == Desk(NEXT)


@given(st.text(max_size=10) | st.just(NEXT.digits), st.floats(0, 29.999))
def test_during_the_delay_nothing_is_looked_at(given_: str, now: float) -> None:
    locked = after(*[WRONG] * 5)
    judged = tried(locked, given_, fresh(5, now), now)
    assert (judged.verdict, judged.desk) == (Verdict.REFUSED, locked)
    assert judged.wait == pytest.approx(30.0 - now)


def test_during_the_delay_nothing_is_even_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_given: bytes) -> bool:
        raise AssertionError("a code was looked at")

    locked = after(*[WRONG] * 5)
    monkeypatch.setattr(codes, "hmac", type("Spied", (), {"compare_digest": staticmethod(refuse)}))
    assert tried(locked, NEXT.digits, NEXT, 29.0).verdict is Verdict.REFUSED


@pytest.mark.parametrize("typed", ["", "2", "271828", "2718281", "ü" * 70, " "])
@pytest.mark.parametrize("now", [0.0, LIFE_SECONDS])
def test_otherwise_every_try_is_compared_just_once(
    monkeypatch: pytest.MonkeyPatch, typed: str, now: float
) -> None:
    calls = 0

    def spy(one: bytes, other: bytes) -> bool:
        nonlocal calls
        calls += 1
        return hmac.compare_digest(one, other)

    monkeypatch.setattr(codes, "hmac", type("Spied", (), {"compare_digest": staticmethod(spy)}))
    tried(DESK, typed, NEXT, now)
    assert calls == 1


def test_after_the_delay_tries_count_anew_and_the_next_delay_is_longer() -> None:
    desk = after(*[WRONG] * 5)
    judged = tried(desk, WRONG, NEXT, 30.0)
    assert judged.desk.tries == Tries(wrong=1, rounds=1)
    again = after(*[WRONG] * 5, desk=desk, now=30.0)
    assert again.tries == Tries(rounds=2, until=90.0)
    opened = tried(again, again.code.digits, fresh(9, 90.0), 90.0)
    assert (opened.verdict, opened.desk.tries) == (Verdict.RIGHT, Tries())


@pytest.mark.parametrize("nothing", ["", " ", " - "])
def test_nothing_is_no_try(nothing: str) -> None:
    judged = tried(DESK, nothing, NEXT, 1.0)
    assert (judged.verdict, judged.desk) == (Verdict.WRONG, DESK)


@pytest.mark.parametrize("typed", ["27182", "2718288", "hello", "x" * 100_000, "\ud800"])
def test_what_can_not_be_a_code_is_a_wrong_one(typed: str) -> None:
    assert tried(DESK, typed, NEXT, 1.0).desk.tries == Tries(wrong=1)


def test_what_is_shown_is_good() -> None:
    assert shown(DESK, NEXT, LIFE_SECONDS - 0.1) is DESK
    tries = Tries(wrong=3, rounds=2)
    assert shown(Desk(DESK.code, tries), NEXT, LIFE_SECONDS) == Desk(NEXT, tries)


def test_unlocking_ends_the_delay_and_not_the_growth() -> None:
    locked = Desk(NEXT, Tries(rounds=3, until=500.0))
    free = unlocked(locked)
    assert free == Desk(NEXT, Tries(rounds=3))
    assert after(*[WRONG] * 5, desk=free, now=1.0).tries.until == 1.0 + 240.0


@given(st.lists(st.sampled_from([CODE, WRONG, "", "1", NEXT.digits]), max_size=60))
def test_no_six_tries_without_a_delay_or_a_success(given_: list[str]) -> None:
    desk, in_a_row = DESK, 0
    for one in given_:
        judged = tried(desk, one, Code("999999", 1e9), 0.0)
        desk = judged.desk
        if judged.verdict is Verdict.RIGHT:
            in_a_row = 0
        elif judged.verdict is Verdict.WRONG and one:
            in_a_row += 1
        assert in_a_row <= 5
        assert (judged.wait > 0) == (desk.tries.until > 0)
