"""Controllers, clients and Provisioning Mode over HTTP."""

import asyncio
from typing import Any

import httpx
import pytest
from tests.api.checked import checked_client
from tests.api.fake_service import FakeService
from tests.api.serving import exchange, request_bytes, serving

from firstlight.errors import Busy, Code, StoreFailure
from firstlight.model.provisioning_mode import ModeSession, ModeState
from firstlight.web.api import registry as bulk
from firstlight.web.app import create_app
from firstlight.web.settings import WebSettings

UUID = "1b4e28ba-2fa1-41d2-883f-0016d3cca427"
OTHER = "2c5f39cb-3fb2-42e3-994f-1127e4ddb538"
MODE = "/api/provisioning"
CLIENT = {
    "name": "Hall button",
    "id": "H1",
    "mac": "A1B2C3D4E5F6",
    "hids": {"1": {"color": "red", "tags": [], "defaultBrightness": 5}},
    "wifi": {"ssid": "Lighthouse", "password": "correct-horse"},
}
KINDS = ("controllers", "clients")


async def test_provisioning_mode_from_off_to_on_and_back(
    client: httpx.AsyncClient, service: FakeService
) -> None:
    assert (await client.get(MODE)).json() == {"enabled": False}
    answer = await client.put(MODE)
    assert (answer.status_code, answer.json()) == (202, {"ok": True})
    assert (await client.get(MODE)).json() == {"enabled": False}
    service.provisioning_mode.now = ModeSession(
        state=ModeState.ACTIVE,
        ssid="FireFly-Provisioning",
        password="A6B5C4D3E2F1",
        expires_at=1_700_000_000_000,
    )
    assert (await client.get(MODE)).json() == {
        "enabled": True,
        "ssid": "FireFly-Provisioning",
        "password": "A6B5C4D3E2F1",
        "expiresAt": 1_700_000_000_000,
        "sessions": [],
    }
    session = (await client.get(f"{MODE}/session")).json()
    assert (session["state"], session["password"]) == ("active", "A6B5C4D3E2F1")
    assert (await client.delete(MODE)).status_code == 202
    assert service.changes == ["mode on", "mode off"]


async def test_the_radio_in_use_is_told_and_can_be_used_anyway(
    client: httpx.AsyncClient, service: FakeService
) -> None:
    service.provisioning_mode.radio_in_use = True
    answer = await client.put(MODE, json={})
    assert (answer.status_code, answer.json()["code"]) == (409, Code.RADIO_IN_USE)
    assert (await client.put(MODE, json={"force": True})).status_code == 202
    assert (await client.put(MODE, json={"force": 1})).status_code == 400
    assert service.changes == ["mode on, by force"]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_record_comes_back_as_it_came(client: httpx.AsyncClient, kind: str) -> None:
    record: dict[str, Any] = {"name": "Hall", "mac": "A1B2C3D4E5F6", "ota": {"url": "http://x/"}}
    added = await client.put(f"/api/{kind}/{UUID.upper()}", json=record)
    assert (added.status_code, added.headers["etag"]) == (204, '"1"')
    assert (await client.get(f"/api/{kind}")).json() == [UUID]
    got = await client.get(f"/api/{kind}/{UUID}")
    assert got.json() == {
        "name": "Hall",
        "mac_address": "a1:b2:c3:d4:e5:f6",
        "ota": {"url": "http://x/"},
    }
    assert got.headers["etag"] == '"1"'
    assert (await client.delete(f"/api/{kind}/{UUID}")).status_code == 204
    assert (await client.delete(f"/api/{kind}/{UUID}")).status_code == 404
    assert (await client.get(f"/api/{kind}/{UUID}")).json()["code"] == Code.UNKNOWN_RECORD


async def test_what_was_changed_meanwhile_is_not_written_over(client: httpx.AsyncClient) -> None:
    path = f"/api/clients/{UUID}"
    assert (await client.put(path, json=CLIENT, headers={"If-Match": '"0"'})).status_code == 204
    assert (await client.put(path, json=CLIENT, headers={"If-Match": '"1"'})).status_code == 204
    stale = await client.put(path, json=CLIENT, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, Code.VERSION_CONFLICT)
    for odd in ("1", 'W/"1"', "*", '"1", "2"', '"' + "9" * 19 + '"'):
        answer = await client.put(path, json=CLIENT, headers={"If-Match": odd})
        assert answer.status_code == 400
        assert answer.json()["message"].startswith("if-match: must be one ETag")


async def test_a_mac_address_belongs_to_one(client: httpx.AsyncClient) -> None:
    await client.put(f"/api/clients/{UUID}", json=CLIENT)
    answer = await client.put(f"/api/clients/{OTHER}", json=CLIENT)
    assert (answer.status_code, answer.json()["code"]) == (409, Code.MAC_TAKEN)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("uuid", ["1", UUID[:-1], f"{UUID}0", UUID.replace("-", ""), f"{UUID}%0A"])
async def test_a_uuid_that_is_none(client: httpx.AsyncClient, method: str, uuid: str) -> None:
    answer = await client.request(method, f"/api/clients/{uuid}", json=CLIENT)
    assert answer.status_code == 400
    assert answer.json()["message"].startswith("uuid: must be a UUID")


@pytest.mark.parametrize(
    ("kind", "body", "field"),
    [
        ("clients", {}, "name"),
        ("clients", {"name": "x" * 21}, "name"),
        ("clients", {"name": "x", "wifi": {"password": "short"}}, "wifi.password"),
        ("clients", {"name": "x", "mqtt": {"port": 0}}, "mqtt.port"),
        ("clients", {"name": "x", "ports": {}}, "ports"),
        ("controllers", {"name": "x", "hids": {}}, "hids"),
        ("clients", {"name": "x", "mqtt": {"hosts": "h"}}, "known: host, port, username"),
        ("controllers", {"name": "x", "ports": {"1": {"id": "1", "x": 1}}}, "known: id, name, off"),
        ("controllers", {"name": "x", "outputs": {"0": {"id": "1"}}}, "outputs"),
    ],
)
async def test_a_bad_field_is_named(
    client: httpx.AsyncClient, service: FakeService, kind: str, body: Any, field: str
) -> None:
    answer = await client.put(f"/api/{kind}/{UUID}", json=body)
    assert answer.status_code == 400
    assert field in answer.json()["message"]
    assert not service.changes


async def test_pages_of_the_registry(client: httpx.AsyncClient) -> None:
    for uuid in (UUID, OTHER):
        await client.put(f"/api/controllers/{uuid}", json={"name": uuid[:4]})
    first = await client.get("/api/registry?kind=controllers&count=1")
    assert first.json() == {
        "entries": [
            {"kind": "controllers", "uuid": UUID, "version": 1, "record": {"name": UUID[:4]}}
        ]
    }
    rest = await client.get(f"/api/registry?kind=controllers&after={UUID}")
    assert [one["uuid"] for one in rest.json()["entries"]] == [OTHER]
    for query in ("", "?kind=things", "?kind=clients&count=0", "?kind=clients&count=1001"):
        assert (await client.get(f"/api/registry{query}")).status_code == 400


LINES = f"kind,uuid,name\nclients,{UUID},Hall\ncontrollers,{OTHER},Main\n".encode()
WRONG = f"kind,uuid,name\nclients,{UUID},{'x' * 21}\nthings,{OTHER},Main\n".encode()


async def test_an_import_is_previewed_and_done(
    client: httpx.AsyncClient, service: FakeService
) -> None:
    asked = await client.post("/api/registry/preview?form=csv", content=LINES)
    assert asked.json() == {
        "added": 2, "changed": 0, "unchanged": 0, "faults": [], "more_faults": 0,
    }  # fmt: skip
    assert not service.changes
    assert (await client.post("/api/registry/import?form=csv", content=LINES)).json()["added"] == 2
    assert (await client.get("/api/clients")).json() == [UUID]
    assert (await client.get("/api/controllers")).json() == [OTHER]


async def test_a_wrong_line_stops_all_of_an_import(
    client: httpx.AsyncClient, service: FakeService
) -> None:
    asked = await client.post("/api/registry/preview?form=csv", content=WRONG)
    assert [one["line"] for one in asked.json()["faults"]] == [2, 3]
    answer = await client.post("/api/registry/import?form=csv", content=WRONG)
    assert answer.status_code == 400
    message = answer.json()["message"]
    assert message.startswith("line 2, name: ")
    assert message.endswith("One more is wrong. Nothing was imported.")
    assert not service.changes


async def test_the_form_of_an_import_is_asked_for(client: httpx.AsyncClient) -> None:
    for query in ("", "?form=xml"):
        answer = await client.post(f"/api/registry/import{query}", content=LINES)
        assert (answer.status_code, "form: " in answer.json()["message"]) == (400, True)


async def test_an_import_has_a_limit_of_its_own(
    service: FakeService, settings: WebSettings, client: httpx.AsyncClient
) -> None:
    body = b"x" * (bulk.MOST_IMPORTED + 1)
    answer = await client.post("/api/registry/preview?form=csv", content=body)
    assert (answer.status_code, answer.json()["code"]) == (413, Code.BODY_TOO_LARGE)
    assert "32 MiB" in answer.json()["message"]
    declared = ["Content-Length: 999999999"]
    async with serving(create_app(service, settings)) as port:
        request = request_bytes("POST", "/api/registry/import?form=csv", declared)
        assert b" 413 " in await exchange(port, request)


async def test_one_large_body_at_a_time(service: FakeService, settings: WebSettings) -> None:
    entered, leave = asyncio.Event(), asyncio.Event()
    registry = service.registry
    preview = registry.preview_import

    async def slow(text: bytes, form: str) -> object:
        entered.set()
        await leave.wait()
        return await preview(text, form)

    registry.preview_import = slow  # type: ignore[method-assign]
    async with await checked_client(create_app(service, settings)) as client:
        path = "/api/registry/preview?form=csv"
        first = asyncio.create_task(client.post(path, content=LINES))
        await entered.wait()
        second = await client.post(path, content=LINES)
        paged = await client.post("/devices/import", files={"file": ("all.csv", LINES)})
        leave.set()
        assert (await first).status_code == 200
        assert (paged.status_code, "Another import is under way." in paged.text) == (409, True)
        assert (second.status_code, second.json()["code"]) == (409, Code.BUSY)
        assert int(second.headers["retry-after"]) > 0
        assert (await client.post(path, content=LINES)).status_code == 200


@pytest.mark.parametrize(("form", "kind"), [("csv", "text/csv"), ("json", "application/json")])
async def test_an_export_is_a_file(client: httpx.AsyncClient, form: str, kind: str) -> None:
    await client.put(f"/api/clients/{UUID}", json={"name": "Hall"})
    answer = await client.get(f"/api/registry/export?form={form}")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(kind)
    assert answer.headers["content-disposition"] == f'attachment; filename="registry.{form}"'
    assert answer.headers["cache-control"] == "no-store"
    assert (UUID in answer.text) == (form == "csv")
    assert (await client.head(f"/api/registry/export?form={form}")).content == b""


async def test_an_export_that_can_not_begin_says_why(
    client: httpx.AsyncClient, service: FakeService
) -> None:
    service.fault = StoreFailure("The registry can't be read.", hint="Look at the disk.")
    answer = await client.get("/api/registry/export?form=csv")
    assert (answer.status_code, answer.json()["code"]) == (500, Code.STORE_FAILURE)


async def test_an_export_that_breaks_off_is_not_taken_for_whole(
    service: FakeService, settings: WebSettings
) -> None:
    async def broken(form: str) -> Any:
        yield b"kind,uuid,name\n"
        raise StoreFailure("The disk is gone.")

    service.registry.export = broken  # type: ignore[method-assign]
    async with (
        serving(create_app(service, settings)) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/api/registry/export?form=csv")


async def test_the_key_is_rotated(client: httpx.AsyncClient, service: FakeService) -> None:
    assert (await client.post("/api/registry/rotate-key")).json() == {"ok": True}
    assert service.changes == ["rotate key"]


INERT = ("/api/controllers", f"/api/clients/{UUID}", "/certs", "/certs/ca.pem", "/api/registry",
         "/api/registry/export", MODE, f"{MODE}/session", f"{MODE}/nonce")  # fmt: skip


@pytest.mark.parametrize("path", INERT)
@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
async def test_not_enabled_there_is_nothing(path: str, method: str) -> None:
    async with await checked_client(create_app(None, WebSettings(version="1"))) as client:
        answer = await client.request(method, path)
    assert (answer.status_code, answer.json()["code"]) == (404, Code.NOT_ENABLED)


async def test_a_busy_registry_says_so(client: httpx.AsyncClient, service: FakeService) -> None:
    service.fault = Busy("Stopping.", retry_after=3)
    answer = await client.put(MODE)
    assert (answer.status_code, answer.headers["retry-after"]) == (409, "3")
