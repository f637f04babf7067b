"""``firstlight registry`` against the real daemon: somebody's first day with it."""

import json
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.api.daemon_process import daemon
from tests.api.test_command_line import Told, run

from firstlight.cli.install.certificate import self_signed

Ask = Callable[..., Told]
SECRETS = ("correct-horse", "only-for-lamps")
FAULTY = """kind,name,mac_address,wifi.ssid,wifi.password
client,Reading lamp,02:00:00:00:00:01,Lighthouse,correct-horse
client,Door bell,02:00:00:00:00,Lighthouse,short
controller,Upstairs with a name that is too long,,,
"""
FIXED = """kind,name,mac_address,wifi.ssid,wifi.password
client,Reading lamp,02:00:00:00:00:01,Lighthouse,correct-horse
client,Door bell,02:00:00:00:00:02,Lighthouse,correct-horse
controller,Upstairs,,,
"""


@pytest.fixture(scope="module")
def state_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("state")
    with daemon(folder):
        yield folder


@pytest.fixture
def ask(state_dir: Path) -> Ask:
    def asked(*arguments: str, typed: str = "", **wanted: str) -> Told:
        there = {"FIRSTLIGHT_STATE_DIR": str(state_dir), **wanted}
        return run("registry", *arguments, typed=typed, **there)

    return asked


def uuids(ask: Ask) -> dict[str, str]:
    lines = ask("list", "--json").out.splitlines()
    return {one["record"]["name"]: one["uuid"] for one in map(json.loads, lines)}


def test_a_first_day(ask: Ask, tmp_path: Path) -> None:
    table, copy, locked, key = (tmp_path / name for name in ("a.csv", "a.json", "a.fl", "key"))
    assert "Nobody is registered." in ask("list").out
    assert "No client is registered." in ask("list", "--kind", "clients").out
    added = ask(
        *("add", "client", "--name", "Hall", "--mac", "A1-B2-C3-D4-E5-F6", "--id", "S9"),
        *("--ssid", "Lighthouse", "--wifi-password-file", "-", "--mqtt-host", "broker.example"),
        typed="correct-horse\n",
    )
    assert (added.code, added.err) == (0, "")

    table.write_text(FAULTY)
    refused = ask("import", str(table))
    assert refused.code == 2
    for words in ("3     mac_address", "4     name", "2 wrong"):
        assert words in refused.out
    assert uuids(ask).keys() == {"Hall"}
    table.write_text(FIXED)
    assert "3 to add" in ask("import", str(table), "--dry-run").out
    assert uuids(ask).keys() == {"Hall"}
    assert ask("import", str(table)).code == 0
    before = uuids(ask)
    assert before.keys() == {"Hall", "Reading lamp", "Door bell", "Upstairs"}

    plain = ask("export", "-o", str(copy))
    assert "--encrypt" in plain.err
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    key.write_text("several good words\n")
    secret = ("--passphrase-file", str(key))
    assert ask("export", "--encrypt", *secret, "-o", str(locked)).code == 0
    assert not [word for word in (*SECRETS, "Hall") if word.encode() in locked.read_bytes()]

    assert ask("rm", "Hall", "--yes").out == "Removed Hall.\n"
    assert "1 to add, 0 to change, 3 as they are" in ask("import", str(locked), *secret).out
    assert ask("rotate-key").code == 0
    assert uuids(ask) == before
    assert ask("export").out == copy.read_text()


def test_what_an_export_refuses(ask: Ask, tmp_path: Path) -> None:
    there, key = tmp_path / "there.json", tmp_path / "key"
    there.write_text("mine")
    told = ask("export", "-o", str(there))
    assert (told.code, there.read_text()) == (1, "mine")
    assert ask("export", "-o", str(there), "--force").code == 0
    assert json.loads(there.read_text()).keys() == {"controllers", "clients", "certificates"}
    key.write_text("short\n")
    for arguments, words in (
        (("--encrypt",), "--passphrase-file: is missing"),
        (("--encrypt", "--passphrase-file", str(key)), "at least 8 characters"),
        (("--passphrase-file", str(key)), "belongs to --encrypt"),
        (("--output", str(tmp_path / "no" / "where")), "can't be written"),
    ):
        told = ask("export", *arguments)
        assert told.code == 2
        assert words in told.err
    assert {one.name for one in tmp_path.iterdir()} == {"there.json", "key"}
    assert "no certificates" in ask("export", "--form", "csv").err


def test_what_an_import_refuses(ask: Ask, tmp_path: Path) -> None:
    file, key = tmp_path / "file", tmp_path / "key"
    key.write_text("several good words\n")
    assert ask("export", "--encrypt", "--passphrase-file", str(key), "-o", str(file)).code == 0
    assert "--passphrase-file: is missing" in ask("import", str(file)).err
    other = ask("import", str(file), "--passphrase-file", "-", typed="other good words\n")
    assert "does not open it" in other.err
    file.write_bytes(file.read_bytes()[:-1])
    assert ask("import", str(file), "--passphrase-file", str(key)).code == 2
    told = ask("import", str(key), "--passphrase-file", str(key))
    assert "is for an encrypted file" in told.err
    assert "can't be read" in ask("import", str(tmp_path / "nowhere")).err
    assert ask("import", "-", "--json", typed='{"clients": [{}]}').code == 2


def test_records(ask: Ask, tmp_path: Path) -> None:
    record = tmp_path / "lamp.json"
    mqtt = {"host": "broker.example", "username": "lamp", "password": "only-for-lamps"}
    record.write_text(json.dumps({"name": "Lamp", "mac": "02:00:00:00:0a:01", "mqtt": mqtt}))
    own = "0B0E7A52-60F6-4A0C-8D0F-3F1F6F0B7C01"
    add = ("add", "client", "--file", str(record), "--uuid", own)
    assert ask(*add).code == 0
    again = ask(*add)
    assert again.code == 1
    assert "already" in again.err
    for wanted in (own, "lamp", "02-00-00-00-0A-01"):
        told = ask("show", wanted)
        assert "(hidden)" in told.out
        assert "only-for-lamps" not in told.out + ask("show", wanted, "--json").out
    assert "only-for-lamps" in ask("show", own, "--secrets").out
    assert "only-for-lamps" not in ask("list", "--kind", "clients", "--json").out
    assert ask("add", "client", "--file", str(record), "--name", "x").code == 2
    assert own.lower() in ask("list").out
    assert ask("add", "client", "--name", "Lamp").code == 0
    several = ask("show", "Lamp")
    assert (several.code, "is the name of 2" in several.err) == (2, True)
    assert ask("show", "nobody").code == 1
    assert ask("rm", own).code == 2
    wrong = ask("add", "controller", "--name", "x", "--id", "S1")
    assert "id: is not a known field; known: name, area" in wrong.err


def test_editing(ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    own = "0b0e7a52-60f6-4a0c-8d0f-3f1f6f0b7c02"
    assert ask("add", "client", "--name", "Porch", "--uuid", own).code == 0
    assert ask("edit", own, EDITOR="true").out == "Nothing was changed.\n"
    assert ask("edit", own, EDITOR="sed -i s/Porch/Gate/").out == "Changed.\n"
    assert list(tmp_path.iterdir()) == []
    told = ask("edit", own, EDITOR="sed -i s/name/nom/")
    assert told.code == 2
    assert "is not a known field" in told.err
    (kept,) = tmp_path.glob("firstlight-*/*.json")
    assert str(kept) in told.err
    assert "nom" in kept.read_text()
    kept.write_text('{"name": "Fence"}')
    assert ask("edit", own, "--file", str(kept)).out == "Changed.\n"
    assert ask("edit", own, EDITOR="false").code == 2
    assert ask("edit", own, EDITOR="/no/such/editor").code == 2


def test_somebody_else_was_quicker(
    ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    own = "0b0e7a52-60f6-4a0c-8d0f-3f1f6f0b7c03"
    assert ask("add", "client", "--name", "Mine", "--uuid", own).code == 0

    def another(command: list[str], **_: object) -> object:
        file = Path(command[-1])
        file.write_text(file.read_text().replace("Mine", "My own"))
        monkeypatch.undo()
        theirs = tmp_path / "theirs.json"
        theirs.write_text('{"name": "Theirs"}')
        assert ask("edit", own, "--file", str(theirs)).code == 0
        return type("Ended", (), {"wait": staticmethod(lambda: 0)})

    monkeypatch.setattr("subprocess.Popen", another)
    told = ask("edit", own)
    assert told.code == 1
    assert "Theirs" in ask("show", own).out
    (kept,) = tmp_path.glob("firstlight-*/*.json")
    assert "My own" in kept.read_text()


def test_certificates(ask: Ask, tmp_path: Path) -> None:
    assert "no certificate" in ask("cert", "list").out
    pem = tmp_path / "ca.pem"
    pem.write_bytes(self_signed(["Home"], [], datetime.now(UTC))[0])
    assert ask("cert", "add", str(pem), "--for", "client").out == "Added ca.pem.\n"
    assert ask("cert", "add", str(pem)).code == 1
    assert "clients" in ask("cert", "list").out
    assert ask("cert", "designate", "ca.pem", "controller").code == 0
    (entry,) = json.loads(ask("cert", "list", "--json").out)
    assert (entry["controller"], entry["client"]) == (True, True)
    assert "SHA-256" in ask("cert", "show", "ca.pem").out
    assert ask("cert", "show", "ca.pem", "--pem").out == pem.read_text()
    both = ask("cert", "show", "ca.pem", "--pem", "--json")
    assert (both.code, both.out) == (2, "")
    assert "exclude each other" in both.err
    assert ask("cert", "rm", "ca.pem").code == 2
    assert ask("cert", "rm", "ca.pem", "--yes").code == 0
    assert ask("cert", "show", "ca.pem").code == 1
