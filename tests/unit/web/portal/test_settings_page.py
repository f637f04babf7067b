"""What the settings say of a ladder, an event and a cooldown, and what confirms a reset."""

from datetime import datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers
from tests.api.fake_service import DEVICE_ID, STATUS

from firstlight.model.event import DeviceEvent, EventType, Level
from firstlight.model.ladder import Ladder, Rung, RungName, RungState
from firstlight.model.status import DeviceStatus
from firstlight.web.portal.language import language
from firstlight.web.portal.rendering import Reader
from firstlight.web.portal.settings_page import confirms, cooldown_left, ladder_view, log_line
from firstlight.web.visit import Visit


def reader(tag: str = "en") -> Reader:
    visit = Visit(
        peer=None,
        over_unix_socket=True,
        scheme="http",
        method="GET",
        path="/settings",
        headers=Headers(),
    )
    return Reader(visit=visit, language=language(tag), live=False)


def ladder(*rungs: Rung) -> Ladder:
    return Ladder(rungs=rungs, verdict=None, summary="", at=0, elapsed_ms=0)


def cooling(**fields: object) -> DeviceStatus:
    return msgspec.structs.replace(
        STATUS, recovery=msgspec.structs.replace(STATUS.recovery, **fields)
    )


def test_a_broken_rung_has_its_mark_its_time_and_its_advice() -> None:
    row = ladder_view(
        ladder(
            Rung(
                name=RungName.GATEWAY,
                state=RungState.FAILED,
                elapsed_ms=1430,
                evidence="No answer.",
                hint="Restart the router.",
            )
        ),
        reader(),
    ).rungs[0]
    assert (row.name, row.mark, row.spoken, row.time) == ("Router", "✕", "broken", "1.4 s")
    assert (row.evidence, row.hint) == ("No answer.", "Restart the router.")


def test_what_was_not_looked_at_took_no_time() -> None:
    row = ladder_view(ladder(Rung(name=RungName.DNS, state=RungState.SKIPPED)), reader()).rungs[0]
    assert (row.spoken, row.time) == ("not looked at", "")


@pytest.mark.parametrize("tag", ["en", "zh-CN"])
def test_every_rung_and_state_has_words_and_no_two_the_same_mark(tag: str) -> None:
    rungs = [Rung(name=name, state=RungState.OK) for name in RungName]
    names = [row.name for row in ladder_view(ladder(*rungs), reader(tag)).rungs]
    assert len({*names} - {""}) == len(RungName)
    states = [Rung(name=RungName.RADIO, state=state) for state in RungState]
    assert len({row.mark for row in ladder_view(ladder(*states), reader(tag)).rungs}) == len(states)


@given(ts=st.integers(0, 2**63), level=st.sampled_from(Level), message=st.text())
def test_every_event_is_a_line(ts: int, level: Level, message: str) -> None:
    event = DeviceEvent(id="1", ts=ts, type=EventType.SYSTEM, level=level, message=message)
    line = log_line(event, reader())
    assert datetime.fromisoformat(line.at).tzinfo is not None
    assert line.words == message
    assert (line.spoken == "") == (level is Level.INFO)


@pytest.mark.parametrize(
    "typed", [DEVICE_ID, DEVICE_ID.lower(), DEVICE_ID.replace("-", " "), f"  {DEVICE_ID}\t"]
)
def test_the_device_id_confirms_however_it_is_written(typed: str) -> None:
    assert confirms(typed, DEVICE_ID)


@given(typed=st.text())
def test_nothing_else_confirms(typed: str) -> None:
    assert not confirms(typed, "")
    assert not confirms(f"{typed}!{DEVICE_ID}X", DEVICE_ID)
    assert not confirms(DEVICE_ID[:-1], DEVICE_ID)


@pytest.mark.parametrize(
    ("until", "wall", "left"),
    [(130_000, 100.0, 30), (100_000, 100.0, 1), (90_000, 100.0, 1), (999_000_000, 100.0, 120)],
)
def test_a_cooldown_counts_down_and_a_clock_that_was_set_can_not_stretch_it(
    until: int, wall: float, left: int
) -> None:
    status = cooling(in_cooldown=True, cooldown_until=until, cooldown_ms=120_000)
    assert cooldown_left(status, wall) == left


def test_without_a_cooldown_nothing_is_left() -> None:
    assert cooldown_left(cooling(in_cooldown=False, cooldown_until=999_000_000), 0.0) == 0
