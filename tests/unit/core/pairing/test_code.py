"""What a code is, and that comparing tells nothing."""

import hmac
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstlight.core.pairing import code
from firstlight.core.pairing.code import CODES, LIFE_SECONDS, Code, fresh, same, tidied

ANYTHING = st.text(st.characters(codec=None), max_size=200)


def test_every_number_is_six_digits_and_every_six_digits_a_number() -> None:
    assert fresh(0, 5.0) == Code("000000", 5.0 + LIFE_SECONDS)
    assert fresh(7, 0.0).digits == "000007"
    assert fresh(CODES - 1, 0.0).digits == "999999"
    assert len({fresh(number, 0.0).digits for number in range(0, CODES, 997)}) == 1004


def test_uniform_numbers_give_uniform_digits() -> None:
    counts = Counter(fresh(number, 0.0).digits[3] for number in range(10_000))
    assert set(counts.values()) == {1000}


def test_a_code_is_not_in_its_repr() -> None:
    assert "271828" not in repr(fresh(271_828, 0.0))


@pytest.mark.parametrize(
    "typed",
    [
        "271828",
        " 271 828 ",
        "271-828",
        "27\u201318\u201328",
        "\uff12\uff17\uff11\uff18\uff12\uff18",
        "271\u00a0828",
        "271\u2011828\n",
    ],
)
def test_as_people_type_it(typed: str) -> None:
    assert tidied(typed) == "271828"


@pytest.mark.parametrize(
    "typed", ["", "27182", "2718281", "27182x", "-1", "271828" * 20, "²71828x"]
)
def test_what_is_no_code_does_not_become_one(typed: str) -> None:
    assert tidied(typed) != "271828"


def test_what_is_far_too_long_is_left_alone() -> None:
    assert tidied(" " * 65) == " " * 65
    assert tidied(" " * 64) == ""


@given(ANYTHING)
def test_anything_can_be_compared(given_: str) -> None:
    assert same(tidied(given_), "271828") is (tidied(given_) == "271828")


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "2",
        "271827",
        "171828",
        "271828",
        "2718281",
        "x" * 100_000,
        "ü",
        "\ud800",
        "\0",
        "२७१८२८",
    ],
)
def test_every_comparison_is_the_one_in_constant_time(
    monkeypatch: pytest.MonkeyPatch, typed: str
) -> None:
    calls: list[tuple[bytes, bytes]] = []

    def spy(one: bytes, other: bytes) -> bool:
        calls.append((one, other))
        return hmac.compare_digest(one, other)

    monkeypatch.setattr(code, "hmac", type("Spied", (), {"compare_digest": staticmethod(spy)}))
    assert same(typed, "271828") is (typed == "271828")
    assert calls == [(typed.encode(errors="surrogatepass"), b"271828")]


def test_a_comparison_that_ends_early_gives_the_code_away(monkeypatch: pytest.MonkeyPatch) -> None:
    took: list[int] = []

    def early(one: bytes, other: bytes) -> bool:
        """As ``==`` does; how far it came is what a stopwatch tells."""
        alike = [a == b for a, b in zip(one, other, strict=True)]
        took.append(alike.index(False) if False in alike else len(alike))
        return all(alike)

    monkeypatch.setattr(code, "hmac", type("Early", (), {"compare_digest": staticmethod(early)}))
    known = ""
    for _ in range(6):
        guesses = {digit: f"{known}{digit}".ljust(6, "x") for digit in "0123456789"}
        known += max(guesses, key=lambda digit: (same(guesses[digit], "271828"), took[-1]))
    assert known == "271828"
    assert len(took) == 60
