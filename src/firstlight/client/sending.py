"""A described request as httpx has it, and httpx's answer as ours."""

from typing import Final

import httpx

from firstlight.client.device import API
from firstlight.client.dialing import timeouts
from firstlight.client.request import Reply, Request, as_bytes

HEADERS: Final = {"accept-encoding": "identity"}
"""What every request has: an answer is taken as it came."""

EVENTS: Final = Request(
    method="GET", path=f"{API}/events", read=as_bytes, expects="text/event-stream"
)

_PEM: Final = "application/x-pem-file"


def built(http: httpx.Client | httpx.AsyncClient, request: Request[object]) -> httpx.Request:
    """Ready to be sent."""
    files = None if request.file is None else {"file": (*request.file, _PEM)}
    usual = http.timeout.read
    longer = usual is not None and request.seconds > usual
    return http.build_request(
        request.method,
        request.path,
        params=request.params or None,
        headers=request.headers,
        content=request.content or None,
        files=files,
        timeout=timeouts(request.seconds) if longer else http.timeout,
    )


def reply_of(response: httpx.Response) -> Reply:
    """One whose body was read."""
    return Reply(response.status_code, response.headers, response.content)


def event_headers(after: str | None) -> dict[str, str]:
    """For the event stream, from the event after that one on."""
    return {"accept": EVENTS.expects} | ({} if after is None else {"last-event-id": after})
