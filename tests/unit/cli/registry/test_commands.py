"""``firstlight registry`` at a terminal: what is asked, and what is not lost."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.unit.cli.conftest import Cli
from tests.unit.cli.stub_daemon import Reply, StubDaemon, problem

from firstlight.cli.registry import passphrases, views
from firstlight.client.registry import PAGE
from firstlight.errors import InvalidInput

UUID = "0b0e7a52-60f6-4a0c-8d0f-3f1f6f0b7c01"
CLIENT = f"/api/clients/{UUID}"
UNKNOWN = problem(404, "unknown_record", "There is no such record.")
LAMP = Reply(b'{"name":"Lamp"}', headers={"ETag": '"7"'})


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Somebody sits there, and types these lines where nothing is echoed."""
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    typed: list[str] = []
    monkeypatch.setattr("getpass.getpass", lambda _prompt: typed.pop(0))
    return typed


def entry(number: int) -> dict[str, object]:
    uuid = f"0b0e7a52-60f6-4a0c-8d0f-{number:012x}"
    return {"kind": "clients", "uuid": uuid, "version": 1, "record": {"name": f"Lamp {number}"}}


def test_all_pages_are_listed(ask: Cli, daemon: StubDaemon) -> None:
    first = [entry(number) for number in range(PAGE)]
    after = first[-1]["uuid"]
    root = f"GET /api/registry?kind=clients&count={PAGE}"
    daemon.say(root, {"entries": first})
    daemon.say(f"{root}&after={after}", {"entries": [entry(PAGE)]})
    out = ask("registry list", "--kind", "clients", "--json").out
    assert len(out.splitlines()) == PAGE + 1


@pytest.mark.attack(
    "A record whose name steers the terminal of whoever lists them",
    guard="control characters are shown, and not sent",
)
def test_a_strangers_name_steers_nothing(ask: Cli, daemon: StubDaemon) -> None:
    assert r"\x1b[31m[red]x" in listed_with_a_bad_name(ask, daemon)


@pytest.mark.unguarded("A record whose name steers the terminal of whoever lists them")
def test_without_that_rule_it_does(
    ask: Cli, daemon: StubDaemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "plain", lambda text: text)
    assert "\x1b[31m" in listed_with_a_bad_name(ask, daemon)


def listed_with_a_bad_name(ask: Cli, daemon: StubDaemon) -> str:
    evil = entry(1) | {"record": {"name": "\x1b[31m[red]x"}}
    daemon.say(f"GET /api/registry?kind=clients&count={PAGE}", {"entries": [evil]})
    return ask("registry list", "--kind", "clients").out


@pytest.mark.usefixtures("capsys")
def test_passwords_are_asked_for(ask: Cli, daemon: StubDaemon, terminal: list[str]) -> None:
    terminal += ["correct-horse", ""]
    daemon.say(f"PUT {CLIENT}", Reply(b"", 204))
    told = ask(
        *("registry add", "client", "--name", "Lamp", "--uuid", UUID),
        *("--ssid", "Lighthouse", "--mqtt-host", "b.example", "--mqtt-username", "lamp"),
    )
    assert told.code == 0
    (sent,) = daemon.requests
    assert json.loads(sent.body) == {
        "name": "Lamp",
        "wifi": {"ssid": "Lighthouse", "password": "correct-horse"},
        "mqtt": {"host": "b.example", "username": "lamp"},
    }
    assert sent.headers["if-match"] == '"0"'
    assert "correct-horse" not in told.out + told.err


def test_somebody_says_no(
    ask: Cli, daemon: StubDaemon, terminal: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("typer.confirm", lambda *_, **__: bool(terminal))
    daemon.say(f"GET {CLIENT}", LAMP)
    daemon.say(f"GET /api/controllers/{UUID}", UNKNOWN)
    told = ask("registry rm", UUID)
    assert (told.code, told.err) == (1, "Nothing was changed.\n")
    assert {one.method for one in daemon.requests} == {"GET"}


def test_it_is_opened_again_until_it_is_right(
    ask: Cli,
    daemon: StubDaemon,
    terminal: list[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    terminal.append("somebody")
    monkeypatch.setattr("typer.confirm", lambda *_, **__: bool(terminal))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("VISUAL", "sed -i s/Lamp/LampLamp/")
    daemon.say(f"GET {CLIENT}", LAMP)
    daemon.say(f"GET /api/controllers/{UUID}", UNKNOWN)
    daemon.say(
        f"PUT {CLIENT}",
        problem(400, "invalid_field", "name: must be at most 20 characters long"),
        Reply(b"", 204),
    )
    told = ask("registry edit", UUID)
    assert (told.code, told.out) == (0, "Changed.\n")
    assert "name: must be" in told.err
    bodies = [one.body for one in daemon.requests if one.method == "PUT"]
    assert b"LampLampLamp" in bodies[1]
    assert not list(tmp_path.glob("firstlight-*"))


def test_ctrl_c_is_the_editors_to_understand(
    ask: Cli, daemon: StubDaemon, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It reaches every program of the terminal; killed, an editor loses what was typed."""
    pressed = [KeyboardInterrupt(), KeyboardInterrupt()]
    wait = subprocess.Popen.wait

    def interrupted(editor: "subprocess.Popen[bytes]", timeout: float | None = None) -> int:
        if pressed:
            raise pressed.pop()
        return wait(editor, timeout)

    monkeypatch.setattr(subprocess.Popen, "wait", interrupted)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("VISUAL", "sed -i s/Lamp/Other/")
    daemon.say(f"GET {CLIENT}", LAMP)
    daemon.say(f"GET /api/controllers/{UUID}", UNKNOWN)
    daemon.say(f"PUT {CLIENT}", Reply(b"", 204))
    assert ask("registry edit", UUID).out == "Changed.\n"
    assert pressed == []


def test_what_was_overtaken_is_kept_and_not_called_harmless(
    ask: Cli, daemon: StubDaemon, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("VISUAL", "sed -i s/Lamp/Other/")
    daemon.say(f"GET {CLIENT}", LAMP)
    daemon.say(f"GET /api/controllers/{UUID}", UNKNOWN)
    daemon.say(f"PUT {CLIENT}", problem(409, "version_conflict", "It was changed meanwhile."))
    told = ask("registry edit", UUID)
    (kept,) = tmp_path.glob("firstlight-*/*")
    assert b"Other" in kept.read_bytes()
    assert f"--file {kept} replaces what was changed meanwhile" in told.err
    assert "takes it" not in told.err


def test_an_editor_that_takes_the_file_away(
    ask: Cli, daemon: StubDaemon, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("VISUAL", "rm")
    daemon.say(f"GET {CLIENT}", LAMP)
    daemon.say(f"GET /api/controllers/{UUID}", UNKNOWN)
    told = ask("registry edit", UUID)
    assert (told.code, "left no file to read" in told.err) == (2, True)
    assert not list(tmp_path.glob("firstlight-*"))


SECRETS = b'{"name":"Lamp","wifi":{"ssid":"Home","password":"of old times"},"mqtt":{"port":1}}'


@pytest.mark.parametrize("command", ["edit", "add client"])
def test_a_hidden_password_does_not_become_one(
    ask: Cli, daemon: StubDaemon, tmp_path: Path, command: str
) -> None:
    daemon.say(f"GET {CLIENT}", Reply(SECRETS, headers={"ETag": '"7"'}))
    daemon.say(f"GET /api/controllers/{UUID}", UNKNOWN)
    shown = ask("registry show", UUID, "--json").out
    file = tmp_path / "record.json"
    file.write_text(shown)
    name, *words = command.split()
    told = ask(f"registry {name}", *(words or [UUID]), "--file", str(file))
    assert told.code == 2
    assert "--file: holds (hidden) where a password belongs" in told.err
    assert "--secrets" in told.err
    assert all(one.method == "GET" for one in daemon.requests)


def test_what_show_tells_with_its_secrets_can_be_put_back(
    ask: Cli, daemon: StubDaemon, tmp_path: Path
) -> None:
    daemon.say(f"GET {CLIENT}", Reply(SECRETS, headers={"ETag": '"7"'}))
    daemon.say(f"GET /api/controllers/{UUID}", UNKNOWN)
    daemon.say(f"PUT {CLIENT}", Reply(b"", 204))
    file = tmp_path / "record.json"
    file.write_text(ask("registry show", UUID, "--json", "--secrets").out)
    assert ask("registry edit", UUID, "--file", str(file)).out == "Changed.\n"
    [put] = [one for one in daemon.requests if one.method == "PUT"]
    assert json.loads(put.body) == json.loads(SECRETS)
    file.write_text('{"kind":"controllers","name":"Lamp"}')
    told = ask("registry edit", UUID, "--file", str(file))
    assert (told.code, "of controllers, not of clients" in told.err) == (2, True)


def test_a_uuid_of_both_kinds(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(f"GET {CLIENT}", LAMP)
    daemon.say(f"GET /api/controllers/{UUID}", LAMP)
    assert "--kind: is missing" in ask("registry show", UUID).err
    assert ask("registry show", UUID, "--kind", "clients").code == 0


def test_an_export_that_is_refused_leaves_no_file(
    ask: Cli, daemon: StubDaemon, tmp_path: Path
) -> None:
    daemon.say("GET /api/registry/export?form=json", problem(503, "key_lost", "The key is lost."))
    told = ask("registry export", "-o", str(tmp_path / "out.json"))
    assert (told.code, told.err) == (1, "firstlight: The key is lost.\n")
    assert not list(tmp_path.glob("*out.json*"))


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_a_terminal_is_asked_before_records_are_changed(
    ask: Cli,
    daemon: StubDaemon,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, ...],
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal("n\n"))
    table = tmp_path / "lamps.csv"
    table.write_text("kind\n")
    preview = {"added": 0, "changed": 2, "unchanged": 0, "faults": []}
    daemon.say("POST /api/registry/preview?form=csv", preview)
    told = ask("registry import", str(table), *options)
    assert told.code == 1
    assert "Change 2 that are registered already?" in told.err
    assert told.err.endswith("Nothing was changed.\n")


def test_a_passphrase_is_typed_twice(terminal: list[str]) -> None:
    terminal += ["several good words"] * 2
    assert passphrases.passphrase(None, new=True) == "several good words"
    terminal += ["several good words", "several god words"]
    with pytest.raises(InvalidInput, match="was not typed the same"):
        passphrases.passphrase(None, new=True)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\n", "holds nothing"),
        (b"\xff\xfe\n", "holds no UTF-8"),
        (b"x" * 1025 + b"\n", "holds more than 1024 bytes"),
    ],
)
def test_a_file_that_holds_no_secret(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "secret"
    file.write_bytes(content)
    with pytest.raises(InvalidInput, match=f"--passphrase-file: {words}"):
        passphrases.passphrase(file, new=False)
    with pytest.raises(InvalidInput, match="can't be read"):
        passphrases.passphrase(tmp_path / "nowhere", new=False)
