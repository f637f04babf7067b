"""The support bundle, by the page and by the command line, of a daemon with planted secrets."""

import io
import json
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.api.daemon_process import daemon
from tests.api.test_command_line import run

from firstlight.support.redaction import spellings

PLANTED = {
    "FIRSTLIGHT_PROVISIONING_TOKEN": "planted-token-of-the-page",
    "hotspot": "planted-hotspot-password",
    "mqtt": 'planted, "broker" password',
    "database": "planted-database-password",
    "saved": "planted-passphrase",
    "typed": "planted-guess-of-a-password",
}
CONFIGURATION = f"""\
[hotspot]
password = "{PLANTED["hotspot"]}"
[mqtt]
password = {json.dumps(PLANTED["mqtt"])}
username = "lamp"
[registry]
url = "postgresql://lamp:{PLANTED["database"]}@127.0.0.1:1/lamp"
"""
WORLD = f"""\
[durations]
scan = 0.1
wrong_password = 0.1
hotspot = 0.1
not_found = 0.1

[[access_points]]
ssid = "Lighthouse"
passphrase = "{PLANTED["saved"]}"
[[saved]]
ssid = "Harbour"
passphrase = "{PLANTED["saved"]}"
"""


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("support") / "state"


@pytest.fixture(scope="module")
def surroundings(state: Path) -> dict[str, str]:
    """What daemon and command line are started with."""
    config = state.parent / "config.toml"
    config.write_text(CONFIGURATION)
    return {
        "FIRSTLIGHT_PROVISIONING_ENABLED": "1",
        "FIRSTLIGHT_CONFIG": str(config),
        "FIRSTLIGHT_PROVISIONING_TOKEN": PLANTED["FIRSTLIGHT_PROVISIONING_TOKEN"],
    }


@pytest.fixture(scope="module")
def address(state: Path, surroundings: dict[str, str]) -> Iterator[str]:
    """A daemon that somebody has told a wrong password."""
    with daemon(state, world=WORLD, environment=surroundings) as address:
        told = run(
            *("connect", "Lighthouse", "--password-stdin", "--state-dir", str(state)),
            typed=PLANTED["typed"] + "\n",
            **surroundings,
        )
        assert told.code == 1
        yield address


def texts(archive: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name).decode() for name in opened.namelist()}


def assert_clean(files: dict[str, str]) -> None:
    for name, text in files.items():
        for secret in PLANTED.values():
            for form in spellings(secret):
                assert form not in text, name


def test_who_is_signed_in_gets_it(address: str) -> None:
    headers = {"Authorization": f"Bearer {PLANTED['FIRSTLIGHT_PROVISIONING_TOKEN']}"}
    answer = httpx.get(f"{address}/api/support", headers=headers, timeout=30)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["cache-control"] == "no-store"
    assert "attachment" in answer.headers["content-disposition"]
    files = texts(answer.content)
    assert_clean(files)
    attempt = json.loads(files["attempt.json"])
    assert (attempt["ssid"], attempt["cause"]) == ("Lighthouse", "wrong_password")
    assert "To pair with it, type [removed]" in files["log.txt"]


@pytest.mark.attack(
    "A guest who wants the support file",
    guard="it is for those who are signed in",
)
def test_nobody_else_does(address: str) -> None:
    assert httpx.get(f"{address}/api/support").status_code == 401


def test_the_command_line_writes_it_for_its_owner_only(
    address: str, state: Path, surroundings: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "bundle.zip"
    arguments = ("support", "--output", str(file), "--state-dir", str(state))
    told = run(*arguments, **surroundings)
    assert told.code == 0, told
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    files = texts(file.read_bytes())
    assert_clean(files)
    assert {"status.json", "doctor.json", "README.txt"} <= set(files)
    assert json.loads(files["config.json"])["hotspot"]["password"] == "[removed]"
    again = run(*arguments, **surroundings)
    assert again.code != 0
    assert "--force" in again.err


def test_it_can_be_read_before_it_is_written(
    address: str, state: Path, surroundings: dict[str, str]
) -> None:
    told = run("support", "--print", "--state-dir", str(state), **surroundings)
    assert told.code == 0
    assert "===== status.json\n" in told.out
    assert_clean({"printed": told.out})


def test_without_a_daemon_the_machine_tells(surroundings: dict[str, str], tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    (state / "provisioning.json").write_text(
        json.dumps({"device.network.hotspotPassword": PLANTED["hotspot"]})
    )
    file = tmp_path / "bundle.zip"
    told = run("support", "--output", str(file), "--state-dir", str(state), **surroundings)
    assert told.code == 0
    assert "No daemon answers" in told.err
    files = texts(file.read_bytes())
    assert_clean(files)
    assert "No daemon answers" in files["silence.txt"]
    assert "provisioning.json" in files["state-folder.txt"]
    assert "status.json" not in files
    assert json.loads(files["config.json"])["web"]["token"] == "[removed]"


def test_a_configuration_that_is_refused_does_not_stop_it(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text("nonsense = 1\n")
    file = tmp_path / "bundle.zip"
    told = run(
        *("support", "--output", str(file), "--state-dir", str(tmp_path)),
        FIRSTLIGHT_CONFIG=str(config),
    )
    assert told.code == 0, told
    assert "nonsense" in texts(file.read_bytes())["README.txt"]
