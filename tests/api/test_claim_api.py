"""Claiming over HTTP: who may, what is asked, what is answered."""

import httpx
import pytest
from msgspec.structs import replace
from tests.api.checked import checked_client
from tests.api.fake_service import FakeService

from firstlight.errors import Busy
from firstlight.model.claim import Role
from firstlight.web.access import Right, right_for
from firstlight.web.app import create_app
from firstlight.web.settings import WebSettings

PATH = "/api/provisioning/claim"


async def test_it_begins_and_is_told_and_ends(
    client: httpx.AsyncClient, service: FakeService
) -> None:
    assert (await client.get(PATH)).json() == {"claim": {"state": "none"}}
    begun = await client.post(PATH, json={"role": "controller", "wait": True})
    assert begun.json() == {"claim": {"state": "running", "role": "controller"}}
    assert service.claimed.claim.role is Role.CONTROLLER
    assert (await client.get(PATH)).json() == begun.json()
    assert (await client.request("DELETE", PATH)).status_code == 200
    assert service.changes == ["claim", "claim ended"]


async def test_no_body_is_a_plain_wish(client: httpx.AsyncClient) -> None:
    assert (await client.post(PATH)).status_code == 200


@pytest.mark.parametrize(
    ("body", "field"), [({"role": "king"}, "role"), ({"wait": 1}, "wait"), ({"now": True}, "now")]
)
async def test_a_bad_wish_names_the_field(
    client: httpx.AsyncClient, body: dict[str, object], field: str
) -> None:
    answer = await client.post(PATH, json=body)
    assert answer.status_code == 400
    assert field in answer.json()["error"]


async def test_what_is_claimed_is_a_conflict(
    client: httpx.AsyncClient, service: FakeService
) -> None:
    service.claimed = replace(service.claimed, stored=True)
    answer = await client.post(PATH)
    assert (answer.status_code, answer.json()["code"]) == (409, "already_exists")
    assert (await client.post(PATH, json={"again": True})).status_code == 200


async def test_one_at_a_time(client: httpx.AsyncClient, service: FakeService) -> None:
    service.fault = Busy("A claim is under way already.", retry_after=20)
    answer = await client.post(PATH)
    assert (answer.status_code, answer.headers["retry-after"]) == (409, "20")


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
async def test_it_asks_for_sign_in(service: FakeService, method: str) -> None:
    assert right_for(method, PATH) is Right.MANAGE
    settings = WebSettings(version="1", hostname="lamp", token="a-token", trust_local=False)
    async with await checked_client(create_app(service, settings)) as stranger:
        answer = await stranger.request(method, PATH)
    assert answer.status_code == 401
    assert service.changes == []
