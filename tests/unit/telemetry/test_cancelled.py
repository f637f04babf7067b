"""Whoever is cancelled while it waits for the broker ends, however close the answer is."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from tests.unit.daemon.waited import SECONDS
from tests.unit.telemetry.mosquitto import ROOT, Mosquitto
from tests.unit.telemetry.telling import settings

from firstlight.model.mqtt import Outgoing
from firstlight.telemetry import mqtt
from firstlight.telemetry.mqtt import MqttBroker

STATUS = Outgoing(topic=f"{ROOT}/status", payload=b"{}", retain=False)

WAITS: dict[str, tuple[str, Callable[[MqttBroker], Awaitable[object]]]] = {
    "publish": ("_on_publish", lambda line: line.publish(STATUS)),
    "subscribe": ("_on_subscribe", lambda line: line.subscribe(f"{ROOT}/command/#")),
}


@pytest.mark.parametrize("turns", range(6))
@pytest.mark.parametrize("wait", WAITS)
async def test_it_is_over_also_when_the_answer_comes_with_it(
    shared: Mosquitto, monkeypatch: pytest.MonkeyPatch, wait: str, turns: int
) -> None:
    """Cancelled so many turns of the event loop after the broker has answered."""
    heard, act = WAITS[wait]
    line = MqttBroker()
    hears = getattr(mqtt._Client, heard)
    loop = asyncio.get_running_loop()
    cancelled: list[bool] = []

    def cancel(left: int) -> None:
        if left:
            loop.call_soon(cancel, left - 1)
        else:
            cancelled.append(task.cancel())

    def hearing(*given: object) -> None:
        hears(*given)
        cancel(turns)

    monkeypatch.setattr(mqtt._Client, heard, hearing)

    async def waiting() -> None:
        await line.open(settings(shared.port), "lamp", STATUS)
        await act(line)
        await asyncio.Event().wait()

    task = asyncio.create_task(waiting())
    await asyncio.wait([task], timeout=SECONDS)
    await line.close()
    assert cancelled == [True]
    assert task.cancelled()
