"""The device API's answers. Every one of them is held against the published description."""

import logging

import httpx
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator
from tests.api.checked import checked_client
from tests.api.fake_service import EVERY_ERROR, HOTSPOT_PASSWORD, FakeService

from firstlight.errors import (
    Busy,
    Code,
    Conflict,
    FirstlightError,
    InvalidInput,
    LockedOut,
    NotFound,
    NotPermitted,
    RadioFailure,
    RadioUnavailable,
    RestartFailed,
    StoreFailure,
    Unauthorized,
)
from firstlight.model.wire import ConnectBody, ForgetBody
from firstlight.web.app import create_app
from firstlight.web.settings import WebSettings

API = "/api/provisioning"
READ = ("status", "networks", "networks/saved", "hotspot", "network/diagnostics")
CHANGE = {
    "network/connect": {"ssid": "Lighthouse", "password": "correct-horse"},
    "network/forget": {"name": "Home"},
    "hotspot/enable": None,
    "hotspot/disable": None,
    "restart": {"reason": "a new version", "scope": "device"},
    "rollback": {"reason": "moved house"},
    "recovery/trigger": None,
    "factory-reset": None,
    "onboarding/complete": None,
    "maintenance/enter": None,
    "maintenance/exit": None,
}


@pytest.mark.parametrize("path", READ)
async def test_reading_answers(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(f"{API}/{path}")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(("path", "body"), CHANGE.items())
async def test_changing_answers_ok(
    client: httpx.AsyncClient, service: FakeService, path: str, body: object
) -> None:
    answer = await client.post(f"{API}/{path}", json=body)
    assert (answer.status_code, answer.content) == (200, b'{"ok":true}')
    assert len(service.changes) == 1


async def test_connect_leads_to_its_attempt(client: httpx.AsyncClient) -> None:
    answer = await client.post(f"{API}/network/connect", json={"ssid": "Lighthouse"})
    there = await client.get(answer.headers["location"])
    newest = await client.get(f"{API}/network/attempt")
    assert there.json() == newest.json()
    assert there.json()["attempt"]["ssid"] == "Lighthouse"


@pytest.mark.parametrize("path", ["network/attempt", "network/attempts/nope"])
async def test_an_attempt_that_never_was(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.get(f"{API}/{path}")).status_code == 404


async def test_the_hotspot_and_its_password(client: httpx.AsyncClient) -> None:
    assert (await client.get(f"{API}/hotspot")).json() == {
        "ssid": "Firstlight-LAMP",
        "ssidHex": b"Firstlight-LAMP".hex(),
        "password": HOTSPOT_PASSWORD,
        "profile": "Firstlight-Hotspot",
        "address": "192.168.4.1",
        "channel": None,
        "up": False,
        "stations": [],
    }


async def test_health_tells_mode_and_nothing_else(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/health")
    assert answer.json() == {
        "ok": True,
        "enabled": True,
        "version": "1.2.3",
        "mode": "provisioning",
        "health": "ok",
    }


async def test_the_description_is_valid_openapi(client: httpx.AsyncClient) -> None:
    document = (await client.get("/api/openapi.json")).json()
    OpenAPIV31SpecValidator(document).validate()
    assert f"{API}/network/attempts/{{id}}" in document["paths"]


STATUSES = {
    InvalidInput: 400,
    NotFound: 404,
    Unauthorized: 401,
    Busy: 409,
    Conflict: 409,
    LockedOut: 429,
    RadioFailure: 502,
    RadioUnavailable: 503,
    NotPermitted: 503,
    StoreFailure: 500,
    RestartFailed: 500,
}


def error_of(kind: type[FirstlightError]) -> FirstlightError:
    if issubclass(kind, InvalidInput):
        return kind("ssid", "is odd", hint="Do this.")
    return kind("The radio sulks.", hint="Do this.")


@pytest.mark.parametrize(
    "kind",
    [kind for kind in STATUSES if kind is not LockedOut],  # sign-in alone can end in that
    ids=lambda kind: kind.__name__,
)
async def test_each_error_has_its_status(
    client: httpx.AsyncClient, service: FakeService, kind: type[FirstlightError]
) -> None:
    service.fault = error_of(kind)
    answer = await client.post(f"{API}/network/forget", json={"name": "Home"})
    assert answer.status_code == STATUSES[kind]
    assert answer.json() == {
        "error": service.fault.message,
        "message": service.fault.message,
        "code": kind.default_code,
        "hint": "Do this.",
    }
    assert "retry-after" not in answer.headers


def test_no_error_of_the_tree_is_forgotten() -> None:
    # A configuration error can't happen while serving; it would be a 500. No request waits for the
    # broker, or for Bluetooth; and of a daemon that is not reached only clients speak.
    elsewhere = {
        "ConfigError",
        "BrokerFailure",
        "BluetoothUnavailable",
        "NoDaemon",
        "NotUnderstood",
    }
    assert {kind.__name__ for kind in EVERY_ERROR} - elsewhere == {
        kind.__name__ for kind in STATUSES
    }


async def test_busy_says_when_to_come_back(client: httpx.AsyncClient, service: FakeService) -> None:
    service.fault = Busy("A join is under way.", retry_after=2.1)
    answer = await client.post(f"{API}/network/connect", json={"ssid": "Lighthouse"})
    assert (answer.status_code, answer.headers["retry-after"]) == (409, "3")


async def test_an_unknown_error_is_logged_and_never_shown(
    client: httpx.AsyncClient, service: FakeService, caplog: pytest.LogCaptureFixture
) -> None:
    service.fault = ZeroDivisionError("a secret inside")
    with caplog.at_level(logging.ERROR):
        answer = await client.get(f"{API}/status")
    assert answer.status_code == 500
    assert answer.json()["code"] == Code.INTERNAL
    assert "secret" not in answer.text
    assert "ZeroDivisionError" in caplog.text
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("POST", "status", {"GET", "HEAD"}),
        ("GET", "network/connect", {"POST"}),
        ("DELETE", "networks", {"GET", "HEAD"}),
        ("OPTIONS", "hotspot/enable", {"POST"}),
        ("POST", "hotspot", {"GET", "HEAD"}),
    ],
)
async def test_a_wrong_method(
    client: httpx.AsyncClient, method: str, path: str, allow: set[str]
) -> None:
    answer = await client.request(method, f"{API}/{path}")
    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == allow
    assert answer.json()["code"] == Code.METHOD_NOT_ALLOWED


@pytest.mark.parametrize("path", ["/", "/nope", "/status/", "/network/attempts/a/b"])
async def test_an_unknown_path(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(API + path)
    assert (answer.status_code, answer.json()["code"]) == (404, Code.NOT_FOUND)


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        (b"", "invalid_body", "not valid JSON"),
        (b"{", "invalid_body", "not valid JSON"),
        (b"\xef\xbb\xbf{}", "invalid_body", "not valid JSON"),
        (b'{"ssid": "\xff"}', "invalid_body", "not valid JSON"),
        (b'{"ssid": "\\ud800"}', "invalid_body", "not valid JSON"),
        (b'{"ssid": "a"} {}', "invalid_body", "not valid JSON"),
        (b"[]", "invalid_body", "The body must be an object, not a list."),
        (b"[" * 60_000, "invalid_body", "The body must be an object, not a list."),
        (b"null", "invalid_body", "The body must be an object, not null."),
        (b'{"ssid": 5}', "invalid_field", "ssid: must be text or null, not a whole number"),
        (b'{"ssid": ["a"]}', "invalid_field", "ssid: must be text or null, not a list"),
        (b'{"hidden": "yes"}', "invalid_field", "hidden: must be true or false, not text"),
        (b'{"password": {}}', "invalid_field", "password: must be text or null, not an object"),
        (b'{"SSID": "a"}', "invalid_field", "SSID: is not a known field; known: ssid, ssidHex,"),
        (b'{"ssid": 1e999}', "invalid_field", "ssid: has a value that is not allowed"),
        (b"{}", "invalid_field", "ssid: is missing"),
    ],
)
async def test_a_bad_body_is_named(
    client: httpx.AsyncClient, service: FakeService, body: bytes, code: str, words: str
) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await client.post(f"{API}/network/connect", content=body, headers=headers)
    assert answer.status_code == 400
    assert answer.json()["code"] == code
    assert words in answer.json()["message"]
    assert not service.changes


async def test_a_missing_field_is_named(client: httpx.AsyncClient) -> None:
    answer = await client.post(f"{API}/network/forget", json={})
    assert (answer.status_code, answer.json()["message"]) == (
        400,
        "name: is missing; it is required",
    )


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-www-form-urlencoded", "application/jsonx"]
)
async def test_a_body_must_say_that_it_is_json(
    client: httpx.AsyncClient, service: FakeService, kind: str
) -> None:
    headers = {"Content-Type": kind} if kind else {}
    answer = await client.post(f"{API}/network/forget", content=b'{"name":"Home"}', headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (415, Code.INVALID_BODY)
    assert not service.changes


async def test_a_charset_does_no_harm(client: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "Application/JSON; charset=utf-8"}
    answer = await client.post(f"{API}/network/forget", content=b'{"name":"Home"}', headers=headers)
    assert answer.status_code == 200


@pytest.mark.parametrize("path", CHANGE)
@pytest.mark.parametrize("size", [64 * 1024 + 1, 1024 * 1024])
async def test_a_body_that_is_too_large(
    client: httpx.AsyncClient, service: FakeService, path: str, size: int
) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await client.post(f"{API}/{path}", content=b" " * size, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, Code.BODY_TOO_LARGE)
    assert not service.changes


async def test_the_largest_body_is_read(client: httpx.AsyncClient, service: FakeService) -> None:
    body = b'{"name":"Home"}'.ljust(64 * 1024)
    headers = {"Content-Type": "application/json"}
    answer = await client.post(f"{API}/network/forget", content=body, headers=headers)
    assert answer.status_code == 200
    assert service.changes == ["forget"]


async def test_head_is_get_without_a_body(client: httpx.AsyncClient) -> None:
    for path in (f"{API}/status", f"{API}/events", "/api/health"):
        assert (await client.head(path)).status_code == 200


async def test_bodies_keep_their_names_on_the_wire(client: httpx.AsyncClient) -> None:
    document = (await client.get("/api/openapi.json")).json()
    schemas = document["components"]["schemas"]
    assert set(schemas[ConnectBody.__name__]["properties"]) == {
        "ssid",
        "ssidHex",
        "password",
        "hidden",
    }
    assert schemas[ForgetBody.__name__]["required"] == ["name"]


@pytest.mark.parametrize("given", [False, True], ids=["no service", "switched off"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("path", ["", "/status", "/network/connect", "/what/ever"])
@pytest.mark.parametrize("token", [None, "s3cret"])
async def test_inert_until_enabled(
    service: FakeService, given: bool, method: str, path: str, token: str | None
) -> None:
    settings = WebSettings(version="1", enabled=not given, token=token)
    app = create_app(service if given else None, settings)
    async with await checked_client(app, peer="192.0.2.7") as client:
        answer = await client.request(method, API + path)
        assert (answer.status_code, answer.json()["code"]) == (404, Code.NOT_ENABLED)
        assert "FIRSTLIGHT_PROVISIONING_ENABLED=1" in answer.json()["hint"]
        health = await client.get("/api/health")
    assert health.json() == {
        "ok": True,
        "enabled": False,
        "version": "1",
        "mode": None,
        "health": None,
    }
