"""A reader of the event stream."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec

EVENTS = "/api/provisioning/events"


class Received(msgspec.Struct):
    """One event as a reader sees it."""

    event: str
    id: str
    data: dict[str, Any]


class Stream:
    """Reads server-sent events off a response."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.aiter_lines()

    async def next(self) -> Received:
        fields: dict[str, str] = {}
        async for line in self._lines:
            name, _, value = line.partition(": ")
            if line and not line.startswith(":"):
                fields[name] = value
            elif "data" in fields:
                return Received(fields["event"], fields["id"], json.loads(fields["data"]))
        raise EOFError

    async def comment(self) -> str:
        return await anext(line async for line in self._lines if line.startswith(":"))

    async def take(self, count: int) -> list[Received]:
        return [await self.next() for _ in range(count)]


@asynccontextmanager
async def following(port: int, after: str = "") -> AsyncIterator[Stream]:
    headers = {"Last-Event-ID": after.encode("latin-1")} if after else {}
    async with (
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
        client.stream("GET", EVENTS, headers=headers) as response,
    ):
        assert response.status_code == 200
        yield Stream(response)
