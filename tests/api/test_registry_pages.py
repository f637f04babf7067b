"""The pages of Provisioning Mode and of the registry, without a browser; and attacks on them."""

import asyncio

import httpx
import pytest
from starlette.requests import Request
from starlette.routing import Route
from tests.api.fake_registry import PEM, FakeDesk
from tests.api.fake_service import FakeService
from tests.api.test_attacks_names import print_what_is_given
from tests.api.test_registry import LINES, OTHER, UUID, WRONG

from firstlight.errors import Busy, StoreFailure
from firstlight.model.provisioning_mode import ModeSession, ModeState
from firstlight.model.records import Client, Mqtt, RecordKind, Wifi
from firstlight.web.access import Right, right_for
from firstlight.web.api.itself import ENDPOINTS
from firstlight.web.app import create_app
from firstlight.web.bodies import read_body
from firstlight.web.guards import GUARDS, Guard, from_own_page, has_the_right, without
from firstlight.web.portal import import_page
from firstlight.web.problems import Refusal
from firstlight.web.settings import WebSettings
from firstlight.web.softap import app as softap

HERE = "http://127.0.0.1:8080"
STRANGER = "203.0.113.9"
FORM = {"content-type": "application/x-www-form-urlencoded"}
CERTIFICATES, IMPORT = "/devices/certificates", "/devices/import"

APP = create_app(FakeService(), WebSettings(version="1"))
ROUTES = [
    (method, route.path.replace("{kind}", "clients").replace("{uuid}", UUID))
    for route in APP.routes
    if isinstance(route, Route) and route.path.startswith(("/devices", "/provisioning"))
    for method in sorted((route.methods or {"GET"}) - {"HEAD"})
]
SENT = [path for method, path in ROUTES if method == "POST"]


def at(
    service: FakeService,
    *,
    guards: tuple[Guard, ...] = GUARDS,
    peer: str = "127.0.0.1",
    settings: WebSettings | None = None,
) -> httpx.AsyncClient:
    app = create_app(service, settings or WebSettings(version="1"), guards=guards)
    transport = httpx.ASGITransport(app, client=(peer, 40_000))
    return httpx.AsyncClient(transport=transport, base_url=HERE)


@pytest.fixture
async def page(service: FakeService) -> httpx.AsyncClient:
    return at(service)


def test_every_page_is_for_those_who_are_signed_in() -> None:
    assert len(ROUTES) > 12
    assert {right_for(method, path) for method, path in ROUTES} == {Right.MANAGE}


@pytest.mark.attack(
    "Somebody who is not signed in, on the registry's pages",
    guard="the table of rights",
)
@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_a_stranger_is_led_to_the_sign_in(
    service: FakeService, method: str, path: str
) -> None:
    async with at(service, peer=STRANGER) as stranger:
        answer = await stranger.request(method, path, headers={"Accept": "text/html"})
    assert answer.status_code == (303 if method == "GET" else 401)
    assert not service.changes


@pytest.mark.unguarded("Somebody who is not signed in, on the registry's pages")
@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_without_the_table_of_rights_a_stranger_comes_in(
    service: FakeService, method: str, path: str
) -> None:
    async with at(service, peer=STRANGER, guards=without(has_the_right)) as stranger:
        answer = await stranger.request(method, path, headers={"Accept": "text/html"})
    assert answer.status_code not in {303, 401}


@pytest.mark.attack(
    "A page of another site that sends the registry's forms",
    guard="`Origin` must be the device's own page",
)
@pytest.mark.parametrize("path", SENT)
@pytest.mark.parametrize("origin", ["http://evil.example", "null"])
async def test_a_page_of_another_site_sends_nothing(
    service: FakeService, path: str, origin: str
) -> None:
    headers = {"Origin": origin, **FORM}
    async with at(service) as victim:
        answer = await victim.post(path, headers=headers, content=b"to=on")
    assert (answer.status_code, service.changes) == (403, [])


@pytest.mark.unguarded("A page of another site that sends the registry's forms")
@pytest.mark.parametrize("path", SENT)
@pytest.mark.parametrize("origin", ["http://evil.example", "null"])
async def test_without_that_guard_its_forms_are_taken(
    service: FakeService, path: str, origin: str
) -> None:
    headers = {"Origin": origin, **FORM}
    async with at(service, guards=without(from_own_page)) as victim:
        assert (await victim.post(path, headers=headers, content=b"to=on")).status_code != 403


async def test_a_certificate_is_never_a_page(page: httpx.AsyncClient, service: FakeService) -> None:
    await service.registry.add_certificate("x.html", b"<script>alert(1)</script>")
    answer = await page.get("/certs/x.html", headers={"Accept": "text/html"})
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"


NASTY = '"><script>alert(1)'


@pytest.mark.attack(
    "A record, certificate or SoftAP whose name is a script",
    guard="templates escape everything",
)
async def test_names_are_only_text(page: httpx.AsyncClient, service: FakeService) -> None:
    for text in await pages_of_nasty_names(page, service):
        assert "<script>" not in text
        assert "&lt;script&gt;" in text


@pytest.mark.unguarded("A record, certificate or SoftAP whose name is a script")
async def test_where_templates_escape_nothing_they_are_scripts(
    page: httpx.AsyncClient, service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    print_what_is_given(monkeypatch)
    for text in await pages_of_nasty_names(page, service):
        assert NASTY in text


async def pages_of_nasty_names(page: httpx.AsyncClient, service: FakeService) -> list[str]:
    await service.registry.put(RecordKind.CLIENT, UUID, Client(name=NASTY, area=NASTY))
    await service.registry.add_certificate(NASTY, PEM)
    service.provisioning_mode.now = ModeSession(
        state=ModeState.ACTIVE, ssid=NASTY, password=NASTY, warnings=(NASTY,)
    )
    paths = ("/devices", f"/devices/clients/{UUID}", CERTIFICATES, "/provisioning")
    answers = [await page.get(path) for path in paths]
    assert {answer.status_code for answer in answers} == {200}
    return [answer.text for answer in answers]


async def test_a_page_with_secrets_is_not_packed(
    page: httpx.AsyncClient, service: FakeService
) -> None:
    await service.registry.put(RecordKind.CLIENT, UUID, Client(name="Hall"))
    for path in (f"/devices/clients/{UUID}", "/provisioning"):
        answer = await page.get(path, headers={"Accept-Encoding": "gzip"})
        assert "content-encoding" not in answer.headers
    assert (await page.get("/devices")).headers["content-encoding"] == "gzip"


async def test_no_secret_of_a_record_is_on_a_page(
    page: httpx.AsyncClient, service: FakeService
) -> None:
    wifi, mqtt = Wifi(ssid="L", password="correct-horse"), Mqtt(username="u", password="s3cret")
    await service.registry.put(RecordKind.CLIENT, UUID, Client(name="x", wifi=wifi, mqtt=mqtt))
    text = (await page.get(f"/devices/clients/{UUID}")).text
    assert "correct-horse" not in text
    assert "s3cret" not in text


@pytest.mark.parametrize(
    "path",
    ["/devices/things/x", f"/devices/things/{UUID}", "/devices/clients/x", f"/devices/{UUID}"],
)
async def test_what_no_record_can_be(page: httpx.AsyncClient, path: str) -> None:
    assert (await page.get(path)).status_code == 404


async def test_a_kind_that_there_is_not(page: httpx.AsyncClient) -> None:
    assert (await page.get("/devices?kind=things")).status_code == 400


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": ""}, "name: is missing"),
        ({"name": "x", "rest": "{"}, "not a valid object"),
        ({"name": "x", "rest": "[]"}, "not a valid object"),
        ({"name": "x", "rest": '{"wifi": {}}'}, "wifi: has a field of its own"),
        ({"name": "x", "rest": '{"hids": {"7": {}}}'}, "hids"),
        ({"name": "x", "mqtt.port": "many"}, "mqtt.port: must be a whole number"),
        ({"name": "x", "mac_address": "x"}, "mac_address"),
    ],
)
async def test_what_is_wrong_with_a_form_is_told(
    page: httpx.AsyncClient, service: FakeService, fields: dict[str, str], words: str
) -> None:
    answer = await page.post(f"/devices/clients/{UUID}", data=fields)
    assert answer.status_code == 400
    assert words in answer.text
    assert not service.changes


async def test_a_controller_has_no_wifi(page: httpx.AsyncClient, service: FakeService) -> None:
    path = f"/devices/controllers/{UUID}"
    assert 'name="wifi.ssid"' not in (await page.get(path)).text
    sent = {"name": "Main", "mqtt.host": "h", "mqtt.port": "1884", "rest": '{"outputs": {}}'}
    assert (await page.post(path, data=sent)).status_code == 303
    record = service.registry.records[RecordKind.CONTROLLER][UUID].record
    assert (record.mqtt, record.outputs) == (Mqtt(host="h", port=1884), {})


async def test_a_password_goes_with_what_it_belongs_to(
    page: httpx.AsyncClient, service: FakeService
) -> None:
    wifi = Wifi(ssid="L", password="correct-horse")
    await service.registry.put(RecordKind.CLIENT, UUID, Client(name="x", wifi=wifi))
    sent = {"name": "x", "wifi.ssid": "", "version": "1"}
    assert (await page.post(f"/devices/clients/{UUID}", data=sent)).status_code == 303
    assert service.registry.records[RecordKind.CLIENT][UUID].record == Client(name="x")


async def test_deleting_what_is_gone(page: httpx.AsyncClient) -> None:
    assert (await page.post(f"/devices/clients/{OTHER}/delete")).status_code == 404
    for do in ("use", "delete"):
        sent = {"file": "gone.pem", "kind": "clients"}
        assert (await page.post(f"{CERTIFICATES}/{do}", data=sent)).status_code == 404
    assert (await page.post(f"{CERTIFICATES}/use", data={"kind": "x"})).status_code == 400


async def test_a_certificate_for_what_there_is_not(page: httpx.AsyncClient) -> None:
    files = {"file": ("ca.pem", PEM)}
    answer = await page.post(CERTIFICATES, files=files, data={"use": "servers"})
    assert answer.status_code == 400
    again = [await page.post(CERTIFICATES, files=files) for _ in range(2)]
    assert [one.status_code for one in again] == [303, 409]


@pytest.mark.parametrize(
    ("days", "words"),
    [(-1, "expired since"), (5, "expires soon:"), (90, "valid until"), (None, "valid")],
)
async def test_how_long_a_certificate_is_good(
    page: httpx.AsyncClient, service: FakeService, days: int | None, words: str
) -> None:
    await service.registry.add_certificate("ca.pem", PEM)
    now = service.clock.wall() * 1000
    service.registry.not_after = None if days is None else round(now + days * 86_400_000)
    assert words in (await page.get(CERTIFICATES)).text


async def test_an_import_of_json(page: httpx.AsyncClient, service: FakeService) -> None:
    content = f'[{{"kind": "clients", "uuid": "{UUID}", "name": "Hall"}}]'.encode()
    answer = await page.post(IMPORT, files={"file": ("all.JSON", content)})
    assert (answer.status_code, "Import it" in answer.text) == (200, True)
    wrong = await page.post(IMPORT, files={"file": ("all.csv", b"\xff")})
    assert (wrong.status_code, "The whole file" in wrong.text) == (400, True)
    none = await page.post(IMPORT, files={"file": ("", b"")})
    assert (none.status_code, "No file was chosen" in none.text) == (400, True)


async def test_what_became_wrong_since_it_was_looked_at(
    page: httpx.AsyncClient, service: FakeService
) -> None:
    looked_at = await page.post(IMPORT, files={"file": ("all.csv", LINES)})
    kept = looked_at.text.partition('name="id" value="')[2].partition('"')[0]
    understand = service.registry._understood
    service.registry._understood = lambda text, form: understand(WRONG, form)  # type: ignore[method-assign]
    answer = await page.post(f"{IMPORT}/confirm", data={"id": kept})
    assert (answer.status_code, service.changes) == (400, [])
    assert "Line 2" in answer.text


async def test_a_file_is_not_kept_for_ever(
    page: httpx.AsyncClient, service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_page, "KEEP_SECONDS", 0.0)
    looked_at = await page.post(IMPORT, files={"file": ("all.csv", LINES)})
    kept = looked_at.text.partition('name="id" value="')[2].partition('"')[0]
    for _ in range(3):
        await asyncio.sleep(0)
    answer = await page.post(f"{IMPORT}/confirm", data={"id": kept})
    assert (answer.status_code, service.changes) == (404, [])


@pytest.mark.parametrize("path", [CERTIFICATES, IMPORT])
async def test_a_file_that_is_too_large(page: httpx.AsyncClient, path: str) -> None:
    files = {"file": ("all.csv", b"x" * (import_page.MOST_BYTES + 1))}
    assert (await page.post(path, files=files)).status_code == 413


@pytest.mark.parametrize("path", ["/devices", CERTIFICATES, f"/devices/clients/{UUID}"])
async def test_a_registry_that_can_not_be_read(
    page: httpx.AsyncClient, service: FakeService, path: str
) -> None:
    service.fault = StoreFailure("The registry can't be read.", hint="Look at the disk.")
    answer = await page.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 500
    assert "Look at the disk." in answer.text


async def test_a_mode_that_can_not_be_switched(
    page: httpx.AsyncClient, service: FakeService
) -> None:
    assert (await page.post("/provisioning", data={"to": "x"})).status_code == 400

    async def refuse() -> None:
        raise Busy("It is stopping.")

    service.provisioning_mode.switch_off = refuse  # type: ignore[method-assign]
    answer = await page.post("/provisioning", data={"to": "off"})
    assert (answer.status_code, "It is stopping." in answer.text) == (409, True)


@pytest.mark.parametrize("row", [row for row in ENDPOINTS if row.upload], ids=lambda row: row.path)
def test_every_upload_is_bounded(row: object) -> None:
    upload = row.upload  # type: ignore[attr-defined]
    assert upload.most <= 32 * 1024 * 1024
    assert upload.seconds <= 60
    assert upload.alone or upload.most <= 64 * 1024


@pytest.mark.attack(
    "A body that comes a byte at a time",
    guard="a deadline for the whole of it",
)
async def test_a_body_that_trickles_is_ended() -> None:
    async def receive() -> dict[str, object]:
        await asyncio.sleep(0)
        return {"type": "http.request", "body": b"", "more_body": True}

    request = Request({"type": "http", "method": "POST", "headers": []}, receive)  # type: ignore[arg-type]
    with pytest.raises(Refusal) as refused:
        await read_body(request, most=10, seconds=0.05)
    assert refused.value.status == 408


@pytest.mark.unguarded("Two `mac-address` headers, one for each reader")
async def test_without_that_rule_the_last_of_two_headers_is_believed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mac, other = "a1:b2:c3:d4:e5:f6", "a1:b2:c3:d4:e5:f7"
    twice = [("mac-address", other), ("mac-address", mac)]

    async def asked() -> int:
        transport = httpx.ASGITransport(softap.create_softap_app(FakeDesk(mac)))
        async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:
            return (await client.get("/api/provisioning/certs", headers=twice)).status_code

    assert await asked() == 400
    last = lambda self, name: self.headers.getlist(name)[-1]  # noqa: E731
    monkeypatch.setattr(softap._Asked, "one", last)
    assert await asked() == 404
