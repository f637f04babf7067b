"""Request bodies: bounded in size and time, JSON, and validated against the typed models."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from starlette.requests import Request

from firstlight.errors import Busy, Code
from firstlight.web.problems import Refusal

MAX_BYTES = 64 * 1024
READ_SECONDS = 10.0

# What is read and thrown away before the refusal, so that a sender who is a little over the limit
# gets to see it instead of a connection that breaks while it is still writing.
_DRAIN_BYTES = 4 * MAX_BYTES
_BULK_SECONDS = 10
_MEBIBYTE = 1024 * 1024


class Bulk:
    """Room for one body of many megabytes at a time."""

    def __init__(self) -> None:
        self._taken = asyncio.Lock()

    @asynccontextmanager
    async def place(self) -> AsyncGenerator[None]:
        """Hold it. Raises ``Busy`` while somebody else does."""
        if self._taken.locked():
            raise Busy(
                "Another import is under way.",
                hint="Wait until it is done.",
                retry_after=_BULK_SECONDS,
            )
        async with self._taken:
            yield


async def read_body(
    request: Request, *, most: int = MAX_BYTES, seconds: float | None = None
) -> bytes:
    """All of it. Raises ``Refusal``: 413 over ``most`` bytes, 408 when it takes too long."""
    patience = READ_SECONDS if seconds is None else seconds
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > most + _DRAIN_BYTES:
        raise _too_large(most)
    try:
        async with asyncio.timeout(patience):
            return await _collect(request, most)
    except TimeoutError as error:
        raise Refusal(
            408,
            Code.TIMEOUT,
            f"The body was not complete after {patience:.0f} seconds.",
            headers={"Connection": "close"},
        ) from error


async def _collect(request: Request, most: int) -> bytes:
    body = bytearray()
    excess = 0
    async for chunk in request.stream():
        if excess or len(body) + len(chunk) > most:
            body.clear()
            excess += len(chunk)
        else:
            body += chunk
        if excess > _DRAIN_BYTES:
            break
    if excess:
        raise _too_large(most)
    return bytes(body)


def check_content_type(header: str) -> None:
    """Raises ``Refusal`` 415 unless it is JSON."""
    if header.partition(";")[0].strip().lower() != "application/json":
        raise Refusal(
            415,
            Code.INVALID_BODY,
            "The body must be JSON.",
            hint="Send it with the header 'Content-Type: application/json'.",
        )


def _too_large(most: int) -> Refusal:
    size = f"{most // _MEBIBYTE} MiB" if most >= _MEBIBYTE else f"{most // 1024} KiB"
    return Refusal(
        413,
        Code.BODY_TOO_LARGE,
        f"The body is larger than {size}.",
        headers={"Connection": "close"},
    )
