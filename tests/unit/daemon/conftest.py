"""Devices that several tests of the daemon begin with."""

from collections.abc import AsyncGenerator, AsyncIterator
from pathlib import Path

import pytest
from tests.unit.daemon.book import household
from tests.unit.daemon.claimant import Made
from tests.unit.daemon.controlling import HOME, Controlling
from tests.unit.daemon.counter import Counter
from tests.unit.daemon.lamp import Lamp, network, world
from tests.unit.target.controller import FakeController

from firstlight.config import Claim as ClaimSettings
from firstlight.config import Config
from firstlight.radio.simulated.description import AccessPointTable


@pytest.fixture
async def made(tmp_path: Path) -> AsyncGenerator[Made]:
    """Makes devices that claim, not started yet; they are killed after the test."""
    lamps: list[Lamp] = []

    def make(
        *around: AccessPointTable, claim: ClaimSettings | None = None, **answers: object
    ) -> Lamp:
        config = Config(state_dir=str(tmp_path), claim=claim or ClaimSettings())
        lamp = Lamp(tmp_path, world(*around), config)
        lamp.http = FakeController(**answers)  # type: ignore[arg-type]
        lamps.append(lamp)
        return lamp

    yield make
    for lamp in lamps:
        await lamp.kill()


@pytest.fixture
async def counter(tmp_path: Path) -> Counter:
    """A device that can be paired with, started."""
    made = Counter(tmp_path)
    await made.start()
    return made


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Controlling]:
    """Not provisioned, its hotspot up."""
    house = Controlling(tmp_path, world(network(HOME)), household())
    await house.started()
    yield house
    await house.kill()
