"""The contract suite runs once for every radio named by --radio-harness, and every registry."""

from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

import pytest
from tests.contract.harness import RadioHarness, chosen, open_harness
from tests.contract.postgres_server import Server, server
from tests.contract.registry_harness import Harness, PostgresHarness, SqliteHarness

from firstlight.store.registry.port import Registry


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--radio-harness",
        default="simulated",
        metavar="NAME[,NAME]",
        help="radios that go through the contract suite (default: simulated)",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "harness_name" in metafunc.fixturenames:
        # The default stands here, too: the option is unknown when pytest starts above this folder.
        names = str(metafunc.config.getoption("--radio-harness", "simulated"))
        metafunc.parametrize("harness_name", chosen(names))


@pytest.fixture
async def harness(harness_name: str) -> AsyncGenerator[RadioHarness]:
    async with open_harness(harness_name) as opened:
        yield opened


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    with server() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgres"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Harness]:
    """Every registry: the tests that take this run once for each."""
    if request.param == "sqlite":
        harness: Harness = SqliteHarness(tmp_path / "state")
    else:
        harness = PostgresHarness(tmp_path / "state", request.getfixturevalue("postgres"))
    yield harness
    harness.close()


@pytest.fixture
def registry(kept: Harness) -> Registry:
    return kept.open()
