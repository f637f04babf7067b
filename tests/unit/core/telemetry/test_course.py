"""How long a broker that is away is waited for, and what is said of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstlight.core.telemetry import causes
from firstlight.core.telemetry.course import (
    FIRST_SECONDS,
    LEAST_SECONDS,
    MOST_SECONDS,
    SETTLED_SECONDS,
    STUBBORN_SECONDS,
    Course,
    pause,
)
from firstlight.model.mqtt import BrokerCause

REFUSED, GONE = BrokerCause.REFUSED, BrokerCause.GONE


def test_it_is_loud_once_for_each_cause_then_quiet_then_loud_when_it_is_back() -> None:
    course, loud = Course().ended(REFUSED, 1, 0)
    assert loud
    assert course.problem is REFUSED
    course, loud = course.ended(REFUSED, 2, 0)
    assert not loud
    course, loud = course.ended(BrokerCause.TIMEOUT, 3, 0)
    assert loud
    course, loud = course.opened(4)
    assert loud
    assert course.problem is None
    course, loud = course.ended(GONE, 4 + SETTLED_SECONDS, 0)
    assert loud
    assert course.failures == 1


def test_the_first_connection_is_told() -> None:
    course, loud = Course().opened(1)
    assert loud
    assert course.problem is None


def test_a_connection_that_does_not_last_does_not_shorten_the_pauses() -> None:
    course = Course()
    for _ in range(6):
        course, _ = course.opened(10)
        course, _ = course.ended(GONE, 11, 0.999)
    assert course.retry_at - 11 > FIRST_SECONDS * 16


@given(st.integers(1, 10_000), st.sampled_from(list(BrokerCause)), st.floats(0, 1))
def test_no_pause_is_shorter_than_half_the_first_or_longer_than_the_longest(
    failures: int, cause: BrokerCause, chance: float
) -> None:
    assert FIRST_SECONDS / 2 <= pause(failures, cause, chance) <= MOST_SECONDS


def test_pauses_grow_and_begin_longer_with_what_only_a_person_can_mend() -> None:
    pauses = [pause(n, REFUSED, 1) for n in range(1, 12)]
    assert pauses[:4] == [1, 2, 4, 8]
    assert pauses[-1] == MOST_SECONDS
    assert pause(1, BrokerCause.NOT_AUTHORIZED, 1) == STUBBORN_SECONDS


def test_the_network_brings_the_next_try_nearer_but_not_to_hammering() -> None:
    course, _ = Course(failures=20).ended(REFUSED, 100, 1)
    assert course.came_online(200).retry_at == 200 + FIRST_SECONDS
    for moment in (100, 101, 102):
        course = course.came_online(moment)
    assert course.retry_at == 100 + LEAST_SECONDS
    assert course.came_online(104.5).retry_at == 100 + LEAST_SECONDS
    assert Course(retry_at=50).came_online(1).retry_at == 1 + FIRST_SECONDS


@pytest.mark.parametrize("cause", BrokerCause)
def test_every_cause_has_its_words(cause: BrokerCause) -> None:
    said = causes.sentence("broker.example", cause)
    assert said.startswith("The MQTT broker broker.example is not connected: ")
    assert causes.connected("broker.example") == "The MQTT broker broker.example is connected."
