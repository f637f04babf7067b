"""Two Firstlights: one hands out, the other claims. Between them only what goes over the air."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from tests.unit.daemon.book import HOUSE_MAC, LAMP_MAC, household
from tests.unit.daemon.controlling import Controlling
from tests.unit.daemon.lamp import Lamp, network, world
from tests.unit.target.controller import on_air

from firstlight.config import Claim as ClaimSettings
from firstlight.config import Config
from firstlight.model.claim import ClaimBody, ClaimCause, ClaimState, Role
from firstlight.model.mac import MacAddress
from firstlight.model.radio import Link
from firstlight.model.records import RecordKind
from firstlight.provisioning.protocol import Answer, Refusal, Request
from firstlight.radio.simulated.description import Description, RadioTable
from firstlight.radio.simulated.world import World
from firstlight.web.softap.app import create_softap_app


class OverTheAir:
    """``Http`` that leads to the controller's own application, as the station ``mac``."""

    def __init__(self, house: Controlling, mac: MacAddress) -> None:
        self.house, self.mac = house, mac
        self.address = ""

    async def ask(self, interface: str, request: Request) -> Answer | Refusal:
        if not self.address and self.house.link is Link.SOFTAP:
            self.address = self.house.comes(self.mac)
        transport = httpx.ASGITransport(
            create_softap_app(self.house.here), client=(self.address, 50_000)
        )
        async with httpx.AsyncClient(transport=transport, base_url="http://192.168.4.1") as client:
            answer = await client.request(
                request.method, request.path, headers=dict(request.headers)
            )
        return Answer(answer.status_code, answer.content)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Controlling]:
    """The controller, in Provisioning Mode."""
    (tmp_path / "house").mkdir()
    house = Controlling(tmp_path / "house", world(network(b"home")), household())
    await house.started()
    await house.on()
    yield house
    await house.kill()


async def target(folder: Path, house: Controlling, mac: MacAddress, role: Role) -> Lamp:
    """A device that has nothing, and a controller in range."""
    config = Config(state_dir=str(folder), claim=ClaimSettings(role=role))
    around = World(
        Description(radio=RadioTable(mac=mac), access_points=(on_air(), network(b"home")))
    )
    lamp = Lamp(folder, around, config)
    lamp.http = OverTheAir(house, mac)
    await lamp.started()
    await lamp.device.begin_claim(ClaimBody())
    await lamp.wait(lambda: lamp.device.claim().claim.state is not ClaimState.RUNNING)
    return lamp


async def test_a_client_from_a_controller(tmp_path: Path, house: Controlling) -> None:
    lamp = await target(tmp_path / "lamp", house, LAMP_MAC, Role.CLIENT)
    told = lamp.device.claim()
    assert (told.claim.state, told.stored) == (ClaimState.SUCCEEDED, True), told
    assert {one.name: one.state for one in house.mode.session().devices}["Lamp"] == "configured"


async def test_a_controller_from_a_controller(tmp_path: Path, house: Controlling) -> None:
    lamp = await target(tmp_path / "other", house, HOUSE_MAC, Role.CONTROLLER)
    assert lamp.device.claim().claim.state is ClaimState.SUCCEEDED, lamp.device.claim()
    for kind in RecordKind:
        kept = {uuid for known, uuid in house.book.entries if known is kind}
        assert set(await lamp.device.registry.uuids(kind)) == kept
    await lamp.device.registry.close()


async def test_in_another_role_than_it_is_registered_in(tmp_path: Path, house: Controlling) -> None:
    lamp = await target(tmp_path / "lamp", house, LAMP_MAC, Role.CONTROLLER)
    told = lamp.device.claim()
    assert (told.claim.cause, told.stored) == (ClaimCause.NOT_REGISTERED, False)


async def test_after_provisioning_mode_has_ended(tmp_path: Path, house: Controlling) -> None:
    await house.do(house.mode.switch_off())
    await house.off()
    lamp = await target(tmp_path / "lamp", house, LAMP_MAC, Role.CLIENT)
    assert lamp.device.claim().claim.cause is ClaimCause.INACTIVE
