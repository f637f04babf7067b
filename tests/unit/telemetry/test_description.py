"""``docs/asyncapi.json`` describes what really goes over the wire."""

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from tests.unit.daemon.waited import until
from tests.unit.telemetry.listening import listening
from tests.unit.telemetry.mosquitto import ROOT, Mosquitto
from tests.unit.telemetry.telling import Told, settings

from firstlight.model.mqtt import Command

DOCUMENT: dict[str, Any] = json.loads(
    (Path(__file__).parents[3] / "docs/asyncapi.json").read_text()
)


def schema_of(address: str, device_id: str) -> dict[str, Any]:
    for channel in DOCUMENT["channels"].values():
        here = channel["address"].replace("{prefix}", ROOT).replace("{deviceId}", device_id)
        if here == address:
            (message,) = channel["messages"].values()
            return {**message["payload"], "components": DOCUMENT["components"]}
    raise AssertionError(f"{address} is not described")


async def test_every_message_is_as_it_is_described(broker: Mosquitto, told: Told) -> None:
    given = settings(broker.port, home_assistant=True, commands=tuple(Command), queue_size=10)
    async with listening(broker.port) as seen:
        bodies = {"provisioning": b'{"on":false}', "restart": b'{"reason":"x"}'}
        async with told.running(given):
            await until(lambda: told.connected)
            told.status(connected=True)
            for one in Command:
                await seen.send(f"{ROOT}/command/{one.value}", bodies.get(one.value, b"{}"))
            await seen.send(f"{ROOT}/command/restart", b"[]")
            for n in range(30):  # more at once than there is room for
                told.say(f"number {n}")
            await until(lambda: len(seen.on(f"{ROOT}/response")) == len(Command) + 1)
            await until(lambda: seen.on(f"{ROOT}/events/dropped") != [])
        await seen.has(f"{ROOT}/availability", "offline")
    met = set()
    for message in seen.messages:
        address, raw = message.topic.value, bytes(message.payload)
        value = raw.decode() if address.endswith("availability") else json.loads(raw)
        if raw != b"[]":
            schema = schema_of(address, told.service.device_id)
            Draft202012Validator(schema).validate(value)
        met.add(address)
    assert len(met) == len(DOCUMENT["channels"])


def test_each_operation_has_its_channel() -> None:
    assert DOCUMENT["asyncapi"] == "3.0.0"
    for operation in DOCUMENT["operations"].values():
        assert operation["channel"]["$ref"].removeprefix("#/channels/") in DOCUMENT["channels"]
