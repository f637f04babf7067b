import json

import pytest

from firstlight.web.access import SOFTAP_ONLY, Right, right_for
from firstlight.web.api.itself import ENDPOINTS
from firstlight.web.api.openapi import describe

DOCUMENT = json.loads(describe(ENDPOINTS, title="T", version="1"))


@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda row: f"{row.method} {row.path}")
def test_each_endpoint_is_described(endpoint: object) -> None:
    operation = DOCUMENT["paths"][endpoint.path][endpoint.method.lower()]  # type: ignore[attr-defined]
    assert {"200", "201", "202", "204"} & set(operation["responses"])
    assert operation["summary"]


def test_operations_have_names_of_their_own() -> None:
    names = [
        operation["operationId"]
        for methods in DOCUMENT["paths"].values()
        for operation in methods.values()
    ]
    assert len(names) == len(set(names)) == len(ENDPOINTS)


def test_the_device_api_asks_for_sign_in_and_the_rest_does_not() -> None:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            right = right_for(method.upper(), path)
            assert ("security" in operation) == (right is not Right.OPEN)
            assert ({} in operation.get("security", [])) == (right in {Right.LOOK, Right.SET_UP})
            tries = path in {"/api/auth/pair", "/auth", *SOFTAP_ONLY}
            assert ("401" in operation["responses"]) == (right is not Right.OPEN or tries)


def test_a_body_that_may_be_left_out_is_told() -> None:
    required = {
        path.removeprefix("/api/provisioning/"): operation["requestBody"]["required"]
        for path, methods in DOCUMENT["paths"].items()
        for operation in methods.values()
        if "requestBody" in operation
    }
    assert required == {
        "network/connect": True,
        "network/forget": True,
        "claim": False,
        "restart": False,
        "rollback": False,
        "/api/auth/pair": True,
        "/api/provisioning": False,
        "/api/controllers/{uuid}": True,
        "/api/clients/{uuid}": True,
        "/certs": True,
        "/api/registry/preview": True,
        "/api/registry/import": True,
    }


def test_what_an_upload_is_is_told() -> None:
    content = DOCUMENT["paths"]["/certs"]["post"]["requestBody"]["content"]
    assert content["multipart/form-data"]["schema"]["required"] == ["file"]


def test_parameters_have_their_types_and_places() -> None:
    told = {
        (one["name"], one["in"]): one
        for one in DOCUMENT["paths"]["/api/clients/{uuid}"]["put"]["parameters"]
    }
    assert set(told) == {("uuid", "path"), ("if-match", "header")}
    assert told["uuid", "path"]["schema"]["pattern"]
    assert (told["uuid", "path"]["required"], told["if-match", "header"]["required"]) == (
        True,
        False,
    )


def test_a_conflict_may_say_when_to_come_back() -> None:
    answers = DOCUMENT["paths"]["/api/provisioning/recovery/trigger"]["post"]["responses"]
    assert set(answers["409"]["headers"]) == {"Retry-After"}


def test_every_reference_leads_somewhere() -> None:
    text = json.dumps(DOCUMENT)
    names = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert names <= set(DOCUMENT["components"]["schemas"])
    assert "DeviceEvent" in DOCUMENT["components"]["schemas"]
