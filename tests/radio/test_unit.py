"""The shipped units under a real systemd: readiness, sandbox, watchdog, restart, claim."""

import re
import shlex
from collections.abc import Iterator, Mapping

import pytest
from tests.radio.conftest import Lab
from tests.radio.lab.controller import on_the_air
from tests.radio.lab.device import API, OK, Device
from tests.radio.lab.manager import CLAIM, Manager
from tests.radio.lab.neighbourhood import NEIGHBOURHOOD
from tests.radio.lab.system import PROFILES, STATE
from tests.radio.lab.waiting import eventually
from tests.radio.lab.world import World
from tests.radio.modes import put, switch_on
from tests.radio.outcomes import returns_to
from tests.radio.test_claim import ANSWERS

HOME = NEIGHBOURHOOD["home"]
# NET_BIND_SERVICE, NET_ADMIN, NET_RAW (linux/capability.h).
CAPABILITIES = (1 << 10) | (1 << 12) | (1 << 13)
FILTERED = "2"
HOOK = "/etc/firstlight/hooks/10-asks"
CONFIGURATION = """\
[hotspot]
ssid = 'Sandboxed'
[hooks]
seconds = 60
"""
# What a daemon that was taken over could wish for, and its user may do elsewhere. In this order:
# ProtectHome=, PrivateTmp=, ProtectSystem=, ProtectProc=, RestrictNamespaces=, RestrictSUIDSGID=,
# MemoryDenyWriteExecute=, RestrictAddressFamilies= (systemd.exec(5)).
WISHES = {
    "read a home": "cat /home/lab/diary",
    "read what others put down for a while": "cat /tmp/note",
    "write where everybody may": "touch /var/spool/lab/mine",
    "see what others run": "test -e /proc/1/comm",
    "be root in a namespace": "unshare --user --map-root-user true",
    "leave a program that runs as its owner": f"cp /bin/true {STATE}/x && chmod u+s {STATE}/x",
    "run what it writes to memory": "python3 -c 'import mmap; mmap.mmap(-1, 4096, prot=7)'",
    "talk to another part of the kernel": (
        "python3 -c 'import socket as s; s.socket(s.AF_ALG, s.SOCK_SEQPACKET)'"
    ),
}


@pytest.fixture
def manager(lab: Lab, device: Device) -> Iterator[Manager]:
    """systemd with the shipped units, not started; there is no other daemon and no state."""
    opened = Manager(lab.world.inside)
    opened.open()
    yield opened
    opened.close()


def status_of(world: World, pid: int) -> dict[str, str]:
    """The kernel's word on a process."""
    told = world.inside.read(f"/proc/{pid}/status")
    return {name: value.strip() for name, value in re.findall(r"(?m)^(\w+):\t(.*)$", told)}


def hook(wishes: Mapping[str, str]) -> str:
    """A program that asks for each of these once, and puts down which were granted.

    A hook has the whole sandbox of the daemon around it: its files, its filter of system calls.
    """
    return "\n".join([
        "#!/bin/sh",
        f"mkdir {STATE}/asking || exit 0",
        f"grep -E '^Cap(Prm|Eff|Amb)' /proc/self/status > {STATE}/capabilities",
        f"touch {STATE}/granted",
        *(
            f"sh -c {shlex.quote(wish)} && echo {shlex.quote(name)} >> {STATE}/granted"
            for name, wish in wishes.items()
        ),
        f"touch {STATE}/asked",
        "",
    ])  # fmt: skip


@pytest.mark.attack(
    "A daemon that was taken over reads, writes or makes what is not its own",
    guard="the unit's sandbox, and a user of its own",
)
@pytest.mark.unguarded("A daemon that was taken over reads, writes or makes what is not its own")
def test_it_works_in_its_sandbox(device: Device, world: World, manager: Manager) -> None:
    inside = world.inside
    before = device.mark()
    manager.configure(CONFIGURATION)
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

    profile = f"cat {PROFILES}/{HOME.ssid.decode()}.nmconnection"
    inside.shell(
        "mkdir -p -m 755 /home/lab; echo diary > /home/lab/diary; echo note > /tmp/note\n"
        "mkdir -p -m 777 /var/spool/lab\n"
    )
    for name, wish in WISHES.items():
        granted = manager.outside(wish)
        assert granted.rc == 0, (name, granted.err)
    inside.shell(f"rm -f {STATE}/x; {profile}")
    inside.write(HOOK, hook({**WISHES, "read other people's passwords": profile}), 0o755)

    assert device.api("POST", f"{API}/hotspot/enable").status == OK
    eventually(
        lambda: [one.ssid for one in world.phone.hears()],
        lambda heard: "Sandboxed" in heard,
        what="a phone sees the hotspot",
    )
    assert "chain" in inside.must("nft", "list", "table", "inet", "firstlight")
    eventually(lambda: inside.exists(f"{STATE}/asked"), what="the hook has asked for everything")
    assert inside.read(f"{STATE}/granted") == ""
    owned = re.findall(r"(?m)^Cap\w+:\t(\w+)$", inside.read(f"{STATE}/capabilities"))
    assert [int(one, 16) for one in owned] == [0, 0, 0]

    told = [one for one in device.said(before).splitlines() if "hook 10-asks: " not in one]
    assert [one for one in told if "Operation not permitted" in one or "Traceback" in one] == []

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


@pytest.mark.lengthy
def test_it_hands_out_configuration_until_it_is_stopped(
    device: Device, world: World, manager: Manager
) -> None:
    before = device.mark()
    manager.start()
    put(device, "clients", "11111111-1111-4111-8111-111111111111", {"name": "Lamp", "id": "S22"})
    told = switch_on(device)
    assert told["txPowerActual"] == told["txPowerRequested"] == 2.0
    assert "drop" in world.inside.must("nft", "list", "table", "inet", "firstlight")
    assert manager.systemctl("stop", "firstlight.service").rc == 0
    assert world.system.mode() == "managed"
    left = world.inside.run("nft", "list", "table", "inet", "firstlight").out
    assert "chain" not in left
    assert "Operation not permitted" not in device.said(before)


@pytest.mark.lengthy
def test_it_may_have_itself_restarted_and_nobody_else(device: Device, manager: Manager) -> None:
    manager.configure("allow_system_control = true\n")
    manager.joins_bus()
    manager.start()
    first = manager.main_pid()
    asked = manager.outside("systemctl --no-ask-password stop dbus.socket")
    assert asked.rc != 0
    assert "authentication required" in asked.err.lower(), asked.err
    answer = device.api("POST", f"{API}/restart", {"scope": "app"})
    assert answer.status == OK, answer.body
    eventually(
        manager.main_pids,
        lambda seen: seen and first not in seen,
        what="systemd has restarted it",
        within=90,
    )
    eventually(
        lambda: manager.shown("SubState", "Result", "NRestarts"),
        lambda shown: shown == {"SubState": "running", "Result": "success", "NRestarts": "0"},
        what="it was asked for, and it is ready",
        within=90,
    )


@pytest.mark.lengthy
def test_the_other_unit_claims_once(device: Device, world: World, manager: Manager) -> None:
    before = device.mark()
    with on_the_air(world, "spare", ANSWERS):
        done = manager.systemctl("start", CLAIM, timeout=240)
        assert done.rc == 0, done.err
    assert "Configuration was claimed and stored." in device.said(before)
    assert world.inside.exists(f"{STATE}/claimed.sealed")
    returns_to(world, "home")
    after = device.mark()
    assert manager.systemctl("start", CLAIM).rc == 0
    assert "claim" not in device.said(after)
