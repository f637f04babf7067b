import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.telemetry.certificates import Authority
from tests.unit.telemetry.mosquitto import Mosquitto
from tests.unit.telemetry.telling import Told


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    """For tests that leave it running. What is retained stays there."""
    broker = Mosquitto(tmp_path_factory.mktemp("broker"))
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    """For one test alone."""
    broker = Mosquitto(tmp_path / "broker")
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture(scope="session")
def authority() -> Authority:
    return Authority()


@pytest.fixture
def told(tmp_path: Path) -> Told:
    return Told(tmp_path)


@pytest.fixture
def collected() -> Iterator[None]:
    """paho leaves the socket of a failed handshake to the garbage collector.

    So here it is collected, where the warning is expected.
    """
    yield
    gc.collect()
