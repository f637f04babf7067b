"""A second client: what others see at the broker, and what they ask of the device."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import aiomqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from tests.unit.daemon.waited import until
from tests.unit.telemetry.mosquitto import SECRETS


class Listener:
    """Everything that came, in order."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self._client = client
        self.messages: list[aiomqtt.Message] = []

    async def follow(self) -> None:
        async for message in self._client.messages:
            self.messages.append(message)

    def on(self, topic: str) -> list[aiomqtt.Message]:
        return [one for one in self.messages if one.topic.value == topic]

    def texts(self, topic: str) -> list[str]:
        return [bytes(one.payload).decode() for one in self.on(topic)]

    def json(self, topic: str) -> list[Any]:
        return [json.loads(text) for text in self.texts(topic)]

    async def has(self, topic: str, text: str) -> None:
        await until(lambda: self.texts(topic)[-1:] == [text])

    async def send(
        self,
        topic: str,
        payload: bytes | str = b"",
        *,
        retain: bool = False,
        response: str | None = None,
        correlation: bytes | None = None,
    ) -> None:
        told = Properties(PacketTypes.PUBLISH)
        if response is not None:
            told.ResponseTopic = response
        if correlation is not None:
            told.CorrelationData = correlation
        await self._client.publish(topic, payload, qos=1, retain=retain, properties=told)


@asynccontextmanager
async def listening(port: int, *topics: str, user: str = "boss") -> AsyncGenerator[Listener, None]:
    client = aiomqtt.Client(
        "127.0.0.1",
        port,
        username=user,
        password=SECRETS[user],
        protocol=aiomqtt.ProtocolVersion.V5,
    )
    async with client:
        listener = Listener(client)
        for topic in topics or ("#",):
            await client.subscribe(topic, qos=1)
        task = asyncio.create_task(listener.follow(), name="listener")
        try:
            yield listener
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
