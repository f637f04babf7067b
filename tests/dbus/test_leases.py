"""A lease that NetworkManager does not use: it is asked to, and only then."""

import asyncio
import logging
from collections.abc import Callable

import pytest
from tests.dbus.fake_service import ACCESS_DENIED, Refused
from tests.dbus.nm_interfaces import ACTIVE, DEVICE
from tests.dbus.scene import Scene
from tests.dbus.waiting import until

from firstlight.radio.nm import leases
from firstlight.radio.nm.codes import ActivationFlags, DeviceState
from firstlight.radio.nm.session import COMPANION

NOTHING_CHANGED = [{}, 0, 0]


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """No wait; or one that no case lives to see."""

    def waits(seconds: float) -> None:
        monkeypatch.setattr(leases, "USED_SECONDS", seconds)

    waits(0.0)
    return waits


@pytest.fixture
async def joining(scene: Scene) -> Scene:
    """A join that NetworkManager has begun by itself, and that has come to ask for an address."""
    scene.nm.begin(scene.nm.add_profile(b"home", psk="a secret"), scene.device)
    scene.nm.walk(scene.device, DeviceState.PREPARE, DeviceState.CONFIG, DeviceState.IP_CONFIG)
    await scene.all_has_come()
    return scene


def asked(scene: Scene) -> list[str]:
    return [call.path for call in scene.nm.made("Reapply")]


async def test_a_lease_that_is_not_used_is_set_up_once_more(joining: Scene) -> None:
    joining.nm.offer(joining.device)
    await until(lambda: asked(joining), "it is asked")
    assert joining.nm.made("Reapply")[0].body == NOTHING_CHANGED
    joining.nm.lease(joining.device)
    joining.nm.walk(joining.device, DeviceState.IP_CHECK, DeviceState.ACTIVATED)
    await until(lambda: joining.radio.state.online, "it goes on")
    assert set(asked(joining)) == {joining.device}


async def test_each_activation_is_helped_a_few_times(joining: Scene) -> None:
    """The lease that needs it may come after the help: the first one stays in sight meanwhile."""
    joining.nm.offer(joining.device)
    await until(lambda: len(asked(joining)) == leases.MOST, "it is asked again")
    await _something_else_is_helped(joining)
    assert asked(joining).count(joining.device) == leases.MOST
    joining.nm.begin(joining.nm.add_profile(b"other", psk="a secret"), joining.device)
    joining.nm.walk(joining.device, DeviceState.PREPARE, DeviceState.IP_CONFIG)
    joining.nm.offer(joining.device)
    await until(lambda: asked(joining).count(joining.device) > leases.MOST, "the next one, too")


async def test_a_network_that_waits_for_something_else_needs_no_help(joining: Scene) -> None:
    active = joining.nm.get(joining.device, DEVICE, "ActiveConnection")
    joining.nm.set(active, ACTIVE, StateFlags=ActivationFlags.IP4_READY)
    joining.nm.offer(joining.device)
    await _something_else_is_helped(joining)
    assert joining.device not in asked(joining)


async def test_a_lease_that_is_used_in_time_needs_no_help(
    joining: Scene, soon: Callable[[float], None]
) -> None:
    soon(0.05)
    joining.nm.offer(joining.device)
    await joining.all_has_come()
    joining.nm.walk(joining.device, DeviceState.IP_CHECK, DeviceState.ACTIVATED)
    await joining.all_has_come()
    soon(0.1)
    await _something_else_is_helped(joining)
    assert joining.device not in asked(joining)


async def _something_else_is_helped(scene: Scene) -> None:
    """Time goes by: a second interface is helped, whose wait began later."""
    second = scene.nm.add_device(COMPANION)
    scene.nm.begin(scene.nm.add_profile(b"second", psk="a secret"), second)
    scene.nm.walk(second, DeviceState.PREPARE, DeviceState.IP_CONFIG)
    scene.nm.offer(second)
    await until(lambda: second in asked(scene), "the second interface is helped")


async def test_waiting_for_a_lease_is_no_reason(joining: Scene) -> None:
    await _something_else_is_helped(joining)
    assert joining.device not in asked(joining)


async def test_an_active_network_is_left_alone(scene: Scene) -> None:
    await scene.old()
    scene.nm.offer(scene.device)
    await _something_else_is_helped(scene)
    assert scene.device not in asked(scene)


async def test_a_refusal_is_told_and_harms_nothing(
    joining: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object) -> tuple[str, list[object]]:
        raise Refused(ACCESS_DENIED, "not you")

    joining.nm.method("Reapply", refuse)
    with caplog.at_level(logging.WARNING, logger="firstlight.radio.nm.leases"):
        joining.nm.offer(joining.device)
        await until(lambda: "not you" in caplog.text, "it is told")
    joining.nm.lease(joining.device)
    joining.nm.walk(joining.device, DeviceState.IP_CHECK, DeviceState.ACTIVATED)
    await until(lambda: joining.radio.state.online, "it goes on")


async def test_nobody_is_helped_after_the_end(
    joining: Scene, soon: Callable[[float], None], caplog: pytest.LogCaptureFixture
) -> None:
    soon(0.05)
    joining.nm.offer(joining.device)
    await joining.all_has_come()
    await joining.radio.close()
    joining.radio._leases.updated()
    await asyncio.sleep(0.1)  # its timer would be due before
    assert "is asked to" not in caplog.text
    assert asked(joining) == []
