"""Topics: what a device ID or a prefix may make of them, and where answers may go."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstlight.core.telemetry import commands, discovery
from firstlight.core.telemetry.topics import Topics, part
from firstlight.errors import InvalidInput
from firstlight.model.mqtt import Command, Incoming

TOPICS = Topics.of("LMP-2026-7KD4MXQP")


def test_without_a_prefix_the_device_id_makes_the_root() -> None:
    assert TOPICS.root == "firstlight/LMP-2026-7KD4MXQP"
    assert Topics.of("x", "fleet/lamp").status == "fleet/lamp/status"


@pytest.mark.parametrize(
    "prefix", ["+", "a/#", "#", "/a", "a/", "a//b", "$SYS", "a\0b", "a\nb", "x" * 129, "\ufffe"]
)
def test_a_prefix_that_is_none_is_refused(prefix: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Topics.of("x", prefix)
    assert caught.value.field == "topic_prefix"


@given(st.text())
def test_whatever_the_device_id_is_no_wildcard_comes_of_it(device_id: str) -> None:
    for topic in (part(device_id), discovery.topic(device_id)):
        assert not set(topic) & set("+# \0")
    if len(device_id) < 100:
        assert Topics.of(device_id).root.count("/") == 1


@pytest.mark.parametrize("topic", ["/response", "/response/office", "/response/a/b"])
def test_an_answer_may_go_below_the_response_topic(topic: str) -> None:
    assert TOPICS.may_answer_on(TOPICS.root + topic)


@pytest.mark.parametrize(
    "topic",
    [
        "/response/#",
        "/response/+/x",
        "/responses",
        "/status",
        "/command/restart",
        f"/response/{'x' * 300}",
    ],
)
def test_and_nowhere_else(topic: str) -> None:
    assert not TOPICS.may_answer_on(TOPICS.root + topic)
    assert not TOPICS.may_answer_on("fleet/other/command/restart")


@given(
    st.binary(max_size=200),
    st.sampled_from([*Command, "", "x" * 99, "../recover", "\ud800"]),
    st.none() | st.text(),
    st.none() | st.binary(max_size=400),
    st.booleans(),
)
def test_nothing_that_comes_makes_it_fall(
    payload: bytes, name: str, response: str | None, correlation: bytes | None, retained: bool
) -> None:
    asked = commands.read(
        TOPICS,
        Incoming(
            topic=f"{TOPICS.root}/command/{name}",
            payload=payload,
            retained=retained,
            response_topic=response,
            correlation=correlation,
        ),
        tuple(Command),
    )
    assert (asked.order is None) == (asked.refusal is not None)
    assert asked.answer_to.startswith(TOPICS.response)
    assert asked.correlation is None or len(asked.correlation) <= commands.MOST_CORRELATION
    assert commands.words(asked)
    if retained:
        assert asked.order is None
    if asked.refusal is not None:
        assert asked.refusal.error
        assert len(asked.refusal.error) < 400


def test_refusals_are_told_once_a_minute() -> None:
    telling, loud = commands.Telling().next(10)
    assert loud
    telling, loud = telling.next(69)
    assert not loud
    _, loud = telling.next(70)
    assert loud


def test_every_allowed_command_has_a_button_and_no_other() -> None:
    own = discovery.Self(device_id="LMP-1", hostname="lamp", brand="Aurora", version="1")
    found = discovery.discovery(own, TOPICS, tuple(Command))
    buttons = {key for key, one in found.components.items() if one["platform"] == "button"}
    assert buttons == {"recover", "restart", "diagnose", "provisioning_on", "provisioning_off"}
    for key in buttons:
        one = found.components[key]
        message = Incoming(topic=one["command_topic"], payload=one["payload_press"].encode())
        assert commands.read(TOPICS, message, tuple(Command)).order is not None
    none = discovery.discovery(own, TOPICS, ())
    assert not any(one["platform"] == "button" for one in none.components.values())
