"""Every command against the real daemon on simulated radios."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from tests.api.daemon_process import PATIENCE, daemon
from tests.api.terminal import Terminal

from firstlight.cli import main

PASSWORD = "correct-horse"


class Told(NamedTuple):
    code: int
    out: str
    err: str


Ask = Callable[..., Told]


def command(*arguments: str | bytes) -> list[str | bytes]:
    return [sys.executable, "-m", "firstlight", *arguments]


def surroundings(**wanted: str) -> dict[str, str]:
    ours = ("FIRSTLIGHT", "MOONHUB", "NO_COLOR", "COLUMNS")
    return {name: v for name, v in os.environ.items() if not name.startswith(ours)} | wanted


def terminal(*arguments: str) -> Terminal:
    return Terminal(command(*arguments), surroundings(TERM="xterm", COLUMNS="80"))


def run(*arguments: str | bytes, typed: str = "", encoding: str = "utf-8", **wanted: str) -> Told:
    """The command in this process, which is quicker; what it takes for its own is what it gets."""
    stdin, stdout, stderr = (io.TextIOWrapper(io.BytesIO(), encoding) for _ in range(3))
    stdin.write(typed)
    stdin.seek(0)
    with pytest.MonkeyPatch.context() as patch:
        for name, stream in (("stdin", stdin), ("stdout", stdout), ("stderr", stderr)):
            patch.setattr(sys, name, stream)
        patch.setattr(sys, "argv", ["firstlight", *map(os.fsdecode, arguments)])
        patch.setattr(os, "environ", surroundings(**wanted))
        with pytest.raises(SystemExit) as ended:
            main()
    return Told(int(ended.value.code or 0), written(stdout), written(stderr))


def written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    stream.seek(0)
    return stream.read()


@pytest.fixture(scope="module")
def state_dir(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("state")
    with daemon(folder):
        yield folder


@pytest.fixture
def ask(state_dir: Path) -> Ask:
    def asked(*arguments: str | bytes, **options: str) -> Told:
        return run(*arguments, **{"FIRSTLIGHT_STATE_DIR": str(state_dir), **options})

    return asked


def join(ask: Ask, ssid: str, password: str = PASSWORD, *options: str) -> Told:
    return ask("connect", *options, "--password-stdin", "--", ssid, typed=password)


def saved_names(ask: Ask) -> set[str]:
    return {entry["name"] for entry in json.loads(ask("saved", "--json").out)["networks"]}


def status(ask: Ask) -> Any:
    return json.loads(ask("status", "--json").out)["status"]


def test_status(ask: Ask) -> None:
    told = ask("status")
    assert (told.code, told.err) == (0, "")
    assert "Hotspot" in told.out
    assert status(ask)["network"]["interfaceName"] in told.out


def test_as_a_process_of_its_own(state_dir: Path) -> None:
    done = subprocess.run(
        command("status", "--json", "--state-dir", str(state_dir)),
        capture_output=True,
        check=True,
        timeout=PATIENCE,
    )
    assert json.loads(done.stdout)["status"]["services"]["networkManagerAvailable"] in {True, False}


def test_scan(ask: Ask) -> None:
    told = ask("scan")
    assert (told.code, told.err) == (0, "")
    for name in ("Lighthouse", "Village Green", r"caf\xe9", "<img src=x onerror=alert(1)>"):
        assert name in told.out
    assert "Hideaway" not in told.out
    networks = json.loads(ask("scan", "--json").out)["networks"]
    assert {entry["ssidHex"] for entry in networks} >= {b"caf\xe9".hex(), b"Lighthouse".hex()}


def test_tables_fit_eighty_columns_without_colour_in_a_pipe(ask: Ask) -> None:
    out = ask("scan").out
    assert "\x1b" not in out
    assert max(map(len, out.splitlines())) <= 80


def test_a_terminal_without_unicode_gets_ascii(ask: Ask) -> None:
    told = ask("scan", encoding="ascii")
    assert told.code == 0
    assert told.out.isascii()
    assert "Lighthouse" in told.out


def test_joining_saving_forgetting(ask: Ask) -> None:
    told = join(ask, "Lighthouse")
    assert (told.code, told.err) == (0, "")
    lines = told.out.splitlines()
    assert lines[-1] == "Joined Lighthouse."
    assert [line[2:22].rstrip() for line in lines[:-1]][:2] == ["network found", "associated"]
    assert status(ask)["network"]["activeConnection"] == "Lighthouse"
    assert "Lighthouse" in ask("saved").out
    assert ask("forget", "Lighthouse") == Told(0, "Forgot Lighthouse.\n", "")
    assert "Lighthouse" not in saved_names(ask)
    again = ask("forget", "Lighthouse")
    assert again.code == 1
    assert "Lighthouse" in again.err


def test_a_wrong_password(ask: Ask) -> None:
    told = join(ask, "Lighthouse", "wrong-horse")
    assert told.code == 1
    assert told.err.startswith("firstlight: The password for Lighthouse was not accepted.\n  ")
    assert "Lighthouse" not in saved_names(ask)


def test_a_wrong_password_for_a_program(ask: Ask) -> None:
    told = join(ask, "Lighthouse", "wrong-horse", "--json")
    assert (told.code, told.err) == (1, "")
    attempt = json.loads(told.out)["attempt"]
    assert (attempt["state"], attempt["cause"]) == ("failed", "wrong_password")


def test_an_absent_network(ask: Ask) -> None:
    told = join(ask, "--help")
    assert told.code == 1
    assert "--help was not found" in told.err


def test_an_open_and_a_hidden_network(ask: Ask) -> None:
    assert ask("connect", "Village Green", "--no-password").code == 0
    assert join(ask, "Hideaway", PASSWORD, "--hidden").code == 0
    assert {"Village Green", "Hideaway"} <= saved_names(ask)


def test_a_name_that_is_not_utf8(ask: Ask) -> None:
    typed = ask("connect", b"caf\xe9", "--password-stdin", typed=PASSWORD)
    assert (typed.code, typed.out.splitlines()[-1]) == (0, r"Joined caf\xe9.")
    as_hex = ask("connect", "--ssid-hex", "636166e9", "--password-stdin", typed=PASSWORD)
    assert as_hex.code == 0


def test_joined_without_internet_is_said(ask: Ask) -> None:
    told = join(ask, "No internet here")
    assert told.code == 0
    assert told.out.splitlines()[-1].startswith("Joined No internet here, but ")


def test_not_waiting_tells_the_attempt(ask: Ask) -> None:
    told = join(ask, "Lighthouse", PASSWORD, "--no-wait", "--json")
    assert told.code == 0
    assert json.loads(told.out)["attempt"]["ssid"] == "Lighthouse"
    until(lambda: "Lighthouse" in saved_names(ask))


@pytest.mark.parametrize(
    ("ssid", "password", "field"),
    [("", PASSWORD, "ssid"), ("x" * 33, PASSWORD, "ssid"), ("Lighthouse", "short", "password")],
)
def test_bad_input(ask: Ask, ssid: str, password: str, field: str) -> None:
    told = join(ask, ssid, password)
    assert told.code == 2
    assert told.err.startswith(f"firstlight: {field}: ")
    problem = json.loads(join(ask, ssid, password, "--json").err)
    assert problem["code"] == "invalid_field"


def test_hotspot(ask: Ask, state_dir: Path) -> None:
    for _ in "twice":
        assert ask("hotspot", "on") == Told(0, "The hotspot is up.\n", "")
    shown = ask("hotspot", "show").out
    assert shown.splitlines()[0].split() == ["Hotspot", status(ask)["network"]["hotspotSsid"]]
    assert shown.splitlines()[1].split() == ["State", "up"]
    told = json.loads(ask("hotspot", "show", "--json").out)
    kept = json.loads((state_dir / "provisioning.json").read_text())
    assert told["password"] == kept["device.network.hotspotPassword"]
    assert told["password"] in shown
    for _ in "twice":
        assert ask("hotspot", "off") == Told(0, "The hotspot is down.\n", "")
    assert json.loads(ask("hotspot", "show", "--json").out)["up"] is False


def test_events(ask: Ask) -> None:
    join(ask, "Lighthouse", "wrong-horse")
    until(lambda: "error: The password for Lighthouse was not accepted." in ask("events").out)
    events = [json.loads(line) for line in ask("events", "--json").out.splitlines()]
    assert "failed" in {event.get("phase") for event in events}


def test_doctor(ask: Ask) -> None:
    told = ask("doctor", "--json")
    findings = {entry["check"]: entry for entry in json.loads(told.out)["findings"]}
    assert findings["daemon"]["verdict"] == "ok"
    assert findings["enabled"]["verdict"] == "ok"
    assert findings["state-folder"]["verdict"] == "ok"


def test_a_simulated_radio_passes_the_doctor(ask: Ask) -> None:
    told = ask("doctor", FIRSTLIGHT_BACKEND="simulated")
    assert (told.code, told.out.splitlines()[-1]) == (0, "Nothing stands in the way.")


def test_a_reader_that_goes_away_is_no_crash(state_dir: Path) -> None:
    where = ("--state-dir", str(state_dir))
    with subprocess.Popen(
        command("scan", *where), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        err = process.stderr.read()
        process.wait(PATIENCE)
    assert b"Traceback" not in err


def test_in_a_terminal_the_password_is_asked_for_and_not_echoed(state_dir: Path) -> None:
    with terminal("connect", "Lighthouse", "--state-dir", str(state_dir)) as dialogue:
        dialogue.expect("Password for Lighthouse (empty: open network): ")
        dialogue.type(f"{PASSWORD}\n")
        dialogue.expect("Joined Lighthouse.")
        assert dialogue.end() == 0
        assert PASSWORD not in dialogue.seen


def test_ctrl_c_while_following(state_dir: Path) -> None:
    where = ("--state-dir", str(state_dir))
    with terminal("events", "--follow", *where) as dialogue:
        dialogue.expect("  ")
        run("hotspot", "on", *where)
        run("hotspot", "off", *where)
        dialogue.expect("hotspot")
        dialogue.type("\x03")
        assert dialogue.end() == 130
        assert "Traceback" not in dialogue.seen


@pytest.mark.parametrize(("key", "code"), [("\x03", 130), ("\x04", 1), ("n\n", 1)])
def test_a_question_that_is_not_answered_with_yes(state_dir: Path, key: str, code: int) -> None:
    where = ("--state-dir", str(state_dir))
    with terminal("factory-reset", *where) as dialogue:
        dialogue.expect("Reset it? [y/N]:")
        dialogue.type(key)
        assert dialogue.end() == code
        assert "Traceback" not in dialogue.seen
    assert "reset" not in run("events", *where).out.lower()


def test_following_across_a_restart(tmp_path: Path) -> None:
    follow = command("events", "--follow", "--json", "--state-dir", str(tmp_path))
    ids: list[str] = []
    with ExitStack() as stack:
        first = stack.enter_context(ExitStack())
        first.enter_context(daemon(tmp_path))
        process = stack.enter_context(
            subprocess.Popen(follow, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        )
        stack.callback(process.kill)
        assert process.stdout is not None
        ids.append(json.loads(process.stdout.readline())["id"])
        first.close()
        stack.enter_context(daemon(tmp_path))
        while ids[-1].split("-")[0] == ids[0].split("-")[0]:
            ids.append(json.loads(process.stdout.readline())["id"])
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert len(set(ids)) == len(ids)
    assert err.decode().count("was lost") == 1
    assert err.decode().count("answers again") == 1


def test_over_http_the_token_is_needed(tmp_path: Path) -> None:
    token = {"FIRSTLIGHT_PROVISIONING_TOKEN": "open-sesame"}
    with daemon(tmp_path, environment={"FIRSTLIGHT_PROVISIONING_ENABLED": "1", **token}) as url:
        without = run("status", "--url", url)
        assert without.code == 5
        assert "--token" in without.err
        assert "Bearer" not in without.err
        assert run("status", "--url", url, "--token", "wrong").code == 5
        assert run("status", "--url", url, "--token", "open-sesame").code == 0
        assert run("status", "--url", url, **token).code == 0
        assert run("status", "--state-dir", str(tmp_path)).code == 0
        joined = run("connect", "Village Green", "--no-password", "--url", url, **token)
        assert joined.code == 0


def test_a_daemon_that_is_not_enabled(tmp_path: Path) -> None:
    with daemon(tmp_path, environment={}) as url:
        told = run("status", "--url", url)
        assert told.code == 3
        assert "FIRSTLIGHT_PROVISIONING_ENABLED" in told.err
        port = url.rpartition(":")[2]
        doctor = run("doctor", "--state-dir", str(tmp_path), "--json", FIRSTLIGHT_PORT=port)
        findings = {entry["check"]: entry for entry in json.loads(doctor.out)["findings"]}
        assert findings["enabled"]["verdict"] == "problem"


def test_no_daemon(tmp_path: Path) -> None:
    told = run("status", "--state-dir", str(tmp_path))
    assert told.code == 3
    assert "firstlight serve" in told.err


def test_a_second_daemon_is_refused(state_dir: Path) -> None:
    told = run(
        *("serve", "--backend", "simulated", "--port", "0", "--state-dir", str(state_dir)),
        FIRSTLIGHT_PROVISIONING_ENABLED="1",
    )
    assert told.code != 0
    assert told.err.startswith("firstlight: ")
    assert "Traceback" not in told.err


def until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, "it did not happen in time"
