"""The rules in the kernel: cables instead of radios, three machines in network namespaces.

The station is at the other end of "wlan0", the host of "eth0"; the device in between forwards, as
NetworkManager has it do for a shared connection. Whatever the station reaches without the rules
is what they are there for.
"""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Generator
from contextlib import ExitStack

import pytest

from firstlight.radio.nm.firewall import hotspot_rules, softap_rules

LINK = """\
set -e
ip link set lo up
ip link add wlan0 type veth peer name air netns {station}
ip link add eth0 type veth peer name lan netns {host}
ip addr add 192.168.4.1/24 dev wlan0
ip addr add 10.8.0.1/24 dev eth0
ip -6 addr add fd00:4::1/64 dev wlan0 nodad
ip -6 addr add fd00:8::1/64 dev eth0 nodad
ip link set wlan0 up
ip link set eth0 up
echo 1 > /proc/sys/net/ipv4/ip_forward
"""
END = """\
set -e
ip link set lo up
ip addr add {four}.2/24 dev {card}
ip -6 addr add {six}::2/64 dev {card} nodad
ip link set {card} up
ip route add default via {four}.1
ip -6 route add default via {six}::1
"""
LISTEN = """\
import select, socket, sys
listening = []
for port in map(int, sys.argv[1:]):
    one = socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True)
    listening.append(one)
asked = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
asked.bind(("0.0.0.0", 67))
print("ready", flush=True)
while True:
    for one in select.select([*listening, asked], [], [])[0]:
        if one is asked:
            data, peer = one.recvfrom(100)
            one.sendto(data, peer)
        else:
            one.accept()[0].close()
"""
TRY = """\
import concurrent.futures, socket, sys

def reached(where):
    kind, address, port = where.split(",")
    try:
        if kind == "udp":
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
                one.settimeout(0.5)
                one.sendto(b"?", (address, int(port)))
                one.recv(10)
        else:
            socket.create_connection((address, int(port)), 0.5).close()
    except OSError:
        return ""
    return where

with concurrent.futures.ThreadPoolExecutor(16) as every:
    print(*every.map(reached, sys.argv[1:]))
"""
ENDPOINT, ADDRESSES = "tcp,192.168.4.1,80", "udp,192.168.4.1,67"
OF_THE_DEVICE = (
    "tcp,192.168.4.1,8080",
    "tcp,192.168.4.1,22",
    "tcp,10.8.0.1,80",
    "tcp,10.8.0.1,22",
    "tcp,fd00:4::1,80",
    "tcp,fd00:4::1,22",
    "tcp,fd00:8::1,80",
)
BEYOND = ("tcp,10.8.0.2,80",)
BACK = ("tcp,192.168.4.2,80",)
PORTS = {"device": ("80", "8080", "22"), "station": ("80",), "host": ("80",)}
SHARED = """\
table ip shared {
    chain forward {
        type filter hook forward priority 0;
        iifname "wlan0" accept
    }
}
"""


class Machines:
    """Three namespaces, each held by a process that listens in it."""

    def __init__(self, stack: ExitStack) -> None:
        self._pids: dict[str, int] = {}
        for name, ports in (
            ("device", ("80", "8080", "22")),
            ("station", ("80",)),
            ("host", ("80",)),
        ):
            process = stack.enter_context(
                subprocess.Popen(
                    ["unshare", "--net", sys.executable, "-I", "-c", LISTEN, *ports],
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                )
            )
            stack.callback(process.kill)
            assert process.stdout is not None
            assert process.stderr is not None
            if process.stdout.readline() != "ready\n":
                pytest.skip(f"no network namespaces here: {process.stderr.read().strip()}")
            self._pids[name] = process.pid
        self.within("device", "sh", "-c", LINK.format(**self._pids))
        for name, four, six, card in (
            ("station", "192.168.4", "fd00:4", "air"),
            ("host", "10.8.0", "fd00:8", "lan"),
        ):
            self.within(name, "sh", "-c", END.format(four=four, six=six, card=card))

    def within(self, name: str, *argv: str, given: str = "") -> str:
        done = subprocess.run(
            ["nsenter", f"--net=/proc/{self._pids[name]}/ns/net", *argv],
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def rules(self, text: str) -> None:
        self.within("device", "nft", "-f", "-", given=text)

    def reaches(self, name: str, *where: str) -> set[str]:
        return set(self.within(name, sys.executable, "-I", "-c", TRY, *where).split())


@pytest.fixture
def machines() -> Generator[Machines]:
    missing = [one for one in ("nft", "ip", "unshare", "nsenter") if shutil.which(one) is None]
    if missing or os.geteuid() != 0 or not hasattr(socket, "create_server"):
        pytest.skip(f"needs root, and {missing or 'nothing else'}")
    with ExitStack() as stack:
        yield Machines(stack)


EVERYTHING = {ENDPOINT, ADDRESSES, *OF_THE_DEVICE, *BEYOND}


@pytest.mark.unguarded(
    "Somebody on the SoftAP or the hotspot who goes on to what lies behind the device"
)
def test_without_the_rules_everything_is_reached(machines: Machines) -> None:
    assert machines.reaches("station", *EVERYTHING) == EVERYTHING
    assert machines.reaches("host", *BACK) == set(BACK)


@pytest.mark.attack(
    "Somebody on the SoftAP or the hotspot who goes on to what lies behind the device",
    guard="rules in the kernel's packet filter",
)
def test_a_softap_is_a_dead_end(machines: Machines) -> None:
    machines.rules(softap_rules("wlan0", "192.168.4.1/24", 80))
    assert machines.reaches("station", *EVERYTHING) == {ENDPOINT, ADDRESSES}
    assert machines.reaches("host", *BACK) == set()
    assert machines.reaches("host", "tcp,10.8.0.1,22") == {"tcp,10.8.0.1,22"}, "none of ours"


def test_what_others_accept_is_dropped_all_the_same(machines: Machines) -> None:
    """NetworkManager's own table lets a shared connection through."""
    machines.rules(SHARED + softap_rules("wlan0", "192.168.4.1/24", 80))
    assert machines.reaches("station", *BEYOND) == set()


@pytest.mark.attack(
    "Somebody on the SoftAP or the hotspot who goes on to what lies behind the device",
    guard="rules in the kernel's packet filter",
)
def test_a_hotspot_is_one_for_what_lies_beyond(machines: Machines) -> None:
    machines.rules(hotspot_rules("wlan0"))
    assert machines.reaches("station", *OF_THE_DEVICE, *BEYOND) == set(OF_THE_DEVICE)
    assert machines.reaches("host", *BACK) == set()
