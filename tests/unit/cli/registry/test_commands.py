"""``firstlight registry`` at a terminal: what is asked, and what is not lost."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.cli.conftest import Cli
from tests.unit.cli.stub_daemon import Reply, StubDaemon, problem

from firstlight.cli.registry import passphrases
from firstlight.cli.writing import write_private
from firstlight.client.registry import PAGE
from firstlight.errors import InvalidInput, NoDaemon

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


def test_a_strangers_name_steers_nothing(ask: Cli, daemon: StubDaemon) -> None:
    evil = entry(1) | {"record": {"name": "\x1b[31m[red]x"}}
    daemon.say(f"GET /api/registry?kind=clients&count={PAGE}", {"entries": [evil]})
    out = ask("registry list", "--kind", "clients").out
    assert r"\x1b[31m[red]x" in out


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


@pytest.mark.parametrize("force", [True, False])
def test_half_a_file_is_none(tmp_path: Path, *, force: bool) -> None:
    file = tmp_path / "folder" / "out.json"
    file.parent.mkdir()
    if force:
        file.write_bytes(b"of before")

    def breaking_off() -> Iterator[bytes]:
        yield b"half"
        raise NoDaemon("It broke off.")

    with pytest.raises(NoDaemon):
        write_private(file, breaking_off(), force=force)
    assert [one.read_bytes() for one in file.parent.iterdir()] == [b"of before"] * force


def test_a_passphrase_is_typed_twice(terminal: list[str]) -> None:
    terminal += ["several good words"] * 2
    assert passphrases.passphrase(None, new=True) == "several good words"
    terminal += ["several good words", "several god words"]
    with pytest.raises(InvalidInput, match="was not typed the same"):
        passphrases.passphrase(None, new=True)


@pytest.mark.parametrize(
    ("content", "words"), [(b"\n", "holds nothing"), (b"\xff\xfe\n", "holds no UTF-8")]
)
def test_a_file_that_holds_no_secret(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "secret"
    file.write_bytes(content)
    with pytest.raises(InvalidInput, match=f"--passphrase-file: {words}"):
        passphrases.secret_in(file, "--passphrase-file")
    with pytest.raises(InvalidInput, match="can't be read"):
        passphrases.secret_in(tmp_path / "nowhere", "--passphrase-file")
