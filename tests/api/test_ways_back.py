"""Diagnosing, going back, finishing, resetting: commands and HTTP against the real daemon."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.api.checked import CheckedTransport, Description
from tests.api.daemon_process import daemon
from tests.api.test_command_line import Ask, Told, run

API = "/api/provisioning"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    folder = tmp_path_factory.mktemp("state")
    with daemon(folder) as address:
        yield folder, address


@pytest.fixture
def ask(served: tuple[Path, str]) -> Ask:
    def asked(*arguments: str | bytes, **options: str) -> Told:
        return run(*arguments, **{"FIRSTLIGHT_STATE_DIR": str(served[0]), **options})

    return asked


@pytest.fixture
def joined(ask: Ask) -> Ask:
    told = ask("connect", "--password-stdin", "Lighthouse", typed="correct-horse")
    assert told.code == 0, told.err
    return ask


def status(ask: Ask) -> Any:
    return json.loads(ask("status", "--json").out)["status"]


def test_a_network_that_works_is_diagnosed(joined: Ask) -> None:
    told = joined("diagnose")
    assert (told.code, told.err) == (0, "")
    ladder = json.loads(joined("diagnose", "--json").out)["diagnostics"]["ladder"]
    assert ladder["verdict"] is None
    assert told.out.rstrip().endswith(ladder["summary"])
    assert {rung["name"]: rung["state"] for rung in ladder["rungs"]}["internet"] == "ok"


def test_the_setup_is_finished(joined: Ask) -> None:
    assert status(joined)["mode"] == "onboarding"
    assert joined("onboarding", "complete").code == 0
    assert status(joined)["mode"] == "ready"
    assert joined("onboarding", "complete").code == 0


def test_nobody_is_there_to_claim_from(ask: Ask) -> None:
    told = ask("claim", "--wait", "--show")
    assert (told.code, told.out) == (0, "Nothing was claimed yet.\n")
    told = ask("claim")
    assert told.code == 1
    assert "No controller in Provisioning Mode is in range." in told.err
    warnings = status(ask)["runtime"]["warnings"]
    assert any("No configuration was claimed" in one for one in warnings)
    assert ask("claim", "--show").out == ""


def test_maintenance(joined: Ask) -> None:
    assert joined("maintenance", "enter").code == 0
    assert status(joined)["runtime"]["phase"] == "maintenance"
    assert "in maintenance" in joined("status").out
    assert joined("maintenance", "exit").code == 0
    assert status(joined)["mode"] in {"onboarding", "ready"}
    assert joined("maintenance", "exit").code == 6


@pytest.mark.parametrize("scope", [(), ("--device",)])
def test_a_restart_that_is_not_allowed_is_only_told(ask: Ask, scope: tuple[str, ...]) -> None:
    assert ask("restart", "--reason", "a new version", *scope).code == 0
    assert "Dry run" in ask("events").out
    found = status(ask)
    assert (found["restartPending"], found["lastRestartReason"]) == (False, "a new version")


def test_back_to_the_hotspot_and_home_again(joined: Ask) -> None:
    assert joined("rollback", "--reason", "moved house").code == 0
    found = status(joined)
    assert (found["mode"], found["network"]["apEnabled"]) == ("provisioning", True)
    assert "Lighthouse" in joined("saved").out
    missing = joined("diagnose", "--json")
    assert missing.code == 1
    assert json.loads(missing.out)["diagnostics"]["ladder"]["verdict"] == "associated"
    assert joined("recover").code == 0
    again = joined("recover")
    assert again.code == 6
    assert again.err.startswith("firstlight: Recovery")


def test_recovery_says_over_http_when_to_come_back(joined: Ask, served: tuple[Path, str]) -> None:
    joined("recover")
    with httpx.Client(base_url=served[1]) as client:
        answer = client.post(f"{API}/recovery/trigger")
    assert answer.status_code == 409
    assert int(answer.headers["retry-after"]) >= 1


def test_a_factory_reset_is_followed_to_its_end(joined: Ask) -> None:
    before = status(joined)["network"]["hotspotSsid"]
    told = joined("factory-reset", "--yes")
    assert (told.code, told.err) == (0, "")
    assert "Forgot Lighthouse." in told.out
    found = status(joined)
    assert (found["mode"], found["network"]["provisioned"]) == ("provisioning", False)
    assert found["network"]["hotspotSsid"] == before
    assert joined("saved").out == "No network is saved.\n"


async def test_answers_are_as_published(joined: Ask, served: tuple[Path, str]) -> None:
    async with httpx.AsyncClient(base_url=served[1]) as plain:
        description = Description((await plain.get("/api/openapi.json")).json())
    transport = CheckedTransport(httpx.AsyncHTTPTransport(), description)
    async with httpx.AsyncClient(transport=transport, base_url=served[1]) as client:
        diagnostics = await client.get(f"{API}/network/diagnostics")
        tested = await client.post(f"{API}/network/test")
        attended = await client.post(f"{API}/attended")
    assert diagnostics.json()["diagnostics"]["connected"] is tested.json()["connected"] is True
    assert attended.json() == {"ok": True}


@pytest.mark.parametrize("token", [{}, {"FIRSTLIGHT_PROVISIONING_TOKEN": "open-sesame"}])
def test_whoever_is_forgotten_by_the_reset_hears_its_end(
    tmp_path: Path, token: dict[str, str]
) -> None:
    (tmp_path / "config.toml").write_text("[web]\ntrust_local = false\n")
    environment = {
        "FIRSTLIGHT_PROVISIONING_ENABLED": "1",
        "FIRSTLIGHT_CONFIG": str(tmp_path / "config.toml"),
        **token,
    }
    with daemon(tmp_path / "state", environment=environment) as url:
        own = {"FIRSTLIGHT_STATE_DIR": str(tmp_path / "state")}
        code = json.loads(run("pair", "--json", **own).out)["code"]
        with httpx.Client(base_url=url) as phone:
            answer = phone.post("/api/auth/pair", json={"code": code, "deviceName": "Phone"})
        session = answer.json()["token"]
        told = run("factory-reset", "--yes", "--url", url, "--token", session)
        assert (told.code, told.err) == (0, "")
        assert "The device is as new." in told.out
        assert run("saved", "--url", url, "--token", session).code == 5
