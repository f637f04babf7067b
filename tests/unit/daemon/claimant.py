"""A device that claims, and what tests ask of it."""

from collections.abc import Callable

from tests.unit.daemon.lamp import Lamp, network
from tests.unit.target.controller import FakeController

from firstlight.model.claim import ClaimBody, ClaimState
from firstlight.model.event import Action, ActionPhase

HOME = network(b"home")
Made = Callable[..., Lamp]


def controller(lamp: Lamp) -> FakeController:
    assert isinstance(lamp.http, FakeController)
    return lamp.http


async def claimed(lamp: Lamp, body: ClaimBody | None = None) -> None:
    """Begin a claim, and wait for its end."""
    await lamp.device.begin_claim(body or ClaimBody())
    await lamp.wait(lambda: lamp.device.claim().claim.state is not ClaimState.RUNNING)


def joins(lamp: Lamp) -> int:
    """How often it was tried to join a network."""
    return sum(
        event.action is Action.NETWORK_CONNECT and event.phase is ActionPhase.STARTED
        for event in lamp.hub.recent(256)
    )
