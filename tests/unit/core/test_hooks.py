"""Which files are hooks, which are safe, what they are told, and what a slow one is not told."""

from itertools import product
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.unit.cli import samples

from firstlight.core.hooks import (
    Found,
    Verdict,
    environment,
    event_name,
    is_candidate,
    judged,
    left_out,
    unsafe,
)
from firstlight.model.event import Action, ActionPhase, DeviceEvent, EventType, Level
from firstlight.model.status import DeviceStatus, Mode, RuntimePhase

PAGE = Path(__file__).parents[3].joinpath("docs/hooks.md").read_text()
ME = 1000
FILE, FOLDER, SOCKET = 0o100000, 0o040000, 0o140000


@pytest.mark.parametrize("name", ["led", "50-led", "10-led.sh", "~led", "bak", "led.dpkg", "ü b"])
def test_a_candidate(name: str) -> None:
    assert is_candidate(name)


@pytest.mark.parametrize(
    "name",
    [
        ".led",
        ".led.swp",
        "led~",
        "led.bak",
        "led.disabled",
        "led.dpkg-old",
        "led.dpkg-dist",
        "led.dpkg-new",
        "led\n.bak",
    ],
)
def test_what_editors_and_packages_leave_behind_is_none(name: str) -> None:
    assert not is_candidate(name)


@pytest.mark.parametrize(
    ("found", "verdict", "why"),
    [
        (Found(0, FILE | 0o755), Verdict.HOOK, ""),
        (Found(ME, FILE | 0o700), Verdict.HOOK, ""),
        (Found(ME, FILE | 0o4755), Verdict.HOOK, ""),
        (Found(0, FILE | 0o644), Verdict.IGNORED, "is not executable"),
        (Found(1, FILE | 0o666), Verdict.IGNORED, "is not executable"),
        (Found(0, FOLDER | 0o755), Verdict.IGNORED, "is no file"),
        (Found(0, SOCKET | 0o755), Verdict.IGNORED, "is no file"),
        (
            Found(1001, FILE | 0o755),
            Verdict.REFUSED,
            "belongs to user 1001, not to root or to Firstlight's user",
        ),
        (Found(0, FILE | 0o757), Verdict.REFUSED, "can be written by its group or by others"),
        (Found(0, FILE | 0o775), Verdict.REFUSED, "can be written by its group or by others"),
        (Found(ME, FILE | 0o1777), Verdict.REFUSED, "can be written by its group or by others"),
    ],
)
def test_a_verdict(found: Found, verdict: Verdict, why: str) -> None:
    assert judged(found, ME) == (verdict, why)


@pytest.mark.parametrize("uid", [0, ME, 1001])
@pytest.mark.parametrize("mode", [0o755, 0o700, 0o775, 0o757, 0o1777, 0o1755])
def test_a_folder_is_safe_in_the_hands_of_root_or_of_this_user_alone(uid: int, mode: int) -> None:
    ours = uid in {0, ME}
    sticky_or_closed = bool(mode & 0o1000) or not mode & 0o022
    assert (unsafe(Found(uid, FOLDER | mode), ME) == "") == (ours and sticky_or_closed)


STATUS = msgspec.convert(samples.STATUS, DeviceStatus)
STARTED = DeviceEvent(
    id="7-1",
    ts=1,
    type=EventType.ACTION,
    level=Level.INFO,
    message="Joining home.",
    action=Action.NETWORK_CONNECT,
    phase=ActionPhase.STARTED,
)


def test_the_name_of_an_event() -> None:
    assert event_name(STARTED) == "network.connect"
    assert event_name(replace(STARTED, action=None, type=EventType.STATUS)) == "status"
    assert event_name(replace(STARTED, action=None, type=EventType.SYSTEM)) == "system"


def test_the_whole_environment_of_a_hook() -> None:
    assert environment(STARTED, STATUS, "/run/control.sock") == {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "LANG": "C.UTF-8",
        "FIRSTLIGHT_EVENT": "network.connect",
        "FIRSTLIGHT_EVENT_ID": "7-1",
        "FIRSTLIGHT_EVENT_TYPE": "action",
        "FIRSTLIGHT_LEVEL": "info",
        "FIRSTLIGHT_PHASE": "started",
        "FIRSTLIGHT_MODE": "ready",
        "FIRSTLIGHT_RUNTIME_PHASE": STATUS.runtime.phase.value,
        "FIRSTLIGHT_SOCKET": "/run/control.sock",
    }


def test_what_is_not_known_is_empty() -> None:
    bare = environment(replace(STARTED, action=None, phase=None), None, "/s")
    empty = {"FIRSTLIGHT_PHASE", "FIRSTLIGHT_MODE", "FIRSTLIGHT_RUNTIME_PHASE"}
    assert {name for name, value in bare.items() if not value} == empty


def test_every_value_can_stand_in_an_environment() -> None:
    for action, phase, mode, runtime in product(Action, ActionPhase, Mode, RuntimePhase):
        status = replace(STATUS, mode=mode, runtime=replace(STATUS.runtime, phase=runtime))
        found = environment(replace(STARTED, action=action, phase=phase), status, "/s")
        assert all(type(value) is str and "\0" not in value for value in found.values())
        assert found["FIRSTLIGHT_EVENT"] == action.value


@pytest.mark.parametrize(
    "word", [*environment(STARTED, STATUS, "/s"), *Action, *EventType, *Mode, *Level, *ActionPhase]
)
def test_docs_name_everything_that_a_hook_is_told(word: str) -> None:
    assert f"`{word}`" in PAGE


def events(kinds: str) -> list[DeviceEvent]:
    types = {"s": EventType.STATUS, "a": EventType.ACTION, "y": EventType.SYSTEM}
    return [replace(STARTED, id=str(n), type=types[kind]) for n, kind in enumerate(kinds)]


@pytest.mark.parametrize(
    ("kinds", "left"),
    [("aaa", 0), ("asas", 1), ("ssa", 0), ("saa", 1), ("aas", 0), ("sss", 0), ("yas", 0)],
)
def test_which_of_too_many_events_is_left_out(kinds: str, left: int) -> None:
    assert left_out(events(kinds)) == left


@given(kinds=st.text(alphabet="say", min_size=4, max_size=40))
def test_the_newest_status_and_the_newest_event_are_never_left_out(kinds: str) -> None:
    waiting: list[DeviceEvent] = []
    for event in events(kinds):
        waiting.append(event)
        if len(waiting) > 3:
            del waiting[left_out(waiting)]
        told = events(kinds)[: int(event.id) + 1]
        newest = [one.id for one in told if one.type is EventType.STATUS][-1:]
        assert {event.id, *newest} <= {one.id for one in waiting}
        assert [int(one.id) for one in waiting] == sorted(int(one.id) for one in waiting)
