"""Whether the device is told that somebody is at the page, request by request."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from tests.api.fake_service import FakeService
from tests.api.reading import following
from tests.api.serving import serving

from firstlight.clock import SystemClock
from firstlight.errors import RadioUnavailable
from firstlight.web.app import create_app
from firstlight.web.listeners import bind_unix
from firstlight.web.settings import WebSettings

API = "/api/provisioning"
BROWSER = {"Accept": "text/html,*/*;q=0.8"}
PHONE = ("192.168.4.17", 50_000)


@pytest.fixture
async def phone(service: FakeService, settings: WebSettings) -> AsyncIterator[httpx.AsyncClient]:
    """Something on the hotspot, without a token."""
    transport = httpx.ASGITransport(create_app(service, settings), client=PHONE)
    async with httpx.AsyncClient(transport=transport, base_url="http://192.168.4.1") as client:
        yield client


async def test_opening_the_page_is_told(phone: httpx.AsyncClient, service: FakeService) -> None:
    assert (await phone.get("/", headers=BROWSER)).status_code == 200
    assert service.times_attended == 1


async def test_the_device_knows_before_it_does_what_it_is_asked(service: FakeService) -> None:
    def look() -> None:
        seen.append(service.times_attended)

    seen: list[int] = []
    service.on_networks = look
    transport = httpx.ASGITransport(create_app(service, WebSettings(version="1")))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        await client.get(f"{API}/networks", headers={"X-Firstlight-By-Hand": "1"})
        await client.get(f"{API}/networks")
    assert seen == [1, 1]


async def test_typing_for_minutes_keeps_counting(
    phone: httpx.AsyncClient, service: FakeService
) -> None:
    for typed in range(1, 31):
        answer = await phone.post(f"{API}/attended", headers={"Origin": "http://192.168.4.1"})
        assert (answer.status_code, answer.content) == (200, b'{"ok":true}')
        assert service.times_attended == typed


async def test_the_beacon_asks_nothing_of_the_device(
    phone: httpx.AsyncClient, service: FakeService
) -> None:
    service.fault = RadioUnavailable("Gone.")
    assert (await phone.post(f"{API}/attended")).status_code == 200


async def test_a_phone_left_alone_is_not_somebody(
    phone: httpx.AsyncClient, service: FakeService
) -> None:
    for path in ("/generate_204", "/hotspot-detect.html", "/connecttest.txt", "/canonical.html"):
        assert (await phone.get(path, headers=BROWSER)).status_code in {303, 404}
    for path in (f"{API}/status", f"{API}/networks", "/api/health", "/static/live.js"):
        assert (await phone.get(path)).status_code == 200
    assert service.times_attended == 0


async def test_who_is_turned_away_is_not_counted(
    phone: httpx.AsyncClient, service: FakeService
) -> None:
    wish = {"ssid": "Lighthouse"}
    assert (await phone.post(f"{API}/network/connect", json=wish)).status_code == 401
    assert service.times_attended == 0


async def test_following_the_events_is_not_somebody(service: FakeService) -> None:
    settings = WebSettings(version="1", heartbeat_seconds=0.01)
    app = create_app(service, settings, clock=SystemClock())
    async with serving(app) as port, following(port) as stream:
        for _ in range(3):
            assert await stream.comment() == ": heartbeat"
    assert service.times_attended == 0


async def test_the_control_socket_is_not_somebody(service: FakeService, tmp_path: Path) -> None:
    path = tmp_path / "control.sock"
    async with serving(create_app(service, WebSettings(version="1")), bind_unix(path)):
        transport = httpx.AsyncHTTPTransport(uds=str(path))
        async with httpx.AsyncClient(transport=transport, base_url="http://firstlight") as client:
            await client.post(f"{API}/network/connect", json={"ssid": "Lighthouse"})
            await client.post(f"{API}/attended")
            await client.get("/", headers=BROWSER)
    assert service.changes == ["connect"]
    assert service.times_attended == 0


async def test_not_enabled_nobody_is_told(service: FakeService) -> None:
    app = create_app(service, WebSettings(version="1", enabled=False))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        assert (await client.get("/", headers=BROWSER)).status_code == 200
        assert (await client.post(f"{API}/attended")).status_code == 404
    assert service.times_attended == 0
