"""One set of networks for all tests of a file."""

from collections.abc import Iterator

import pytest
from tests.unit.reach.surroundings import World


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    made = World()
    yield made
    made.close()
