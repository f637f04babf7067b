"""The contract suite runs once for every radio named by --radio-harness."""

from collections.abc import AsyncGenerator

import pytest
from tests.contract.harness import RadioHarness, chosen, open_harness


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
