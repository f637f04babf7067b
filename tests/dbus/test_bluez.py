"""The Bluetooth adapter on a bus of its own. What real BlueZ makes of it is the lab's to show."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from dbus_fast import Message, MessageType, Variant
from dbus_fast.aio import MessageBus
from tests.dbus.fake_bluez import FakeBluez, value

from firstlight.bluetooth import bluez as module
from firstlight.bluetooth.bluez import BlueZ
from firstlight.bluetooth.port import Characteristic, Service, Written
from firstlight.errors import BluetoothUnavailable

UUID = "00467768-6228-2272-4663-277478268000"
STATE = "00467768-6228-2272-4663-277478268001"
COMMAND = "00467768-6228-2272-4663-277478268003"
DATA = "00004677-0000-1000-8000-00805f9b34fb"
SERVICE = Service(
    uuid=UUID,
    name="lamp",
    data_uuid=DATA,
    data=b"\x01\x06",
    characteristics=(
        Characteristic(uuid=STATE, value=b"\x01\x02", readable=True, notifies=True),
        Characteristic(uuid=COMMAND, writable=True),
    ),
)
GATT = "org.bluez.GattCharacteristic1"


@pytest.fixture
async def bluez(address: str) -> AsyncIterator[FakeBluez]:
    fake = FakeBluez(address)
    await fake.start()
    yield fake
    await fake.stop()


def nobody(_piece: Written) -> None:
    """Takes nothing."""


async def managed(bluez: FakeBluez) -> dict[str, Any]:
    """The objects that the application shows."""
    await bluez.learn_client()
    told: dict[str, Any] = await bluez.ask(
        "GetManagedObjects", bluez.gatt.root, "org.freedesktop.DBus.ObjectManager", signature=""
    )
    return told


async def test_it_is_registered_shown_and_taken_away(address: str, bluez: FakeBluez) -> None:
    async with BlueZ(bus_address=address).on_air(SERVICE, nobody) as air:
        assert air.adapter == "hci0"
        assert bluez.adapter.powered
        assert bluez.said == ["application", "advertisement"]
        told = await managed(bluez)
        advert = told[bluez.advertising.path]["org.bluez.LEAdvertisement1"]
        assert advert["ServiceUUIDs"].value == [UUID]
        assert advert["ServiceData"].value[DATA].value == b"\x01\x06"
        assert (advert["Type"].value, advert["LocalName"].value) == ("peripheral", "lamp")
        shown = {
            one[GATT]["UUID"].value: one[GATT]["Flags"].value
            for one in told.values()
            if GATT in one
        }
        assert shown == {
            STATE: ["read", "notify"],
            COMMAND: ["write", "write-without-response"],
        }
        air.advertise(b"\x02\x06")
        air.show(STATE, b"\x02")
        told = await managed(bluez)
        advert = told[bluez.advertising.path]["org.bluez.LEAdvertisement1"]
        assert advert["ServiceData"].value[DATA].value == b"\x02\x06"
    assert bluez.said[2:] == ["no advertisement", "no application"]


async def test_clients_read_and_write(address: str, bluez: FakeBluez) -> None:
    pieces: list[Written] = []
    async with BlueZ(bus_address=address).on_air(SERVICE, pieces.append):
        told = await managed(bluez)
        path = {one[GATT]["UUID"].value: where for where, one in told.items() if GATT in one}
        device = "/org/bluez/hci0/dev_02_00_00_00_00_01"
        for body in (value(b"\x03\x00\x03", device, mtu=517), value(b"\x03", offset=2)):
            await bluez.ask("WriteValue", path[COMMAND], GATT, *body, signature="aya{sv}")
        read = await bluez.ask(
            "ReadValue", path[STATE], GATT, value(b"", offset=1)[1], signature="a{sv}"
        )
        for member in ("StartNotify", "StopNotify"):
            await bluez.ask(member, path[STATE], GATT, signature="")
    assert pieces == [
        Written(uuid=COMMAND, data=b"\x03\x00\x03", client=device, mtu=517),
        Written(uuid=COMMAND, data=b"\x03", offset=2),
    ]
    assert read == b"\x02"


@pytest.mark.parametrize(
    ("end", "why"),
    [
        (FakeBluez.switch_off, "The Bluetooth adapter hci0 was switched off."),
        (FakeBluez.pull_out, "The Bluetooth adapter hci0 was taken away."),
    ],
)
async def test_what_ends_it(address: str, bluez: FakeBluez, end: Any, why: str) -> None:
    async with BlueZ(bus_address=address).on_air(SERVICE, nobody) as air:
        end(bluez)
        assert await air.ended() == why
    async with BlueZ(bus_address=address).on_air(SERVICE, nobody):
        assert bluez.adapter.powered


async def test_what_somebody_switches_off_stays_off(address: str, bluez: FakeBluez) -> None:
    adapter = BlueZ(bus_address=address)
    async with adapter.on_air(SERVICE, nobody) as air:
        bluez.switch_off()
        await air.ended()
    for _ in range(2):
        with pytest.raises(BluetoothUnavailable, match="adapter hci0 was switched off"):
            async with adapter.on_air(SERVICE, nobody):
                pass
    assert not bluez.adapter.powered
    bluez.adapter.powered = True
    async with adapter.on_air(SERVICE, nobody) as air:
        assert air.adapter == "hci0"


@pytest.mark.parametrize("meanwhile", [False, True])
async def test_one_that_was_pulled_out_is_used_again(
    address: str, bluez: FakeBluez, *, meanwhile: bool
) -> None:
    """``meanwhile``: it is looked for while it is out, and was switched off before it went."""
    adapter = BlueZ(bus_address=address)
    async with adapter.on_air(SERVICE, nobody) as air:
        if meanwhile:
            bluez.switch_off()
        else:
            bluez.pull_out()
        await air.ended()
    if meanwhile:
        bluez.without_adapter()
        with pytest.raises(BluetoothUnavailable, match="no Bluetooth adapter"):
            async with adapter.on_air(SERVICE, nobody):
                pass
        bluez.with_adapter()
    async with adapter.on_air(SERVICE, nobody):
        assert bluez.adapter.powered


async def test_switched_off_while_it_goes_on_the_air(address: str, bluez: FakeBluez) -> None:
    adapter = BlueZ(bus_address=address)
    bluez.gatt.meanwhile = bluez.switch_off
    async with adapter.on_air(SERVICE, nobody) as air:
        assert await air.ended() == "The Bluetooth adapter hci0 was switched off."
    bluez.gatt.meanwhile = lambda: None
    with pytest.raises(BluetoothUnavailable, match="was switched off"):
        async with adapter.on_air(SERVICE, nobody):
            pass


async def test_another_bluez_by_the_time_it_is_listened_to(
    address: str, bluez: FakeBluez, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = module._ask_bus
    answers = [[":1.999"]]

    async def ask_bus(bus: MessageBus, member: str, argument: str) -> list[Any]:
        said = await real(bus, member, argument)
        return answers.pop() if member == "GetNameOwner" and answers else said

    monkeypatch.setattr(module, "_ask_bus", ask_bus)
    with pytest.raises(BluetoothUnavailable, match="has gone away"):
        async with BlueZ(bus_address=address).on_air(SERVICE, nobody):
            pass
    assert bluez.said == []


async def test_a_bluez_that_switches_off_as_it_goes_is_no_wish(address: str) -> None:
    bluez = FakeBluez(address)
    await bluez.start()
    adapter = BlueZ(bus_address=address)
    async with adapter.on_air(SERVICE, nobody) as air:
        bluez.switch_off()
        await air.ended()
        await bluez.stop()
    again = FakeBluez(address)
    await again.start()
    async with adapter.on_air(SERVICE, nobody):
        assert again.adapter.powered
    await again.stop()


async def test_released(address: str, bluez: FakeBluez) -> None:
    async with BlueZ(bus_address=address).on_air(SERVICE, nobody) as air:
        await bluez.learn_client()
        await bluez.ask(
            "Release", bluez.advertising.path, "org.bluez.LEAdvertisement1", signature=""
        )
        assert "taken the advertisement" in await air.ended()


async def test_bluez_goes_and_comes_back(address: str) -> None:
    fake = FakeBluez(address)
    await fake.start()
    adapter = BlueZ(bus_address=address)
    async with adapter.on_air(SERVICE, nobody) as air:
        waiting = asyncio.create_task(air.ended())
        await asyncio.sleep(0)
        waiting.cancel()  # whoever waits may be cancelled, and another one may wait
        await fake.stop()
        assert await air.ended() == "The Bluetooth daemon has gone away."
    with pytest.raises(BluetoothUnavailable, match="BlueZ is not running"):
        async with adapter.on_air(SERVICE, nobody):
            pass
    again = FakeBluez(address)
    await again.start()
    async with adapter.on_air(SERVICE, nobody):
        assert again.said == ["application", "advertisement"]
    await again.stop()


async def test_no_adapter_or_another(address: str, bluez: FakeBluez) -> None:
    with pytest.raises(BluetoothUnavailable, match="no Bluetooth adapter hci7; there are: hci0"):
        async with BlueZ("hci7", bus_address=address).on_air(SERVICE, nobody):
            pass
    await bluez.stop()
    await bluez.start(adapter=False)
    with pytest.raises(BluetoothUnavailable, match="no Bluetooth adapter that can advertise"):
        async with BlueZ(bus_address=address).on_air(SERVICE, nobody):
            pass


async def test_no_bus() -> None:
    with pytest.raises(BluetoothUnavailable, match="system bus does not answer"):
        async with BlueZ(bus_address="unix:path=/nowhere").on_air(SERVICE, nobody):
            pass


@pytest.mark.attack(
    "Another user of the machine who says in BlueZ's name that it is gone",
    guard="a signal counts only from the bus itself, or from whoever owns BlueZ's name",
)
async def test_somebody_else_says_so(address: str, bluez: FakeBluez) -> None:
    async with BlueZ(bus_address=address).on_air(SERVICE, nobody) as air:
        await forged(address, bluez)
        ended = asyncio.create_task(air.ended())
        done, _ = await asyncio.wait({ended}, timeout=0.5)
        assert not done
        bluez.switch_off()
        assert await ended == "The Bluetooth adapter hci0 was switched off."


@pytest.mark.unguarded("Another user of the machine who says in BlueZ's name that it is gone")
async def test_where_anybody_is_believed(
    address: str, bluez: FakeBluez, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with BlueZ(bus_address=address).on_air(SERVICE, nobody) as air:
        monkeypatch.setattr(air, "_owner", Anybody())
        await forged(address, bluez)
        assert await air.ended() == "The Bluetooth adapter hci0 was taken away."


class Anybody:
    """Is whoever it is compared with."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return True


async def forged(address: str, bluez: FakeBluez) -> None:
    """Somebody else says everything that would end it."""
    await bluez.learn_client()
    stranger = await MessageBus(bus_address=address).connect()
    for path, interface, member, signature, body in (
        ("/org/freedesktop/DBus", "org.freedesktop.DBus", "NameOwnerChanged", "sss",
         ["org.bluez", ":1.1", ""]),
        ("/", "org.freedesktop.DBus.ObjectManager", "InterfacesRemoved", "oas",
         ["/org/bluez/hci0", ["org.bluez.Adapter1"]]),
        ("/org/bluez/hci0", "org.freedesktop.DBus.Properties", "PropertiesChanged", "sa{sv}as",
         ["org.bluez.Adapter1", {"Powered": Variant("b", False)}, []]),
    ):  # fmt: skip
        await stranger.send(
            Message(
                message_type=MessageType.SIGNAL,
                destination=bluez.client,
                path=path,
                interface=interface,
                member=member,
                signature=signature,
                body=body,
            )
        )
    # It has an answer only after the bus has passed on what came before.
    await stranger.call(
        Message(
            destination="org.freedesktop.DBus",
            path="/org/freedesktop/DBus",
            interface="org.freedesktop.DBus",
            member="GetId",
        )
    )
    stranger.disconnect()
