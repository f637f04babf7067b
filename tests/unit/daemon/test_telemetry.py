"""The runner with a broker that fails on demand, in a time that is moved by hand."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from tests.unit.daemon.lamp import AtOnce, Lamp, network, world
from tests.unit.daemon.waited import until
from tests.unit.telemetry.listening import listening
from tests.unit.telemetry.mosquitto import ROOT, SECRETS, Mosquitto
from tests.unit.telemetry.telling import Told

from firstlight.config import Config, Mqtt
from firstlight.daemon.opening import open_device
from firstlight.errors import BrokerFailure
from firstlight.model.backend import Backend
from firstlight.model.mqtt import BrokerCause, Incoming, MqttSettings, Outgoing
from firstlight.radio.simulated.clock import VirtualClock

SETTINGS = MqttSettings(host="broker.example")


class Sulking:
    """Fails to open with what stands next in ``faults``, and then opens."""

    def __init__(self, *faults: Exception) -> None:
        self.faults = list(faults)
        self.tries = 0
        self.published: list[Outgoing] = []

    async def open(self, settings: MqttSettings, client_id: str, will: Outgoing) -> None:
        self.tries += 1
        if self.faults:
            raise self.faults.pop(0)

    async def subscribe(self, topics: str) -> bool:
        raise NotImplementedError

    async def publish(self, message: Outgoing) -> bool:
        self.published.append(message)
        return True

    async def received(self) -> Incoming:
        return await asyncio.get_running_loop().create_future()

    async def close(self) -> None:
        return


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
async def told(tmp_path: Path, clock: VirtualClock) -> Told:
    asyncio.get_running_loop().set_default_executor(AtOnce())
    return Told(tmp_path, clock)


def failures(count: int, cause: BrokerCause = BrokerCause.REFUSED) -> list[BrokerFailure]:
    return [BrokerFailure(cause, "no") for _ in range(count)]


async def passed(clock: VirtualClock, holds: Callable[[], bool], within: float) -> None:
    end = clock.monotonic() + within
    while not holds():
        assert clock.monotonic() < end, "it did not happen"
        await clock.advance(0.25)


async def test_a_broker_that_stays_away_is_not_hammered(told: Told, clock: VirtualClock) -> None:
    broker = Sulking(*failures(10_000))
    async with told.running(SETTINGS, lambda: broker):
        await passed(clock, lambda: broker.tries == 1, 5)
        for _ in range(3600):
            await clock.advance(1)
    assert broker.tries < 40
    assert len(told.problems) == 1
    assert len([one for one in told.said() if "not connected" in one]) == 1


async def test_a_new_address_brings_the_next_try_nearer(told: Told, clock: VirtualClock) -> None:
    broker = Sulking(*failures(8))
    async with told.running(SETTINGS, lambda: broker):
        await passed(clock, lambda: broker.tries == 8, 600)
        await clock.advance(10)
        assert broker.tries == 8
        told.status(ipv4_address="192.168.7.50")
        await passed(clock, lambda: told.connected, 6)
        told.status(ipv4_address="192.168.7.51")


async def test_an_error_nobody_thought_of_is_logged_once_and_survived(
    told: Told, clock: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    broker = Sulking(ZeroDivisionError("odd"), ZeroDivisionError("odd"))
    with caplog.at_level(logging.ERROR):
        async with told.running(SETTINGS, lambda: broker):
            await passed(clock, lambda: told.connected, 60)
    assert len([one for one in caplog.records if one.exc_info]) == 1
    assert "something went wrong that the log tells more of" in told.problems[0]
    assert told.problems[-1] == ""


async def test_a_state_folder_that_fails_costs_what_waits_and_nothing_else(
    told: Told, clock: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    told.file.path.mkdir(parents=True)
    broker = Sulking(*failures(50))
    async with told.running(SETTINGS, lambda: broker):
        await passed(clock, lambda: broker.tries >= 1, 5)
        told.say("this waits")
        await clock.advance(0.1)
    assert sum("outbox.jsonl can't be" in one for one in caplog.messages) == 2


async def test_without_settings_nothing_is_dialled_and_nothing_kept(
    told: Told, clock: VirtualClock
) -> None:
    broker = Sulking()
    async with told.running(None, lambda: broker) as telemetry:
        told.say("nobody keeps this")
        await clock.advance(600)
        telemetry.reconfigure(None)
        telemetry.reconfigure(SETTINGS)
        await passed(clock, lambda: told.connected, 5)
    assert not any(b"nobody keeps this" in one.payload for one in broker.published)
    assert broker.published[-1].payload == b"offline"


async def test_the_status_warns_of_a_broker_that_is_away(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"home"), saved=[b"home"]))
    device = await lamp.started()
    assert lamp.status.runtime.warnings == ()
    device.broker_is("The MQTT broker is away.")
    assert "The MQTT broker is away." in lamp.status.runtime.warnings
    assert lamp.hub.recent(1)[0].status == lamp.status
    device.broker_is("")
    assert lamp.status.runtime.warnings == ()
    await lamp.kill()


async def test_a_device_tells_the_broker_of_its_configuration(tmp_path: Path) -> None:
    broker = Mosquitto(tmp_path / "broker")
    broker.start()
    config = Config(
        enabled=True,
        backend=Backend.SIMULATED,
        state_dir=str(tmp_path / "state"),
        mqtt=Mqtt(
            host="127.0.0.1",
            port=broker.port,
            username="lamp",
            password=SECRETS["lamp"],
            topic_prefix=ROOT,
        ),
    )
    try:
        async with listening(broker.port) as seen:
            async with open_device(config) as opened:
                await seen.has(f"{ROOT}/availability", "online")
                told = msgspec.to_builtins(opened.device.status())
                await until(lambda: seen.json(f"{ROOT}/status")[-1]["hostname"] == told["hostname"])
                assert b"firstlight_mqtt_connected 1.0" in await opened.device.metrics()
            await seen.has(f"{ROOT}/availability", "offline")
    finally:
        broker.stop()
