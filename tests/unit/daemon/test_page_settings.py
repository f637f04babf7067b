"""The portal's own listeners, and where people on the hotspot are sent."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from firstlight.config import Config, Hotspot, Web
from firstlight.daemon.page_settings import Portal, page_on, portal_door
from firstlight.web.listeners import bind_portal, bind_tcp

ADDRESS = "127.0.0.9"
ABSENT = "192.0.2.77"


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        found = [stack.enter_context(bind_tcp(ADDRESS, 0)) for _ in range(count)]
        return [one.getsockname()[1] for one in found]


def portal(opened: ExitStack, port: int, web: Web, address: str = ADDRESS) -> Portal:
    made = portal_door(Config(hotspot=Hotspot(address=f"{address}/24", portal_port=port), web=web))
    for one in (*made.plain, *made.secured):
        opened.callback(one.close)
    return made


def listens(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex((ADDRESS, port)) == 0


def secure(port: int, *, public: bool = False) -> Web:
    return Web(tls_certificate="/c", tls_key="/k", tls_port=port, public=public)


def test_the_page_is_served_there_though_web_is_for_this_machine_alone(opened: ExitStack) -> None:
    (port,) = free_ports(1)
    made = portal(opened, port, Web())
    assert made.page == f"http://{ADDRESS}:{port}/"
    assert made.secured == []
    assert listens(port)


def test_with_a_certificate_the_page_that_people_are_sent_to_is_listened_on(
    opened: ExitStack,
) -> None:
    port, tls_port = free_ports(2)
    made = portal(opened, port, secure(tls_port))
    assert made.page == f"https://{ADDRESS}:{tls_port}/"
    assert listens(port)
    assert listens(tls_port)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", ADDRESS])
def test_an_address_that_covers_the_hotspot_is_as_good_as_public(
    opened: ExitStack, host: str
) -> None:
    port, tls_port = free_ports(2)
    web = Web(host=host, tls_certificate="/c", tls_key="/k", tls_port=tls_port)
    opened.enter_context(bind_tcp("0.0.0.0", tls_port))
    made = portal(opened, port, web)
    assert (made.page, made.secured) == (f"https://{ADDRESS}:{tls_port}/", [])
    assert len(made.plain) == 1


def test_what_is_public_is_not_listened_on_twice(opened: ExitStack) -> None:
    port, tls_port = free_ports(2)
    made = portal(opened, port, secure(tls_port, public=True))
    assert made.page == f"https://{ADDRESS}:{tls_port}/"
    assert made.secured == []
    same = portal(opened, 8080, Web(public=True, port=8080))
    assert (same.plain, same.page) == ([], f"http://{ADDRESS}:8080/")


def test_the_address_need_not_be_there_yet(opened: ExitStack) -> None:
    (port,) = free_ports(1)
    listener = opened.enter_context(bind_portal(ABSENT, port))
    assert listener.getsockname() == (ABSENT, port)
    assert portal(opened, port, Web(), "192.0.2.78").page == f"http://192.0.2.78:{port}/"


@pytest.mark.parametrize("taken", ["plain", "tls"])
def test_a_taken_port_is_told_and_leaves_nothing_behind(
    opened: ExitStack, taken: str, caplog: pytest.LogCaptureFixture
) -> None:
    port, tls_port = free_ports(2)
    other = port if taken == "plain" else tls_port
    opened.enter_context(bind_tcp(ADDRESS, other))
    made = portal(opened, port, secure(tls_port))
    assert made == Portal([], [], "")
    assert f"{ADDRESS}:{other}" in caplog.text
    assert "nobody on the hotspot can reach the page" in caplog.text
    assert not listens(tls_port if taken == "plain" else port)


def test_a_taken_port_leaves_the_page_to_a_public_web(opened: ExitStack) -> None:
    (port,) = free_ports(1)
    opened.enter_context(bind_tcp(ADDRESS, port))
    made = portal(opened, port, Web(public=True, port=8099))
    assert made == Portal([], [], f"http://{ADDRESS}:8099/")


@pytest.mark.parametrize(("public", "page"), [(False, ""), (True, f"http://{ADDRESS}:8099/")])
def test_a_door_that_is_not_wanted(opened: ExitStack, public: bool, page: str) -> None:
    assert portal(opened, 0, Web(public=public, port=8099)) == Portal([], [], page)


@pytest.mark.parametrize(
    ("web", "page"),
    [
        (Web(port=80), ""),
        (Web(port=80, public=True), "http://10.0.0.5/"),
        (Web(port=8080, host="0.0.0.0"), "http://10.0.0.5:8080/"),
        (Web(port=80, host="10.0.0.5"), "http://10.0.0.5/"),
        (Web(port=80, host="10.0.0.6"), ""),
        (secure(443, public=True), "https://10.0.0.5/"),
    ],
)
def test_where_the_pages_are_on_a_network(web: Web, page: str) -> None:
    assert page_on(Config(web=web), "10.0.0.5") == page
    assert page_on(Config(web=web), "") == ""
