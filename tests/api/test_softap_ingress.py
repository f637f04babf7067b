"""By which interface one comes in is what counts, not which address one asks for.

Three machines as network namespaces: the device with its LAN and its SoftAP, a station on the
SoftAP, and a host on the LAN that has a static route to the SoftAP's address.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 and "CI" not in os.environ, reason="needs root, for network namespaces"
)

ADDRESS, PORT = "192.168.4.1", 80
HERE = f"flt{os.getpid() % 100_000}"
DEVICE, STATION, HOST = (f"{HERE}-{name}" for name in ("device", "station", "host"))

LINKS = """
netns add {device}
netns add {station}
netns add {host}
link add ap0 netns {device} type veth peer name wlan0 netns {station}
link add lan0 netns {device} type veth peer name eth0 netns {host}
-n {device} addr add 192.168.4.1/24 dev ap0
-n {device} addr add 10.77.0.1/24 dev lan0
-n {station} addr add 192.168.4.2/24 dev wlan0
-n {host} addr add 10.77.0.2/24 dev eth0
-n {device} link set lo up
-n {device} link set ap0 up
-n {device} link set lan0 up
-n {station} link set wlan0 up
-n {host} link set eth0 up
-n {host} route add 192.168.4.1/32 via 10.77.0.1
"""

LISTEN = """
import selectors, sys
from firstlight.web.listeners import bind_portal, bind_softap, bind_tcp
doors = selectors.DefaultSelector()
for named in sys.argv[1:]:
    match named:
        case "pages":
            door = bind_tcp("", 80, public=True)
        case "portal":
            door = bind_portal("192.168.4.1", 80)
        case "softap":
            door = bind_softap("ap0", "192.168.4.1", 80)
        case "unbound":
            door = bind_portal("192.168.4.1", 80)
    doors.register(door, selectors.EVENT_READ, named)
print("listening", flush=True)
while True:
    for key, _ in doors.select():
        caller, _ = key.fileobj.accept()
        caller.sendall(key.data.encode())
        caller.close()
"""

ASK = """
import socket
try:
    with socket.create_connection(("192.168.4.1", 80), timeout=4) as there:
        print(there.makefile().read())
except ConnectionRefusedError:
    print("refused")
"""


def ip(line: str) -> None:
    subprocess.run(["ip", *line.split()], check=True, capture_output=True, text=True)


@pytest.fixture(scope="module", autouse=True)
def _machines() -> Iterator[None]:
    try:
        for line in LINKS.strip().format(device=DEVICE, station=STATION, host=HOST).splitlines():
            ip(line)
        yield
    finally:
        for name in (DEVICE, STATION, HOST):
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)


@contextmanager
def listening(*named: str) -> Iterator[Callable[[str], str]]:
    """The device with those listeners; the value asks it from one of the machines."""
    inside = ["ip", "netns", "exec", DEVICE, sys.executable, "-c", LISTEN, *named]
    with subprocess.Popen(inside, stdout=subprocess.PIPE, text=True) as device:
        try:
            assert device.stdout is not None
            assert device.stdout.readline() == "listening\n"
            yield ask
        finally:
            device.kill()


def ask(machine: str) -> str:
    inside = ["ip", "netns", "exec", machine, sys.executable, "-c", ASK]
    done = subprocess.run(inside, check=True, capture_output=True, text=True, timeout=30)
    return done.stdout.strip()


@pytest.mark.attack(
    "A host on the cable with a route to 192.168.4.1, asking for somebody's configuration",
    guard="it is served on the SoftAP's interface, not only on its address",
)
def test_a_host_on_the_lan_gets_nothing_of_the_softap() -> None:
    with listening("softap") as asked:
        assert asked(STATION) == "softap"
        assert asked(HOST) == "refused"


@pytest.mark.unguarded(
    "A host on the cable with a route to 192.168.4.1, asking for somebody's configuration"
)
def test_without_the_binding_it_gets_all_of_it() -> None:
    with listening("unbound") as asked:
        assert asked(STATION) == "unbound"
        assert asked(HOST) == "unbound"


@pytest.mark.parametrize("beside", ["pages", "portal"])
def test_it_has_its_port_beside_the_pages(beside: str) -> None:
    with listening(beside, "softap") as asked:
        assert asked(STATION) == "softap"
        assert asked(HOST) == beside
