"""``firstlight improv`` against a stub."""

import pytest
from tests.unit.cli.conftest import Cli
from tests.unit.cli.stub_daemon import StubDaemon, problem

from firstlight.cli.exits import ExitCode
from firstlight.cli.improv import in_words
from firstlight.errors import Code
from firstlight.model.improv import ImprovAnswer, ImprovState

PATH = "/api/provisioning/improv"


def test_how_it_stands(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(
        f"GET {PATH}", {"enabled": True, "state": "authorization_required", "adapter": "hci0"}
    )
    code, out, _ = ask("improv status")
    assert code == 0
    assert out == (
        "Improv is on the air over hci0: waits for somebody at the device: "
        "firstlight improv allow.\n"
    )


def test_what_steers_a_terminal_is_spelt_out() -> None:
    on = ImprovAnswer(enabled=True, state=ImprovState.PROVISIONED, adapter="hci\x1b")
    assert r"over hci\x1b:" in in_words(on)
    off = ImprovAnswer(enabled=True, state=ImprovState.OFF, problem="no\x1b")
    assert in_words(off) == r"Improv is off the air. no\x1b"


def test_a_yes(ask: Cli, daemon: StubDaemon) -> None:
    told = {"enabled": True, "state": "authorized", "adapter": "hci0", "authorizedSeconds": 60.0}
    daemon.say(f"POST {PATH}/authorize", told)
    code, out, _ = ask("improv allow")
    assert code == 0
    assert out.endswith("ready; a client may hand over a network, for another 60 s.\n")


def test_a_yes_that_nobody_waits_for(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(
        f"POST {PATH}/authorize",
        problem(409, Code.WRONG_MODE, "The device is not on the air over Bluetooth."),
    )
    code, _, err = ask("improv allow")
    assert code == ExitCode.BUSY
    assert "not on the air" in err


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (ImprovAnswer(enabled=False, state=ImprovState.OFF), "not switched on: improv.enabled"),
        (ImprovAnswer(enabled=True, state=ImprovState.OFF), "while the device waits"),
        (
            ImprovAnswer(enabled=True, state=ImprovState.OFF, problem="There is no adapter."),
            "off the air. There is no adapter.",
        ),
        (ImprovAnswer(enabled=True, state=ImprovState.PROVISIONING, adapter="hci0"), "is being"),
        (ImprovAnswer(enabled=True, state=ImprovState.PROVISIONED, adapter="hci0"), "was joined."),
    ],
)
def test_words(answer: ImprovAnswer, words: str) -> None:
    assert words in in_words(answer)
