"""Whoever is first in front of a device that waits to be set up needs no code; nobody else."""

import asyncio
from collections.abc import Callable

import httpx
import pytest
from tests.api.fake_service import FakeService

from firstlight.core.pairing.code import CODES
from firstlight.core.pairing.lockout import TRIES
from firstlight.errors import Unauthorized
from firstlight.web.app import create_app
from firstlight.web.guards import GUARDS, Guard, from_own_page, without
from firstlight.web.portal.entrance import Entrance
from firstlight.web.settings import WebSettings
from firstlight.web.visit import SESSION_COOKIE

PHONE = "192.168.4.20"
OTHER = "192.168.4.21"
ADDRESS = "http://192.168.4.1"
OWN = {"Origin": ADDRESS}
OPEN = WebSettings(version="1")


async def claim(
    service: FakeService,
    *,
    peer: str = PHONE,
    settings: WebSettings = OPEN,
    headers: dict[str, str] = OWN,
    guards: tuple[Guard, ...] = GUARDS,
) -> httpx.Response:
    app = create_app(service, settings, guards=guards)
    transport = httpx.ASGITransport(app, client=(peer, 40_000))
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        return await client.post("/pair", data={"first": "1", "next": "/"}, headers=headers)


def is_in(answer: httpx.Response) -> bool:
    return SESSION_COOKIE in answer.headers.get("set-cookie", "")


@pytest.fixture
def waiting(service: FakeService) -> FakeService:
    """A device that waits to be set up, with two phones on its hotspot."""
    service.guests = frozenset({PHONE, OTHER})
    return service


async def somebody_pairs(service: FakeService) -> None:
    await service.pairing.pair((await service.pairing.code()).code, "Other", OTHER)


async def test_the_first_one_is_in(waiting: FakeService) -> None:
    answer = await claim(waiting)
    assert (answer.status_code, is_in(answer)) == (303, True)
    assert len(waiting.pairing.sessions()) == 1


async def test_the_second_one_is_not(waiting: FakeService) -> None:
    await somebody_pairs(waiting)
    answer = await claim(waiting)
    assert (answer.status_code, is_in(answer)) == (401, False)


REFUSED: dict[str, tuple[Callable[[FakeService], None], str, WebSettings]] = {
    "on the hotspot of a device that is set up": (
        lambda service: setattr(service, "waits", False),
        PHONE,
        OPEN,
    ),
    "on the network": (lambda _: None, "192.0.2.7", OPEN),
    "on the network, where there is a token": (
        lambda _: None,
        "192.0.2.7",
        WebSettings(version="1", token="t"),
    ),
    "where the hotspot's password is not enough": (
        lambda _: None,
        PHONE,
        WebSettings(version="1", code_on_hotspot=True),
    ),
}


@pytest.mark.attack(
    "Pairing without the code, as if nobody had come before",
    guard="only the first one on the hotspot of a device that waits to be set up needs none",
)
@pytest.mark.parametrize(("prepare", "peer", "settings"), REFUSED.values(), ids=REFUSED)
async def test_nobody_else_is_first(
    waiting: FakeService,
    prepare: Callable[[FakeService], None],
    peer: str,
    settings: WebSettings,
) -> None:
    prepare(waiting)
    answer = await claim(waiting, peer=peer, settings=settings)
    assert (answer.status_code, is_in(answer)) == (401, False)
    assert waiting.pairing.sessions() == ()


@pytest.mark.unguarded("Pairing without the code, as if nobody had come before")
@pytest.mark.parametrize(("prepare", "peer", "settings"), REFUSED.values(), ids=REFUSED)
async def test_without_that_rule_everybody_is(
    waiting: FakeService,
    prepare: Callable[[FakeService], None],
    peer: str,
    settings: WebSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    prepare(waiting)
    monkeypatch.setattr(Entrance, "_is_first", lambda self, reader: True)
    assert is_in(await claim(waiting, peer=peer, settings=settings))


async def test_two_at_the_same_time_are_not_both_first(waiting: FakeService) -> None:
    answers = await asyncio.gather(*(claim(waiting, peer=peer) for peer in (PHONE, OTHER) * 4))
    assert [is_in(answer) for answer in answers].count(True) == 1
    assert len(waiting.pairing.sessions()) == 1


async def test_the_first_one_is_in_though_somebody_guesses(waiting: FakeService) -> None:
    """Nobody on the hotspot keeps the owner out by guessing codes."""
    code = (await waiting.pairing.code()).code
    for _ in range(TRIES):
        with pytest.raises(Unauthorized):
            await waiting.pairing.pair(f"{(int(code) + 1) % CODES:06}", "guesser", OTHER)
    assert is_in(await claim(waiting))


EVIL = {"Origin": "http://evil.example", "Sec-Fetch-Site": "cross-site"}


@pytest.mark.attack(
    "A page of another site that pairs the phone which it is shown on",
    guard="`Origin` must be the device's own page",
)
async def test_a_page_of_another_site_is_not_first_for_the_phone(waiting: FakeService) -> None:
    answer = await claim(waiting, headers=EVIL)
    assert (answer.status_code, is_in(answer)) == (403, False)


@pytest.mark.unguarded("A page of another site that pairs the phone which it is shown on")
async def test_without_that_guard_it_is(waiting: FakeService) -> None:
    assert is_in(await claim(waiting, headers=EVIL, guards=without(from_own_page)))


async def test_the_offer_is_made_to_the_first_one_only(waiting: FakeService) -> None:
    async def offer() -> bool:
        transport = httpx.ASGITransport(create_app(waiting, OPEN), client=(PHONE, 40_000))
        async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
            return "Pair this phone" in (await client.get("/pair")).text

    assert await offer()
    await somebody_pairs(waiting)
    assert not await offer()
