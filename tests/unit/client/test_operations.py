"""Every operation that the daemon publishes is a method, or stands here with a reason."""

import re
from typing import Any

import httpx
import pytest

from firstlight.client import access, device, registry
from firstlight.client.operation import Operation
from firstlight.client.operations import Operations
from firstlight.client.request import Request
from firstlight.client.sending import EVENTS, built
from firstlight.client.undertakings import Undertakings
from firstlight.errors import InvalidInput
from firstlight.model.records import RecordKind
from firstlight.model.wire import ExchangeForm
from firstlight.web.api.itself import ENDPOINTS

WITHOUT_A_METHOD = {
    "POST /auth": "a header for tools of the provisioning-mode family; programs pair",
    "POST /api/provisioning/attended": "says that a person is at the page",
    "GET /api/provisioning/nonce": "refused outside of the SoftAP",
    "GET /api/provisioning/client": "refused outside of the SoftAP",
    "GET /api/provisioning/controller": "refused outside of the SoftAP",
    "GET /api/provisioning/certs": "refused outside of the SoftAP",
}

UUID = "0b0e7a52-60f6-4a0c-8d0f-3f1f6f0b7c01"
GIVEN: dict[str, tuple[Any, ...]] = {
    "attempt": ("a1",),
    "forget": ("Home",),
    "pair": ("123456",),
    "revoke_session": ("s1",),
    "preview_import": (b"", ExchangeForm.CSV),
    "import_registry": (b"", ExchangeForm.CSV),
    "export_registry": (ExchangeForm.CSV,),
    "certificate": ("a.pem",),
    "certificate_details": ("a.pem",),
    "add_certificate": ("a.pem", b""),
    "delete_certificate": ("a.pem",),
}
OF_A_KIND: dict[str, tuple[Any, ...]] = {
    "uuids": (),
    "entries": (),
    "record": (UUID,),
    "put_record": (UUID, {"name": "Lamp"}),
    "delete_record": (UUID,),
}


def operations() -> dict[str, Operation[Any, Any]]:
    return {
        name: found
        for kind in Operations.__mro__
        for name, found in vars(kind).items()
        if isinstance(found, Operation)
    }


def described() -> list[Request[Any]]:
    """Each once, and once a kind of record where that is in the path."""
    requests: list[Request[Any]] = [EVENTS]
    for name, one in operations().items():
        if name in OF_A_KIND:
            requests += [one.request(kind, *OF_A_KIND[name]) for kind in RecordKind]
        elif name == "designate_certificate":
            requests += [one.request("a.pem", kind) for kind in RecordKind]
        else:
            requests.append(one.request(*GIVEN.get(name, ())))
    return requests


def published(request: Request[Any]) -> str:
    """The row of the table that answers it, as OpenAPI calls it."""
    rows = [
        row
        for row in ENDPOINTS
        if row.method == request.method
        and re.fullmatch(re.sub(r"{\w+}", "[^/]+", row.path), request.path)
    ]
    exact = [row for row in rows if row.path == request.path] or rows
    assert len(exact) == 1, f"{request.method} {request.path}"
    return f"{exact[0].method} {exact[0].path}"


def test_all_of_the_published_interface_can_be_asked() -> None:
    asked = {published(request) for request in described()}
    all_of_it = {f"{row.method} {row.path}" for row in ENDPOINTS}
    assert asked | WITHOUT_A_METHOD.keys() == all_of_it
    assert not asked & WITHOUT_A_METHOD.keys()


def test_only_questions_are_asked_twice() -> None:
    assert {one.method for one in described() if one.is_repeatable} == {"GET"}


@pytest.mark.parametrize(("usual", "waited"), [(5.0, 900.0), (3600.0, 3600.0), (None, None)])
@pytest.mark.parametrize("name", ["preview_import", "import_registry"])
def test_an_import_is_waited_for_longer(
    name: str, usual: float | None, waited: float | None
) -> None:
    request = operations()[name].request(*GIVEN[name])
    with httpx.Client(base_url="http://box.local", timeout=usual) as http:
        assert built(http, request).extensions["timeout"]["read"] == waited
        assert built(http, EVENTS).extensions["timeout"]["read"] == usual


@pytest.mark.parametrize("name", operations())
def test_every_method_says_what_it_does(name: str) -> None:
    assert operations()[name].__doc__


def test_what_is_followed_says_it_too() -> None:
    for name in ("connect", "claim_configuration", "provision"):
        assert vars(Undertakings)[name].__doc__


LEADING = {
    "../a b/c": "..%2Fa%20b%2Fc",
    ".": "%2E",
    "..": "%2E%2E",
}
"""What goes into a path, and how; a step within the path is taken out of it by whoever sends it."""


def asked(name: str, given: str) -> str:
    """The path as httpx sends it."""
    path = operations()[name].request(given).path
    with httpx.Client(base_url="http://localhost") as client:
        return client.build_request("GET", path).url.raw_path.decode()


@pytest.mark.attack(
    "A name that leads a program to another of the device's paths",
    guard="what goes into a path is quoted",
)
@pytest.mark.parametrize("name", ["attempt", "revoke_session", "certificate"])
def test_what_goes_into_a_path_stays_one_part_of_it(name: str) -> None:
    root = asked(name, "x").removesuffix("x")
    assert {given: asked(name, given) for given in LEADING} == {
        given: root + part for given, part in LEADING.items()
    }


@pytest.mark.unguarded("A name that leads a program to another of the device's paths")
@pytest.mark.parametrize("name", ["attempt", "revoke_session", "certificate"])
def test_where_nothing_is_quoted_it_leads_elsewhere(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = asked(name, "x").removesuffix("x")
    for module in (access, device, registry):
        monkeypatch.setattr(module, "segment", lambda text: text)
    assert all(not asked(name, given).startswith(root + part) for given, part in LEADING.items())


def test_what_is_no_unicode_is_refused_and_not_shown() -> None:
    for request in (
        lambda: operations()["revoke_session"].request("caf\udce9"),
        lambda: operations()["add_certificate"].request("caf\udce9.pem", b""),
        lambda: operations()["begin_connect"].request("Home", password="caf\udce9"),
    ):
        with pytest.raises(InvalidInput, match="is not UTF-8") as caught:
            request()
        assert "caf" not in str(caught.value)
