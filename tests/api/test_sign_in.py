"""Signing in over HTTP, by programs: codes, tokens, sessions. Held against the description."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest
from tests.api.checked import checked_client
from tests.api.fake_service import DEVICE_ID, FakeService
from tests.api.serving import serving

from firstlight.model.event import EventType, Level
from firstlight.model.pairing import Paired
from firstlight.web import standing
from firstlight.web.access import Standing
from firstlight.web.app import create_app
from firstlight.web.settings import WebSettings

API = "/api/provisioning"
LAPTOP = "192.0.2.7"


@pytest.fixture
async def laptop(service: FakeService, settings: WebSettings) -> AsyncIterator[httpx.AsyncClient]:
    """A client that is not on the device's machine."""
    async with await checked_client(create_app(service, settings), peer=LAPTOP) as client:
        yield client


async def token_of(client: httpx.AsyncClient, service: FakeService) -> dict[str, str]:
    code = (await service.pairing.code()).code
    answer = await client.post("/api/auth/pair", json={"code": code, "deviceName": "Laptop"})
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    return {"Authorization": f"Bearer {answer.json()['token']}"}


async def test_the_code_becomes_a_token_once(
    laptop: httpx.AsyncClient, service: FakeService
) -> None:
    code = (await service.pairing.code()).code
    assert (await laptop.get(f"{API}/hotspot")).status_code == 401
    bearer = await token_of(laptop, service)
    assert (await laptop.get(f"{API}/hotspot", headers=bearer)).status_code == 200
    again = await laptop.post("/api/auth/pair", json={"code": code})
    assert (again.status_code, again.json()["code"]) == (401, "unauthorized")


async def test_the_code_is_told_to_those_who_are_in(
    laptop: httpx.AsyncClient, service: FakeService
) -> None:
    bearer = await token_of(laptop, service)
    for method, path in (
        ("GET", "auth-code"),
        ("POST", "auth-code/regenerate"),
        ("POST", "auth-code/unlock"),
    ):
        assert (await laptop.request(method, f"{API}/{path}")).status_code == 401
        shown = await laptop.request(method, f"{API}/{path}", headers=bearer)
        told = shown.json()
        assert set(told) == {"code", "deviceId", "expiresIn", "pausedFor"}
        assert (told["code"], told["deviceId"]) == ((await service.pairing.code()).code, DEVICE_ID)
        assert 0 < told["expiresIn"] <= 300


async def test_after_five_wrong_ones_there_is_a_pause_that_the_owner_can_end(
    laptop: httpx.AsyncClient, client: httpx.AsyncClient, service: FakeService
) -> None:
    answers = [await laptop.post("/api/auth/pair", json={"code": "no"}) for _ in range(6)]
    assert [one.status_code for one in answers] == [401] * 5 + [429]
    assert answers[-1].json()["code"] == "locked_out"
    assert int(answers[-1].headers["retry-after"]) > 0
    for path in ("pair", "auth"):
        right = (await service.pairing.code()).code
        if path == "pair":
            refused = await laptop.post("/api/auth/pair", json={"code": right})
        else:
            refused = await laptop.post("/auth", headers={"visual-token": right})
        assert refused.status_code == 429
    assert (await client.get(f"{API}/auth-code")).json()["pausedFor"] > 0
    assert (await client.post(f"{API}/auth-code/unlock")).json()["pausedFor"] == 0
    await token_of(laptop, service)


@pytest.mark.parametrize("value", [None, "", " ", "no", "1234567"])
async def test_promoting_a_code_that_is_none(laptop: httpx.AsyncClient, value: str | None) -> None:
    headers = {} if value is None else {"visual-token": value}
    answer = await laptop.post("/auth", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")


async def test_promoting_the_code(laptop: httpx.AsyncClient, service: FakeService) -> None:
    header = {"visual-token": (await service.pairing.code()).code}
    answer = await laptop.post("/auth", headers=header)
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await laptop.get(f"{API}/hotspot", headers=header)).status_code == 200


async def test_sessions_are_listed_and_ended(
    laptop: httpx.AsyncClient, service: FakeService
) -> None:
    first, second = await token_of(laptop, service), await token_of(laptop, service)
    listed = (await laptop.get(f"{API}/sessions", headers=second)).json()["sessions"]
    assert [one["deviceName"] for one in listed] == ["Laptop", "Laptop"]
    ended = await laptop.delete(f"{API}/sessions/{listed[0]['id']}", headers=second)
    assert ended.json() == {"ok": True}
    assert (await laptop.get(f"{API}/hotspot", headers=first)).status_code == 401
    unknown = await laptop.delete(f"{API}/sessions/{listed[0]['id']}", headers=second)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_session")
    assert (await laptop.delete(f"{API}/sessions", headers=second)).status_code == 200
    assert (await laptop.get(f"{API}/hotspot", headers=second)).status_code == 401
    assert service.pairing.sessions() == ()


async def test_no_token_and_no_code_is_told_anywhere_else(
    laptop: httpx.AsyncClient, service: FakeService, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    code = (await service.pairing.code()).code
    bearer = await token_of(laptop, service)
    token = bearer["Authorization"].removeprefix("Bearer ")
    answers = (
        await laptop.get(f"{API}/sessions", headers=bearer),
        await laptop.post("/api/auth/pair", json={"code": code}),
        await laptop.post("/auth", headers={"visual-token": code}),
        await laptop.post("/api/auth/pair", json={"code": [code, token]}),
        await laptop.get(f"{API}/status", params={"token": token}),
    )
    said = [one.text + str(one.headers) for one in answers]
    ours = [one.getMessage() for one in caplog.records if one.name.startswith("firstlight")]
    said.extend((*ours, repr(service.pairing.sessions())))
    for text in said:
        assert token not in text
        assert code not in text


async def heard(service: FakeService, *, and_then: Callable[[Paired], Awaitable[None]]) -> str:
    """What a stream brings to somebody who is signed in when it begins, up to its end.

    ``and_then`` comes between the two events that are told.
    """
    paired = await service.pairing.pair((await service.pairing.code()).code, "Laptop", LAPTOP)
    bearer = {"Authorization": f"Bearer {paired.token}"}
    text = ""
    async with (
        serving(create_app(service, WebSettings(version="1", trust_local=False))) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
        client.stream("GET", f"{API}/events", headers=bearer) as answer,
    ):
        async for line in answer.aiter_lines():
            text += line
            if '"ok":true' in line:
                service.hub.publish(EventType.SYSTEM, Level.INFO, "Before.")
            if "Before." in line:
                await and_then(paired)
                service.hub.publish(EventType.SYSTEM, Level.INFO, "A phone joined.")
            if "A phone joined." in line:
                break
    return text


async def test_who_is_signed_out_is_cut_off_from_the_log(service: FakeService) -> None:
    async def revoke(paired: Paired) -> None:
        await service.pairing.revoke(paired.session_id)

    text = await heard(service, and_then=revoke)
    assert "Before." in text
    assert "A phone joined." not in text


async def test_without_asking_anew_the_log_goes_on(
    service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def revoke(paired: Paired) -> None:
        await service.pairing.revoke(paired.session_id)

    monkeypatch.setattr(standing, "partial", lambda *_: lambda: Standing.OWNER)
    assert "A phone joined." in await heard(service, and_then=revoke)


async def test_who_stays_signed_in_hears_on(service: FakeService) -> None:
    async def nothing(_: Paired) -> None:
        await service.pairing.regenerate()

    assert "A phone joined." in await heard(service, and_then=nothing)
