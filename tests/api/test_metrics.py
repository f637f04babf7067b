"""``GET /metrics``: what a real daemon counts, as Prometheus reads it, and who may ask."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.api.checked import checked_client
from tests.api.fake_service import STATUS, FakeService
from tests.unit.daemon.waited import until

from firstlight.core.telemetry import families
from firstlight.core.telemetry.tally import LineFigures
from firstlight.daemon.metrics import OWN_READERS, Metrics
from firstlight.model.event import Action, ActionPhase, EventType, Level
from firstlight.model.mqtt import BrokerCause, Command
from firstlight.radio.simulated.clock import VirtualClock
from firstlight.web.app import create_app
from firstlight.web.settings import WebSettings

TOKEN = "scrape-token"
STRANGER = "203.0.113.9"
DASHBOARD = Path(__file__).parents[2] / "deploy/grafana/firstlight.json"


class Counted(FakeService):
    """A device that is counted."""

    def __init__(self) -> None:
        super().__init__(VirtualClock())
        self.counting = Metrics(self.hub, self.clock)

    async def metrics(self) -> bytes:
        return await self.counting.exposition()

    def act(self, action: Action, phase: ActionPhase | None = None, **details: object) -> None:
        self.hub.publish(
            EventType.ACTION, Level.INFO, "x", action=action, phase=phase, details=details
        )


@pytest.fixture
async def service() -> AsyncIterator[Counted]:
    service = Counted()
    task = asyncio.create_task(service.counting.run(service.hub.cursor), name="metrics")
    await until(lambda: service.hub.readers == 1)
    yield service
    task.cancel()
    await asyncio.wait([task])


@pytest.fixture
async def client(service: Counted) -> AsyncIterator[httpx.AsyncClient]:
    async with await checked_client(create_app(service, WebSettings(version="1"))) as client:
        yield client


Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


async def scrape(client: httpx.AsyncClient) -> Samples:
    answer = await client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def one(samples: Samples, name: str, **labels: str) -> float:
    return samples[name, tuple(sorted(labels.items()))]


async def test_what_happened_is_counted_by_its_cause(
    service: Counted, client: httpx.AsyncClient
) -> None:
    failed, completed = ActionPhase.FAILED, ActionPhase.COMPLETED
    service.act(Action.NETWORK_CONNECT, ActionPhase.STARTED)
    service.act(Action.NETWORK_CONNECT, None, step="found")
    service.act(Action.NETWORK_CONNECT, failed, cause="wrong_password", ssid="Secret Café")
    service.act(Action.NETWORK_CONNECT, failed, cause="wrong_password")
    service.act(Action.NETWORK_CONNECT, failed, cause="a cause of tomorrow")
    service.act(Action.NETWORK_CONNECT, completed)
    service.act(Action.RECOVERY_START, ActionPhase.STARTED)
    service.act(Action.RECOVERY_COMPLETE, completed)
    service.act(Action.RECOVERY_FAILED, failed)
    service.act(Action.CLAIM, ActionPhase.STARTED)
    service.act(Action.CLAIM, completed)
    service.act(Action.CLAIM, None)
    service.act(Action.PROVISIONING_CONFIGURED, completed, mac="02:00:00:00:00:01")
    service.act(Action.PROVISIONING_REFUSED, failed, reason="02:00:00:00:00:01")
    service.act(Action.PROVISIONING_REFUSED, failed, reason="bad_nonce")
    service.act(Action.PROVISIONING_ROGUE, failed)
    service.act(Action.PROVISIONING_START, completed)
    service.act(Action.PROVISIONING_START, failed, reason="radio_in_use")
    service.act(Action.PROVISIONING_STOP, completed, reason="expired")
    service.act(Action.SYSTEM_RESTART, completed)
    service.act(Action.HOTSPOT_ENABLE, completed)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    samples = await scrape(client)
    attempts = "firstlight_join_attempts_total"
    assert one(samples, attempts, cause="wrong_password") == 2
    assert one(samples, attempts, cause="other") == 1
    assert one(samples, attempts, cause="none") == 1
    assert one(samples, attempts, cause="timeout") == 0
    assert one(samples, "firstlight_recoveries_total", result="completed") == 1
    assert one(samples, "firstlight_recoveries_total", result="failed") == 1
    assert one(samples, "firstlight_claims_total", result="completed") == 1
    assert one(samples, "firstlight_provisioning_configured_total") == 1
    assert one(samples, "firstlight_provisioning_refusals_total", reason="other") == 1
    assert one(samples, "firstlight_provisioning_refusals_total", reason="rogue_station") == 1
    assert one(samples, "firstlight_provisioning_refusals_total", reason="bad_nonce") == 1
    assert one(samples, "firstlight_provisioning_sessions_total", reason="expired") == 1
    assert one(samples, "firstlight_provisioning_sessions_total", reason="radio_in_use") == 1
    assert one(samples, "firstlight_restarts_asked_total") == 1


async def test_time_is_counted_by_mode(service: Counted, client: httpx.AsyncClient) -> None:
    clock = service.clock
    assert isinstance(clock, VirtualClock)
    await clock.advance(50)
    service.hub.publish(EventType.STATUS, Level.INFO, "x", status=STATUS)
    await asyncio.sleep(0)
    await clock.advance(30)
    samples = await scrape(client)
    assert one(samples, "firstlight_mode_seconds_total", mode="provisioning") == pytest.approx(30)
    assert one(samples, "firstlight_mode_seconds_total", mode="ready") == 0
    assert one(samples, "firstlight_mode", mode="provisioning") == 1
    assert one(samples, "firstlight_radio_link", link="down") == 1
    assert one(samples, "firstlight_health", health="ok") == 1


async def test_streams_are_counted_without_the_daemons_own(
    service: Counted, client: httpx.AsyncClient
) -> None:
    assert one(await scrape(client), "firstlight_stream_subscribers") == 0
    with service.hub.follow(None), service.hub.follow(None), service.hub.follow(None):
        assert service.hub.readers == OWN_READERS + 1
        assert one(await scrape(client), "firstlight_stream_subscribers") == 1


async def test_the_broker_is_counted_where_there_is_one(
    service: Counted, client: httpx.AsyncClient
) -> None:
    assert not any("mqtt" in name for name, _ in await scrape(client))
    service.counting.line = lambda: LineFigures(
        connected=True,
        failures={BrokerCause.GONE: 2},
        published=7,
        denied=6,
        dropped=3,
        waiting=4,
        commands={Command.RECOVER: 1},
        refused=5,
    )
    samples = await scrape(client)
    assert one(samples, "firstlight_mqtt_connected") == 1
    assert one(samples, "firstlight_mqtt_connection_failures_total", cause="gone") == 2
    assert one(samples, "firstlight_mqtt_published_total") == 7
    assert one(samples, "firstlight_mqtt_denied_total") == 6
    assert one(samples, "firstlight_mqtt_events_dropped_total") == 3
    assert one(samples, "firstlight_mqtt_events_waiting") == 4
    assert one(samples, "firstlight_mqtt_commands_total", command="recover") == 1
    assert one(samples, "firstlight_mqtt_commands_refused_total") == 5


async def test_no_label_is_of_others_choosing_and_their_number_is_bounded(
    service: Counted, client: httpx.AsyncClient
) -> None:
    service.counting.line = LineFigures
    service.hub.publish(EventType.STATUS, Level.INFO, "x", status=STATUS)
    for n in range(100):
        mac = f"02:00:00:00:00:{n:02x}"
        service.act(Action.NETWORK_CONNECT, ActionPhase.FAILED, cause=f"cause-{n}", ssid=f"net-{n}")
        service.act(Action.PROVISIONING_REFUSED, ActionPhase.FAILED, reason=mac, mac=mac)
        service.act(Action.PROVISIONING_STOP, ActionPhase.COMPLETED, reason=["x"])
        await asyncio.sleep(0)
    samples = await scrape(client)
    known = {value for family in families.FAMILIES for value in family.values}
    for name, labels in samples:
        if name != families.BUILD_INFO:
            assert {value for _, value in labels} <= known
    assert len(samples) == 1 + sum(len(one.values) or 1 for one in families.FAMILIES)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": f"Bearer {TOKEN}"}, 200),
    ],
)
async def test_only_who_is_signed_in_may_scrape(headers: dict[str, str], status: int) -> None:
    app = create_app(FakeService(), WebSettings(version="1", token=TOKEN))
    transport = httpx.ASGITransport(app, client=(STRANGER, 40_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        assert (await client.get("/metrics", headers=headers)).status_code == status


async def test_a_paired_program_may_scrape() -> None:
    service = FakeService()
    code = await service.pairing.code()
    paired = await service.pairing.pair(code.code, "prometheus", STRANGER)
    app = create_app(service, WebSettings(version="1"))
    transport = httpx.ASGITransport(app, client=(STRANGER, 40_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        assert (await client.get("/metrics")).status_code == 401
        headers = {"Authorization": f"Bearer {paired.token}"}
        assert (await client.get("/metrics", headers=headers)).status_code == 200


async def test_it_is_not_there_while_firstlight_is_not_enabled() -> None:
    app = create_app(None, WebSettings(version="1"))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://127.0.0.1"
    ) as client:
        answer = await client.get("/metrics")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_enabled")


NAMES = {one.name for one in families.FAMILIES} | {families.BUILD_INFO}


def test_the_page_lists_every_metric_and_no_other() -> None:
    page = (DASHBOARD.parents[2] / "docs/telemetry.md").read_text()
    rows = dict(re.findall(r"(?m)^\| `(firstlight_\w+)` \| (\w+) \|", page))
    kinds = {one.name: one.kind.value for one in families.FAMILIES}
    assert rows == {**kinds, families.BUILD_INFO: "gauge"}


def test_the_dashboard_asks_for_what_there_is() -> None:
    import json

    board = json.loads(DASHBOARD.read_text())
    assert board["title"]
    assert board["schemaVersion"] >= 39
    assert {one["type"] for one in board["templating"]["list"]} >= {"datasource"}
    ids = [panel["id"] for panel in board["panels"]]
    assert len(ids) == len(set(ids)) >= 8
    asked: set[str] = set()
    for panel in board["panels"]:
        assert {"title", "type", "gridPos", "targets", "datasource"} <= panel.keys()
        for target in panel["targets"]:
            asked |= set(re.findall(r"\bfirstlight_\w+", target["expr"]))
    assert asked <= NAMES
    assert {"firstlight_join_attempts_total", "firstlight_mode_seconds_total"} <= asked
