"""``recover``, ``rollback``, ``restart``, ``onboarding``, ``maintenance``."""

import json

import pytest
from tests.unit.cli.conftest import Cli
from tests.unit.cli.stub_daemon import Reply, StubDaemon, problem

API = "/api/provisioning"


@pytest.mark.parametrize(
    ("command", "path", "words"),
    [
        ("recover", "recovery/trigger", "Recovery has begun."),
        ("onboarding complete", "onboarding/complete", "The setup is finished"),
        ("maintenance enter", "maintenance/enter", "The device is in maintenance."),
        ("maintenance exit", "maintenance/exit", "The device is out of maintenance."),
    ],
)
def test_a_wish_without_words(
    ask: Cli, daemon: StubDaemon, command: str, path: str, words: str
) -> None:
    daemon.say(f"POST {API}/{path}", Reply())
    code, out, err = ask(command)
    assert (code, err) == (0, "")
    assert out.startswith(words)
    assert daemon.requests[0].body == b""


@pytest.mark.parametrize(
    ("arguments", "body"),
    [
        (("restart",), {"reason": "", "scope": "app"}),
        (("restart", "--device"), {"reason": "", "scope": "device"}),
        (("restart", "--reason", "a new version"), {"reason": "a new version", "scope": "app"}),
        (("rollback",), {"reason": ""}),
        (("rollback", "--reason", "moved house"), {"reason": "moved house"}),
        (("rollback", "--reason", "caf\udce9"), {"reason": "caf\ufffd"}),
    ],
)
def test_a_wish_with_a_reason(
    ask: Cli, daemon: StubDaemon, arguments: tuple[str, ...], body: dict[str, str]
) -> None:
    command, *options = arguments
    daemon.say(f"POST {API}/{command}", Reply())
    assert ask(command, *options).code == 0
    assert json.loads(daemon.requests[0].body) == body


def test_a_restart_promises_no_more_than_it_knows(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(f"POST {API}/restart", Reply())
    assert ask("restart").out == (
        "Accepted. `firstlight events` tells whether it restarts or only would.\n"
    )


def test_recovery_that_cools_down(ask: Cli, daemon: StubDaemon) -> None:
    said = problem(409, "cooling_down", "Recovery is cooling down.", "Wait 80 s.")
    daemon.say(f"POST {API}/recovery/trigger", said)
    assert ask("recover") == (6, "", "firstlight: Recovery is cooling down.\n  Wait 80 s.\n")


def test_a_restart_that_the_system_refuses(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(f"POST {API}/restart", problem(500, "restart_failed", "systemctl refused."))
    assert ask("restart", "--device").code == 1
