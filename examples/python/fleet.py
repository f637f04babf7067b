"""Hands the configuration of many lamps out from a controller: fleet.py < lamps.txt."""

import sys
from uuid import uuid4

from firstlight.client import Client
from firstlight.model import records
from firstlight.model.provisioning_mode import Progress


def register(controller: Client, mac: str, name: str, wifi: records.Wifi) -> None:
    """A lamp that is registered already stays as it is."""
    known = [one.record.get("mac_address") for one in controller.records(records.RecordKind.CLIENT)]
    if mac in known:
        return
    lamp = records.Client(name=name, mac_address=mac, wifi=wifi)
    controller.put_record(records.RecordKind.CLIENT, str(uuid4()), lamp, seen=0)


def hand_out(controller: Client, *, force: bool = False) -> int:
    """How many have their configuration, once Provisioning Mode is over."""
    job = controller.provision(force=force)
    for lamp in job:
        print(lamp.mac, lamp.name, lamp.state)
        session = controller.provisioning_session()
        if all(one.state is Progress.CONFIGURED for one in session.devices):
            controller.disable_provisioning()
    return job.result().configured


def main() -> int:
    """The exit code."""
    wifi = records.Wifi(ssid="Lighthouse", password=sys.stdin.readline().strip())
    with Client() as controller:
        for line in sys.stdin:
            mac, name = line.split(maxsplit=1)
            register(controller, mac, name.strip(), wifi)
        print(hand_out(controller), "configured")
    return 0


if __name__ == "__main__":
    sys.exit(main())
