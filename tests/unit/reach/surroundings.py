"""A station with a WiFi and an Ethernet, in network namespaces. Needs root.

``wlan0`` leads to a router; ``eth0`` to a wired network that the station prefers, and that has
internet when the WiFi has none. What the station finds through its WiFi must be what the WiFi has.
"""

import socket
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager

from tests.unit.reach.namespaces import Namespace, wire
from tests.unit.reach.servers import Answer, Pages, names, page, serve_names

from firstlight.model.radio import Ipv4
from firstlight.model.reach import Broker, Findings, Reach, ReachTarget
from firstlight.reach.sockets import SocketReach

ROUTER = "10.1.0.1"
WIRED = "10.2.0.1"
PUBLIC_NAMES = "198.51.100.53"
PAGE = "203.0.113.80"
PAGES_NAME = "page.example"
LEASE = Ipv4(address="10.1.0.2", prefix=24, gateway=ROUTER, name_servers=(ROUTER,))
TARGET = ReachTarget(url=f"http://{PAGES_NAME}/generate_204")
BROKERS_NAME = "broker.example"
KNOWN = names({PAGES_NAME: PAGE, BROKERS_NAME: PAGE})
NO_CONTENT = page("204 No Content")


class World:
    """Three namespaces and their cables."""

    def __init__(self) -> None:
        self.station, self.router, self.wired = (
            Namespace(name) for name in ("station", "router", "wired")
        )
        self.station.ip("link set lo up")
        wire(self.station, "wlan0", self.router, "lan0")
        wire(self.station, "eth0", self.wired, "lan0")
        self.router.ip(
            "link set lo up",
            f"address add {ROUTER}/24 dev lan0",
            f"address add {PAGE}/32 dev lo",
        )
        self.wired.ip(
            "link set lo up",
            f"address add {WIRED}/24 dev lan0",
            f"address add {PAGE}/32 dev lo",
            f"address add {PUBLIC_NAMES}/32 dev lo",
            "route add 10.1.0.0/24 via 10.2.0.2",
        )
        self.station.ip(
            "address add 10.1.0.2/24 dev wlan0",
            "address add 10.2.0.2/24 dev eth0",
            f"route add default via {WIRED} dev eth0 metric 100",
            f"route add default via {ROUTER} dev wlan0 metric 600",
            # So it takes no 3 s, but 0.15, to find out that nobody has an address.
            "ntable change name arp_cache dev wlan0 retrans 50",
        )

    def close(self) -> None:
        for namespace in (self.station, self.router, self.wired):
            namespace.close()

    def look(
        self,
        lease: Ipv4 = LEASE,
        targets: tuple[ReachTarget, ...] = (TARGET,),
        *,
        seconds: float = 4.0,
        interface: str = "wlan0",
    ) -> Reach:
        return self.station.run(SocketReach().look(interface, lease, targets, seconds))

    def climb(
        self,
        lease: Ipv4 = LEASE,
        targets: tuple[ReachTarget, ...] = (TARGET,),
        broker: Broker | None = None,
        *,
        seconds: float = 4.0,
        interface: str = "wlan0",
    ) -> Findings:
        probe = SocketReach()
        return self.station.run(probe.climb(interface, lease, targets, broker, seconds))


@contextmanager
def serving(
    namespace: Namespace,
    *,
    answer: Answer | None = None,
    pages: Pages | None = None,
    at: str = ROUTER,
    port: int = 80,
    broker: int | None = None,
) -> Iterator[None]:
    """Names on ``at``, pages and a broker's port on the well-known address, while it lasts."""
    stack = AsyncExitStack()

    async def begin() -> None:
        if answer is not None:
            transport = await serve_names(at, answer)
            stack.callback(transport.close)
        if pages is not None:
            stack.push_async_callback(pages.show_out)
            server = await pages.serve(PAGE, port)
            stack.callback(server.close)
        if broker is not None:
            stack.enter_context(socket.create_server((PAGE, broker)))

    namespace.run(begin())
    try:
        yield
    finally:
        namespace.run(stack.aclose())
