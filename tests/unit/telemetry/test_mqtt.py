"""The device and a real Mosquitto: what is told, when it is away, and when it comes back."""

import json
from pathlib import Path

from tests.unit.daemon.waited import until
from tests.unit.telemetry.listening import listening
from tests.unit.telemetry.mosquitto import ROOT, Mosquitto
from tests.unit.telemetry.telling import Told, settings

from firstlight.web.encoding import to_json

STATUS, AVAILABILITY, EVENTS = f"{ROOT}/status", f"{ROOT}/availability", f"{ROOT}/events"


async def test_status_and_availability_are_retained_and_follow(
    broker: Mosquitto, told: Told
) -> None:
    async with told.running(settings(broker.port)):
        await until(lambda: told.connected)
        async with listening(broker.port) as seen:
            await seen.has(AVAILABILITY, "online")
            await seen.has(STATUS, to_json(told.service.now).decode())
            assert all(one.retain for one in (*seen.on(STATUS), *seen.on(AVAILABILITY)))
            told.status(connected=True, last_ssid="Lighthouse")
            await seen.has(STATUS, to_json(told.service.now).decode())
        async with listening(broker.port) as later:
            await until(lambda: later.json(STATUS) != [])
            assert later.json(STATUS)[0]["network"]["lastSsid"] == "Lighthouse"
    assert told.problems[-1] == ""
    async with listening(broker.port) as after:
        await after.has(AVAILABILITY, "offline")


async def test_each_event_is_told_once_and_as_in_the_stream(broker: Mosquitto, told: Told) -> None:
    async with listening(broker.port, EVENTS) as seen, told.running(settings(broker.port)):
        await until(lambda: told.connected)
        ids = [told.say(f"number {n}") for n in range(100)]
        await until(lambda: [one["id"] for one in seen.json(EVENTS)][-100:] == ids)
        assert not any(one.retain for one in seen.on(EVENTS))
        kept = {event.id: to_json(event) for event in told.hub.recent(256)}
        assert all(
            kept[one["id"]] == json.dumps(one, separators=(",", ":"), ensure_ascii=False).encode()
            for one in seen.json(EVENTS)
        )
