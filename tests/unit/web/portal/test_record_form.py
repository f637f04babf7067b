"""A record as a form: what nobody has touched comes back as it was."""

import html
from html.parser import HTMLParser
from typing import Any

import httpx
import msgspec
import pytest
from msgspec import UNSET
from tests.api.fake_service import FakeService

from firstlight.model.records import Client, Hid, Mqtt, RecordKind, Wifi
from firstlight.web.app import create_app
from firstlight.web.portal.record_form import form_of, record_of
from firstlight.web.settings import WebSettings

UUID = "0b0e7a52-60f6-4a0c-8d0f-3f1f6f0b7c01"
CLIENTS = RecordKind.CLIENT
LAMP = Client(
    name="Lamp\u200b \U0001f6d8",
    wifi=Wifi(ssid=" Café ", password=" of old times "),
    mqtt=Mqtt(host="broker", password="of the broker"),
    hids={"1": Hid(color="red", tags=("a", "b"))},
)


class Fields(HTMLParser):
    """What a browser sends of the form in that page, before anybody has typed anything."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sent: dict[str, str] = {}
        self._within = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "input" and "name" in given:
            value = given.get("value", "").replace("\n", "").replace("\r", "")
            self.sent[given["name"]] = value
        elif tag == "textarea":
            self._within = given["name"]
            self.sent[self._within] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within:
            self.sent[self._within] += data


@pytest.fixture
def service() -> FakeService:
    return FakeService()


@pytest.fixture
def page(service: FakeService) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(
        create_app(service, WebSettings(version="1")), client=("127.0.0.1", 40_000)
    )
    origin = "http://127.0.0.1:8080"
    return httpx.AsyncClient(transport=transport, base_url=origin, headers={"origin": origin})


async def test_a_record_is_saved_as_it_was_shown(
    page: httpx.AsyncClient, service: FakeService
) -> None:
    await service.registry.put(CLIENTS, UUID, LAMP)
    shown = await page.get(f"/devices/clients/{UUID}")
    assert html.escape("of old times") not in shown.text
    fields = Fields(shown.text).sent
    assert msgspec.json.decode(fields["rest"])["hids"]["1"]["color"] == "red"
    answer = await page.post(f"/devices/clients/{UUID}", data=fields)
    assert answer.status_code == 303, answer.text
    assert (await service.registry.get(CLIENTS, UUID)).record == LAMP


async def test_what_was_typed_wrongly_is_shown_as_it_was_typed(
    page: httpx.AsyncClient, service: FakeService
) -> None:
    await service.registry.put(CLIENTS, UUID, LAMP)
    rest = '{\n  "hids": {"1": {"colour": "red"}}\n}'
    sent = Fields((await page.get(f"/devices/clients/{UUID}")).text).sent | {"rest": rest}
    answer = await page.post(f"/devices/clients/{UUID}", data=sent)
    assert answer.status_code == 400
    assert Fields(answer.text).sent["rest"] == rest


@pytest.mark.parametrize("name", ["version", "mqtt.port"])
async def test_a_number_beyond_all_bounds_is_refused(
    page: httpx.AsyncClient, service: FakeService, name: str
) -> None:
    await service.registry.put(CLIENTS, UUID, LAMP)
    sent = Fields((await page.get(f"/devices/clients/{UUID}")).text).sent | {name: "9" * 5000}
    answer = await page.post(f"/devices/clients/{UUID}", data=sent)
    assert answer.status_code in {400, 409, 412}


def changed(**fields: str) -> Client:
    form = form_of(CLIENTS, LAMP) | {"wifi.password": "", "mqtt.password": ""}
    saved: Any = record_of(CLIENTS, form | fields, LAMP)
    return saved


def test_spaces_of_names_and_secrets_count() -> None:
    assert changed(area="  Hall ").area == "Hall"
    assert changed(area="  Hall ").wifi == LAMP.wifi
    saved = changed(**{"wifi.ssid": "Café ", "wifi.password": " new secret "})
    assert saved.wifi == Wifi(ssid="Café ", password=" new secret ")


def test_a_password_stays_with_what_it_belongs_to() -> None:
    assert changed(area="Hall").mqtt == LAMP.mqtt
    assert changed(**{"mqtt.host": "another"}).mqtt == Mqtt(
        host="another", password="of the broker"
    )
    assert changed(**{"mqtt.host": ""}).mqtt is UNSET
