"""One attempt, carried out: what hangs is given up in time, and what fails is told as it is."""

import asyncio
import logging
from pathlib import Path

import pytest
from tests.unit.daemon.lamp import PASSWORD, PROMISED, Lamp, network, wish, world
from tests.unit.daemon.proxies import FailingRadio, RadioInBetween

from firstlight.clock import Clock
from firstlight.errors import Busy, FirstlightError, RadioFailure
from firstlight.model.attempt import AttemptState, Cause, StepName
from firstlight.model.radio import Link
from firstlight.radio.port import Radio

POLKIT_SECONDS = 15.0
"""After so long polkit 122 notices that its rules have come to an end."""


class HangingRadio(RadioInBetween):
    """``hangs``: the request that never returns."""

    hangs = ""

    async def before(self, name: str) -> None:
        if name == self.hangs:
            await asyncio.Event().wait()


async def hanging(lamp: Lamp, name: str) -> HangingRadio:
    await lamp.open()
    radio = HangingRadio(lamp.radio)
    await lamp.start(radio)
    await lamp.wait(lambda: lamp.online or lamp.link is Link.HOTSPOT)
    await lamp.clock.advance(5)
    radio.hangs = name
    return radio


@pytest.mark.parametrize("name", ["protect", "scan", "activate_trial", "promote"])
async def test_what_hangs_before_it_is_saved_fails_the_attempt(tmp_path: Path, name: str) -> None:
    lamp = Lamp(tmp_path, world(network(b"old"), network(b"new"), saved=[b"old"]))
    await hanging(lamp, name)
    before = lamp.clock.monotonic()
    ended = await lamp.joined(wish(b"new"))
    assert lamp.clock.monotonic() - before <= PROMISED
    assert (ended.state, ended.cause) == (AttemptState.FAILED, Cause.TIMEOUT)
    assert lamp.on == "old"
    assert await lamp.names() == ["old"]


@pytest.mark.parametrize("name", ["release", "retire"])
async def test_what_hangs_after_it_is_saved_spoils_nothing(tmp_path: Path, name: str) -> None:
    lamp = Lamp(tmp_path, world(network(b"old"), network(b"new"), saved=[b"old"]))
    await hanging(lamp, name)
    ended = await lamp.joined(wish(b"new"))
    assert ended.state is AttemptState.SUCCEEDED
    assert lamp.on == "new"


class SlowRadio(RadioInBetween):
    """``slow``: the request that NetworkManager asks polkit about, and polkit is late."""

    slow = ""

    def __init__(self, radio: Radio, clock: Clock) -> None:
        super().__init__(radio)
        self._clock = clock

    async def before(self, name: str) -> None:
        if name == self.slow:
            await self._clock.sleep(POLKIT_SECONDS)


@pytest.mark.parametrize(
    "name", ["hotspot_down", "protect", "scan", "activate_trial", "promote", "release", "retire"]
)
async def test_a_polkit_that_is_late_fails_nothing(tmp_path: Path, name: str) -> None:
    lamp = Lamp(tmp_path, world(network(b"old"), network(b"new"), saved=[b"old"]))
    await lamp.open()
    radio = SlowRadio(lamp.radio, lamp.clock)
    await lamp.start(radio)
    await lamp.wait(lambda: lamp.online)
    await lamp.clock.advance(5)
    radio.slow = name
    ended = await lamp.joined(wish(b"new"))
    assert ended.state is AttemptState.SUCCEEDED, ended
    await lamp.clock.advance(POLKIT_SECONDS)
    assert lamp.on == "new"
    assert set(await lamp.names()) == {"old", "new"}


async def test_a_way_back_that_hangs_is_given_up(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"old"), network(b"new"), saved=[b"old"]))
    await hanging(lamp, "abandon")
    before = lamp.clock.monotonic()
    ended = await lamp.joined(wish(b"new", "wrong-horse"))
    assert ended.cause is Cause.WRONG_PASSWORD
    assert StepName.RESTORED not in [step.name for step in ended.steps]
    assert lamp.clock.monotonic() - before <= PROMISED
    assert lamp.online or lamp.link is Link.HOTSPOT
    await lamp.wait(lambda: lamp.on == "old", PROMISED)


@pytest.mark.parametrize(
    ("name", "error", "cause"),
    [
        ("protect", RadioFailure("It failed."), Cause.UNAVAILABLE),
        ("scan", Busy("It is busy."), None),
        ("scan", RadioFailure("It failed."), Cause.UNAVAILABLE),
        ("activate_trial", RadioFailure("It failed."), Cause.UNAVAILABLE),
        ("promote", RadioFailure("It failed."), Cause.UNAVAILABLE),
        ("release", RadioFailure("It failed."), None),
        ("retire", RadioFailure("It failed."), None),
    ],
)
async def test_what_fails(
    tmp_path: Path, name: str, error: FirstlightError, cause: Cause | None
) -> None:
    """A radio too busy to scan is no obstacle for a network that is in the list."""
    lamp = Lamp(tmp_path, world(network(b"old"), network(b"new"), saved=[b"old"]))
    await lamp.open()
    radio = FailingRadio(lamp.radio)
    await lamp.start(radio)
    await lamp.wait(lambda: lamp.online)
    await lamp.clock.advance(5)
    radio.fails[name] = error
    ended = await lamp.joined(wish(b"new"))
    assert ended.cause is cause
    assert lamp.on == ("new" if cause is None else "old")


async def test_a_busy_radio_can_not_look_for_a_network_that_nobody_has_seen(
    tmp_path: Path,
) -> None:
    lamp = Lamp(tmp_path, world(network(b"old"), saved=[b"old"]))
    await lamp.open()
    radio = FailingRadio(lamp.radio)
    await lamp.start(radio)
    await lamp.wait(lambda: lamp.online)
    radio.fails["scan"] = Busy("It is busy.")
    ended = await lamp.joined(wish(b"new"))
    assert ended.cause is Cause.BUSY
    assert lamp.on == "old"


async def test_no_log_line_has_the_password(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    lamp = Lamp(tmp_path, world(network(b"new"), network(b"old"), saved=[b"old"]))
    await lamp.started()
    await lamp.joined(wish(b"new", "wrong-horse"))
    await lamp.joined(wish(b"new"))
    assert "attempt" in caplog.text
    assert "wrong-horse" not in caplog.text
    assert PASSWORD not in caplog.text
    assert "wrong-horse" not in repr(lamp.hub.recent(256))
    assert lamp.memory.kept.hotspot_password not in caplog.text


async def test_the_phases_are_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="firstlight.daemon.joins")
    lamp = Lamp(tmp_path, world(network(b"home")))
    await lamp.started()
    ended = await lamp.joined(wish(b"home"))
    said = [record.getMessage() for record in caplog.records]
    phases = [line.removeprefix(f"attempt {ended.id}: ") for line in said if ended.id in line]
    assert phases == [
        "searching",
        "linking",
        "addressing",
        "proving",
        "promoting",
        "releasing",
        "retiring",
        "succeeded",
    ]
