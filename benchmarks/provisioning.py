"""In the radio lab: Provisioning Mode, as a third party's device meets it."""

import time

from tests.radio.lab.claimant import API, CONTROLLER, Claimant
from tests.radio.lab.device import Device
from tests.radio.lab.waiting import eventually
from tests.radio.lab.world import World

from benchmarks.figures import Figure, figure

ROUNDS = 20
LAMP = "11111111-1111-4111-8111-111111111111"
# Both requests of a claim by one curl, which says how long each took.
CLAIM = f"""\
ask() {{ curl -s -o "$1" -w '%{{time_total}}\\n' -H "mac-address: $2" -H "x-nonce: $3" "$4"; }}
ask /run/lab/nonce "$1" "" http://{CONTROLLER}{API}/nonce
ask /run/lab/record "$1" "$(tr -dc 0-9 < /run/lab/nonce)" http://{CONTROLLER}{API}/client
grep -q Lamp /run/lab/record
"""


def measure(world: World) -> list[Figure]:
    """From the wish until the SoftAP serves, and from the nonce to the record."""
    device, lamp = Device(world.inside), Claimant(world.inside, world.phone)
    device.clear()
    world.as_usual()
    world.system.forget_everything()
    device.start()
    record = {"name": "Lamp", "mac_address": lamp.mac, "wifi": {"ssid": "HomeNet"}}
    device.api("PUT", f"/api/clients/{LAMP}", record)
    rising = [_risen(device)]
    bssid = eventually(lamp.finds, what="the SoftAP is on the air")
    lamp.arrives(bssid)
    claims = [_claimed(world, lamp) for _ in range(ROUNDS)]
    device.stop()
    return [
        figure("Provisioning Mode: from the wish until it serves", "s", rising, ""),
        figure("claim: from the nonce to the record", "ms", claims, ""),
    ]


def _risen(device: Device) -> float:
    began = time.perf_counter()
    device.api("PUT", API)
    on, body = device.watch(f"{API}/session", '"state":"active"', timeout=90, every=0.05)
    if not on:
        raise RuntimeError(f"Provisioning Mode is not on: {body}")
    return time.perf_counter() - began


def _claimed(world: World, lamp: Claimant) -> float:
    """Milliseconds that the two requests took, as curl has them."""
    said = world.inside.must("sh", "-euc", CLAIM, "claim", lamp.mac, netns=lamp.station.name)
    return sum(float(seconds) for seconds in said.split()) * 1000
