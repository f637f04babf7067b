"""Request bodies: bounded in size and time, JSON, and validated against the typed models."""

import asyncio

from starlette.requests import Request

from firstlight.errors import Code
from firstlight.web.problems import Refusal

MAX_BYTES = 64 * 1024
READ_SECONDS = 10.0

# What is read and thrown away before the refusal, so that a sender who is a little over the limit
# gets to see it instead of a connection that breaks while it is still writing.
_DRAIN_BYTES = 4 * MAX_BYTES


async def read_body(request: Request) -> bytes:
    """All of it. Raises ``Refusal``: 413 over 64 KiB, 408 when it takes too long."""
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > MAX_BYTES + _DRAIN_BYTES:
        raise _too_large()
    try:
        async with asyncio.timeout(READ_SECONDS):
            return await _collect(request)
    except TimeoutError as error:
        raise Refusal(
            408,
            Code.TIMEOUT,
            f"The body was not complete after {READ_SECONDS:.0f} seconds.",
            headers={"Connection": "close"},
        ) from error


async def _collect(request: Request) -> bytes:
    body = bytearray()
    excess = 0
    async for chunk in request.stream():
        if excess or len(body) + len(chunk) > MAX_BYTES:
            excess += len(chunk)
        else:
            body += chunk
        if excess > _DRAIN_BYTES:
            break
    if excess:
        raise _too_large()
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


def _too_large() -> Refusal:
    return Refusal(
        413,
        Code.BODY_TOO_LARGE,
        f"The body is larger than {MAX_BYTES // 1024} KiB.",
        headers={"Connection": "close"},
    )
