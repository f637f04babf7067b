"""``firstlight connect``: which network, whose password, and how it is watched."""

import io
import json
import os
import sys
from collections.abc import Callable

import pytest
from tests.unit.cli import samples
from tests.unit.cli.conftest import Cli
from tests.unit.cli.stub_daemon import Reply, StubDaemon, problem

WISH = "POST /api/provisioning/network/connect"
PATH = "/api/provisioning/network/attempts/a1"
ATTEMPT = f"GET {PATH}"
ACCEPTED = Reply(headers={"Location": PATH})

Feed = Callable[[bytes], None]


@pytest.fixture(autouse=True)
def feed(monkeypatch: pytest.MonkeyPatch, daemon: StubDaemon) -> Feed:
    """Standard input: not a terminal, and empty unless it is fed."""

    def fed(raw: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))

    fed(b"")
    monkeypatch.setattr("firstlight.cli.connect.sleep", lambda _: None)
    daemon.say(WISH, ACCEPTED)
    daemon.say(ATTEMPT, samples.attempt("succeeded", "found", "saved"))
    return fed


def wish(daemon: StubDaemon) -> dict[str, object]:
    body = json.loads(daemon.requests[0].body)
    assert isinstance(body, dict)
    return {name: value for name, value in body.items() if value not in {None, False}}


def test_joined(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(
        ATTEMPT,
        samples.attempt("running"),
        samples.attempt("running", "found"),
        samples.attempt("succeeded", "found", "associated", "saved"),
    )
    code, out, err = ask("connect", "Lighthouse", "--no-password")
    assert (code, err) == (0, "")
    assert out.splitlines()[-1] == "Joined Lighthouse."
    assert len(out.splitlines()) == 4


def test_not_joined(ask: Cli, daemon: StubDaemon) -> None:
    fields = {"cause": "wrong_password", "message": "Not accepted.", "hint": "Check it."}
    daemon.say(ATTEMPT, samples.attempt("failed", "found", "restored", **fields))
    code, out, err = ask("connect", "Lighthouse", "--no-password")
    assert code == 1
    assert len(out.splitlines()) == 2
    assert err == "firstlight: Not accepted.\n  Check it.\n"


@pytest.mark.parametrize(
    ("cause", "code"), [("radio_gone", 4), ("busy", 6), ("no_address", 1), ("unavailable", 4)]
)
def test_the_cause_decides_the_exit_code(
    ask: Cli, daemon: StubDaemon, cause: str, code: int
) -> None:
    daemon.say(ATTEMPT, samples.attempt("failed", cause=cause))
    assert ask("connect", "x", "--no-password").code == code


def test_json_is_the_last_answer(ask: Cli, daemon: StubDaemon) -> None:
    last = samples.attempt("failed", cause="no_address")
    daemon.say(ATTEMPT, samples.attempt("running"), last)
    code, out, err = ask("connect", "x", "--no-password", "--json")
    assert (code, json.loads(out), err) == (1, last, "")


def test_not_waiting(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(ATTEMPT, samples.attempt("running"))
    code, out, _ = ask("connect", "x", "--no-password", "--no-wait")
    assert code == 0
    assert out.startswith("Accepted.")
    code, out, _ = ask("connect", "x", "--no-password", "--no-wait", "--json")
    assert (code, json.loads(out)) == (0, samples.attempt("running"))


def test_interrupted_watching_says_that_the_attempt_goes_on(
    ask: Cli, daemon: StubDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("firstlight.cli.connect.sleep", interrupted)
    daemon.say(ATTEMPT, samples.attempt("running"))
    code, _, err = ask("connect", "x", "--no-password")
    assert code == 130
    assert "goes on" in err


def test_refused(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(WISH, problem(409, "busy", "Another attempt is running."))
    assert ask("connect", "x", "--no-password").code == 6


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("Lighthouse",), {"ssid": "Lighthouse"}),
        (("--", "--help"), {"ssid": "--help"}),
        (("a:b:c\\d",), {"ssid": "a:b:c\\d"}),
        (("",), {"ssid": ""}),
        ((os.fsdecode(b"caf\xe9"),), {"ssidHex": "636166e9"}),
        (("--ssid-hex", "636166e9"), {"ssidHex": "636166e9"}),
        (("--hidden", "Attic"), {"ssid": "Attic", "hidden": True}),
    ],
)
def test_which_network(
    ask: Cli, daemon: StubDaemon, arguments: tuple[str, ...], expected: dict[str, object]
) -> None:
    assert ask("connect", "--no-password", *arguments).code == 0
    assert wish(daemon) == expected


@pytest.mark.parametrize("arguments", [(), ("x", "--ssid-hex", "78")])
def test_one_network_it_must_be(ask: Cli, daemon: StubDaemon, arguments: tuple[str, ...]) -> None:
    assert ask("connect", *arguments).code == 2
    assert daemon.requests == []


@pytest.mark.parametrize(
    ("raw", "password"),
    [
        (b"correct-horse", "correct-horse"),
        (b"correct-horse\n", "correct-horse"),
        (b"correct-horse\r\nmore\n", "correct-horse"),
        (b" spaces kept \n", " spaces kept "),
        ("grüße-grüße\n".encode(), "grüße-grüße"),
    ],
)
def test_a_password_from_standard_input_or_a_file(
    ask: Cli, daemon: StubDaemon, feed: Feed, raw: bytes, password: str
) -> None:
    feed(raw)
    assert ask("connect", "x", "--password-stdin").code == 0
    assert wish(daemon) == {"ssid": "x", "password": password}
    daemon.requests.clear()
    secret = daemon.state_dir / "secret"
    secret.write_bytes(raw)
    assert ask("connect", "x", "--password-file", str(secret)).code == 0
    assert wish(daemon) == {"ssid": "x", "password": password}


def test_a_file_of_that_name_is_standard_input(ask: Cli, daemon: StubDaemon, feed: Feed) -> None:
    feed(b"secret-word\n")
    assert ask("connect", "x", "--password-file", "-").code == 0
    assert wish(daemon) == {"ssid": "x", "password": "secret-word"}


@pytest.mark.parametrize("raw", [b"", b"\n", b"caf\xe9-caf\xe9\n", b"x" * 1025 + b"\n"])
def test_what_is_no_password_is_refused(
    ask: Cli, daemon: StubDaemon, feed: Feed, raw: bytes
) -> None:
    feed(raw)
    told = ask("connect", "x", "--password-stdin")
    assert told.code == 2
    assert "--password-stdin: holds" in told.err
    assert daemon.requests == []


def test_a_password_file_that_is_not_there(ask: Cli, daemon: StubDaemon) -> None:
    told = ask("connect", "x", "--password-file", "/no/such/file")
    assert told.code == 2
    assert "No such file" in told.err
    assert daemon.requests == []


def test_a_password_has_one_source(ask: Cli, daemon: StubDaemon) -> None:
    told = ask("connect", "x", "--password-stdin", "--no-password")
    assert told.code == 2
    assert daemon.requests == []


@pytest.mark.parametrize("arguments", [("--password", "s3cret-word"), ("--password=s3cret-word",)])
def test_a_password_among_the_arguments_is_refused_and_not_shown(
    ask: Cli, daemon: StubDaemon, arguments: tuple[str, ...]
) -> None:
    told = ask("connect", "x", *arguments)
    assert told.code == 2
    assert "--password-stdin" in told.err
    assert "s3cret" not in told.err + told.out
    assert daemon.requests == []


def test_help_does_not_offer_it(cli: Cli) -> None:
    assert "--password " not in cli("connect", "--help").out


def test_without_a_terminal_nothing_is_asked(ask: Cli, daemon: StubDaemon) -> None:
    assert ask("connect", "x").code == 0
    assert wish(daemon) == {"ssid": "x"}


@pytest.mark.parametrize(("typed", "expected"), [("secret-word", "secret-word"), ("", None)])
def test_in_a_terminal_it_is_asked_for(
    ask: Cli,
    daemon: StubDaemon,
    monkeypatch: pytest.MonkeyPatch,
    typed: str,
    expected: str | None,
) -> None:
    prompts: list[str] = []

    def type_in(prompt: str) -> str:
        prompts.append(prompt)
        return typed

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", type_in)
    assert ask("connect", "[b]\x1b").code == 0
    assert prompts == ["Password for [b]\\x1b (empty: open network): "]
    assert wish(daemon).get("password") == expected


def test_what_is_typed_and_no_text_is_refused(
    ask: Cli, daemon: StubDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    def type_in(_: str) -> str:
        return b"caf\xe9".decode()

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", type_in)
    told = ask("connect", "x")
    assert (told.code, told.err) == (
        2, "firstlight: password: what was typed is not UTF-8 text\n"
    )  # fmt: skip
    assert daemon.requests == []


def test_the_attempt_got_lost(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(ATTEMPT, problem(404, "unknown_attempt", "There is no such attempt."))
    told = ask("connect", "x", "--no-password")
    assert told.code == 1
    assert "no such attempt" in told.err
