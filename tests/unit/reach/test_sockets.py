"""The look behind the link, with real sockets between network namespaces."""

import asyncio
import os

import pytest
from msgspec.structs import replace
from tests.unit.reach.servers import (
    Answer,
    Pages,
    deaf_at_first,
    names,
    noise_before,
    page,
    servfail,
    silence,
)
from tests.unit.reach.surroundings import (
    KNOWN,
    LEASE,
    NO_CONTENT,
    PAGE,
    PAGES_NAME,
    PUBLIC_NAMES,
    ROUTER,
    TARGET,
    WIRED,
    World,
    serving,
)

from firstlight.model.reach import Internet, ReachTarget

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root for network namespaces")


def test_all_is_well(world: World) -> None:
    pages = Pages(NO_CONTENT)
    with serving(world.router, answer=KNOWN, pages=pages):
        found = world.look()
    assert (found.gateway, found.internet) == (True, Internet.REACHABLE)
    assert PAGES_NAME in found.evidence
    [head] = pages.heads
    assert head.startswith(b"GET /generate_204 HTTP/1.1\r\n")
    assert f"\r\nHost: {PAGES_NAME}\r\n".encode() in head


def test_port_and_question_of_the_page_are_asked_for(world: World) -> None:
    pages = Pages(page("200 OK", b" alive\n"))
    target = ReachTarget(url=f"http://{PAGES_NAME}:8080/a?b=c#d", status=200, body="alive")
    with serving(world.router, answer=KNOWN, pages=pages, port=8080):
        assert world.look(targets=(target,)).internet is Internet.REACHABLE
    [head] = pages.heads
    assert head.startswith(b"GET /a?b=c HTTP/1.1\r\n")
    assert f"\r\nHost: {PAGES_NAME}:8080\r\n".encode() in head


def test_a_page_by_its_address_needs_no_names(world: World) -> None:
    with serving(world.router, pages=Pages(NO_CONTENT)):
        found = world.look(targets=(ReachTarget(url=f"http://{PAGE}"),))
    assert found.internet is Internet.REACHABLE


@pytest.mark.parametrize(
    "parts",
    [
        page("302 Found", headers=b"location: http://portal.example/\r\n"),
        page("200 OK", b"<html>Sign in</html>"),
        page("511 Network Authentication Required"),
        [b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 200_000],
        [b"HTTP/1.0 200 OK\r\n\r\nsign in"],
        [b"HTTP/1.1 100 Continue\r\n\r\n", *page("200 OK")],
        [b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"],
    ],
)
def test_somebody_else_answers(world: World, parts: list[bytes]) -> None:
    with serving(world.router, answer=KNOWN, pages=Pages(parts)):
        found = world.look()
    assert (found.gateway, found.internet) == (True, Internet.PORTAL)
    assert "status" in found.evidence
    assert "instead of 204" in found.evidence


@pytest.mark.parametrize(
    ("body", "internet"),
    [
        (b"alive", Internet.REACHABLE),
        (b"alive\n", Internet.REACHABLE),
        (b"dead", Internet.PORTAL),
        (b"alive? sign in first", Internet.PORTAL),
        (b"\xff", Internet.PORTAL),
        (b"", Internet.PORTAL),
    ],
)
def test_the_whole_body_counts(world: World, body: bytes, internet: Internet) -> None:
    target = ReachTarget(url=TARGET.url, status=200, body="alive")
    with serving(world.router, answer=KNOWN, pages=Pages(page("200 OK", body))):
        assert world.look(targets=(target,)).internet is internet


@pytest.mark.parametrize("answer", [servfail, silence, names({}), None])
def test_no_names(world: World, answer: Answer | None) -> None:
    with serving(world.router, answer=answer, pages=Pages(NO_CONTENT)):
        found = world.look(seconds=0.5)
    assert (found.gateway, found.internet) == (True, Internet.NO_NAMES)
    assert "resolved" in found.evidence


def test_the_next_name_server_is_asked(world: World) -> None:
    lease = replace(LEASE, name_servers=("10.1.0.9", ROUTER))
    with serving(world.router, answer=KNOWN, pages=Pages(NO_CONTENT)):
        assert world.look(lease).internet is Internet.REACHABLE


def test_a_question_that_was_lost_is_asked_again(world: World) -> None:
    answer = deaf_at_first(1, KNOWN)
    with serving(world.router, answer=answer, pages=Pages(NO_CONTENT)):
        assert world.look().internet is Internet.REACHABLE


def test_noise_is_no_answer(world: World) -> None:
    with serving(world.router, answer=noise_before(KNOWN), pages=Pages(NO_CONTENT)):
        assert world.look().internet is Internet.REACHABLE


def test_a_lease_without_name_servers_falls_back_on_the_system(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def system(_: object, host: str, *__: object, **___: object) -> list[object]:
        if host != PAGES_NAME:
            raise OSError("no such name")
        return [(0, 0, 0, "", (PAGE, 0))]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", system)
    lease = replace(LEASE, name_servers=())
    with serving(world.router, pages=Pages(NO_CONTENT)):
        assert world.look(lease).internet is Internet.REACHABLE
        other = ReachTarget(url="http://another.example/")
        assert world.look(lease, (other,)).internet is Internet.NO_NAMES


def test_nobody_serves_the_page(world: World) -> None:
    with serving(world.router, answer=KNOWN):
        found = world.look()
    assert (found.gateway, found.internet) == (True, Internet.UNREACHABLE)
    assert found.evidence == f"{PAGES_NAME} refuses the connection."


@pytest.mark.parametrize("address", ["198.51.100.7", "10.1.0.9", "0.0.0.0", "255.255.255.255"])
def test_a_page_that_is_nowhere(world: World, address: str) -> None:
    with serving(world.router, answer=names({PAGES_NAME: address})):
        found = world.look(seconds=0.5)
    assert (found.gateway, found.internet) == (True, Internet.UNREACHABLE)


@pytest.mark.parametrize(
    "pages",
    [
        Pages([], linger=True),
        Pages([]),
        Pages([b"HTTP/1.1 204 No Content\r\n"], linger=True),
        Pages([b"HTTP/1.1 204 No Content\r\n"]),
        Pages([b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n"], linger=True),
        Pages([b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nshort"]),
        Pages([b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n", *[b"x"] * 9], pause=0.2),
        Pages([b"\x16\x03\x01 not HTTP at all\r\n\r\n"]),
        Pages([b"SSH-2.0-OpenSSH\r\n"], linger=True),
        Pages([b"HTTP/1.1 999999 what\r\n\r\n"]),
        Pages([b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n"], linger=True),
        Pages([b"HTTP/1.1 204 No Content\r\nx: " + b"y" * 100_000], linger=True),
        Pages([b"\x00" * 100_000]),
        Pages([b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000], linger=True),
    ],
)
def test_an_answer_that_is_none(world: World, pages: Pages) -> None:
    with serving(world.router, answer=KNOWN, pages=pages):
        found = world.look(seconds=0.5)
    assert (found.gateway, found.internet) == (True, Internet.UNREACHABLE)


def test_the_best_answer_counts(world: World) -> None:
    nowhere = ReachTarget(url="http://nowhere.example/")
    refused = ReachTarget(url=f"http://{PAGES_NAME}:81/")
    other = ReachTarget(url=TARGET.url, status=205)
    with serving(world.router, answer=KNOWN, pages=Pages(NO_CONTENT)):
        assert world.look(targets=(nowhere, refused, TARGET)).internet is Internet.REACHABLE
        assert world.look(targets=(nowhere, refused, other)).internet is Internet.PORTAL
        assert world.look(targets=(nowhere, refused)).internet is Internet.UNREACHABLE
        assert world.look(targets=(nowhere,)).internet is Internet.NO_NAMES


def test_without_targets_only_the_gateway_counts(world: World) -> None:
    found = world.look(targets=())
    assert (found.gateway, found.internet) == (True, Internet.REACHABLE)
    assert found.evidence == "No target is set."
    assert not world.look(replace(LEASE, gateway="10.1.0.9"), ()).gateway


def test_an_interface_that_is_gone_reaches_nothing(world: World) -> None:
    with serving(world.router, answer=KNOWN, pages=Pages(NO_CONTENT)):
        found = world.look(interface="wlan9", seconds=0.5)
        by_address = ReachTarget(url=f"http://{PAGE}/")
        assert world.look(interface="wlan9", targets=(by_address,)).internet is (
            Internet.UNREACHABLE
        )
    assert (found.gateway, found.internet) == (False, Internet.NO_NAMES)


def test_an_interface_that_is_down_reaches_nothing(world: World) -> None:
    world.router.ip("link set lan0 down")
    try:
        found = world.look(seconds=0.5)
    finally:
        world.router.ip("link set lan0 up")
    assert not found.gateway
    assert found.internet is Internet.NO_NAMES


async def _fetched(address: str) -> bytes:
    """What any program on the station gets, by the way that the machine prefers."""
    reader, writer = await asyncio.open_connection(address, 80)
    try:
        writer.write(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        return await reader.read()
    finally:
        writer.close()


def test_ethernet_does_not_lend_its_internet(world: World) -> None:
    """The page is there for every program on the station, but not through its WiFi."""
    pages = Pages(NO_CONTENT)
    with serving(world.wired, answer=KNOWN, pages=pages, at=PUBLIC_NAMES):
        assert world.station.run(_fetched(PAGE)).startswith(b"HTTP/1.1 204")
        pages.heads.clear()
        with serving(world.router, answer=KNOWN):
            found = world.look()
        assert (found.gateway, found.internet) == (True, Internet.UNREACHABLE)
        by_address = world.look(targets=(ReachTarget(url=f"http://{PAGE}/"),))
        assert by_address.internet is Internet.UNREACHABLE
        assert pages.heads == []
        wired = replace(LEASE, gateway=WIRED, name_servers=(PUBLIC_NAMES,))
        assert world.look(wired, interface="eth0").internet is Internet.REACHABLE


def test_ethernet_does_not_lend_its_names(world: World) -> None:
    """The name server of the lease answers, but not through the WiFi."""
    public = replace(LEASE, name_servers=(PUBLIC_NAMES,))
    with (
        serving(world.wired, answer=KNOWN, at=PUBLIC_NAMES),
        serving(world.router, pages=Pages(NO_CONTENT)),
    ):
        found = world.look(public, seconds=0.5)
        assert (found.gateway, found.internet) == (True, Internet.NO_NAMES)


@pytest.mark.parametrize("seconds", [0.05, 0.3])
def test_it_ends_in_time_whatever_is_silent(world: World, seconds: float) -> None:
    """Every server named is one that nobody is; the deadline of the runner is the judge."""
    lease = replace(LEASE, gateway="10.1.0.9", name_servers=("10.1.0.9", "198.51.100.9") * 3)
    found = world.look(lease, (TARGET,) * 5, seconds=seconds)
    assert (found.gateway, found.internet) == (False, Internet.NO_NAMES)
