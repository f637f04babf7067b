"""What counts as a person at the page, and what does not."""

import ipaddress

import pytest
from starlette.datastructures import Headers

from firstlight.web.api.itself import ENDPOINTS
from firstlight.web.attendance import BY_HAND, shows_a_person
from firstlight.web.guards import Visit

API = "/api/provisioning"
BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
SCRIPT = {"accept": "*/*", "sec-fetch-mode": "cors", "origin": "http://192.168.4.1"}
HAND = {**SCRIPT, "x-firstlight-by-hand": "1"}

PROBES = (
    "/generate_204",
    "/gen_204",
    "/mobile/status.php",
    "/hotspot-detect.html",
    "/library/test/success.html",
    "/connecttest.txt",
    "/ncsi.txt",
    "/redirect",
    "/canonical.html",
    "/success.txt",
    "/check_network_status.txt",
    "/nm-check.txt",
    "/wifistub.html",
)


def visit(method: str, path: str, headers: dict[str, str], *, unix: bool = False) -> Visit:
    return Visit(
        peer=None if unix else ipaddress.ip_address("192.168.4.17"),
        over_unix_socket=unix,
        scheme="http",
        method=method,
        path=path,
        headers=Headers(headers),
    )


COUNTS = [
    ("GET", "/", BROWSER),
    ("POST", "/connect", BROWSER),
    ("POST", "/finish", BROWSER),
    ("GET", f"{API}/networks", HAND),
    ("POST", f"{API}/network/connect", SCRIPT),
    ("POST", f"{API}/network/forget", SCRIPT),
    ("POST", f"{API}/attended", SCRIPT),
]


@pytest.mark.parametrize(("method", "path", "headers"), COUNTS)
def test_what_a_hand_does_counts(method: str, path: str, headers: dict[str, str]) -> None:
    assert shows_a_person(visit(method, path, headers))


@pytest.mark.parametrize(("method", "path", "headers"), COUNTS)
def test_over_the_unix_socket_nothing_counts(
    method: str, path: str, headers: dict[str, str]
) -> None:
    assert not shows_a_person(visit(method, path, headers, unix=True))


@pytest.mark.parametrize("path", PROBES)
@pytest.mark.parametrize("headers", [{}, BROWSER, HAND], ids=["bare", "browser", "hand"])
def test_a_probe_of_a_phone_does_not_count(path: str, headers: dict[str, str]) -> None:
    assert not shows_a_person(visit("GET", path, headers))
    assert not shows_a_person(visit("HEAD", path, headers))


@pytest.mark.parametrize(
    "headers",
    [{}, {"accept": "*/*"}, {"accept": "*/*", "user-agent": "CaptiveNetworkSupport-1 wispr"}],
    ids=["bare", "anything", "a probe that followed a redirection"],
)
def test_asking_for_the_page_without_showing_it_does_not_count(headers: dict[str, str]) -> None:
    assert not shows_a_person(visit("GET", "/", headers))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{API}/events"),
        ("GET", f"{API}/status"),
        ("GET", f"{API}/network/attempts/a1"),
        ("GET", f"{API}/networks/saved"),
        ("GET", "/api/health"),
        ("GET", "/api/openapi.json"),
        ("GET", "/static/app.js"),
        ("HEAD", "/"),
        ("POST", "/"),
        ("GET", f"{API}/attended"),
        ("OPTIONS", f"{API}/attended"),
        ("GET", f"{API}/network/connect"),
        ("GET", "/favicon.ico"),
        ("GET", "/nothing/here"),
        ("POST", f"{API}/nothing"),
        ("POST", f"{API}/attended\n"),
        ("GET", "//"),
    ],
)
@pytest.mark.parametrize("headers", [{}, BROWSER, HAND], ids=["bare", "browser", "hand"])
def test_what_pages_and_programs_do_by_themselves_does_not_count(
    method: str, path: str, headers: dict[str, str]
) -> None:
    assert not shows_a_person(visit(method, path, headers))


def test_a_list_that_nobody_asked_for_does_not_count() -> None:
    assert not shows_a_person(visit("GET", f"{API}/networks", SCRIPT))


PAGES = {("GET", "/"), ("POST", "/connect"), ("POST", "/finish")}


def test_a_page_that_renews_itself_is_nobodys_hand() -> None:
    live = {**BROWSER, "x-firstlight-live": "1"}
    assert not shows_a_person(visit("GET", "/", live))
    assert shows_a_person(visit("GET", "/", {**live, **HAND}))


def test_whatever_counts_is_there() -> None:
    served = {(row.method, row.path) for row in ENDPOINTS} | PAGES
    assert set(BY_HAND) <= served
    assert {(method, path) for method, path, _ in COUNTS} == set(BY_HAND)
