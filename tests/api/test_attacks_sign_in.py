"""Attacks on whoever is signed in: a cookie that others use, and a header in other hands."""

import hmac
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx
import pytest
from tests.api.fake_service import HOTSPOT_PASSWORD, FakeService

from firstlight.core.pairing import sessions
from firstlight.core.pairing.code import CODES
from firstlight.core.pairing.lockout import TRIES
from firstlight.errors import Unauthorized
from firstlight.model.pairing import Paired
from firstlight.web import standing
from firstlight.web.app import create_app
from firstlight.web.guards import GUARDS, Guard, from_own_page, has_the_right, without
from firstlight.web.portal import entrance
from firstlight.web.settings import WebSettings
from firstlight.web.visit import SESSION_COOKIE

API = "/api/provisioning"
ADDRESS = "http://192.0.2.80"
LAPTOP = "192.0.2.7"
TOKEN = "a token of the owner's choice"


@asynccontextmanager
async def browser(
    service: FakeService,
    guards: tuple[Guard, ...] = GUARDS,
    *,
    peer: str = LAPTOP,
    settings: WebSettings | None = None,
) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(service, settings or WebSettings(version="1"), guards=guards)
    transport = httpx.ASGITransport(app, client=(peer, 40_000))
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        yield client


async def paired(service: FakeService) -> Paired:
    return await service.pairing.pair((await service.pairing.code()).code, "Laptop", LAPTOP)


async def with_cookie(service: FakeService) -> dict[str, str]:
    return {"Cookie": f"{SESSION_COOKIE}={(await paired(service)).token}"}


EVIL = "http://evil.example"
CHANGE = ("POST", f"{API}/hotspot/disable")
SECRET = ("GET", f"{API}/hotspot")

# What a browser with a good cookie says of a page that is not ours, were SameSite not kept to.
STOLEN = {
    "a form of another site": (CHANGE, {"Origin": EVIL, "Sec-Fetch-Site": "cross-site"}),
    "a form that hides its origin": (CHANGE, {"Origin": "null"}),
    "a form without an origin": (CHANGE, {}),
    "a browser that names no origin, only where it stands": (
        ("DELETE", f"{API}/sessions"),
        {"Sec-Fetch-Site": "cross-site"},
    ),
    "another name of the same site": (
        CHANGE,
        {"Origin": ADDRESS, "Sec-Fetch-Site": "same-site"},
    ),
    "a script of another site that reads": (SECRET, {"Origin": EVIL}),
    "an image of another site": (SECRET, {"Sec-Fetch-Site": "cross-site"}),
}


@pytest.mark.attack(
    "Another site that rides on somebody's session cookie",
    guard="`SameSite`, and `Origin` for whatever changes or is secret",
)
@pytest.mark.parametrize(("asked", "says"), STOLEN.values(), ids=STOLEN)
async def test_a_cookie_is_no_use_to_another_site(
    service: FakeService, asked: tuple[str, str], says: Mapping[str, str]
) -> None:
    cookie = await with_cookie(service)
    async with browser(service) as client:
        answer = await client.request(*asked, headers={**cookie, **says})
    assert answer.status_code == 403
    assert HOTSPOT_PASSWORD not in answer.text
    assert service.changes == []
    assert len(service.pairing.sessions()) == 1


@pytest.mark.unguarded("Another site that rides on somebody's session cookie")
@pytest.mark.parametrize(("asked", "says"), STOLEN.values(), ids=STOLEN)
async def test_without_that_guard_it_is(
    service: FakeService, asked: tuple[str, str], says: Mapping[str, str]
) -> None:
    cookie = await with_cookie(service)
    async with browser(service, without(from_own_page)) as client:
        assert (await client.request(*asked, headers={**cookie, **says})).status_code == 200


@pytest.mark.parametrize("asked", [CHANGE, SECRET])
async def test_our_own_page_may_use_it(service: FakeService, asked: tuple[str, str]) -> None:
    own = {"Origin": ADDRESS, "Sec-Fetch-Site": "same-origin", **await with_cookie(service)}
    async with browser(service) as client:
        assert (await client.request(*asked, headers=own)).status_code == 200
        # A bearer token is put there on purpose; no browser does so by itself.
        bearer = {"Authorization": f"Bearer {(await paired(service)).token}"}
        assert (await client.request(*asked, headers=bearer)).status_code == 200


async def test_a_link_from_elsewhere_may_lead_to_a_page(service: FakeService) -> None:
    follows = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Accept": "text/html"}
    async with browser(service) as client:
        headers = {**follows, **await with_cookie(service)}
        assert (await client.get("/settings", headers=headers)).status_code == 200


MADE_UP = ("x", "a=b", "'; Path=/", "0" * 64)
NO_VALUE = ("", "\xff", '"', f"x; {SESSION_COOKIE}=", f'"; {SESSION_COOKIE}="\\')


@pytest.mark.attack(
    "A session cookie that was made up",
    guard="sessions are looked up by the hash of a random token",
)
@pytest.mark.parametrize("value", MADE_UP)
async def test_a_made_up_cookie_opens_nothing(service: FakeService, value: str) -> None:
    await paired(service)
    assert await with_made_up(service, value) == 401


@pytest.mark.unguarded("A session cookie that was made up")
@pytest.mark.parametrize("value", MADE_UP)
async def test_where_the_token_does_not_matter_a_made_up_cookie_opens_everything(
    service: FakeService, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setattr(sessions, "hash_of", lambda _token: "one for all")
    await paired(service)
    assert await with_made_up(service, value) == 200


@pytest.mark.parametrize("value", NO_VALUE)
async def test_a_cookie_that_has_no_value_opens_nothing(service: FakeService, value: str) -> None:
    await paired(service)
    assert await with_made_up(service, value) == 401


async def with_made_up(service: FakeService, value: str) -> int:
    """The status of a change with that cookie."""
    made_up = {"Cookie": f"{SESSION_COOKIE}={value}".encode("latin-1"), "Origin": ADDRESS}
    async with browser(service) as client:
        return (await client.request(*CHANGE, headers=made_up)).status_code


async def test_the_cookie_dies_with_its_session(service: FakeService) -> None:
    own = {"Origin": ADDRESS, **await with_cookie(service)}
    async with browser(service) as client:
        assert (await client.request(*SECRET, headers=own)).status_code == 200
        await service.pairing.revoke(service.pairing.sessions()[0].id)
        assert (await client.request(*SECRET, headers=own)).status_code == 401


ELSEWHERE = "//evil.example/"


async def signed_in(service: FakeService) -> httpx.Response:
    """The answer to a right code, which is to lead elsewhere."""
    form = {"code": (await service.pairing.code()).code, "next": ELSEWHERE}
    async with browser(service) as client:
        return await client.post("/pair", data=form, headers={"Origin": ADDRESS})


@pytest.mark.attack(
    "A link to the sign-in that leads on to another site",
    guard="only a path of the device itself is gone to",
)
async def test_a_sign_in_leads_to_this_device(service: FakeService) -> None:
    answer = await signed_in(service)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


@pytest.mark.unguarded("A link to the sign-in that leads on to another site")
async def test_without_that_rule_it_leads_elsewhere(
    service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entrance, "local_path", lambda text: text)
    assert (await signed_in(service)).headers["location"] == ELSEWHERE


async def test_the_page_sets_a_cookie_that_scripts_and_other_sites_never_get(
    service: FakeService,
) -> None:
    answer = await signed_in(service)
    name, *attributes = answer.headers["set-cookie"].split("; ")
    assert name.startswith(f"{SESSION_COOKIE}=")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(attributes)


@pytest.mark.attack(
    "Somebody else's `visual-token`",
    guard="it is bound to the address that it was promoted for",
)
async def test_the_promoted_code_is_good_for_its_caller_only(service: FakeService) -> None:
    header = {"visual-token": (await service.pairing.code()).code}
    async with browser(service) as client:
        assert (await client.request(*SECRET, headers=header)).status_code == 401
        assert (await client.post("/auth", headers=header)).status_code == 204
        assert (await client.request(*SECRET, headers=header)).status_code == 200
        claim = {**header, "X-Forwarded-For": "192.0.2.66"}
        assert (await client.request(*SECRET, headers=claim)).status_code == 200
    async with browser(service, peer="192.0.2.66") as client:
        assert (await client.request(*SECRET, headers=header)).status_code == 401
        claim = {**header, "X-Forwarded-For": LAPTOP, "Forwarded": f"for={LAPTOP}"}
        assert (await client.request(*SECRET, headers=claim)).status_code == 401


@pytest.mark.unguarded("Somebody else's `visual-token`")
async def test_without_its_caller_it_is_good_for_anybody(
    service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    header = {"visual-token": (await service.pairing.code()).code}
    async with browser(service) as client:
        assert (await client.post("/auth", headers=header)).status_code == 204
    promoted = service.pairing.authorize_visual
    monkeypatch.setattr(
        service.pairing, "authorize_visual", lambda value, _caller: promoted(value, LAPTOP)
    )
    async with browser(service, peer="192.0.2.66") as client:
        assert (await client.request(*SECRET, headers=header)).status_code == 200


@pytest.mark.unguarded("A guest who wants the support file")
async def test_without_the_table_of_rights_anybody_has_the_support_file(
    service: FakeService,
) -> None:
    async with browser(service) as client:
        assert (await client.get("/api/support")).status_code == 401
    async with browser(service, without(has_the_right)) as client:
        assert (await client.get("/api/support")).status_code == 200


async def test_the_token_is_compared_in_constant_time(
    service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    # How long == takes tells how many characters were right; compare_digest takes as long as ever.
    # That is its promise, so what is shown here is that nothing else compares.
    seen: list[bytes] = []

    def spy(one: bytes, other: bytes) -> bool:
        seen.append(one)
        return hmac.compare_digest(one, other)

    monkeypatch.setattr(standing, "hmac", type("Spied", (), {"compare_digest": staticmethod(spy)}))
    guarded = WebSettings(version="1", token=TOKEN)
    async with browser(service, settings=guarded) as client:
        for given, status in ((TOKEN[:-1], 401), (TOKEN, 200)):
            bearer = {"Authorization": f"Bearer {given}"}
            assert (await client.request(*SECRET, headers=bearer)).status_code == status
        form = await client.post("/pair", data={"token": "x"}, headers={"Origin": ADDRESS})
    assert form.status_code == 401
    assert seen == [TOKEN[:-1].encode(), TOKEN.encode(), b"x"]


async def test_wrong_codes_of_others_keep_no_token_out(service: FakeService) -> None:
    """The delay is for whoever guesses; the token proves more than any code."""
    guarded = WebSettings(version="1", token=TOKEN)
    right = (await service.pairing.code()).code
    for _ in range(TRIES):
        with pytest.raises(Unauthorized):
            await service.pairing.pair(f"{(int(right) + 1) % CODES:06}", "guesser", "192.0.2.9")
    async with browser(service, settings=guarded) as client:
        form = await client.post("/pair", data={"token": TOKEN}, headers={"Origin": ADDRESS})
    assert form.status_code == 303
    assert SESSION_COOKIE in form.headers["set-cookie"]


async def test_where_the_comparison_always_agrees_any_token_is_good(
    service: FakeService, monkeypatch: pytest.MonkeyPatch
) -> None:
    agrees = type("Agrees", (), {"compare_digest": staticmethod(lambda one, other: True)})
    monkeypatch.setattr(standing, "hmac", agrees)
    async with browser(service, settings=WebSettings(version="1", token=TOKEN)) as client:
        bearer = {"Authorization": "Bearer x"}
        assert (await client.request(*SECRET, headers=bearer)).status_code == 200
