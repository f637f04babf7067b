"""In the radio lab: from nothing to a stored configuration, between two Firstlights.

Beside it, the same handshake made by hand with iw, wpa_supplicant, udhcpc and curl: once with a
scan of the one channel (the floor), once with a scan of all of them (the naive client), both asking
for the name. All three meet the same controller in the same round, in an order that changes from
round to round, and get their address for the first time. A first round, in which every program is
still to be read from disk, doesn't count. The shell waits for wpa_supplicant by its log.
"""

import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests.radio.lab.broker import PORT, Broker
from tests.radio.lab.claimant import API, CHANNEL_1, CONTROLLER, password_of
from tests.radio.lab.device import NO_HOTSPOT_AT_START, Device
from tests.radio.lab.routers import INTERNET
from tests.radio.lab.second import Second
from tests.radio.lab.system import DEVICE
from tests.radio.lab.world import COUNTRY, World
from tests.radio.modes import fill, goes_off, switch_on
from tests.unit.telemetry.certificates import Authority

from benchmarks.figures import Figure, figure
from firstlight.cli.install.plan import DROP_IN

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
HOME_COUNTRY = "00"
"""What a device starts with that nobody told where it is; a full scan is long there."""

USER = "client"
PASSWORD = "mqtt-secret"
LEASES = f"/var/lib/NetworkManager/dnsmasq-{DEVICE}.leases"
STAGES = ("found", "joined", "configuration", "stored")
BY_HAND = f"""\
radio=$1 password=$2 mac=$3 where=$4 channel=$5
stamp() {{ echo "$1 $(cut -d' ' -f1 /proc/uptime)"; }}
heard() {{ while read -r line <&3; do case "$line" in *"$1"*) return;; esac; done; exit 1; }}
ask() {{ curl -sf -o /run/lab/hand.$1 -H "mac-address: $mac" -H "x-nonce: $2" \\
    http://{CONTROLLER}{API}/$1; }}
rm -f /run/lab/hand.*
mkfifo /run/lab/hand.log
exec 3<> /run/lab/hand.log
stamp began
scan() {{ timeout 30 iw dev $radio scan $where flush ssid FireFly-Provisioning; }}
until scan | grep -q 'SSID: FireFly-Provisioning'; do :; done
stamp found
cat > /run/lab/hand.conf << END
network={{
ssid="FireFly-Provisioning"
psk="$password"
scan_freq=$channel
}}
END
wpa_supplicant -B -i $radio -c /run/lab/hand.conf -P /run/lab/hand.pid -f /run/lab/hand.log
heard CTRL-EVENT-CONNECTED
busybox udhcpc -i $radio -f -q -n -t 8 -T 1 -s /run/lab/lease > /run/lab/hand.said 2>&1
stamp joined
ask nonce ""
ask client "$(tr -dc 0-9 < /run/lab/hand.nonce)"
stamp configuration
ask certs ""
cat /run/lab/hand.client /run/lab/hand.certs > /run/lab/hand.stored
sync /run/lab/hand.stored
stamp stored
kill $(cat /run/lab/hand.pid)
heard CTRL-EVENT-TERMINATING
"""

Stages = Mapping[str, float]


class Pair(NamedTuple):
    """The controller is ``device``, the target is ``target`` in the box ``second``."""

    world: World
    device: Device
    second: Second
    target: Device


def measure(world: World) -> list[Figure]:
    """All figures of claiming."""
    second = Second(world.inside)
    device, target = Device(world.inside), Device(second)
    pair = Pair(world, device, second, target)
    authority = Authority()
    device.clear()
    world.as_usual()
    world.system.forget_everything()
    second.open()
    world.inside.write(str(DROP_IN), "no-ping\n")
    world.inside.must("iw", "reg", "set", HOME_COUNTRY)
    try:
        device.start()
        macs = [f"02:00:5e:00:00:{number:02x}" for number in range(2 * (ROUNDS + 1))]
        fill(
            device,
            clients=[_client(number, mac) for number, mac in enumerate([second.mac, *macs])],
            certificates=[{"file": "ca.pem", "pem": authority.pem, "client": True}],
        )
        _, *rounds = [
            _round(pair, number, macs[2 * number : 2 * number + 2]) for number in range(ROUNDS + 1)
        ]
        boots = [_boot(pair, authority) for _ in range(ROUNDS)]
    finally:
        world.inside.must("iw", "reg", "set", COUNTRY)
        target.clear()
        second.close()
        device.clear()
        world.inside.remove(str(DROP_IN))
    ours, floor, naive = zip(*rounds, strict=True)
    claimed, told = zip(*boots, strict=True)
    return [
        *_stages("claim", ours),
        *_stages("by hand, one channel", floor),
        *_stages("by hand, all channels", naive),
        _ratio("claim against the floor", ours, floor, "at most 1.15"),
        _ratio("claim against the naive client", ours, naive, "at most 0.45"),
        figure("empty boot to claimed", "s", claimed, "", "start of the process included"),
        figure("empty boot to first MQTT message", "s", told, "", "over TLS; the same boots"),
    ]


def _stages(who: str, rounds: Sequence[Stages]) -> list[Figure]:
    return [figure(f"{who}: {stage}", "s", [one[stage] for one in rounds], "") for stage in STAGES]


def _ratio(what: str, ours: Sequence[Stages], theirs: Sequence[Stages], goal: str) -> Figure:
    pairs = [(mine["stored"], other["stored"]) for mine, other in zip(ours, theirs, strict=True)]
    medians = statistics.median(a for a, _ in pairs) / statistics.median(b for _, b in pairs)
    return figure(what, "", [a / b for a, b in pairs], goal, f"of medians: {medians:.2f}")


def _round(pair: Pair, number: int, macs: Sequence[str]) -> tuple[Stages, Stages, Stages]:
    """Ours, the floor, the naive client."""
    bssid = _on(pair)
    turns: list[Callable[[], Stages]] = [
        lambda: _ours(pair),
        lambda: _by_hand(pair.world, bssid, macs[0], f"freq {CHANNEL_1}"),
        lambda: _by_hand(pair.world, bssid, macs[1], ""),
    ]
    first = number % len(turns)
    done = {turn: turns[turn]() for turn in (*range(first, len(turns)), *range(first))}
    _off(pair.device)
    return done[0], done[1], done[2]


def _on(pair: Pair) -> str:
    """Provisioning Mode goes on, and has given nobody an address yet."""
    pair.world.inside.remove(LEASES)
    return str(switch_on(pair.device)["bssid"])


def _off(device: Device) -> None:
    device.api("DELETE", API)
    goes_off(device)


def _ours(pair: Pair) -> Stages:
    """Seconds from the start of the claim until each stage; the daemon runs and is idle."""
    _empty(pair)
    pair.target.configure(NO_HOTSPOT_AT_START)
    pair.target.start()
    pair.target.api("POST", f"{API}/claim", {})
    return _steps(_claimed(pair.target))


def _boot(pair: Pair, authority: Authority) -> tuple[float, float]:
    """Seconds from the start of the daemon, with nothing stored, until everything is.

    The second: until the broker behind the network that was claimed has its first message.
    """
    target = pair.target
    _on(pair)
    _empty(pair)
    target.configure("[claim]\nat_boot = true\n")
    with _broker(pair.world, authority) as broker, ThreadPoolExecutor(1) as helper:
        began = time.perf_counter()
        telling = helper.submit(_first_message, broker)
        target.start()
        stored, body = target.watch(f"{API}/claim", '"name":"stored"', timeout=120, every=0.05)
        claimed = time.perf_counter() - began
        if not stored:
            raise RuntimeError(f"nothing was claimed: {body}")
        told = telling.result() - began
    _off(pair.device)
    return claimed, told


@contextmanager
def _broker(world: World, authority: Authority) -> Iterator[Broker]:
    """A new broker on the internet's side of "home"."""
    with tempfile.TemporaryDirectory() as folder:
        certificate, key = authority.issue(Path(folder), INTERNET)
        broker = Broker(world.inside, "home", authority.pem)
        broker.start(certificate.read_text(), key.read_text(), USER, PASSWORD)
    try:
        yield broker
    finally:
        broker.stop()


def _first_message(broker: Broker) -> float:
    """When it came."""
    broker.retained("firstlight/+/status", within=180)
    return time.perf_counter()


def _empty(pair: Pair) -> None:
    pair.target.clear()
    pair.second.system.forget_everything()


def _claimed(target: Device) -> dict[str, Any]:
    over, body = target.watch(f"{API}/claim", r'"state":"(succeeded|failed)"', timeout=150)
    claim = json.loads(body)["claim"]
    if not over or claim["state"] != "succeeded":
        raise RuntimeError(f"nothing was claimed: {body}")
    return claim


def _steps(claim: dict[str, Any]) -> Stages:
    return {step["name"]: step["elapsedMs"] / 1000 for step in claim["steps"]}


def _by_hand(world: World, bssid: str, mac: str, where: str) -> Stages:
    """The same by the phone, under a MAC address that nobody has seen before."""
    phone = world.phone
    world.inside.shell(
        f"ip addr flush dev {phone.interface}; ip link set {phone.interface} down\n"
        f"ip link set {phone.interface} address {mac} up\n",
        netns=phone.name,
    )
    said = world.inside.must(
        *("sh", "-euc", BY_HAND, "by-hand"),
        *(phone.interface, password_of(bssid), mac, where, str(CHANNEL_1)),
        netns=phone.name,
        timeout=90,
    )
    times = {name: float(at) for name, at in (line.split() for line in said.splitlines())}
    return {stage: times[stage] - times["began"] for stage in STAGES}


def _client(number: int, mac: str) -> dict[str, Any]:
    return {
        "uuid": f"{number:08x}-0000-4000-8000-000000000000",
        "name": f"Client {number}",
        "mac_address": mac,
        "wifi": {"ssid": "HomeNet", "password": "correct-horse"},
        "mqtt": {"host": INTERNET, "port": PORT, "username": USER, "password": PASSWORD},
    }
