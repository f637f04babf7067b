"""Nobody gets in by being fast: limits by address, and the code played through to the lockout."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.api.fake_service import FakeService

from firstlight.core.pairing import lockout
from firstlight.core.pairing.code import CODES
from firstlight.web.app import create_app
from firstlight.web.guards import GUARDS, Guard, not_too_fast, without
from firstlight.web.rates import BUDGETS, MOST_ADDRESSES, Kind, Rates
from firstlight.web.settings import WebSettings
from firstlight.web.visit import subscriber

PHONE = "192.168.4.57"
DAY = 86_400


class StandingStill:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def wall(self) -> float:
        return 1_800_000_000.0 + self.now

    @property
    def boot_id(self) -> str:
        return "boot"

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


def client_of(
    clock: StandingStill, guards: tuple[Guard, ...] = GUARDS
) -> tuple[httpx.AsyncClient, FakeService]:
    service = FakeService(clock)
    app = create_app(service, WebSettings(version="1"), clock=clock, guards=guards)
    transport = httpx.ASGITransport(app, client=(PHONE, 40_000))
    return httpx.AsyncClient(transport=transport, base_url="http://192.168.4.1"), service


async def answers(client: httpx.AsyncClient, times: int) -> list[int]:
    return [
        (await client.post("/api/auth/pair", json={"code": f"{n:06}"})).status_code
        for n in range(times)
    ]


@pytest.mark.attack(
    "Asking as fast as the line can carry",
    guard="limits by address, by /64 for IPv6",
)
async def test_an_address_that_asks_too_fast_is_told_when_to_come_back() -> None:
    clock = StandingStill()
    client, _ = client_of(clock)
    async with client:
        statuses = [(await client.get("/api/health")).status_code for _ in range(201)]
        assert statuses == [200] * 200 + [429]
        refused = await client.get("/api/health")
        assert refused.json()["code"] == "rate_limited"
        clock.now += float(refused.headers["retry-after"])
        assert (await client.get("/api/health")).status_code == 200


@pytest.mark.unguarded("Asking as fast as the line can carry")
async def test_without_that_rule_it_may_ask_for_ever() -> None:
    client, _ = client_of(StandingStill(), without(not_too_fast))
    async with client:
        assert {(await client.get("/api/health")).status_code for _ in range(400)} == {200}


@pytest.mark.attack(
    "A day of guessing the six-digit code",
    guard="five wrong ones replace it, and pauses double",
)
async def test_a_code_can_not_be_guessed_over_http() -> None:
    """A day of it, by somebody who comes back at the first moment at which that is of use."""
    clock = StandingStill()
    client, service = client_of(clock)
    looked_at = 0
    async with client:
        while clock.now < DAY:
            code = (await service.pairing.code()).code
            wrong = "000000" if code != "000000" else "000001"
            answer = await client.post("/api/auth/pair", json={"code": wrong})
            if answer.status_code == 401:
                looked_at += 1
                continue
            assert answer.status_code == 429
            wait = int(answer.headers["retry-after"])
            assert wait > 0
            clock.now += wait
    # Each of them right with one in a million.
    assert 100 < looked_at <= 155
    assert service.pairing.sessions() == ()


@pytest.mark.unguarded("A day of guessing the six-digit code")
async def test_without_lockout_and_limits_it_is_only_a_matter_of_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lockout, "after_wrong", lambda tries, now: tries)
    client, service = client_of(StandingStill(), without(not_too_fast))
    code = (await service.pairing.code()).code
    wrong = [f"{(int(code) + n) % CODES:06}" for n in range(1, 200)]
    async with client:
        for guess in wrong:
            answer = await client.post("/api/auth/pair", json={"code": guess})
            assert answer.status_code == 401
        assert (await client.post("/api/auth/pair", json={"code": code})).status_code == 200


@given(
    kind=st.sampled_from(list(Kind)),
    steps=st.lists(st.floats(min_value=0, max_value=30), max_size=300),
)
def test_never_more_than_the_burst_and_what_came_back(kind: Kind, steps: list[float]) -> None:
    now = 0.0
    rates = Rates(lambda: now)
    passed = 0
    for step in steps:
        now += step
        passed += rates.wait(PHONE, kind) == 0
    budget = BUDGETS[kind]
    assert passed <= budget.burst + now * budget.each_second + 1e-6


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("2001:db8::1", "2001:db8::2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
    ],
)
def test_who_counts_as_one(one: str, other: str, together: bool) -> None:
    rates = Rates(lambda: 0.0)
    for _ in range(int(BUDGETS[Kind.SIGN_IN].burst)):
        assert rates.wait(subscriber(one), Kind.SIGN_IN) == 0
    assert (rates.wait(subscriber(other), Kind.SIGN_IN) > 0) is together


def test_many_addresses_take_no_more_room() -> None:
    rates = Rates(lambda: 0.0)
    for n in range(MOST_ADDRESSES * 5):
        rates.wait(subscriber(f"10.{n >> 16}.{n >> 8 & 255}.{n & 255}"), Kind.READ)
    assert len(rates._filled) <= MOST_ADDRESSES * len(Kind)
