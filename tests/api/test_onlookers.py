"""What somebody gets who is not signed in: on the hotspot, or on the network."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
import pytest
from tests.api.fake_service import FakeService
from tests.api.serving import serving

from firstlight.daemon.hub import Hub
from firstlight.model.event import Action, EventType, Level
from firstlight.web import audience
from firstlight.web.access import MAY, RULES, Right, Standing, right_for
from firstlight.web.api.itself import ENDPOINTS
from firstlight.web.app import create_app
from firstlight.web.audience import MOST_STREAMS
from firstlight.web.guards import GUARDS, Guard, has_the_right, without
from firstlight.web.settings import WebSettings

API = "/api/provisioning"
PHONE = "192.168.4.57"

# For a test every TCP peer is on 127.0.0.1.
UNTRUSTED = WebSettings(version="1", trust_local=False)


@asynccontextmanager
async def phone(
    service: FakeService,
    settings: WebSettings | None = None,
    guards: tuple[Guard, ...] = GUARDS,
) -> AsyncIterator[httpx.AsyncClient]:
    service.guests = frozenset({PHONE})
    app = create_app(service, settings or WebSettings(version="1"), guards=guards)
    transport = httpx.ASGITransport(app, client=(PHONE, 40_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://192.168.4.1") as client:
        yield client


BELONGS_TO_OTHERS = [row for row in ENDPOINTS if right_for(row.method, row.path) is Right.MANAGE]


@pytest.mark.attack(
    "A guest on the hotspot who wants passwords, the log, or a reset",
    guard="the hotspot's password lets somebody look, and set up what waits for it; nothing else",
)
@pytest.mark.parametrize("row", BELONGS_TO_OTHERS, ids=lambda row: f"{row.method} {row.path}")
async def test_a_phone_on_the_hotspot_gets_nothing_that_belongs_to_others(
    service: FakeService, row: object
) -> None:
    path = row.path.replace("{id}", "1")  # type: ignore[attr-defined]
    async with phone(service) as client:
        assert (await client.request(row.method, path)).status_code == 401  # type: ignore[attr-defined]
    assert service.changes == []


@pytest.mark.unguarded("A guest on the hotspot who wants passwords, the log, or a reset")
async def test_without_that_rule_it_gets_the_password(service: FakeService) -> None:
    async with phone(service, guards=without(has_the_right)) as client:
        assert (await client.get(f"{API}/hotspot")).json()["password"]


async def test_it_sets_up_what_waits_to_be_set_up(service: FakeService) -> None:
    async with phone(service) as client:
        assert (await client.get(f"{API}/networks")).status_code == 200
        wish = {"ssid": "Lighthouse"}
        assert (await client.post(f"{API}/network/connect", json=wish)).status_code == 200
        service.waits = False
        assert (await client.post(f"{API}/network/connect", json=wish)).status_code == 401
        assert (await client.get(f"{API}/status")).status_code == 200
    assert service.changes == ["connect"]


@pytest.mark.parametrize("path", ["status", "networks", "network/connect"])
async def test_the_code_can_be_asked_for_there_too(service: FakeService, path: str) -> None:
    strict = WebSettings(version="1", code_on_hotspot=True)
    method = "POST" if path == "network/connect" else "GET"
    async with phone(service, strict) as client:
        assert (await client.request(method, f"{API}/{path}", json={})).status_code == 401


async def test_a_token_does_not_shut_out_who_holds_the_hotspots_password(
    service: FakeService,
) -> None:
    async with phone(service, WebSettings(version="1", token="secret")) as client:
        assert (await client.get(f"{API}/networks")).status_code == 200


async def test_which_networks_are_saved_is_not_told(service: FakeService) -> None:
    async with phone(service) as client:
        listed = (await client.get(f"{API}/networks")).json()["networks"]
    assert [one["saved"] for one in listed] == [False]


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
async def test_what_a_proxy_passes_on_is_nobodys_local_request(
    service: FakeService, header: str
) -> None:
    app = create_app(service, WebSettings(version="1"))
    transport = httpx.ASGITransport(app, client=("127.0.0.1", 40_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        assert (await client.get(f"{API}/hotspot")).status_code == 200
        passed_on = await client.get(f"{API}/hotspot", headers={header: "203.0.113.9"})
    assert passed_on.status_code == 401


def tell(service: FakeService) -> None:
    service.hub.publish(EventType.SYSTEM, Level.INFO, "A phone joined: 02:00:00:00:00:01.")
    service.hub.publish(EventType.ACTION, Level.INFO, "Forgot Home.", action=Action.NETWORK_FORGET)
    service.hub.publish(EventType.ACTION, Level.INFO, "Joining.", action=Action.NETWORK_CONNECT)


async def heard(service: FakeService, settings: WebSettings) -> str:
    """What a stream brings that was opened after some events, and before the same once more."""
    tell(service)
    text = ""
    async with (
        serving(create_app(service, settings)) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
        client.stream("GET", f"{API}/events") as answer,
    ):
        async for line in answer.aiter_lines():
            text += line
            if '"ok":true' in line:
                tell(service)
            if "Joining." in line and text.count("Joining.") == (1 if "Forgot" not in text else 2):
                return text
    return text


async def test_the_log_is_not_for_onlookers(service: FakeService) -> None:
    text = await heard(service, UNTRUSTED)
    assert "Joining." in text
    assert "02:00:00" not in text
    assert "Forgot" not in text


async def test_who_is_signed_in_gets_all_of_it(service: FakeService) -> None:
    text = await heard(service, WebSettings(version="1"))
    assert text.count("02:00:00") == text.count("Forgot") == 2


@pytest.mark.attack(
    "One address that takes all event streams",
    guard="a share for each",
)
async def test_one_address_can_not_take_all_the_streams(service: FakeService) -> None:
    async with serving(create_app(service, UNTRUSTED)) as port:
        base = f"http://127.0.0.1:{port}"
        async with httpx.AsyncClient(base_url=base) as client:
            held = [
                await client.send(client.build_request("GET", f"{API}/events"), stream=True)
                for _ in range(MOST_STREAMS)
            ]
            one_more = await client.get(f"{API}/events")
            assert (one_more.status_code, one_more.headers["retry-after"]) == (429, "15")
            await held[0].aclose()
            status = 429

            async def tried() -> int:
                request = client.build_request("GET", f"{API}/events")
                answer = await client.send(request, stream=True)
                await answer.aclose()
                return answer.status_code

            for _ in range(200):
                status = await tried()
                if status == 200:
                    break
            assert status == 200
            for one in held:
                await one.aclose()


@pytest.mark.unguarded("One address that takes all event streams")
@pytest.mark.parametrize(("share", "status"), [(MOST_STREAMS, 200), (1000, 409)])
async def test_whoever_takes_all_they_can_get_leaves_some_to_others_because_of_a_share(
    service: FakeService, monkeypatch: pytest.MonkeyPatch, share: int, status: int
) -> None:
    monkeypatch.setattr(audience, "MOST_STREAMS", share)
    service.hub = Hub(service.clock, readers=MOST_STREAMS + 2)
    async with serving(create_app(service, UNTRUSTED)) as port, AsyncExitStack() as held:
        greedy = await held.enter_async_context(from_address("127.0.0.1", port))
        other = await held.enter_async_context(from_address("127.0.0.2", port))
        for _ in range(MOST_STREAMS + 2):
            await held.enter_async_context(greedy.stream("GET", f"{API}/events"))
        answer = await held.enter_async_context(other.stream("GET", f"{API}/events"))
        assert answer.status_code == status


@pytest.mark.attack(
    "Several addresses that take all event streams together",
    guard="a share for all who are not signed in",
)
async def test_onlookers_leave_room_for_whoever_is_signed_in(service: FakeService) -> None:
    assert await answered_to_the_owner(service) == (429, 200)


@pytest.mark.unguarded("Several addresses that take all event streams together")
async def test_without_a_share_for_onlookers_nobody_else_gets_in(
    service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audience, "MOST_ONLOOKERS", 1000)
    assert await answered_to_the_owner(service) == (409, 409)


async def answered_to_the_owner(service: FakeService) -> tuple[int, int]:
    """What a further onlooker hears, and then who is signed in, once many follow the events."""
    everybody = [f"127.0.0.{n}" for n in range(1, 5)]
    code = (await service.pairing.code()).code
    paired = await service.pairing.pair(code, "phone", "127.0.0.9")
    bearer = {"authorization": f"Bearer {paired.token}"}
    async with serving(create_app(service, UNTRUSTED)) as port, AsyncExitStack() as held:
        last = 0
        for address in everybody:
            client = await held.enter_async_context(from_address(address, port))
            for _ in range(MOST_STREAMS - 1):
                stream = client.stream("GET", f"{API}/events")
                last = (await held.enter_async_context(stream)).status_code
        owner = await held.enter_async_context(from_address("127.0.0.9", port))
        stream = owner.stream("GET", f"{API}/events", headers=bearer)
        return last, (await held.enter_async_context(stream)).status_code


def from_address(address: str, port: int) -> httpx.AsyncClient:
    """A client at that address of this machine."""
    transport = httpx.AsyncHTTPTransport(local_address=address)
    return httpx.AsyncClient(transport=transport, base_url=f"http://127.0.0.1:{port}")


def test_every_rule_matches_a_route_and_every_route_has_a_right() -> None:
    app = create_app(FakeService(), WebSettings(version="1", portal="http://192.168.4.1/"))
    paths = {getattr(route, "path", "") for route in app.routes}
    for rule in RULES:
        known = rule.path in paths or any(
            path.startswith(rule.path[:-1]) for path in paths if rule.path.endswith("/*")
        )
        assert known, rule.path


def test_nobody_may_more_than_the_owner_and_everybody_may_knock() -> None:
    assert MAY[Standing.OWNER] == frozenset(Right)
    assert all(Right.OPEN in rights and rights <= MAY[Standing.OWNER] for rights in MAY.values())
    assert set(MAY) == set(Standing)


@pytest.mark.parametrize(
    "path", [f"{API}/status\n", f"{API}/status/", f"{API}/network/attempts/a/b", "/auth/", "//pair"]
)
def test_what_is_not_in_the_table_asks_for_everything(path: str) -> None:
    assert right_for("GET", path) is Right.MANAGE
