"""Every attack on every route of the table, so that a new route can't be forgotten.

Each is refused, and gets through once its guard is taken away.
"""

from collections.abc import Mapping
from functools import reduce
from typing import Any

import httpx
import msgspec
import pytest
from tests.api.fake_registry import PEM
from tests.api.fake_service import FakeService

from firstlight.model.records import TYPE_OF
from firstlight.web.access import SOFTAP_ONLY, Right, right_for
from firstlight.web.api.endpoint import Endpoint
from firstlight.web.api.itself import ENDPOINTS
from firstlight.web.app import create_app
from firstlight.web.guards import (
    BEACON,
    GUARDS,
    PREFIX,
    Guard,
    from_allowed_address,
    from_own_page,
    has_the_right,
    meant_for_this_host,
    without,
)
from firstlight.web.settings import WebSettings

TOKEN = "a token of the owner's choice"
STRANGER = "203.0.113.9"
UUID = "1b4e28ba-2fa1-41d2-883f-0016d3cca427"

BODIES = {
    "/api/provisioning/network/connect": {"ssid": "Lighthouse"},
    "/api/provisioning/network/forget": {"name": "Home"},
    "/api/provisioning/restart": {"scope": "device"},
    "/api/auth/pair": {"code": "000000"},
    "/api/controllers/{uuid}": {"name": "Hall"},
    "/api/clients/{uuid}": {"name": "Hall"},
}

FILE = {"file": ("new.pem", PEM)}
LINES = f"kind,uuid,name\nclients,{UUID},Hall\n".encode()
WHERE = {"{id}": "a1", "{uuid}": UUID, "{file}": "ca.pem"}
ASKING = {"/api/registry": {"kind": "clients"}} | {
    f"/api/registry/{what}": {"form": "csv"} for what in ("preview", "import", "export")
}

REACHED = {
    ("GET", f"{PREFIX}/network/attempt"): 404,
    ("GET", f"{PREFIX}/network/attempts/{{id}}"): 404,
    ("DELETE", f"{PREFIX}/sessions/{{id}}"): 404,
    ("POST", "/api/auth/pair"): 401,
    ("POST", "/auth"): 401,
    **{("GET", path): 403 for path in SOFTAP_ONLY},
}
"""What the handler itself says; everywhere else it is 200."""


class Attack(msgspec.Struct, frozen=True, kw_only=True):
    """One way in that ``guard`` shuts. ``everywhere``: also where only something is read."""

    guard: Guard
    status: int
    everywhere: bool = False
    settings: Mapping[str, Any] = {}
    peer: str = "127.0.0.1"
    headers: Mapping[str, str] = {}


ATTACKS = {
    "from outside the allowed addresses": Attack(
        guard=from_allowed_address,
        status=403,
        everywhere=True,
        settings={"allowed_cidrs": ("192.0.2.0/24",), "token": TOKEN},
        peer=STRANGER,
        headers={"Authorization": f"Bearer {TOKEN}"},
    ),
    "under a stranger's name": Attack(
        guard=meant_for_this_host, status=403, everywhere=True, headers={"Host": "evil.example"}
    ),
    "from a page of another site": Attack(
        guard=from_own_page, status=403, headers={"Origin": "http://evil.example"}
    ),
    "from a page that hides where it is from": Attack(
        guard=from_own_page, status=403, headers={"Origin": "null"}
    ),
    "from another machine where there is no token": Attack(
        guard=has_the_right, status=401, peer=STRANGER
    ),
    "without the token": Attack(
        guard=has_the_right, status=401, everywhere=True, settings={"token": TOKEN}
    ),
}

READING = [row for row in ENDPOINTS if row.method == "GET" and not row.streams]
CHANGING = [row for row in ENDPOINTS if row.method != "GET"]


def guarded(case: Attack, row: Endpoint) -> bool:
    """Whether that guard stands before that route."""
    right = right_for(row.method, row.path)
    if case.guard is has_the_right:
        return right is not Right.OPEN and (case.everywhere or right is not Right.LOOK)
    return case.everywhere or row in CHANGING


CASES = [
    pytest.param(case, row, id=f"{name}: {row.method} {row.path}")
    for name, case in ATTACKS.items()
    for row in (*READING, *CHANGING)
    if guarded(case, row)
]


async def attack(
    case: Attack, row: Endpoint, guards: tuple[Guard, ...]
) -> tuple[httpx.Response, FakeService]:
    service = await furnished()
    settings = msgspec.structs.replace(WebSettings(version="1"), **case.settings)
    transport = httpx.ASGITransport(
        create_app(service, settings, guards=guards), client=(case.peer, 40_000)
    )
    headers = {"Host": "localhost:8080", **case.headers}
    async with httpx.AsyncClient(transport=transport, base_url="http://device") as client:
        path = reduce(lambda path, place: path.replace(place, WHERE[place]), WHERE, row.path)
        answer = await client.request(
            row.method,
            path,
            headers=headers,
            params=ASKING.get(row.path),
            json=BODIES.get(row.path) if row.method != "DELETE" else None,
            files=FILE if row.upload and row.path == "/certs" else None,
            content=LINES if row.upload and row.path != "/certs" else None,
        )
    return answer, service


async def furnished() -> FakeService:
    """With one of everything."""
    service = FakeService()
    for kind, type_ in TYPE_OF.items():
        await service.registry.put(kind, UUID, type_(name="Hall"))
    await service.registry.add_certificate("ca.pem", PEM)
    service.changes.clear()
    return service


@pytest.mark.attack(
    "The same attacks on every route, so that a new one can't be forgotten",
    guard="rights belong to paths, and what is in no table asks for everything",
)
@pytest.mark.parametrize(("case", "row"), CASES)
async def test_it_is_refused_and_nothing_is_changed(case: Attack, row: Endpoint) -> None:
    answer, service = await attack(case, row, GUARDS)
    assert answer.status_code == case.status
    assert not service.changes
    assert service.times_attended == 0


@pytest.mark.unguarded("The same attacks on every route, so that a new one can't be forgotten")
@pytest.mark.parametrize(("case", "row"), CASES)
async def test_it_gets_through_without_its_guard(case: Attack, row: Endpoint) -> None:
    answer, service = await attack(case, row, without(case.guard))
    assert answer.status_code == REACHED.get((row.method, row.path), row.status)
    asks = row.path.endswith(("network/test", "registry/preview"))
    if row in CHANGING and not asks and "auth" not in row.path:
        assert service.changes or service.times_attended or "sessions" in row.path


def test_all_of_the_table_is_attacked() -> None:
    attacked = {(case.values[1].method, case.values[1].path) for case in CASES}
    streams = {(row.method, row.path) for row in ENDPOINTS if row.streams}
    assert attacked | streams == {(row.method, row.path) for row in ENDPOINTS}


@pytest.mark.parametrize("name", ATTACKS)
def test_the_beacon_lacks_no_guard_but_sign_in(name: str) -> None:
    case = ATTACKS[name]
    beacon = next(row for row in CHANGING if row.path == BEACON)
    assert guarded(case, beacon) == (case.guard is not has_the_right)


@pytest.mark.parametrize("settings", [{}, {"token": TOKEN}], ids=["no token", "a token"])
async def test_whoever_may_see_the_page_may_send_the_beacon(settings: Mapping[str, str]) -> None:
    case = Attack(guard=has_the_right, status=200, settings=settings, peer="192.168.4.17")
    beacon = next(row for row in CHANGING if row.path == BEACON)
    answer, service = await attack(case, beacon, GUARDS)
    assert (answer.status_code, answer.json()) == (200, {"ok": True})
    assert service.times_attended == 1


@pytest.mark.parametrize("path", [f"{BEACON}%0A", f"{BEACON}/", f"{BEACON}/x", f"{BEACON}x"])
async def test_only_the_beacon_itself_is_open(path: str) -> None:
    transport = httpx.ASGITransport(
        create_app(FakeService(), WebSettings(version="1", token=TOKEN)), client=(STRANGER, 40_000)
    )
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        assert (await client.post(path)).status_code == 401
