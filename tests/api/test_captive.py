"""The captive portal, driven by what each system really asks."""

import tomllib
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from tests.api.fake_service import FakeService

from firstlight.web.app import create_app
from firstlight.web.captive.probes import PROBES
from firstlight.web.settings import WebSettings

PORTAL = "http://192.168.4.1/"
PHONE = "192.168.4.57"
RECORDED: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parent / "recorded/probes.toml").read_text()
)["probe"]


async def ask(
    service: FakeService,
    host: str,
    path: str,
    *,
    method: str = "GET",
    headers: dict[str, str] | None = None,
    peer: str = PHONE,
    **settings: Any,
) -> httpx.Response:
    service.guests = frozenset({PHONE})
    app = create_app(service, WebSettings(version="1", **{"portal": PORTAL, **settings}))
    transport = httpx.ASGITransport(app, client=(peer, 40_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as client:
        return await client.request(method, path, headers={**(headers or {}), "Host": host})


def online(service: FakeService) -> None:
    now = service.now
    network = msgspec.structs.replace(now.network, connected=True)
    service.now = msgspec.structs.replace(now, network=network)


@pytest.mark.parametrize("probe", RECORDED, ids=lambda one: one["system"])
async def test_while_there_is_something_to_do_it_is_led_to_the_portal(
    service: FakeService, probe: dict[str, Any]
) -> None:
    answer = await ask(service, probe["host"], probe["path"], headers=probe.get("headers"))
    assert (answer.status_code, answer.headers["location"]) == (302, PORTAL)
    assert answer.headers["cache-control"] == "no-store"
    assert service.times_attended == 0


@pytest.mark.parametrize("probe", RECORDED, ids=lambda one: one["system"])
async def test_once_online_it_gets_the_answer_that_it_knows(
    service: FakeService, probe: dict[str, Any]
) -> None:
    online(service)
    answer = await ask(service, probe["host"], probe["path"], headers=probe.get("headers"))
    assert answer.headers["cache-control"] == "no-store"
    assert service.times_attended == 0
    if probe.get("portal"):
        assert answer.headers["location"] == PORTAL
        return
    assert (answer.status_code, answer.text) == (probe["status"], probe["body"])
    if answer.text:
        assert answer.headers["content-type"].startswith(probe.get("type", "text/plain"))
    if "online" in probe:
        assert answer.headers["x-networkmanager-status"] == probe["online"]


def test_every_probe_of_ours_was_recorded() -> None:
    asked = {(one["host"], one["path"].partition("?")[0]) for one in RECORDED}
    for probe in PROBES:
        for path in probe.paths:
            if path == "/kindle-wifi/wifiredirect.html":
                continue  # only ever opened by hand
            hosts = {host for host, known in asked if known == path}
            assert hosts, f"{probe.system}: {path}"
            assert not probe.hosts or hosts & set(probe.hosts)


@pytest.mark.parametrize("host", ["example.com", "neverssl.com", "192.168.4.1.evil.example"])
async def test_any_other_name_leads_to_the_portal_and_shows_nothing(
    service: FakeService, host: str
) -> None:
    answer = await ask(service, host, "/settings?x=1")
    assert (answer.status_code, answer.headers["location"]) == (302, PORTAL)
    assert (await ask(service, host, "/api/provisioning/status")).status_code == 302
    changing = await ask(service, host, "/api/provisioning/network/connect", method="POST")
    assert changing.status_code == 403
    assert service.changes == []


async def test_under_its_own_name_the_device_answers_itself(service: FakeService) -> None:
    page = await ask(service, "192.168.4.1", "/", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "Choose a network" in page.text


async def test_who_is_not_on_the_hotspot_gets_no_portal(service: FakeService) -> None:
    answer = await ask(service, "captive.apple.com", "/hotspot-detect.html", peer="192.168.1.5")
    assert answer.status_code == 403


async def test_the_address_list_counts_here_too(service: FakeService) -> None:
    answer = await ask(
        service, "captive.apple.com", "/hotspot-detect.html", allowed_cidrs=("10.0.0.0/8",)
    )
    assert answer.status_code == 403


async def test_without_a_hotspot_of_our_own_there_is_no_portal(service: FakeService) -> None:
    answer = await ask(service, "captive.apple.com", "/hotspot-detect.html", portal="")
    assert answer.status_code == 403


async def test_the_captive_portal_api(service: FakeService) -> None:
    answer = await ask(service, "192.168.4.1", "/api/captive")
    assert answer.headers["content-type"] == "application/captive+json"
    assert answer.json() == {"captive": True, "user-portal-url": PORTAL}
    online(service)
    assert (await ask(service, "192.168.4.1", "/api/captive")).json()["captive"] is False
