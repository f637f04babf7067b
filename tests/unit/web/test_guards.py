import ipaddress
import re

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import Headers

from firstlight.model.wire import HotspotAnswer
from firstlight.web.access import SOFTAP_ONLY, Right, right_for
from firstlight.web.api.endpoint import Endpoint
from firstlight.web.api.itself import ENDPOINTS
from firstlight.web.guards import (
    GUARDS,
    from_own_page,
    is_device_api,
    meant_for_this_host,
    without,
)
from firstlight.web.policy import Policy
from firstlight.web.problems import Refusal
from firstlight.web.settings import WebSettings
from firstlight.web.visit import Visit


def visit(**headers: str) -> Visit:
    return Visit(
        peer=ipaddress.ip_address("127.0.0.1"),
        over_unix_socket=False,
        scheme="http",
        method="POST",
        path="/api/provisioning/hotspot/disable",
        headers=Headers(headers),
    )


def as_header(text: str) -> str:
    """As Starlette reads the bytes of a header."""
    return text.encode("utf-8").decode("latin-1")


def policy(**settings: object) -> Policy:
    return Policy.of(WebSettings(version="1", **settings), None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("hostname", "names"),
    [
        ("", {"localhost"}),
        ("Lamp", {"localhost", "lamp", "lamp.local"}),
        ("lamp.lan.", {"localhost", "lamp", "lamp.lan", "lamp.lan.local"}),
    ],
)
def test_the_names_of_a_host(hostname: str, names: set[str]) -> None:
    assert policy(hostname=hostname).hosts == names


def test_a_further_name_of_a_host() -> None:
    names = policy(host_names=("Setup.Example.", "other")).hosts
    assert names == {"localhost", "setup.example", "other"}


@given(st.text(max_size=40))
def test_any_other_name_is_refused(host: str) -> None:
    with pytest.raises(Refusal):
        meant_for_this_host(visit(host=as_header(host) + ".example"), policy(hostname="lamp"))


@given(st.text(max_size=40), st.text(max_size=20))
def test_any_other_origin_is_refused(origin: str, host: str) -> None:
    with pytest.raises(Refusal):
        from_own_page(visit(origin=as_header(origin) + "/", host=as_header(host)), policy())


def test_a_guard_can_be_left_out() -> None:
    assert without() == GUARDS
    assert meant_for_this_host not in without(meant_for_this_host)
    assert len(without(meant_for_this_host)) == len(GUARDS) - 1


@pytest.mark.parametrize(
    ("path", "inside"),
    [
        ("/api/provisioning", True),
        ("/api/provisioning/", True),
        ("/api/provisioning/status", True),
        ("/api/provisioningx", False),
        ("/api/health", False),
        ("/", False),
    ],
)
def test_what_the_device_api_is(path: str, inside: bool) -> None:
    assert is_device_api(path) is inside


def secrets_in(kind: type | None) -> set[str]:
    """Fields of an answer, at any depth, that are named like a secret."""
    _, components = msgspec.json.schema_components([kind] if kind else [])
    named = {name for part in components.values() for name in part.get("properties", {})}
    return {name for name in named if re.search("passw|psk|token|secret", name, re.IGNORECASE)}


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda row: f"{row.method} {row.path}")
def test_an_answer_with_a_secret_is_guarded_like_a_change(endpoint: Endpoint) -> None:
    elsewhere = {"/api/auth/pair", *SOFTAP_ONLY}
    if secrets_in(endpoint.answer) and endpoint.path not in elsewhere:
        assert right_for(endpoint.method, endpoint.path) is Right.MANAGE


def test_a_secret_in_an_answer_is_seen() -> None:
    assert secrets_in(HotspotAnswer) == {"password"}


def test_settings_do_not_show_the_token() -> None:
    settings = WebSettings(version="1", token="s3cret")
    assert "s3cret" not in repr(settings)
