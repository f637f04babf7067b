"""A host on the device's Ethernet side: a namespace at the other end of a pair of virtual cards."""

from tests.radio.lab.inside import Inside

NAME = "wired"
# NetworkManager leaves eth* alone, as it is configured here.
OURS, THEIRS = "eth-lab", "eth0"


class Wired:
    """One host. ``address`` is its own, ``gateway`` the device's towards it."""

    name = NAME
    address = "10.8.0.2"
    gateway = "10.8.0.1"
    interface = OURS

    def __init__(self, inside: Inside) -> None:
        self._inside = inside

    def settle_in(self) -> None:
        """Plug it in."""
        self._inside.shell(
            f"ip netns add {NAME}\n"
            f"ip link add {OURS} type veth peer name {THEIRS} netns {NAME}\n"
            f"ip addr add {self.gateway}/24 dev {OURS}\n"
            f"ip link set {OURS} up\n",
            timeout=90,
        )
        self._inside.must(
            "ip", "-batch", "-", netns=NAME,
            given=(
                f"link set lo up\nlink set {THEIRS} up\naddr add {self.address}/24 dev {THEIRS}\n"
                f"route add default via {self.gateway}\n"
            ),
        )  # fmt: skip

    @property
    def mac(self) -> str:
        """Its MAC address."""
        path = f"/sys/class/net/{THEIRS}/address"
        return self._inside.must("cat", path, netns=NAME).strip()

    def route(self, network: str) -> None:
        """Send what is for that network to the device, as ``ip route add`` does."""
        self._inside.must("ip", "route", "replace", network, "via", self.gateway, netns=NAME)

    def reaches(self, address: str, port: int) -> bool:
        """Whether a TCP connection from it is accepted."""
        return self._inside.reaches(address, port, netns=NAME)

    def as_usual(self) -> None:
        """Forget ``route``."""
        self._inside.run("ip", "route", "flush", "via", self.gateway, "scope", "global", netns=NAME)
        self._inside.must("ip", "route", "replace", "default", "via", self.gateway, netns=NAME)
