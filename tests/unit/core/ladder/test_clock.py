"""The clock's rung, and its calendar."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.unit.core.ladder.sightings import FOUND, NOW, met, rungs, seen

from firstlight.core.ladder.clock import RELEASED, TOLERATED_SECONDS, utc
from firstlight.model.ladder import Rung, RungName, RungState
from firstlight.model.reach import Internet


def clock(wall: float, date: int | None) -> Rung:
    findings = replace(FOUND, internet=met(Internet.REACHABLE, date=date))
    return rungs(seen(wall=wall, findings=findings))[RungName.CLOCK]


@pytest.mark.parametrize("ahead", [-TOLERATED_SECONDS, 0, TOLERATED_SECONDS])
def test_a_clock_that_agrees_with_the_server(ahead: int) -> None:
    rung = clock(NOW + ahead, round(NOW))
    assert rung.state is RungState.OK
    assert "agrees" in rung.evidence


@pytest.mark.parametrize("ahead", [-TOLERATED_SECONDS - 1, TOLERATED_SECONDS + 1, 1e9])
def test_a_clock_that_the_server_contradicts(ahead: float) -> None:
    rung = clock(NOW + ahead, round(NOW))
    assert rung.state is RungState.FAILED
    assert utc(NOW) in rung.evidence
    assert "timedatectl" in (rung.hint or "")


def test_a_clock_that_nobody_contradicts() -> None:
    assert clock(NOW, None).state is RungState.OK
    assert clock(RELEASED, None).state is RungState.OK


def test_a_clock_from_before_the_release() -> None:
    rung = clock(0.0, None)
    assert rung.state is RungState.FAILED
    assert rung.evidence == "The clock says 1970-01-01 00:00 UTC, which is before this release."
    assert utc(NOW) in clock(0.0, round(NOW)).evidence
    assert clock(RELEASED - 1, RELEASED - 1).state is RungState.FAILED


def test_a_clock_is_judged_without_a_network_too() -> None:
    found = rungs(seen(findings=None, wall=5.0))
    assert found[RungName.CLOCK].state is RungState.FAILED


@given(st.integers(-60_000_000_000, 250_000_000_000))
def test_the_calendar(seconds: int) -> None:
    there = datetime.fromtimestamp(seconds, UTC)
    assert utc(seconds) == f"{there:%H:%M}".join((f"{there.date().isoformat()} ", " UTC"))
