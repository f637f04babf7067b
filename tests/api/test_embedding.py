"""The examples, as they stand: in somebody else's application, under a prefix."""

import importlib.util
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import ModuleType

import httpx
import pytest
from tests.api.serving import serving

EXAMPLES = Path(__file__).parents[2] / "examples/embedding"
API = "/wifi/api/provisioning"
HTML = {"Accept": "text/html"}


def loaded(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@asynccontextmanager
async def running(
    name: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx.AsyncClient]:
    monkeypatch.setenv("FIRSTLIGHT_STATE_DIR", str(folder))
    monkeypatch.delenv("FIRSTLIGHT_PROVISIONING_TOKEN", raising=False)
    app = loaded(name).app
    async with app.router.lifespan_context(app), serving(app) as port:
        base = f"http://127.0.0.1:{port}"
        async with httpx.AsyncClient(base_url=base, timeout=20) as client:
            yield client


@pytest.fixture(params=["fastapi_app", "starlette_app"])
async def client(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx.AsyncClient]:
    async with running(request.param, tmp_path / "state", monkeypatch) as client:
        yield client


async def test_all_of_it_is_under_the_prefix(client: httpx.AsyncClient) -> None:
    page = await client.get("/wifi/", headers=HTML)
    assert page.status_code == 200
    addresses = re.findall(r'(?:href|src|action|data-root)="(/[^"]*)"', page.text)
    assert addresses
    assert all(one.startswith("/wifi") for one in addresses), addresses
    for path in re.findall(r'(?:href|src)="(/wifi/static/[^"]*)"', page.text):
        assert (await client.get(path)).status_code == 200
    assert (await client.get(f"{API}/status")).json()["status"]["hostname"]


async def test_a_join_by_form(client: httpx.AsyncClient) -> None:
    origin = {"Origin": str(client.base_url)}
    form = {"ssidHex": b"Lighthouse".hex(), "password": "correct-horse"}
    answer = await client.post("/wifi/connect", data=form, headers=origin)
    assert (answer.status_code, answer.headers["location"][:15]) == (303, "/wifi/?attempt=")
    shown = await client.get(answer.headers["location"], headers=HTML)
    assert "Lighthouse" in shown.text


async def test_a_join_by_the_api_and_its_events(client: httpx.AsyncClient) -> None:
    wish = {"ssid": "Lighthouse", "password": "correct-horse"}
    answer = await client.post(f"{API}/network/connect", json=wish)
    assert answer.headers["location"].startswith(f"{API}/network/attempts/")
    assert (await client.get(answer.headers["location"])).status_code == 200
    async with client.stream("GET", f"{API}/events") as stream:
        async for line in stream.aiter_lines():
            if "Joining Lighthouse." in line:
                break


async def test_the_guards_go_by_the_prefix(client: httpx.AsyncClient) -> None:
    passed_on = {"X-Forwarded-For": "203.0.113.9"}
    assert (await client.get(f"{API}/hotspot", headers=passed_on)).status_code == 401
    assert (await client.get(f"{API}/status", headers=passed_on)).status_code == 200
    led = await client.get("/wifi/settings", headers={**passed_on, **HTML})
    assert (led.status_code, led.headers["location"]) == (303, "/wifi/pair?next=/settings")


async def test_a_session_is_kept_under_the_prefix(client: httpx.AsyncClient) -> None:
    code = (await client.get(f"{API}/auth-code")).json()["code"]
    origin = {"Origin": str(client.base_url)}
    answer = await client.post(
        "/wifi/pair", data={"code": code, "next": "/settings"}, headers=origin
    )
    assert answer.headers["location"] == "/wifi/settings"
    assert "; Path=/wifi;" in answer.headers["set-cookie"]
