import asyncio
import logging
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from dbus_fast import Message
from tests.dbus.fake_service import ACCESS_DENIED, FakeService
from tests.dbus.private_bus import PrivateBus
from tests.dbus.waiting import until

from firstlight.errors import Code, NotFound, NotPermitted, RadioFailure, RadioUnavailable
from firstlight.radio.nm import bus as module
from firstlight.radio.nm.bus import Bus, Peer

NAME = "org.example.Lamp"
INTERFACE = f"{NAME}.Switch"
PATH = "/org/example/Lamp"
TYPES = {INTERFACE: {"On": "b", "Colour": "ay"}}


class Watch:
    """Keeps what a peer is told."""

    def __init__(self, name: str = NAME) -> None:
        self.owners: list[str] = []
        self.signals: list[tuple[str, list[Any]]] = []
        self.peer = Peer(
            name,
            (f"interface='{INTERFACE}'",),
            self._signal,
            self.owners.append,
        )

    def _signal(self, message: Message, body: list[Any]) -> None:
        self.signals.append((str(message.member), body))


def lamp() -> FakeService:
    fake = FakeService(NAME, PATH, TYPES)
    fake.objects[PATH] = {INTERFACE: fake.typed(INTERFACE, {"On": True, "Colour": b"\xff\x00"})}
    fake.method("Turn", lambda _, on: ("b", [not on]))
    fake.method("Measure", lambda _: ("su", ["lux", 12]))
    return fake


@pytest.fixture
async def service(address: str) -> AsyncGenerator[FakeService]:
    fake = await lamp().open(address)
    yield fake
    await fake.close()


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
async def bus(address: str, watch: Watch) -> AsyncGenerator[Bus]:
    bus = Bus(address)
    bus.add_peer(watch.peer)
    await bus.open()
    yield bus
    await bus.close()


async def test_one_result_comes_alone_several_as_a_list(
    service: FakeService, bus: Bus, watch: Watch
) -> None:
    assert await bus.call(watch.peer, PATH, INTERFACE, "Turn", "b", True) is False
    assert await bus.call(watch.peer, PATH, INTERFACE, "Measure") == ["lux", 12]


async def test_properties_come_unpacked_and_bytes_as_bytes(
    service: FakeService, bus: Bus, watch: Watch
) -> None:
    found = await bus.get_all(watch.peer, PATH, INTERFACE)
    assert found == {"On": True, "Colour": b"\xff\x00"}
    assert isinstance(found["Colour"], bytes)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        (ACCESS_DENIED, NotPermitted),
        ("org.freedesktop.DBus.Error.UnknownObject", NotFound),
        ("org.freedesktop.DBus.Error.NameHasNoOwner", RadioUnavailable),
        ("org.example.Lamp.Burnt", RadioFailure),
    ],
)
async def test_errors_are_translated(
    service: FakeService, bus: Bus, watch: Watch, name: str, kind: type[Exception]
) -> None:
    service.refuse("Turn", name, "no filament")
    with pytest.raises(kind):
        await bus.call(watch.peer, PATH, INTERFACE, "Turn", "b", True)


async def test_an_error_without_words_is_translated_too(
    service: FakeService, bus: Bus, watch: Watch
) -> None:
    service.refuse("Turn", "org.example.Lamp.Burnt")
    with pytest.raises(RadioFailure, match="Burnt"):
        await bus.call(watch.peer, PATH, INTERFACE, "Turn", "b", True)


async def test_no_call_waits_without_a_deadline(
    service: FakeService, bus: Bus, watch: Watch
) -> None:
    service.hold("Turn")
    with pytest.raises(RadioFailure, match="Turn") as caught:
        await bus.call(watch.peer, PATH, INTERFACE, "Turn", "b", True, seconds=0.05)
    assert caught.value.code is Code.TIMEOUT


async def test_a_name_that_nobody_owns_is_unavailable(bus: Bus, watch: Watch) -> None:
    assert watch.owners == [""]
    with pytest.raises(RadioUnavailable):
        await bus.call(watch.peer, PATH, INTERFACE, "Turn", "b", True)


async def test_owners_are_told_as_they_change(address: str, bus: Bus, watch: Watch) -> None:
    fake = await lamp().open(address)
    first = fake.bus.unique_name
    await until(lambda: watch.peer.owner == first, "the owner is known")
    await fake.close()
    await until(lambda: watch.peer.owner == "", "nobody owns it")
    await fake.open(address)
    second = fake.bus.unique_name
    await until(lambda: watch.peer.owner == second, "the next owner is known")
    assert watch.owners == ["", first, "", second]
    await fake.close()


async def test_an_owner_that_appears_while_it_is_asked_for_is_kept(
    address: str, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus = Bus(address)
    bus.add_peer(watch.peer)
    ask = Bus._owner

    async def late(self: Bus, name: str) -> str:
        before = await ask(self, name)
        await fake.open(address)
        await until(lambda: watch.owners, "the bus has told of the new owner")
        return before

    fake = lamp()
    monkeypatch.setattr(Bus, "_owner", late)
    await bus.open()
    assert watch.peer.owner == fake.bus.unique_name
    await bus.close()
    await fake.close()


@pytest.mark.attack(
    "Another user of the machine who tells what NetworkManager never said",
    guard="a signal counts only from whoever owns the name",
)
async def test_signals_come_from_the_owner_alone(
    address: str, service: FakeService, bus: Bus, watch: Watch
) -> None:
    await forged(address, bus)
    service.signal(PATH, INTERFACE, "Turned", "s", "real")
    await until(lambda: watch.signals, "a signal has come")
    assert watch.signals == [("Turned", ["real"])]


@pytest.mark.unguarded("Another user of the machine who tells what NetworkManager never said")
async def test_where_anybody_is_the_owner_all_signals_count(
    address: str, service: FakeService, bus: Bus, watch: Watch
) -> None:
    watch.peer.owner = Anybody()
    await forged(address, bus)
    service.signal(PATH, INTERFACE, "Turned", "s", "real")
    await until(lambda: len(watch.signals) == 2, "both have come")
    assert watch.signals == [("Turned", ["forged"]), ("Turned", ["real"])]


class Anybody(str):
    """Is whoever it is compared with."""

    __slots__ = ()
    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        return True


async def forged(address: str, bus: Bus) -> None:
    """Somebody else sends that signal to everybody, and to us alone: that needs no match rule."""
    assert bus._bus is not None
    stranger = await FakeService("org.example.Stranger", PATH, TYPES).open(address)
    stranger.signal(PATH, INTERFACE, "Turned", "s", "forged")
    directed = Message.new_signal(PATH, INTERFACE, "Turned", "s", ["forged"])
    directed.destination = bus._bus.unique_name
    await stranger.bus.send(directed)
    await stranger.bus.request_name("org.example.Stranger2")  # the bus has passed both on
    await stranger.close()


async def test_peers_do_not_hear_one_another(address: str, service: FakeService) -> None:
    lamps, doors = Watch(), Watch("org.example.Door")
    bus = Bus(address)
    for watch in (lamps, doors):
        bus.add_peer(watch.peer)
    await bus.open()
    door = await FakeService("org.example.Door", PATH, TYPES).open(address)
    await until(lambda: doors.peer.owner, "both are known")
    service.signal(PATH, INTERFACE, "Turned", "s", "lamp")
    door.signal(PATH, INTERFACE, "Turned", "s", "door")
    await until(lambda: lamps.signals and doors.signals, "both have come")
    assert (lamps.signals, doors.signals) == ([("Turned", ["lamp"])], [("Turned", ["door"])])
    await bus.close()
    await door.close()


async def test_the_bus_may_come_later(
    own_bus: PrivateBus, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.01)
    bus = Bus(own_bus.address)
    bus.add_peer(watch.peer)
    await bus.open()
    with pytest.raises(RadioUnavailable) as caught:
        await bus.call(watch.peer, PATH, INTERFACE, "Turn", "b", True)
    assert caught.value.code is Code.NO_NETWORK_MANAGER
    assert caught.value.hint
    own_bus.start()
    fake = await lamp().open(own_bus.address)
    await until(lambda: watch.peer.owner, "connected")
    assert await bus.call(watch.peer, PATH, INTERFACE, "Turn", "b", False) is True
    await bus.close()
    await fake.close()


async def test_a_bus_that_dies_is_found_again(
    own_bus: PrivateBus,
    watch: Watch,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.01)
    caplog.set_level(logging.INFO)
    own_bus.start()
    fake = await lamp().open(own_bus.address)
    bus = Bus(own_bus.address)
    bus.add_peer(watch.peer)
    await bus.open()
    fake.hold("Turn")
    waiting = asyncio.create_task(bus.call(watch.peer, PATH, INTERFACE, "Turn", "b", True))
    await until(lambda: fake.held["Turn"], "the call has arrived")
    first = watch.peer.owner
    own_bus.stop()
    with pytest.raises(RadioUnavailable):
        await waiting
    await until(lambda: watch.peer.owner == "", "the loss is told")
    own_bus.start()
    again = await lamp().open(own_bus.address)
    await until(lambda: watch.peer.owner, "the owner is found again")
    assert watch.owners[:2] == [first, ""]
    again.signal(PATH, INTERFACE, "Turned", "s", "on")
    await until(lambda: watch.signals, "signals come again")
    mine = [record for record in caplog.records if record.name == module.__name__]
    assert [record.levelname for record in mine] == ["WARNING", "INFO"]
    await bus.close()
    await again.close()


async def test_a_bus_that_dies_while_it_is_subscribed_to_is_tried_again(
    own_bus: PrivateBus, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.01)
    own_bus.start()
    bus = Bus(own_bus.address)
    bus.add_peer(watch.peer)
    subscribe = Bus._subscribe

    async def interrupted(self: Bus) -> None:
        own_bus.stop()
        await until(lambda: self._bus is None or not self._bus.connected, "the line is dead")
        await subscribe(self)

    monkeypatch.setattr(Bus, "_subscribe", interrupted)
    await bus.open()
    monkeypatch.undo()
    monkeypatch.setattr(module, "RETRY_SECONDS", 0.01)
    own_bus.start()
    fake = await lamp().open(own_bus.address)
    await until(lambda: watch.peer.owner, "connected at last")
    await bus.close()
    await fake.close()


async def test_an_impossible_address_is_a_bus_that_is_not_there(watch: Watch) -> None:
    bus = Bus("smoke:signals=yes")
    bus.add_peer(watch.peer)
    await bus.open()
    with pytest.raises(RadioUnavailable):
        await bus.call(watch.peer, PATH, INTERFACE, "Turn", "b", True)
    await bus.close()


async def test_nothing_is_told_after_the_end(
    address: str, service: FakeService, watch: Watch
) -> None:
    bus = Bus(address)
    bus.add_peer(watch.peer)
    await bus.open()
    told = list(watch.owners)
    bus.mute()
    service.signal(PATH, INTERFACE, "Turned", "s", "late")
    await service.close()
    await bus.close()
    assert (watch.owners, watch.signals) == (told, [])
    assert asyncio.all_tasks() == {asyncio.current_task()}
    with pytest.raises(RadioUnavailable):
        await bus.call(watch.peer, PATH, INTERFACE, "Turn", "b", True)
