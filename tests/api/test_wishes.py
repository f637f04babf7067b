"""Restarting, going back, recovering: what is passed on, what is refused, what is told."""

from typing import Any

import httpx
import pytest
from tests.api.checked import checked_client
from tests.api.fake_service import FakeService

from firstlight.errors import Busy, Code, RestartFailed
from firstlight.web.app import create_app
from firstlight.web.settings import WebSettings

API = "/api/provisioning"
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    ("path", "body", "done"),
    [
        ("restart", {}, "restart app: "),
        ("restart", {"scope": "app"}, "restart app: "),
        (
            "restart",
            {"reason": "a new version", "scope": "device"},
            "restart device: a new version",
        ),
        ("restart", {"reason": "x" * 200}, f"restart app: {'x' * 200}"),
        ("rollback", {}, "rollback: "),
        ("rollback", {"reason": "moved house"}, "rollback: moved house"),
    ],
)
async def test_a_wish_is_passed_on(
    client: httpx.AsyncClient, service: FakeService, path: str, body: Any, done: str
) -> None:
    answer = await client.post(f"{API}/{path}", json=body)
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    assert service.changes == [done]


@pytest.mark.parametrize(
    ("path", "done"), [("restart", "restart app: "), ("rollback", "rollback: ")]
)
@pytest.mark.parametrize("headers", [{}, JSON], ids=["no content type", "JSON"])
async def test_no_body_is_a_wish_without_a_reason(
    client: httpx.AsyncClient, service: FakeService, path: str, done: str, headers: dict[str, str]
) -> None:
    answer = await client.post(f"{API}/{path}", headers=headers)
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    assert service.changes == [done]


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("restart", b'{"scope": "world"}', "scope: must be one of: app, device"),
        ("restart", b'{"scope": 5}', "scope: must be one of: app, device"),
        ("restart", b'{"scope": null}', "scope: must be one of: app, device"),
        ("restart", b'{"scope": ""}', "scope: must be one of: app, device"),
        ("restart", b'{"reason": 5}', "reason: must be text, not a whole number"),
        ("restart", b'{"reason": null}', "reason: must be text, not null"),
        (
            "restart",
            b'{"reason": "' + b"x" * 201 + b'"}',
            "reason: must be at most 200 characters long",
        ),
        ("restart", b'{"why": "x"}', "why: is not a known field; known: reason, scope"),
        ("rollback", b'{"scope": "app"}', "scope: is not a known field; known: reason"),
        ("rollback", b'{"reason": ["x"]}', "reason: must be text, not a list"),
        ("rollback", b"[]", "The body must be an object, not a list."),
        ("rollback", b"null", "The body must be an object, not null."),
        ("rollback", b" ", "The body is not valid JSON."),
        ("restart", b"{", "The body is not valid JSON."),
    ],
)
async def test_a_bad_wish_is_refused_and_named(
    client: httpx.AsyncClient, service: FakeService, path: str, body: bytes, message: str
) -> None:
    answer = await client.post(f"{API}/{path}", content=body, headers=JSON)
    assert (answer.status_code, answer.json()["message"]) == (400, message)
    assert not service.changes


@pytest.mark.parametrize("path", ["restart", "rollback"])
async def test_a_body_that_is_there_must_be_json(
    client: httpx.AsyncClient, service: FakeService, path: str
) -> None:
    headers = {"Content-Type": "text/plain"}
    answer = await client.post(f"{API}/{path}", content=b'{"reason":"x"}', headers=headers)
    assert answer.status_code == 415
    assert not service.changes


@pytest.mark.parametrize(
    ("code", "words"),
    [(Code.COOLING_DOWN, "Recovery is cooling down."), (Code.BUSY, "Recovery is under way.")],
)
async def test_recovery_says_when_to_come_back(
    client: httpx.AsyncClient, service: FakeService, code: Code, words: str
) -> None:
    service.fault = Busy(words, code=code, retry_after=80.2)
    answer = await client.post(f"{API}/recovery/trigger")
    assert (answer.status_code, answer.headers["retry-after"]) == (409, "81")
    assert (answer.json()["code"], answer.json()["message"]) == (code, words)


@pytest.mark.parametrize("path", ["onboarding/complete", "maintenance/exit"])
async def test_a_wish_in_the_wrong_mode(
    client: httpx.AsyncClient, service: FakeService, path: str
) -> None:
    service.fault = Busy("The device is joining a network.", code=Code.WRONG_MODE)
    answer = await client.post(f"{API}/{path}")
    assert (answer.status_code, answer.json()["code"]) == (409, Code.WRONG_MODE)
    assert "retry-after" not in answer.headers


async def test_a_system_that_refuses_to_restart(
    client: httpx.AsyncClient, service: FakeService
) -> None:
    service.fault = RestartFailed("systemctl refused.", hint="Look at its log.")
    answer = await client.post(f"{API}/restart", json={"scope": "device"})
    assert answer.status_code == 500
    assert answer.json() == {
        "error": "systemctl refused.",
        "message": "systemctl refused.",
        "code": "restart_failed",
        "hint": "Look at its log.",
    }


async def test_diagnostics(client: httpx.AsyncClient) -> None:
    read = (await client.get(f"{API}/network/diagnostics")).json()
    tested = (await client.post(f"{API}/network/test")).json()
    assert tested == {"connected": True, **read}
    found = read["diagnostics"]
    ladder = found.pop("ladder")
    assert found == {
        "connected": True,
        "internetReachable": False,
        "dnsResolved": False,
        "nmcliState": "activated",
        "activeConnection": "Lighthouse",
        "ipv4Address": "192.168.1.7",
        "gateway": "192.168.1.1",
        "details": ["wlan0 is there.", "192.168.1.1 does not answer."],
    }
    assert (ladder["verdict"], ladder["summary"]) == ("gateway", "The router does not answer.")
    assert ladder["rungs"][1] == {
        "name": "gateway",
        "state": "failed",
        "elapsedMs": 2000,
        "evidence": "192.168.1.1 does not answer.",
        "hint": "Restart the router.",
    }


@pytest.mark.parametrize(
    "path", ["network/diagnostics", "network/test", "restart", "factory-reset", "attended"]
)
async def test_nothing_of_it_is_there_until_enabled(path: str) -> None:
    async with await checked_client(create_app(None, WebSettings(version="1"))) as client:
        answer = await client.post(f"{API}/{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, Code.NOT_ENABLED)
