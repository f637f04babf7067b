"""Every operation that the daemon publishes is a method, or stands here with a reason."""

import re
from typing import Any

import pytest

from firstlight.client.operation import Operation
from firstlight.client.operations import Operations
from firstlight.client.request import Request
from firstlight.client.sending import EVENTS
from firstlight.client.undertakings import Undertakings
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


@pytest.mark.parametrize("name", operations())
def test_every_method_says_what_it_does(name: str) -> None:
    assert operations()[name].__doc__


def test_what_is_followed_says_it_too() -> None:
    for name in ("connect", "claim_configuration", "provision"):
        assert vars(Undertakings)[name].__doc__


def test_what_goes_into_a_path_stays_one_part_of_it() -> None:
    found = operations()
    for name in ("attempt", "revoke_session", "certificate"):
        assert found[name].request("../a b/c").path.endswith("/..%2Fa%20b%2Fc")
