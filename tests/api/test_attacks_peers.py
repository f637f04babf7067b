"""Who is taken for whom: local, forwarded, or without an address."""

import socket
import struct
from typing import Any

import httpx
import pytest
from tests.api.fake_service import HOTSPOT_PASSWORD, FakeService
from tests.api.serving import request_bytes, running, serving
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.protocols.http.h11_impl import H11Protocol

from firstlight.web.app import create_app
from firstlight.web.guards import from_allowed_address
from firstlight.web.listeners import bind_tcp, bind_unix
from firstlight.web.policy import Policy
from firstlight.web.problems import Refusal
from firstlight.web.server import WebServer
from firstlight.web.settings import WebSettings
from firstlight.web.visit import Visit

API = "/api/provisioning"
HOTSPOT = f"{API}/hotspot"
TOKEN = "a token of the owner's choice"


async def test_the_unix_socket_needs_neither_token_nor_name(tmp_path: Any) -> None:
    path = tmp_path / "control.sock"
    settings = WebSettings(version="1", token=TOKEN, allowed_cidrs=("192.0.2.0/24",))
    service = FakeService()
    async with serving(create_app(service, settings), bind_unix(path)) as port:
        transport = httpx.AsyncHTTPTransport(uds=str(path))
        async with httpx.AsyncClient(transport=transport, base_url="http://firstlight") as client:
            answer = await client.post(f"{API}/hotspot/disable")
            hotspot = await client.get(HOTSPOT)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            outside = await client.post(f"{API}/hotspot/disable")
    assert answer.status_code == 200
    assert hotspot.json()["password"] == HOTSPOT_PASSWORD
    assert outside.status_code == 403
    assert service.changes == ["hotspot off"]


@pytest.mark.unguarded("A forwarding header that says the caller is somebody else")
@pytest.mark.attack(
    "A forwarding header that says the caller is somebody else",
    guard="only the address of the connection counts",
)
@pytest.mark.parametrize(("credulous", "status"), [(False, 403), (True, 200)])
async def test_a_forwarding_header_is_not_believed_over_tcp(
    *, credulous: bool, status: int
) -> None:
    app = create_app(FakeService(), WebSettings(version="1", allowed_cidrs=("192.0.2.0/24",)))
    async with (
        serving(ProxyHeadersMiddleware(app, "*") if credulous else app) as port,  # type: ignore[arg-type]
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
    ):
        answer = await client.get("/api/health", headers={"X-Forwarded-For": "192.0.2.1"})
    assert answer.status_code == status


def ask_and_reset(port: int, request: bytes) -> None:
    """Send a request and reset the connection at once, so that it has no peer any more."""
    with socket.create_connection(("127.0.0.1", port)) as caller:
        caller.sendall(request)
        caller.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


async def peers_seen(*, credulous: bool) -> list[object]:
    """The ``client`` of each request that reaches an application."""
    seen: list[object] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["client"])
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    listener = bind_tcp("127.0.0.1", 0)
    port = listener.getsockname()[1]
    ask_and_reset(port, request_bytes("POST", "/"))
    with pytest.MonkeyPatch.context() as patch:
        if credulous:
            patch.setattr("firstlight.web.server.Connection", H11Protocol)
        async with (
            running(WebServer(app, [listener])),
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client,
        ):
            await client.get("/")
    return seen


async def test_a_caller_that_vanishes_is_not_taken_for_a_local_one() -> None:
    # Reset before it is accepted, a TCP connection has no peer address, as a Unix socket has none.
    assert None in await peers_seen(credulous=True)
    assert None not in await peers_seen(credulous=False)


def test_without_an_address_only_a_unix_socket_is_local() -> None:
    scope = {"type": "http", "method": "POST", "path": "/", "headers": [], "client": None}
    over_tcp = Visit.of({**scope, "server": ("127.0.0.1", 8080)})
    over_unix = Visit.of({**scope, "server": ("/run/control.sock", None)})
    assert not over_tcp.local
    assert over_unix.local
    policy = Policy.of(WebSettings(version="1"), None)
    from_allowed_address(over_unix, policy)
    with pytest.raises(Refusal):
        from_allowed_address(over_tcp, policy)
