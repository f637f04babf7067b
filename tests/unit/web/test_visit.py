"""One request, as it is read from its ASGI scope."""

import ipaddress

import pytest
from starlette.types import Scope

from firstlight.web.access import Standing
from firstlight.web.visit import Visit, subscriber


def scope(client: str | None, *headers: tuple[bytes, bytes]) -> Scope:
    return {
        "type": "http",
        "method": "GET",
        "path": "/lamp/api/health",
        "root_path": "/lamp",
        "headers": list(headers),
        "client": (client, 5000) if client is not None else None,
        "server": ("192.168.4.1", 80) if client is not None else ("/run/firstlight.sock", None),
    }


@pytest.mark.parametrize(
    ("client", "caller", "local"),
    [
        ("192.168.4.17", "192.168.4.17", False),
        ("::ffff:192.168.4.17", "192.168.4.17", False),
        ("127.0.0.1", "127.0.0.1", True),
        ("127.8.9.1", "127.8.9.1", True),
        ("::ffff:127.0.0.1", "127.0.0.1", True),
        ("::1", "::1", True),
        ("FE80:0::1", "fe80::1", False),
        ("not an address", "", False),
        (None, "", True),
    ],
)
def test_who_calls(client: str | None, caller: str, local: bool) -> None:
    for _ in range(2):  # the second time, what is known of the address is not worked out again
        visit = Visit.of(scope(client))
        assert visit.peer == (ipaddress.ip_address(caller) if caller else None)
        assert (visit.caller, visit.local) == (caller, local)
        assert visit.over_unix_socket == (client is None)


@pytest.mark.parametrize("header", [b"forwarded", b"via", b"x-real-ip", b"x-forwarded-for"])
def test_who_comes_by_way_of_a_proxy_here_is_not_local(header: bytes) -> None:
    assert not Visit.of(scope("127.0.0.1", (header, b"127.0.0.1"))).local
    assert Visit.of(scope("127.0.0.1")).local


def test_it_is_read_once_and_kept_with_its_request() -> None:
    one, other = scope("192.168.4.17"), scope("192.168.4.17")
    visit = Visit.met(one)
    assert (visit.path, visit.root) == ("/api/health", "/lamp")
    visit.standing = Standing.OWNER
    assert Visit.met(one) is visit
    assert Visit.met(other).standing is Standing.STRANGER


@pytest.mark.parametrize(
    ("sent", "value"),
    [
        (b"firstlight-session=tok", "tok"),
        (b"a=1; firstlight-session=tok ; b=2", "tok"),
        (b'prefs={"a":1}; firstlight-session=tok', "tok"),
        (b"a b=1; firstlight-session=tok", "tok"),
        (b'x=[1,"2"]; firstlight-session=tok', "tok"),
        (b"name=Z\xfcrich; firstlight-session=tok", "tok"),
        (b"firstlight-session", ""),
        (b"firstlight-session=", ""),
        (b"not-firstlight-session=tok", ""),
        (b"a=firstlight-session=tok", ""),
        (b"", ""),
    ],
)
def test_a_cookie_is_found_among_those_of_others(sent: bytes, value: str) -> None:
    """Browsers send a host's cookies to every port of it."""
    assert Visit.of(scope("192.168.4.17", (b"cookie", sent))).cookie("firstlight-session") == value


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("192.168.4.17", "192.168.4.17"),
        ("::ffff:192.168.4.17", "192.168.4.17"),
        ("2001:db8:1:2::7", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
    ],
)
def test_who_counts_as_one_subscriber(text: str, who: str) -> None:
    assert subscriber(text) == who
