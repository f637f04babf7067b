"""Attacks on the device API. Each is refused, and each succeeds once its guard is taken away."""

from collections.abc import Mapping
from typing import Any

import httpx
import msgspec
import pytest
from tests.api.fake_service import HOTSPOT_PASSWORD, FakeService

from firstlight.errors import Code, ConfigError
from firstlight.web.app import create_app
from firstlight.web.guards import (
    GUARDS,
    Guard,
    from_allowed_address,
    from_own_page,
    has_the_right,
    is_recognised,
    meant_for_this_host,
    no_secret_in_address,
    not_too_fast,
    over_tls,
    without,
)
from firstlight.web.settings import WebSettings

API = "/api/provisioning"
HOTSPOT = f"{API}/hotspot"
TOKEN = "a token of the owner's choice"
STRANGER = "203.0.113.9"


class Attack(msgspec.Struct, frozen=True, kw_only=True):
    """One request of somebody who should not get through, and the guard that stops it.

    ``prize``: what the answer would hold otherwise.
    """

    guard: Guard
    status: int
    settings: Mapping[str, Any] = {}
    peer: str = "127.0.0.1"
    method: str = "POST"
    path: str = ""
    host: str = "localhost:8080"
    headers: Mapping[str, str] = {}
    prize: str = ""


FENCED = {"allowed_cidrs": ("192.0.2.0/24", "2001:db8::/32")}
GUARDED = {"token": TOKEN}

ATTACKS = {
    "from outside the allowed addresses": Attack(
        guard=from_allowed_address, status=403, settings=FENCED, peer=STRANGER, method="GET"
    ),
    "from outside, holding the token": Attack(
        guard=from_allowed_address,
        status=403,
        settings=FENCED | GUARDED,
        peer=STRANGER,
        headers={"Authorization": f"Bearer {TOKEN}"},
    ),
    "from outside, over IPv6": Attack(
        guard=from_allowed_address, status=403, settings=FENCED, peer="2001:db9::1", method="GET"
    ),
    "claiming an allowed address": Attack(
        guard=from_allowed_address,
        status=403,
        settings=FENCED,
        peer=STRANGER,
        method="GET",
        headers={"X-Forwarded-For": "192.0.2.1", "Forwarded": "for=192.0.2.1"},
    ),
    "reading health from outside": Attack(
        guard=from_allowed_address,
        status=403,
        settings=FENCED,
        peer=STRANGER,
        method="GET",
        path="/api/health",
    ),
    "a stranger's name that resolves to us": Attack(
        guard=meant_for_this_host, status=403, host="evil.example:8080"
    ),
    "the same, with a page of that name": Attack(
        guard=meant_for_this_host,
        status=403,
        host="evil.example:8080",
        headers={"Origin": "http://evil.example:8080"},
    ),
    "a name that begins like ours": Attack(
        guard=meant_for_this_host, status=403, host="lamp.evil.example"
    ),
    "reading under a stranger's name": Attack(
        guard=meant_for_this_host, status=403, host="evil.example", method="GET"
    ),
    "no name at all": Attack(guard=meant_for_this_host, status=403, host=""),
    "a page of another site": Attack(
        guard=from_own_page, status=403, headers={"Origin": "http://evil.example"}
    ),
    "a page of another port": Attack(
        guard=from_own_page, status=403, headers={"Origin": "http://localhost:9090"}
    ),
    "a page of another scheme": Attack(
        guard=from_own_page, status=403, headers={"Origin": "https://localhost:8080"}
    ),
    "a page without an origin": Attack(guard=from_own_page, status=403, headers={"Origin": "null"}),
    "a page of another site, holding the token": Attack(
        guard=from_own_page,
        status=403,
        settings=GUARDED,
        headers={"Origin": "http://evil.example", "Authorization": f"Bearer {TOKEN}"},
    ),
    "reading without the token": Attack(
        guard=has_the_right, status=401, settings=GUARDED, method="GET", path=f"{API}/networks"
    ),
    "changing without the token": Attack(guard=has_the_right, status=401, settings=GUARDED),
    "with another token": Attack(
        guard=has_the_right,
        status=401,
        settings=GUARDED,
        headers={"Authorization": "Bearer another", "X-Firstlight-Provisioning-Token": "another"},
    ),
    "with the beginning of the token": Attack(
        guard=has_the_right,
        status=401,
        settings=GUARDED,
        headers={"Authorization": f"Bearer {TOKEN[:-1]}"},
    ),
    "with an empty token": Attack(
        guard=has_the_right,
        status=401,
        settings=GUARDED,
        headers={"Authorization": "Bearer ", "X-Firstlight-Provisioning-Token": ""},
    ),
    "with the token as a password": Attack(
        guard=has_the_right,
        status=401,
        settings=GUARDED,
        headers={"Authorization": f"Basic {TOKEN}"},
    ),
    "a good token in the address": Attack(
        guard=no_secret_in_address,
        status=400,
        settings=GUARDED,
        headers={"Authorization": f"Bearer {TOKEN}"},
        path=f"{API}/hotspot/disable?access_token={TOKEN.replace(' ', '+')}",
    ),
    "a code in the address": Attack(
        guard=no_secret_in_address, status=400, method="GET", path=f"{API}/status?Code=123456"
    ),
    "with a path spelt in percent signs": Attack(
        guard=has_the_right,
        status=401,
        settings=GUARDED,
        method="GET",
        path="/api/%70rovisioning/status",
    ),
    "changing from another machine where there is no token": Attack(
        guard=has_the_right, status=401, peer=STRANGER, host="192.0.2.80"
    ),
    "the same, claiming to be local": Attack(
        guard=has_the_right,
        status=401,
        peer=STRANGER,
        headers={"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1"},
    ),
    "the same, with any token": Attack(
        guard=has_the_right, status=401, peer=STRANGER, headers={"Authorization": "Bearer x"}
    ),
    "reading the password from another machine where there is no token": Attack(
        guard=has_the_right,
        status=401,
        peer=STRANGER,
        host="192.0.2.80",
        method="GET",
        path=HOTSPOT,
        prize=HOTSPOT_PASSWORD,
    ),
    "reading the password, claiming to be local": Attack(
        guard=has_the_right,
        status=401,
        peer=STRANGER,
        method="GET",
        path=HOTSPOT,
        headers={"X-Forwarded-For": "127.0.0.1", "X-Real-IP": "127.0.0.1"},
        prize=HOTSPOT_PASSWORD,
    ),
    "reading the password, a newline behind the path": Attack(
        guard=has_the_right,
        status=401,
        peer=STRANGER,
        method="GET",
        path=f"{HOTSPOT}%0A",
        prize=HOTSPOT_PASSWORD,
    ),
    "reading the password, the path spelt in percent signs": Attack(
        guard=has_the_right,
        status=401,
        peer=STRANGER,
        method="GET",
        path=f"{API}/%68otspot",
        prize=HOTSPOT_PASSWORD,
    ),
    "reading the password without the token": Attack(
        guard=has_the_right,
        status=401,
        settings=GUARDED,
        method="GET",
        path=HOTSPOT,
        prize=HOTSPOT_PASSWORD,
    ),
    "reading the password from a page of another site": Attack(
        guard=from_own_page,
        status=403,
        method="GET",
        path=HOTSPOT,
        headers={"Origin": "http://evil.example"},
        prize=HOTSPOT_PASSWORD,
    ),
    "reading the password under a stranger's name": Attack(
        guard=meant_for_this_host,
        status=403,
        host="evil.example",
        method="GET",
        path=HOTSPOT,
        prize=HOTSPOT_PASSWORD,
    ),
    "reading the password from outside the allowed addresses": Attack(
        guard=from_allowed_address,
        status=403,
        settings=FENCED | GUARDED,
        peer=STRANGER,
        method="GET",
        path=HOTSPOT,
        headers={"Authorization": f"Bearer {TOKEN}"},
        prize=HOTSPOT_PASSWORD,
    ),
}


CODES = {400: Code.INVALID_FIELD, 401: Code.UNAUTHORIZED, 403: Code.FORBIDDEN}


async def attack(attack: Attack, guards: tuple[Guard, ...]) -> httpx.Response:
    settings = msgspec.structs.replace(WebSettings(version="1", hostname="lamp"), **attack.settings)
    transport = httpx.ASGITransport(
        create_app(FakeService(), settings, guards=guards), client=(attack.peer, 40_000)
    )
    async with httpx.AsyncClient(transport=transport, base_url="http://device") as client:
        headers = {"Host": attack.host, **attack.headers}
        usual = f"{API}/status" if attack.method == "GET" else f"{API}/hotspot/disable"
        return await client.request(attack.method, attack.path or usual, headers=headers)


@pytest.mark.attack(
    "A request from outside the allowed addresses, also with the token or a forged header",
    guard="`web.allowed_cidrs`, before anything else",
)
@pytest.mark.attack(
    "A page of another site under a name that leads to the device (DNS rebinding)",
    guard="`Host` must be an address or a name of the device",
)
@pytest.mark.attack(
    "A page of another site that sends a form or a script's request (CSRF)",
    guard="`Origin` must be the device's own page",
)
@pytest.mark.attack(
    "A request without the token, or with a part of it",
    guard="the table of rights, and a comparison in constant time",
)
@pytest.mark.attack(
    "A secret in an address, where logs and histories keep it",
    guard="nothing secret may stand in the query",
)
@pytest.mark.parametrize("case", ATTACKS.values(), ids=ATTACKS.keys())
async def test_it_is_refused(case: Attack) -> None:
    answer = await attack(case, GUARDS)
    assert answer.status_code == case.status
    problem = answer.json()
    assert problem["code"] == CODES[case.status]
    assert problem["hint"]
    assert ("www-authenticate" in answer.headers) == (case.status == 401)
    assert TOKEN not in answer.text
    assert HOTSPOT_PASSWORD not in answer.text


@pytest.mark.unguarded(
    "A request from outside the allowed addresses, also with the token or a forged header"
)
@pytest.mark.unguarded(
    "A page of another site under a name that leads to the device (DNS rebinding)"
)
@pytest.mark.unguarded("A page of another site that sends a form or a script's request (CSRF)")
@pytest.mark.unguarded("A request without the token, or with a part of it")
@pytest.mark.unguarded("A secret in an address, where logs and histories keep it")
@pytest.mark.parametrize("case", ATTACKS.values(), ids=ATTACKS.keys())
async def test_it_succeeds_without_its_guard(case: Attack) -> None:
    answer = await attack(case, without(case.guard))
    assert answer.status_code == 200
    assert case.prize in answer.text


def test_every_guard_has_its_attack() -> None:
    # One of the others refuses nobody, and two have attacks of their own (test_haste, test_tls).
    others = {is_recognised, not_too_fast, over_tls}
    assert {case.guard for case in ATTACKS.values()} == {*GUARDS} - others


LEGITIMATE = {
    "from an allowed address": Attack(
        guard=from_allowed_address, status=200, settings=FENCED | GUARDED, peer="192.0.2.200",
        headers={"Authorization": f"bearer {TOKEN}"},
    ),
    "from an allowed address, on a dual-stack socket": Attack(
        guard=from_allowed_address, status=200, settings=FENCED, peer="::ffff:192.0.2.200",
        method="GET",
    ),
    "by name": Attack(guard=meant_for_this_host, status=200, host="LAMP"),
    "by multicast name": Attack(guard=meant_for_this_host, status=200, host="lamp.local.:80"),
    "by address": Attack(guard=meant_for_this_host, status=200, host="192.168.4.1:8080"),
    "by IPv6 address": Attack(guard=meant_for_this_host, status=200, host="[2001:db8::1]:8080"),
    "by a configured name": Attack(
        guard=meant_for_this_host, status=200, host="setup.example",
        settings={"host_names": ("Setup.example.",)},
    ),
    "from the own page": Attack(
        guard=from_own_page, status=200, headers={"Origin": "http://localhost:8080"}
    ),
    "with the other header": Attack(
        guard=has_the_right, status=200, settings=GUARDED, peer=STRANGER,
        headers={"X-Firstlight-Provisioning-Token": TOKEN},
    ),
    "with the header of older tools": Attack(
        guard=has_the_right, status=200, settings=GUARDED, peer=STRANGER,
        headers={"X-MoonHub-Provisioning-Token": TOKEN},
    ),
    "over IPv6 loopback without a token": Attack(guard=has_the_right, status=200, peer="::1"),
    "reading from elsewhere where there is no token": Attack(
        guard=has_the_right, status=200, peer=STRANGER, method="GET", path=f"{API}/status"
    ),
    "reading the password on the machine itself": Attack(
        guard=has_the_right, status=200, method="GET", path=HOTSPOT
    ),
    "reading the password from elsewhere with the token": Attack(
        guard=has_the_right, status=200, settings=GUARDED, peer=STRANGER,
        method="GET", path=HOTSPOT, headers={"Authorization": f"Bearer {TOKEN}"},
    ),
    "reading the password from the own page": Attack(
        guard=from_own_page, status=200, method="GET", path=HOTSPOT,
        headers={"Origin": "http://localhost:8080"},
    ),
    "reading health without the token": Attack(
        guard=has_the_right, status=200, settings=GUARDED, method="GET", path="/api/health"
    ),
    "reading the description without the token": Attack(
        guard=has_the_right, status=200, settings=GUARDED, method="GET", path="/api/openapi.json"
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", LEGITIMATE.values(), ids=LEGITIMATE.keys())
async def test_nobody_else_is_refused(case: Attack) -> None:
    assert (await attack(case, GUARDS)).status_code == 200


def test_a_bad_address_range_is_refused_at_start() -> None:
    settings = WebSettings(version="1", allowed_cidrs=("192.168.1.0/33",))
    with pytest.raises(ConfigError, match=r"192\.168\.1\.0/33"):
        create_app(FakeService(), settings)
