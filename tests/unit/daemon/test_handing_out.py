"""What Provisioning Mode hands out at its desk, to whom, and until when."""

from collections.abc import AsyncIterator

import pytest
from tests.unit.daemon.book import HOUSE, HOUSE_MAC, LAMP, LAMP_MAC
from tests.unit.daemon.controlling import STRANGER, Controlling

from firstlight.errors import Busy, Code, NotFound, Unauthorized
from firstlight.model.mac import MacAddress
from firstlight.model.provisioning_mode import ModeEnd
from firstlight.model.registry import ClientCa
from firstlight.provisioning.messages import Joined


async def text(pieces: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in pieces])


async def test_a_controller_gets_everything(house: Controlling) -> None:
    await house.on()
    address = house.comes(HOUSE_MAC)
    nonce = await house.here.nonce(address)
    with pytest.raises(NotFound):
        await house.here.controller(address, HOUSE_MAC, str(nonce), LAMP)
    nonce = await house.here.nonce(address)
    pieces = await house.here.controller(address, HOUSE_MAC, str(nonce), HOUSE.upper())
    bundle = await text(pieces)
    assert bundle.startswith(b'{"controllers":[{"uuid":"' + HOUSE.encode())
    assert bundle.count(b'"uuid"') == 3
    assert house.mode.session().configured == 1


async def test_a_bundle_without_anybody_is_one_all_the_same(house: Controlling) -> None:
    await house.on()
    address = house.comes(HOUSE_MAC)
    nonce = await house.here.nonce(address)
    pieces = await house.here.controller(address, HOUSE_MAC, str(nonce), None)
    house.book.entries.clear()
    assert await text(pieces) == b'{"controllers":[],"clients":[]}'


async def test_a_client_is_no_controller(house: Controlling) -> None:
    await house.on()
    address = house.comes(LAMP_MAC)
    nonce = await house.here.nonce(address)
    with pytest.raises(NotFound):
        await house.here.controller(address, LAMP_MAC, str(nonce), None)
    with pytest.raises(Unauthorized):
        await house.here.client(address, LAMP_MAC, str(nonce))
    assert house.mode.session().refused == 1


@pytest.mark.attack(
    "A `mac-address` header of another device",
    guard="it must be the address that the radio has seen",
)
async def test_a_lamp_that_says_it_is_the_controller_gets_nothing(house: Controlling) -> None:
    await house.on()
    with pytest.raises(Unauthorized):
        await everything_for_a_lamp(house)
    assert house.mode.session().refused == 1


@pytest.mark.unguarded("A `mac-address` header of another device")
async def test_where_the_header_is_believed_it_gets_everything(
    house: Controlling, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def as_it_says(_address: str) -> MacAddress:
        return HOUSE_MAC

    await house.on()
    monkeypatch.setattr(house.radio, "neighbour", as_it_says)
    assert (await everything_for_a_lamp(house)).count(b'"uuid"') == 3


async def everything_for_a_lamp(house: Controlling) -> bytes:
    """What a lamp is given that sends the controller's address in its header."""
    address = house.comes(LAMP_MAC)
    nonce = await house.here.nonce(address)
    return await text(await house.here.controller(address, HOUSE_MAC, str(nonce), HOUSE))


async def test_the_certificate(house: Controlling) -> None:
    await house.on()
    address = house.comes(LAMP_MAC)
    with pytest.raises(NotFound):
        await house.here.certs(address, LAMP_MAC)
    house.book.ca = ClientCa("AA:BB", "pem")
    assert (await house.here.certs(address, LAMP_MAC)).fingerprint == "AA:BB"


async def test_who_is_not_on_the_softap_gets_nothing(house: Controlling) -> None:
    await house.on()
    with pytest.raises(Unauthorized):
        await house.here.nonce("192.168.4.77")
    house.comes(LAMP_MAC)
    with pytest.raises(Unauthorized):
        await house.here.nonce("10.0.0.1")


async def test_off_is_off_at_the_desk(house: Controlling) -> None:
    await house.on()
    address = house.comes(LAMP_MAC)
    await house.mode.switch_off()
    with pytest.raises(Busy) as refused:
        await house.here.nonce(address)
    assert refused.value.code is Code.PROVISIONING_INACTIVE


async def test_five_bad_nonces_end_it(house: Controlling) -> None:
    await house.on()
    address = house.comes(LAMP_MAC)
    for wrong in range(5):
        nonce = await house.here.nonce(address)
        with pytest.raises(Unauthorized):
            await house.here.client(address, LAMP_MAC, str(nonce ^ (wrong + 1)))
    await house.off()
    assert house.end() is ModeEnd.BAD_NONCES


async def test_nothing_is_handed_out_that_was_asked_for_before_the_end(house: Controlling) -> None:
    """A stranger comes while the registry is still looking."""
    await house.on()
    address = house.comes(LAMP_MAC)
    nonce = await house.here.nonce(address)
    house.book.meanwhile = lambda: house.mode.take(Joined(STRANGER))
    with pytest.raises(Busy) as refused:
        await house.here.client(address, LAMP_MAC, str(nonce))
    assert refused.value.code is Code.PROVISIONING_INACTIVE


async def test_a_certificate_is_not_handed_out_then_either(house: Controlling) -> None:
    house.book.ca = ClientCa("AA:BB", "pem")
    await house.on()
    address = house.comes(LAMP_MAC)
    house.book.meanwhile = lambda: house.mode.take(Joined(STRANGER))
    with pytest.raises(Busy):
        await house.here.certs(address, LAMP_MAC)


async def test_a_bundle_that_is_under_way_breaks_off(house: Controlling) -> None:
    await house.on()
    address = house.comes(HOUSE_MAC)
    nonce = await house.here.nonce(address)
    pieces = await house.here.controller(address, HOUSE_MAC, str(nonce), None)
    await house.mode.switch_off()
    await house.off()
    await house.on()  # another session is not the one in which it was asked for
    with pytest.raises(Busy):
        await text(pieces)
    assert house.mode.session().configured == 0
