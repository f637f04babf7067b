"""The device API of a real daemon on simulated radios, over TCP and over its Unix socket."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.api.checked import CheckedTransport, Description
from tests.api.daemon_process import PATIENCE, daemon
from tests.api.reading import Stream, following

API = "/api/provisioning"


@pytest.fixture(scope="module")
def state_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="module")
def address(state_dir: Path) -> Iterator[str]:
    with daemon(state_dir) as address:
        yield address


@pytest.fixture
async def client(address: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=address) as plain:
        description = Description((await plain.get("/api/openapi.json")).json())
    transport = CheckedTransport(httpx.AsyncHTTPTransport(), description)
    async with httpx.AsyncClient(transport=transport, base_url=address, timeout=20) as client:
        yield client


async def join(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    """Connect, and wait on the event stream until the attempt is over."""
    port = client.base_url.port
    assert port is not None
    async with following(port) as stream:
        accepted = await client.post(f"{API}/network/connect", json=body)
        assert (accepted.status_code, accepted.content) == (200, b'{"ok":true}'), accepted.text
        location = accepted.headers["location"]
        await over(stream, location.rpartition("/")[2])
        return (await client.get(location)).json()["attempt"]


async def over(stream: Stream, attempt_id: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            data = (await stream.next()).data
            mine = data.get("details", {}).get("attempt") == attempt_id
            if mine and data.get("phase") in {"completed", "failed"}:
                return


async def network(client: httpx.AsyncClient) -> dict[str, Any]:
    return (await client.get(f"{API}/status")).json()["status"]["network"]


async def test_health(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/health")).json()["enabled"] is True


async def test_networks_strongest_first(client: httpx.AsyncClient) -> None:
    networks = (await client.get(f"{API}/networks")).json()["networks"]
    signals = [one["signal"] for one in networks]
    assert signals == sorted(signals, reverse=True)
    assert len({one["ssidHex"] for one in networks}) == len(networks) == 6
    (latin,) = [one for one in networks if one["ssidHex"] == "636166e9"]
    assert latin["ssid"] == "caf\\xe9"
    assert latin["security"] == "wpa2"


async def test_connect_save_forget(client: httpx.AsyncClient) -> None:
    attempt = await join(client, ssid="Lighthouse", password="correct-horse")
    assert attempt["state"] == "succeeded"
    steps = [step["name"] for step in attempt["steps"]]
    assert steps[:4] == ["found", "associated", "password_accepted", "address"]
    now = await network(client)
    assert now["connected"]
    assert now["lastSsid"] == "Lighthouse"
    assert now["ipv4Address"]
    saved = (await client.get(f"{API}/networks/saved")).json()["networks"]
    assert [one["active"] for one in saved if one["name"] == "Lighthouse"] == [True]
    assert (await client.post(f"{API}/network/forget", json={"name": "Lighthouse"})).is_success
    again = await client.post(f"{API}/network/forget", json={"name": "Lighthouse"})
    assert (again.status_code, again.json()["code"]) == (404, "unknown_profile")


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ({"ssid": "Lighthouse", "password": "wrong-horse"}, "wrong_password"),
        ({"ssid": "Nowhere", "password": "correct-horse"}, "network_not_found"),
    ],
)
async def test_a_failure_has_its_cause(
    client: httpx.AsyncClient, body: dict[str, str], cause: str
) -> None:
    attempt = await join(client, **body)
    assert (attempt["state"], attempt["cause"]) == ("failed", cause)
    assert attempt["message"]
    assert attempt["hint"]
    assert (await network(client))["lastError"]


@pytest.mark.parametrize(
    "body",
    [
        {"ssid": "Hideaway", "password": "correct-horse", "hidden": True},
        {"ssidHex": "636166e9", "password": "correct-horse"},
        {"ssid": "caf\\xe9", "password": "correct-horse"},
        {"ssid": "Village Green"},
        {"ssid": "Village Green", "password": ""},
    ],
)
async def test_every_kind_of_name(client: httpx.AsyncClient, body: dict[str, Any]) -> None:
    assert (await join(client, **body))["state"] == "succeeded"


SECRET = "do-not-tell"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"ssid": ""}, "ssid"),
        ({"ssid": "x" * 33}, "ssid"),
        ({"ssidHex": "zz"}, "ssidHex"),
        ({"ssidHex": ""}, "ssid"),
        ({"ssid": "a", "ssidHex": "61"}, "ssid"),
        ({}, "ssid"),
        ({"ssid": "Lighthouse", "password": "1234567"}, "password"),
        ({"ssid": "Lighthouse", "password": SECRET * 6}, "password"),
        ({"ssid": "Lighthouse", "password": f"{SECRET}\0"}, "password"),
        ({"ssid": "Lighthouse", "password": "z" * 64}, "password"),
    ],
)
async def test_bad_input_is_named_and_changes_nothing(
    client: httpx.AsyncClient, body: dict[str, str], field: str
) -> None:
    before = (await client.get(f"{API}/status")).json()
    answer = await client.post(f"{API}/network/connect", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_field")
    assert answer.json()["message"].startswith(field)
    assert SECRET not in answer.text
    assert (await client.get(f"{API}/status")).json() == before


async def test_hotspot_on_and_off_twice_each(client: httpx.AsyncClient) -> None:
    for path, on in [("enable", True), ("enable", True), ("disable", False), ("disable", False)]:
        answer = await client.post(f"{API}/hotspot/{path}")
        assert (answer.status_code, answer.content) == (200, b'{"ok":true}')
        assert (await network(client))["apEnabled"] is on


async def test_the_unix_socket(client: httpx.AsyncClient, state_dir: Path) -> None:
    """It leads to the same daemon: what is remembered there is found over TCP."""
    path = state_dir / "control.sock"
    assert path.stat().st_mode & 0o777 == 0o600
    transport = httpx.AsyncHTTPTransport(uds=str(path))
    await join(client, ssid="Lighthouse", password="correct-horse")
    async with httpx.AsyncClient(transport=transport, base_url="http://firstlight") as local:
        there = [
            one["name"] for one in (await local.get(f"{API}/networks/saved")).json()["networks"]
        ]
        assert "Lighthouse" in there
        forgotten = await local.post(f"{API}/network/forget", json={"name": "Lighthouse"})
        assert forgotten.is_success
    saved = (await client.get(f"{API}/networks/saved")).json()["networks"]
    assert "Lighthouse" not in [one["name"] for one in saved]


async def test_not_enabled_nothing_is_touched(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with daemon(state, world=None, environment={}) as address:
        async with httpx.AsyncClient(base_url=address) as client:
            answer = await client.get(f"{API}/status")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_enabled")
    assert not state.exists()


async def test_a_further_host_name_that_is_configured(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[web]\nhost_names = ["setup.aurora.example"]')
    environment = {"FIRSTLIGHT_PROVISIONING_ENABLED": "1", "FIRSTLIGHT_CONFIG": str(file)}
    with daemon(tmp_path, environment=environment) as address:
        async with httpx.AsyncClient(base_url=address) as client:
            for host, status in (("setup.aurora.example", 200), ("other.aurora.example", 403)):
                answer = await client.get(f"{API}/status", headers={"Host": host})
                assert answer.status_code == status
