"""Improv carried out by a real device in a simulated world."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.unit.daemon.airing import FakeAir, FakeBluetooth
from tests.unit.daemon.lamp import PASSWORD, Lamp, network, wish, world

from firstlight.config import Config, Improv
from firstlight.core.improv import protocol, session
from firstlight.core.improv.protocol import Fault, Rpc, State
from firstlight.core.improv.session import Do
from firstlight.daemon.improv import line
from firstlight.daemon.improv.company import Company, Self
from firstlight.daemon.improv.keeper import AGAIN_SECONDS, LINGER_SECONDS
from firstlight.daemon.improv.line import MOST_WAITING
from firstlight.errors import Busy
from firstlight.model.event import Action, EventType, Level
from firstlight.model.improv import Authorization, ImprovState
from firstlight.model.ssid import Ssid
from firstlight.model.status import Mode
from firstlight.model.wire import NetworkEntry

HOME = b"home"


class Aired(Lamp):
    """A lamp with a Bluetooth adapter."""

    def __init__(self, folder: Path, improv: Improv) -> None:
        config = Config(state_dir=str(folder), improv=improv)
        super().__init__(folder, world(network(HOME), network(b"caf\xe9")), config)
        self.bluetooth = FakeBluetooth()
        self.identifies = True

    async def on(self) -> None:
        """Started, its hotspot up, Improv running."""
        await self.started()
        await self.aired()

    async def aired(self) -> None:
        """Improv running on a device that is started."""
        device = self.device
        company = Company(
            device=device,
            hub=self.hub,
            clock=self.clock,
            own=Self("Lamps", "1.2.3", "Lamp 4", "lamp"),
            had_network=lambda: self.memory.kept.provisioned,
            can_identify=lambda: self.identifies,
            page=lambda address: f"http://{address}/",
        )
        work = device.improv.run(company, self.bluetooth, self.hub.cursor)
        self.running = asyncio.create_task(work)
        await self.clock.advance(1)

    @property
    def air(self) -> FakeAir:
        assert self.bluetooth.air is not None, "it is not on the air"
        return self.bluetooth.air

    async def asked(self, rpc: Rpc, *strings: bytes, mtu: int = 247) -> None:
        """A command, and time for it."""
        self.air.ask(rpc, *strings, mtu=mtu)
        await self.clock.advance(1)


@pytest.fixture
async def lamp(tmp_path: Path) -> AsyncIterator[Aired]:
    lamp = Aired(tmp_path, Improv(enabled=True))
    await lamp.on()
    yield lamp
    await lamp.kill()


@pytest.fixture
async def trusting(tmp_path: Path) -> AsyncIterator[Aired]:
    """Nobody has to say yes."""
    lamp = Aired(tmp_path, Improv(enabled=True, authorization=Authorization.NONE))
    await lamp.on()
    yield lamp
    await lamp.kill()


async def test_from_the_air_to_a_network(lamp: Aired) -> None:
    assert lamp.air.service.data == bytes([State.AUTHORIZATION_REQUIRED, 7, 0, 0, 0, 0])
    assert lamp.device.improv.answer().state is ImprovState.AUTHORIZATION_REQUIRED
    lamp.device.improv.authorize()
    answer = lamp.device.improv.answer()
    assert (answer.state, answer.adapter) == (ImprovState.AUTHORIZED, "hci0")
    assert answer.authorized_seconds == pytest.approx(60)
    await lamp.asked(Rpc.SEND_WIFI, HOME, PASSWORD.encode())
    air = lamp.air
    await lamp.wait(lambda: air.state == State.PROVISIONED)
    assert air.data[0] == State.PROVISIONED
    assert air.answer == (f"http://{lamp.status.network.ipv4_address}/".encode(),)
    states = [value[0] for uuid, value in air.told if uuid == protocol.CURRENT_STATE]
    assert states == [State.AUTHORIZED, State.PROVISIONING, State.PROVISIONED]
    assert lamp.status.mode is Mode.ONBOARDING
    await lamp.clock.advance(LINGER_SECONDS - 5)
    assert lamp.bluetooth.air is air
    await lamp.clock.advance(10)
    assert lamp.bluetooth.air is None
    assert lamp.device.improv.answer().state is ImprovState.OFF


async def test_a_mode_that_is_told_before_the_outcome_does_not_end_it(lamp: Aired) -> None:
    lamp.device.improv.authorize()
    await lamp.asked(Rpc.SEND_WIFI, HOME, PASSWORD.encode())
    air = lamp.air
    assert air.state == State.PROVISIONING
    early = replace(lamp.status, mode=Mode.ONBOARDING)
    lamp.hub.publish(EventType.STATUS, Level.INFO, "", status=early)
    await lamp.wait(lambda: air.state == State.PROVISIONED)
    assert air.answer == (f"http://{lamp.status.network.ipv4_address}/".encode(),)


async def test_an_address_that_fits_into_no_notification_is_left_out(lamp: Aired) -> None:
    lamp.device.improv.authorize()
    await lamp.asked(Rpc.SEND_WIFI, HOME, PASSWORD.encode(), mtu=23)
    air = lamp.air
    await lamp.wait(lambda: air.state == State.PROVISIONED)
    assert air.answer == ()


async def test_two_clients_at_once(lamp: Aired) -> None:
    """The one gets its frame through in pieces, and its answer as its own connection takes it."""
    lamp.device.improv.authorize()
    frame = protocol.result(Rpc.SEND_WIFI, [HOME, PASSWORD.encode()])
    lamp.air.write(frame[:9])
    lamp.air.write(protocol.result(Rpc.DEVICE_INFO, [])[:2], client="tablet", mtu=23)
    lamp.air.write(frame[9:])
    await lamp.clock.advance(1)
    air = lamp.air
    assert air.state == State.PROVISIONING
    air.write(protocol.result(Rpc.DEVICE_INFO, [])[2:], client="tablet", mtu=23)
    await lamp.wait(lambda: air.state == State.PROVISIONED)
    assert air.answer == (f"http://{lamp.status.network.ipv4_address}/".encode(),)


@pytest.mark.attack(
    "A stranger in Bluetooth's range who hands the device a network of his own",
    guard="somebody at the device has to say yes, for a minute",
)
async def test_a_stranger_is_refused(lamp: Aired) -> None:
    await lamp.asked(Rpc.SEND_WIFI, HOME, PASSWORD.encode())
    assert (lamp.air.state, lamp.air.fault) == (State.AUTHORIZATION_REQUIRED, Fault.NOT_AUTHORIZED)
    await lamp.clock.advance(30)
    assert not lamp.online
    lamp.device.improv.authorize()
    await lamp.clock.advance(61)
    await lamp.asked(Rpc.SEND_WIFI, HOME, PASSWORD.encode())
    assert lamp.air.fault == Fault.NOT_AUTHORIZED


@pytest.mark.unguarded("A stranger in Bluetooth's range who hands the device a network of his own")
async def test_where_nobody_is_asked_the_stranger_comes_in(trusting: Aired) -> None:
    await trusting.asked(Rpc.SEND_WIFI, HOME, PASSWORD.encode())
    await trusting.wait(lambda: trusting.online)


@pytest.mark.attack(
    "A stranger in Bluetooth's range who takes over a device whose network is down",
    guard="who had a network must be asked, whatever is configured",
)
async def test_a_device_that_had_a_network_asks_all_the_same(trusting: Aired) -> None:
    await lost(trusting)
    assert trusting.air.state == State.AUTHORIZATION_REQUIRED
    await trusting.asked(Rpc.SEND_WIFI, b"evil", b"evil-password")
    assert trusting.air.fault == Fault.NOT_AUTHORIZED


@pytest.mark.unguarded(
    "A stranger in Bluetooth's range who takes over a device whose network is down"
)
async def test_without_that_rule_it_is_taken_over(
    trusting: Aired, monkeypatch: pytest.MonkeyPatch
) -> None:
    def as_configured(authorization: Authorization, *, had_network: bool) -> bool:
        return authorization is Authorization.REQUIRED

    monkeypatch.setattr(session, "must_ask", as_configured)
    await lost(trusting)
    await trusting.asked(Rpc.SEND_WIFI, b"evil", b"evil-password")
    assert trusting.air.state == State.PROVISIONING


async def lost(lamp: Aired) -> None:
    """Its network is there no more, and it is on the air again."""
    await lamp.asked(Rpc.SEND_WIFI, HOME, PASSWORD.encode())
    air = lamp.air
    await lamp.wait(lambda: air.state == State.PROVISIONED)
    await lamp.clock.advance(LINGER_SECONDS + 5)
    lamp.world.remove_access_point(Ssid(HOME))
    await lamp.wait(lambda: lamp.status.mode is Mode.PROVISIONING, 240)
    await lamp.wait(lambda: lamp.bluetooth.air is not None)


async def test_a_wrong_password_can_be_mended(trusting: Aired) -> None:
    await trusting.asked(Rpc.SEND_WIFI, HOME, b"wrong-password")
    air = trusting.air
    await trusting.wait(lambda: air.fault == Fault.UNABLE_TO_CONNECT)
    assert air.state == State.AUTHORIZED
    assert trusting.bluetooth.times == 1
    await trusting.asked(Rpc.SEND_WIFI, HOME, PASSWORD.encode())
    assert air.fault == Fault.NONE
    await trusting.wait(lambda: air.state == State.PROVISIONED)


@pytest.mark.parametrize(
    "strings",
    [
        (HOME, b"short"),
        (HOME, b""),
        (HOME, b"\xff" * 10),
        (b"x" * 33, PASSWORD.encode()),
    ],
)
async def test_what_could_never_be_joined(trusting: Aired, strings: tuple[bytes, ...]) -> None:
    await trusting.asked(Rpc.SEND_WIFI, *strings)
    assert (trusting.air.state, trusting.air.fault) == (State.AUTHORIZED, Fault.UNABLE_TO_CONNECT)


async def test_what_it_tells(lamp: Aired) -> None:
    await lamp.asked(Rpc.DEVICE_INFO)
    assert lamp.air.answer == (b"Lamps", b"1.2.3", b"Lamp 4", b"lamp")
    await lamp.asked(Rpc.DEVICE_INFO, mtu=0)
    assert lamp.air.answer == (b"La", b"1.", b"La", b"la")
    lamp.device.improv.authorize()
    await lamp.asked(Rpc.SCAN)
    assert lamp.air.answer == (HOME, b"-70", b"WPA2")


@pytest.mark.attack(
    "A stranger in Bluetooth's range who keeps the radio listening",
    guard="without a yes, a list is what was heard anyway",
)
async def test_a_stranger_does_not_have_it_listen(
    lamp: Aired, monkeypatch: pytest.MonkeyPatch
) -> None:
    listened = count_looks(lamp, monkeypatch)
    await lamp.asked(Rpc.SCAN)
    assert (lamp.air.answer, listened) == ((HOME, b"-70", b"WPA2"), [])
    lamp.device.improv.authorize()
    await lamp.asked(Rpc.SCAN)
    assert (lamp.air.answer, listened) == ((HOME, b"-70", b"WPA2"), ["anew"])


@pytest.mark.unguarded("A stranger in Bluetooth's range who keeps the radio listening")
async def test_where_the_yes_does_not_matter_a_stranger_does(
    lamp: Aired, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(session._EFFECTS, (Rpc.SCAN, False), Do.TELL_NETWORKS)
    listened = count_looks(lamp, monkeypatch)
    for _ in range(5):
        await lamp.asked(Rpc.SCAN)
    assert listened == ["anew"] * 5


def count_looks(lamp: Aired, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """One for each time that the radio is to listen anew."""
    listened: list[str] = []

    async def networks() -> tuple[NetworkEntry, ...]:
        listened.append("anew")
        return await lamp.device.known_networks()

    monkeypatch.setattr(lamp.device, "networks", networks)
    return listened


async def test_identify_is_told_as_an_event(lamp: Aired) -> None:
    await lamp.asked(Rpc.IDENTIFY)
    assert lamp.hub.recent(1)[0].action is Action.IDENTIFY


async def test_who_could_not_be_noticed_does_not_offer_it(tmp_path: Path) -> None:
    lamp = Aired(tmp_path, Improv(enabled=True))
    lamp.identifies = False
    await lamp.on()
    assert lamp.air.values[protocol.CAPABILITIES] == bytes([6])
    await lamp.asked(Rpc.IDENTIFY)
    assert lamp.air.fault == Fault.UNKNOWN_COMMAND
    await lamp.kill()


async def test_rubbish(lamp: Aired) -> None:
    for _ in range(2):
        lamp.air.told.clear()
        lamp.air.write(bytes([1, 1, 1, 1]))
        await lamp.clock.advance(1)
        assert lamp.air.told == [(protocol.ERROR_STATE, bytes([Fault.INVALID_PACKET]))]
    lamp.air.write(b"anything", uuid=protocol.CAPABILITIES)
    await lamp.asked(Rpc.DEVICE_INFO)
    assert lamp.air.fault == Fault.NONE


@pytest.mark.attack(
    "A stranger in Bluetooth's range who writes faster than the device can follow",
    guard="a bounded queue",
)
async def test_a_flood_is_bounded(lamp: Aired) -> None:
    assert await answers_to_a_flood(lamp) == MOST_WAITING


@pytest.mark.unguarded(
    "A stranger in Bluetooth's range who writes faster than the device can follow"
)
async def test_without_that_bound_all_of_it_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "MOST_WAITING", 0)  # of an asyncio queue: without end
    lamp = Aired(tmp_path, Improv(enabled=True))
    await lamp.on()
    assert await answers_to_a_flood(lamp) == 10 * MOST_WAITING
    await lamp.kill()


async def answers_to_a_flood(lamp: Aired) -> int:
    for _ in range(10 * MOST_WAITING):
        lamp.air.ask(Rpc.DEVICE_INFO)
    lamp.air.told.clear()
    await lamp.clock.advance(5)
    return len(lamp.air.told)


async def test_a_stranger_keeps_nobody_from_coming_home(
    lamp: Aired, monkeypatch: pytest.MonkeyPatch
) -> None:
    attended: list[str] = []
    monkeypatch.setattr(lamp.device, "attended", lambda: attended.append("now"))
    await lamp.asked(Rpc.DEVICE_INFO)
    assert attended == []
    lamp.device.improv.authorize()
    await lamp.asked(Rpc.DEVICE_INFO)
    assert attended == ["now"]


async def test_bluetooth_that_comes_and_goes(tmp_path: Path) -> None:
    lamp = Aired(tmp_path, Improv(enabled=True))
    lamp.bluetooth.refuses = "There is no Bluetooth adapter that can advertise."
    await lamp.on()
    answer = lamp.device.improv.answer()
    assert (answer.state, answer.problem) == (ImprovState.OFF, lamp.bluetooth.refuses)
    with pytest.raises(Busy, match="no Bluetooth adapter"):
        lamp.device.improv.authorize()
    lamp.bluetooth.refuses = ""
    await lamp.clock.advance(AGAIN_SECONDS)
    lamp.air.over.set_result("The Bluetooth daemon has gone away.")
    await lamp.clock.advance(1)
    assert lamp.device.improv.answer().problem == "The Bluetooth daemon has gone away."
    await lamp.clock.advance(AGAIN_SECONDS)
    assert lamp.device.improv.answer().problem is None
    assert lamp.bluetooth.times == 3
    await lamp.kill()


async def test_a_problem_is_none_once_there_is_nothing_to_do(tmp_path: Path) -> None:
    lamp = Aired(tmp_path, Improv(enabled=True))
    lamp.bluetooth.refuses = "There is no Bluetooth adapter that can advertise."
    await lamp.on()
    assert lamp.device.improv.answer().problem == lamp.bluetooth.refuses
    await lamp.joined(wish(HOME))
    await lamp.clock.advance(AGAIN_SECONDS)
    assert lamp.device.improv.answer().problem is None
    await lamp.kill()


async def test_cut_off_after_the_success(lamp: Aired, caplog: pytest.LogCaptureFixture) -> None:
    lamp.device.improv.authorize()
    await lamp.asked(Rpc.SEND_WIFI, HOME, PASSWORD.encode())
    air = lamp.air
    await lamp.wait(lambda: air.state == State.PROVISIONED)
    air.over.set_result("The Bluetooth daemon has gone away.")
    await lamp.clock.advance(1)
    answer = lamp.device.improv.answer()
    assert (answer.state, answer.problem) == (ImprovState.OFF, None)
    assert "not on the air" not in caplog.text


async def test_not_on_the_air_on_a_device_with_a_network(tmp_path: Path) -> None:
    lamp = Aired(tmp_path, Improv(enabled=True))
    await lamp.started()
    await lamp.joined(wish(HOME))
    await lamp.device.complete_onboarding()
    await lamp.aired()
    assert lamp.bluetooth.times == 0
    with pytest.raises(Busy, match="not on the air"):
        lamp.device.improv.authorize()
    await lamp.kill()
