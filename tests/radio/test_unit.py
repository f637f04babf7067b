"""The shipped unit under a real systemd: readiness, sandbox, watchdog."""

import re
from collections.abc import Iterator

import pytest
from tests.radio.conftest import Lab
from tests.radio.lab.device import API, LOG, OK, Device
from tests.radio.lab.manager import Manager
from tests.radio.lab.neighbourhood import NEIGHBOURHOOD
from tests.radio.lab.system import PROFILES
from tests.radio.lab.waiting import eventually
from tests.radio.lab.world import World

HOME = NEIGHBOURHOOD["home"]
# NET_BIND_SERVICE, NET_ADMIN, NET_RAW (linux/capability.h).
CAPABILITIES = (1 << 10) | (1 << 12) | (1 << 13)
FILTERED = "2"


@pytest.fixture
def manager(lab: Lab, device: Device) -> Iterator[Manager]:
    """systemd with the shipped unit, not started; there is no other daemon and no state."""
    opened = Manager(lab.world.inside)
    opened.open()
    yield opened
    opened.close()


def status_of(world: World, pid: int) -> dict[str, str]:
    """The kernel's word on a process."""
    told = world.inside.read(f"/proc/{pid}/status")
    return {name: value.strip() for name, value in re.findall(r"(?m)^(\w+):\t(.*)$", told)}


@pytest.mark.attack(
    "A daemon that was taken over reads and writes the machine's files",
    guard="`ProtectSystem`, `ProtectHome`, `PrivateTmp` and a user of its own",
)
@pytest.mark.unguarded("A daemon that was taken over reads and writes the machine's files")
def test_it_works_in_its_sandbox(device: Device, world: World, manager: Manager) -> None:
    manager.configure("[hotspot]\nssid = 'Sandboxed'\n")
    manager.start()
    shown = manager.shown("ActiveState", "SubState", "User", "Result")
    assert shown == {
        "ActiveState": "active",
        "SubState": "running",
        "User": "firstlight",
        "Result": "success",
    }
    assert device.api("GET", "/api/health").status == OK  # ready meant ready

    process = status_of(world, manager.main_pid())
    assert int(process["CapEff"], 16) == int(process["CapBnd"], 16) == CAPABILITIES
    assert (process["NoNewPrivs"], process["Seccomp"]) == ("1", FILTERED)

    attempt = device.join(HOME.ssid, HOME.psk)
    assert attempt["state"] == "succeeded", attempt
    assert device.api("POST", f"{API}/hotspot/enable").status == OK
    eventually(
        lambda: [one.ssid for one in world.phone.hears()],
        lambda heard: "Sandboxed" in heard,
        what="a phone sees the hotspot",
    )
    said = world.inside.read(LOG)
    assert "Operation not permitted" not in said
    assert "Traceback" not in said

    world.inside.shell("mkdir -p /home/lab; echo diary > /home/lab/diary; echo note > /tmp/note")
    world.inside.shell("chmod 755 /home/lab; mkdir -p -m 777 /var/spool/lab")
    for wish in ("cat /home/lab/diary", "cat /tmp/note", "touch /var/spool/lab/mine"):
        assert manager.outside(wish).rc == 0, wish
        assert manager.within(wish).rc != 0, wish
    assert manager.within(f"cat {PROFILES}/{HOME.ssid.decode()}.nmconnection").rc != 0
    assert manager.within("touch /var/lib/firstlight/mine").rc == 0

    assert manager.systemctl("stop", "firstlight.service").rc == 0
    assert manager.shown("ActiveState", "Result") == {
        "ActiveState": "inactive",
        "Result": "success",
    }


@pytest.mark.lengthy
def test_a_daemon_that_hangs_is_started_anew(
    device: Device, world: World, manager: Manager
) -> None:
    manager.change("watchdog", "[Service]\nWatchdogSec=20\n")
    manager.start()
    attempt = device.join(HOME.ssid, HOME.psk)
    assert attempt["state"] == "succeeded", attempt
    hung = manager.main_pid()
    world.inside.must("kill", "-STOP", str(hung))
    eventually(
        lambda: manager.shown("NRestarts", "SubState"),
        lambda shown: shown == {"NRestarts": "1", "SubState": "running"},
        what="systemd has started it anew",
        within=120,
    )
    assert manager.main_pid() != hung
    eventually(lambda: device.status()["network"]["connected"], what="it is at home")
    assert device.saved() == {HOME.ssid.decode()}
