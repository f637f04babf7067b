"""Everything behind the link, one by one."""

import os
import socket
from email.utils import formatdate

import pytest
from dns import message
from msgspec.structs import replace
from tests.unit.reach.servers import Pages, names, page, silence
from tests.unit.reach.surroundings import (
    BROKERS_NAME,
    KNOWN,
    LEASE,
    NO_CONTENT,
    PAGE,
    PAGES_NAME,
    ROUTER,
    TARGET,
    World,
    serving,
)

from firstlight.model.reach import Broker, Internet, ReachTarget
from firstlight.reach import gateway

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root for network namespaces")

LONGER_THAN_THE_TEST_MAY_TAKE = 60.0
BY_ADDRESS = ReachTarget(url=f"http://{PAGE}/generate_204")
BROKER = Broker(host=BROKERS_NAME, port=1883)
NEVER = ReachTarget(url=f"http://{PAGE}:8080/")


def test_all_is_well(world: World) -> None:
    with serving(world.router, answer=KNOWN, pages=Pages(NO_CONTENT), broker=1883):
        found = world.climb(broker=BROKER)
    assert (found.gateway.holds, found.gateway.evidence) == (True, f"{ROUTER} answers.")
    assert found.names is not None
    assert (found.names.holds, found.names.evidence) == (True, f"{PAGES_NAME} is {PAGE}.")
    assert found.internet is not None
    assert found.internet.internet is Internet.REACHABLE
    assert found.internet.evidence == f"{PAGES_NAME} answered as expected."
    assert found.broker is not None
    assert (found.broker.holds, found.broker.address) == (True, PAGE)
    assert "takes connections" in found.broker.evidence


def test_what_is_not_asked_for_is_not_looked_at(world: World) -> None:
    found = world.climb(targets=())
    assert (found.names, found.internet, found.broker) == (None, None, None)


def test_pages_by_address_ask_for_no_names(world: World) -> None:
    with serving(world.router, pages=Pages(NO_CONTENT)):
        found = world.climb(targets=(BY_ADDRESS,))
    assert found.names is None
    assert found.internet is not None
    assert found.internet.internet is Internet.REACHABLE


def test_without_targets_the_name_of_the_broker_is_asked_for(world: World) -> None:
    with serving(world.router, answer=KNOWN):
        found = world.climb(targets=(), broker=BROKER)
    assert found.names is not None
    assert BROKERS_NAME in found.names.evidence


def test_names_that_do_not_resolve(world: World) -> None:
    with serving(world.router, answer=names({}), pages=Pages(NO_CONTENT)):
        found = world.climb(broker=BROKER)
    assert found.names is not None
    assert not found.names.holds
    assert found.names.evidence == f"{PAGES_NAME} could not be resolved by {ROUTER}."
    assert found.broker is not None
    assert (found.broker.holds, found.broker.address) == (False, None)
    assert "could not be resolved" in found.broker.evidence


def test_a_name_server_that_sends_anything_but_an_answer_is_given_up(world: World) -> None:
    def flood(question: message.Message) -> list[bytes]:
        return [b"\x00"] * 40 + KNOWN(question)

    with serving(world.router, answer=flood):
        found = world.climb(targets=(), broker=BROKER)
    assert found.names is not None
    assert not found.names.holds


@pytest.mark.parametrize("host", ["a..b", "x" * 64, ".", "a..local"])
def test_a_broker_whose_host_can_be_no_name(world: World, host: str) -> None:
    with serving(world.router, answer=KNOWN, pages=Pages(NO_CONTENT)):
        found = world.climb(broker=Broker(host=host, port=1883))
    assert found.broker is not None
    assert (found.broker.holds, "could not be resolved" in found.broker.evidence) == (False, True)
    assert found.internet is not None
    assert found.internet.internet is Internet.REACHABLE


def test_a_lease_without_name_servers_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_such_name(*_: object, **__: object) -> list[object]:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr("asyncio.BaseEventLoop.getaddrinfo", no_such_name)
    found = world.climb(replace(LEASE, name_servers=()))
    assert found.names is not None
    assert "names no name server" in found.names.evidence


def test_a_name_of_the_link_is_asked_of_the_system(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No name server knows ``.local`` (RFC 6762)."""

    async def system(_: object, host: str, *__: object, **___: object) -> list[object]:
        return [(0, 0, 0, "", (PAGE, 0))] if host == "broker.local" else []

    monkeypatch.setattr("asyncio.BaseEventLoop.getaddrinfo", system)
    with serving(world.router, answer=KNOWN, broker=1883):
        found = world.climb(targets=(), broker=Broker(host="broker.local", port=1883))
    assert found.broker is not None
    assert found.broker.holds


@pytest.mark.parametrize(
    ("address", "seen"),
    [(PAGE, "refuses the connection"), ("10.1.0.9", "can't be reached (No route to host)")],
)
def test_a_broker_that_is_not_there(world: World, address: str, seen: str) -> None:
    with serving(world.router, answer=names({BROKERS_NAME: address})):
        found = world.climb(targets=(), broker=BROKER)
    assert found.broker is not None
    assert (found.broker.holds, found.broker.address) == (False, address)
    assert found.broker.evidence == f"{BROKERS_NAME} (port 1883) {seen}."


def test_a_broker_that_is_silent(world: World) -> None:
    rule = "pref 5 ipproto tcp dport 1883 type blackhole"
    world.router.ip("rule add pref 10 lookup local", "rule del pref 0", f"rule add {rule}")
    try:
        found = world.climb(targets=(), broker=Broker(host=PAGE, port=1883), seconds=0.4)
    finally:
        world.router.ip(
            f"rule del {rule}", "rule add pref 0 lookup local", "rule del pref 10 lookup local"
        )
    assert found.broker is not None
    assert found.broker.evidence == f"{PAGE} (port 1883) does not answer in time."


def test_a_silent_gateway_is_proven_by_what_answers_behind_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent(*_: object) -> tuple[bool, str]:
        return False, f"{ROUTER} does not answer."

    monkeypatch.setattr(gateway, "answers", silent)
    with serving(world.router, answer=KNOWN, pages=Pages(NO_CONTENT)):
        found = world.climb()
        assert found.gateway.holds
        assert "lets others through" in found.gateway.evidence
        assert not world.climb(replace(LEASE, gateway=None)).gateway.holds
        assert not world.climb(targets=(NEVER,)).gateway.holds


def test_one_page_that_answers_is_enough(world: World) -> None:
    """It doesn't wait for the page that never answers, nor for the name that nobody knows."""
    unknown = ReachTarget(url="http://unknown.example/")

    def some(question: object) -> list[bytes]:
        return (silence if "unknown" in str(question) else KNOWN)(question)  # type: ignore[arg-type]

    with (
        serving(world.router, pages=Pages([], linger=True), port=8080),
        serving(world.router, answer=some, pages=Pages(NO_CONTENT)),
    ):
        found = world.climb(targets=(NEVER, unknown, TARGET), seconds=LONGER_THAN_THE_TEST_MAY_TAKE)
    assert found.internet is not None
    assert found.internet.internet is Internet.REACHABLE
    assert found.names is not None
    assert found.names.holds


@pytest.mark.parametrize(
    ("headers", "date"),
    [
        (b"", None),
        (b"date: Sun, 06 Nov 1994 08:49:37 GMT\r\n", 784111777),
        (b"date: Sun, 06 Nov 1994 08:49:37 GMT\r\nage: 3600\r\n", None),
        (b"date: yesterday\r\n", None),
        (b"date: Sun, 06 Nov 99999 08:49:37 GMT\r\n", None),
        (b"date: \xff\r\n", None),
    ],
)
def test_the_time_that_a_server_tells(world: World, headers: bytes, date: int | None) -> None:
    with serving(world.router, pages=Pages(page("204 No Content", headers=headers))):
        found = world.climb(targets=(BY_ADDRESS,))
    assert found.internet is not None
    assert (found.internet.internet, found.internet.date) == (Internet.REACHABLE, date)


def test_who_answers_in_its_place_is_not_asked_for_the_time(world: World) -> None:
    headers = f"date: {formatdate(usegmt=True)}\r\n".encode()
    with serving(world.router, pages=Pages(page("200 OK", headers=headers))):
        found = world.climb(targets=(BY_ADDRESS,))
    assert found.internet is not None
    assert (found.internet.internet, found.internet.date) == (Internet.PORTAL, None)


@pytest.mark.parametrize("seconds", [0.05, 0.3])
def test_it_ends_in_time_whatever_is_silent(world: World, seconds: float) -> None:
    """Every server named is one that nobody is; the deadline of the runner is the judge."""
    lease = replace(LEASE, gateway="10.1.0.9", name_servers=("10.1.0.9", "198.51.100.9") * 3)
    found = world.climb(lease, (TARGET, NEVER), BROKER, seconds=seconds)
    assert not found.gateway.holds
    assert found.names is not None
    assert not found.names.holds
    assert found.broker is not None
    assert not found.broker.holds
    assert found.internet is not None
    assert found.internet.internet is Internet.UNREACHABLE
