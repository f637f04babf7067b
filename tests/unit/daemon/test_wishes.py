"""Restart: really, or as a dry run."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from tests.unit.daemon.lamp import Lamp, network, world

from firstlight.config import Config
from firstlight.daemon.system_control import SystemControl
from firstlight.errors import RestartFailed
from firstlight.model.event import Action, ActionPhase
from firstlight.model.status import RuntimePhase
from firstlight.model.wire import RestartScope


@pytest.fixture
async def lamp(tmp_path: Path) -> AsyncGenerator[Lamp]:
    config = Config(state_dir=str(tmp_path), allow_system_control=True)
    lamp = Lamp(tmp_path, world(network(b"home"), saved=[b"home"]), config)
    await lamp.started()
    yield lamp
    await lamp.kill()


def outcomes(lamp: Lamp) -> list[ActionPhase | None]:
    return [one.phase for one in lamp.hub.recent(256) if one.action is Action.SYSTEM_RESTART]


async def test_a_dry_run_says_so_and_nothing_is_pending(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"home"), saved=[b"home"]))
    await lamp.started()
    await lamp.device.restart("new certificate", RestartScope.DEVICE)
    assert any(said.startswith("Dry run:") for said in lamp.said())
    assert not lamp.status.restart_pending
    assert lamp.status.last_restart_reason == "new certificate"
    await lamp.kill()


async def test_a_restart_is_pending_until_the_next_start(
    lamp: Lamp, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[RestartScope] = []

    async def restart(_: SystemControl, scope: RestartScope) -> str:
        asked.append(scope)
        return "Restarting."

    monkeypatch.setattr(SystemControl, "restart", restart)
    await lamp.device.restart("update\x1b[31m", RestartScope.APP)
    assert asked == [RestartScope.APP]
    assert lamp.status.restart_pending
    assert lamp.status.runtime.phase is RuntimePhase.RESTARTING
    assert "\x1b" not in lamp.status.last_restart_reason
    await lamp.kill()
    await lamp.start()
    await lamp.clock.advance(10)
    assert not lamp.status.restart_pending
    assert any(said.startswith("Restarted as asked for: update") for said in lamp.said())


async def test_a_refused_restart_is_not_pending(
    lamp: Lamp, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def restart(_: SystemControl, scope: RestartScope) -> str:
        raise RestartFailed(f"no {scope}")

    monkeypatch.setattr(SystemControl, "restart", restart)
    with pytest.raises(RestartFailed):
        await lamp.device.restart("", RestartScope.DEVICE)
    assert not lamp.status.restart_pending
    assert outcomes(lamp) == [ActionPhase.STARTED, ActionPhase.FAILED]
