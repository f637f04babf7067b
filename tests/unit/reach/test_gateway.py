"""Whether the gateway is there: by ARP, and by a knock where ARP is not allowed."""

import asyncio
import os
import socket
import struct
from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from tests.unit.reach.surroundings import LEASE, ROUTER, WIRED, World

from firstlight.model.radio import Ipv4
from firstlight.reach import gateway

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root for network namespaces")

STRANGER = "02:00:00:00:00:09"


@pytest.fixture(params=["ARP", "knock"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The way to ask: with CAP_NET_RAW, and without."""
    if request.param == "knock":
        monkeypatch.setattr(gateway, "_packet_socket", _refused_socket)
    return request.param


def _refused_socket(_: str) -> socket.socket:
    raise PermissionError(1, "Operation not permitted")


def answers(world: World, lease: Ipv4 = LEASE, *, interface: str = "wlan0") -> bool:
    holds, evidence = world.station.run(gateway.answers(interface, lease, 1.0))
    assert evidence.endswith(".")
    assert ("does not answer" in evidence or "names no" in evidence) is not holds
    return holds


@pytest.mark.usefixtures("way")
def test_a_gateway_answers(world: World) -> None:
    assert answers(world)


@pytest.mark.usefixtures("way")
def test_a_gateway_that_nobody_is(world: World) -> None:
    assert not answers(world, replace(LEASE, gateway="10.1.0.9"))


def test_a_lease_without_a_gateway(world: World) -> None:
    assert not answers(world, replace(LEASE, gateway=None))


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("action", ["blackhole", "prohibit", "unreachable"])
def test_a_gateway_that_hides_behind_a_firewall_is_there(world: World, action: str) -> None:
    rule = f"pref 5 ipproto tcp dport 53 type {action}"
    world.router.ip("rule add pref 10 lookup local", "rule del pref 0", f"rule add {rule}")
    try:
        assert answers(world)
    finally:
        world.router.ip(
            f"rule del {rule}", "rule add pref 0 lookup local", "rule del pref 10 lookup local"
        )


@pytest.mark.usefixtures("way")
def test_a_gateway_that_serves_names_over_tcp(world: World) -> None:
    async def listen() -> socket.socket:
        return socket.create_server((ROUTER, 53))

    with world.router.run(listen()):
        assert answers(world)


def test_a_gateway_that_has_died_is_not_vouched_for_by_the_kernel(world: World) -> None:
    """Its neighbour table still has the MAC, and believes in it for minutes."""
    world.station.ip(f"neigh replace 10.1.0.9 lladdr {STRANGER} dev wlan0 nud stale")
    try:
        assert not answers(world, replace(LEASE, gateway="10.1.0.9"))
    finally:
        world.station.ip("neigh del 10.1.0.9 dev wlan0")


@pytest.mark.usefixtures("way")
def test_an_interface_that_is_gone_or_down(world: World) -> None:
    assert not answers(world, interface="wlan9")
    world.station.ip("link set wlan0 down")
    try:
        assert not answers(world)
    finally:
        world.station.ip(
            "link set wlan0 up", f"route add default via {ROUTER} dev wlan0 metric 600"
        )


@pytest.mark.usefixtures("way")
def test_ethernet_does_not_lend_its_gateway(world: World) -> None:
    """Somebody has the address of the gateway, but not on the WiFi."""
    world.wired.ip("address add 10.1.0.7/32 dev lo")
    world.station.ip(f"route add 10.1.0.7/32 via {WIRED}")
    try:
        assert world.station.run(_refused("10.1.0.7"))
        assert not answers(world, replace(LEASE, gateway="10.1.0.7"))
    finally:
        world.station.ip("route del 10.1.0.7/32")
        world.wired.ip("address del 10.1.0.7/32 dev lo")


async def _refused(address: str) -> bool:
    try:
        await asyncio.open_connection(address, 53)
    except ConnectionRefusedError:
        return True
    return False


def _arp(operation: int, sender: str, *, size: int = 28) -> bytes:
    packet = struct.pack(
        "!HHBBH6s4s6s4s",
        *(1, 0x0800, 6, 4, operation, bytes.fromhex(STRANGER.replace(":", ""))),
        *(socket.inet_aton(sender), bytes(6), socket.inet_aton(LEASE.address)),
    )
    return packet[:size]


@pytest.mark.parametrize(
    ("packet", "holds"),
    [
        (_arp(2, "10.1.0.9"), True),
        (_arp(1, "10.1.0.9"), False),
        (_arp(2, "10.1.0.8"), False),
        (_arp(2, "10.1.0.9", size=20), False),
    ],
)
def test_only_an_answer_of_its_own_counts(world: World, packet: bytes, holds: bool) -> None:
    """Somebody sends that packet again and again while the gateway is asked for."""

    async def send() -> None:
        with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM) as sender:
            while True:
                sender.sendto(packet, ("lan0", 0x0806, 0, 0, b"\xff" * 6))
                await asyncio.sleep(0.02)

    async def begin() -> asyncio.Task[None]:
        return asyncio.create_task(send())

    async def end(sending: asyncio.Task[None]) -> None:
        sending.cancel()
        await asyncio.wait([sending])

    sending = world.router.run(begin())
    try:
        assert answers(world, replace(LEASE, gateway="10.1.0.9")) is holds
    finally:
        world.router.run(end(sending))
