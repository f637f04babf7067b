"""Whether the gateway is there: by ARP, and by a knock where ARP is not allowed."""

import asyncio
import os
import socket
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
    absent = replace(LEASE, gateway="10.1.0.9")
    assert not world.look(absent, seconds=2).gateway
    assert not world.look(replace(LEASE, gateway=None), seconds=0.5).gateway


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize("action", ["blackhole", "prohibit", "unreachable"])
def test_a_gateway_that_hides_behind_a_firewall_is_there(world: World, action: str) -> None:
    rule = f"pref 5 ipproto tcp dport 53 type {action}"
    world.router.ip("rule add pref 10 lookup local", "rule del pref 0", f"rule add {rule}")
    try:
        found = world.look(seconds=0.5)
    finally:
        world.router.ip(
            f"rule del {rule}", "rule add pref 0 lookup local", "rule del pref 10 lookup local"
        )
    assert found.gateway


def test_a_gateway_that_serves_names_over_tcp(world: World) -> None:
    async def listen() -> socket.socket:
        return socket.create_server((ROUTER, 53))

    with world.router.run(listen()):
        assert world.look(targets=()).gateway


def test_ethernet_does_not_lend_its_gateway(world: World) -> None:
    """Somebody has the address of the gateway, but not on the WiFi."""
    world.wired.ip("address add 10.1.0.7/32 dev lo")
    world.station.ip(f"route add 10.1.0.7/32 via {WIRED}")
    lease = replace(LEASE, gateway="10.1.0.7")
    try:
        assert world.station.run(_refused("10.1.0.7"))
        assert not world.look(lease, (), seconds=1).gateway
    finally:
        world.station.ip("route del 10.1.0.7/32")
        world.wired.ip("address del 10.1.0.7/32 dev lo")


async def _refused(address: str) -> bool:
    try:
        await asyncio.open_connection(address, 53)
    except ConnectionRefusedError:
        return True
    return False


