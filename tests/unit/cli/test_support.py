"""``firstlight support`` where what answers is no bundle."""

import pytest
from tests.unit.cli.conftest import Cli
from tests.unit.cli.stub_daemon import Reply, StubDaemon


@pytest.mark.parametrize("body", [b"", b"PK", b"<html>"])
def test_an_answer_that_is_no_bundle_is_told(ask: Cli, daemon: StubDaemon, body: bytes) -> None:
    daemon.say("GET /api/support", Reply(body, kind="application/zip"))
    told = ask("support", "--print")
    assert "What was answered is no support bundle." in told.out
