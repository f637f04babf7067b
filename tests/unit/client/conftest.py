"""The client without a daemon: what a stub answers, over a real Unix socket."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.cli.stub_daemon import StubDaemon, stub_daemon


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[StubDaemon]:
    with stub_daemon(tmp_path) as stub:
        yield stub
