"""``firstlight label``: what stands on it, drawn and told."""

import json
from pathlib import Path

import pytest
from tests.unit.cli import samples
from tests.unit.cli.conftest import Cli
from tests.unit.cli.stub_daemon import StubDaemon

API = "/api/provisioning"


@pytest.fixture(autouse=True)
def _device(daemon: StubDaemon) -> None:
    daemon.say(f"GET {API}/hotspot", samples.hotspot())
    code = {"code": "123456", "deviceId": "AUR-2026-7KQ4WX9C", "expiresIn": 300}
    daemon.say(f"GET {API}/auth-code", code)


def test_without_a_file_it_is_drawn_to_standard_output(ask: Cli) -> None:
    told = ask("label")
    assert (told.code, told.err) == (0, "")
    assert told.out.startswith("<svg")


def test_a_name_without_a_dash_is_the_brand(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(f"GET {API}/hotspot", {**samples.hotspot(), "ssid": "Workshop"})
    assert json.loads(ask("label", "--json").out)["brand"] == "Workshop"


def test_as_json_it_is_told_and_not_drawn(ask: Cli) -> None:
    told = ask("label", "--json")
    given = samples.hotspot()
    assert json.loads(told.out) == {
        "brand": given["ssid"].rpartition("-")[0],
        "ssid": given["ssid"],
        "ssidHex": given["ssidHex"],
        "password": given["password"],
        "deviceId": "AUR-2026-7KQ4WX9C",
        "address": f"http://{given['address']}/",
    }


def test_with_a_file_it_is_both(ask: Cli, tmp_path: Path) -> None:
    file = tmp_path / "label.svg"
    told = ask("label", "--json", "--no-password", "--output", str(file))
    assert json.loads(told.out)["password"] == ""
    assert file.read_text().startswith("<svg")
    again = ask("label", "--json", "--output", str(file))
    assert (again.code, again.out) == (1, "")
