"""Reading a machine: a made-up one, and this one."""

import os
import socket
from pathlib import Path

import pytest
from tests.unit.cli.doctor.machines import HEADER, socket_line, write

from firstlight.cli.doctor.facts import Listener, Process, Service, StateFolder
from firstlight.cli.doctor.machine import Machine
from firstlight.model.regulation import Switch


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path, "proc/1/comm", "systemd\n")
    write(tmp_path, "proc/20/comm", "NetworkManager\n")
    write(tmp_path, "proc/30/comm", "dnsmasq\n")
    write(tmp_path, "proc/30/status", "Name:\tdnsmasq\nPPid:\t20\n")
    write(tmp_path, "proc/40/comm", "python3\n")
    write(tmp_path, "proc/40/cmdline", "/usr/bin/python3\0-m\0firstlight\0serve\0")
    write(tmp_path, "proc/meminfo")
    return tmp_path


def own(root: Path, pid: int, inode: int) -> None:
    folder = root / f"proc/{pid}/fd"
    folder.mkdir(parents=True)
    (folder / "3").symlink_to(f"socket:[{inode}]")
    (folder / "4").symlink_to("/dev/null")


def test_processes(root: Path) -> None:
    assert Machine(root).processes() == {"systemd", "NetworkManager", "dnsmasq", "firstlight"}
    assert Machine(root).sees_processes()


def test_an_empty_machine_has_nothing(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    assert machine.processes() == frozenset()
    assert not machine.sees_processes()
    assert machine.programs(("iptables",)) == frozenset()
    assert not machine.bus_socket()
    assert not machine.network_manager_folder()
    assert machine.wifi_devices() == ()
    assert machine.switches() == ()
    assert machine.country() is None
    assert machine.listeners(frozenset({53})) == ()


def test_programs(root: Path) -> None:
    write(root, "usr/sbin/iptables").chmod(0o755)
    write(root, "usr/bin/nft").chmod(0o644)
    assert Machine(root).programs(("iptables", "nft", "dnsmasq")) == {"iptables"}


def test_marks_of_the_bus_and_of_network_manager(root: Path) -> None:
    write(root, "run/dbus/system_bus_socket")
    write(root, "run/NetworkManager/conf")
    assert Machine(root).bus_socket()
    assert Machine(root).network_manager_folder()


def test_wifi_devices(root: Path) -> None:
    write(root, "sys/class/net/wlan1/phy80211/name")
    write(root, "sys/class/net/wlan0/wireless/status")
    write(root, "sys/class/net/eth0/speed")
    assert Machine(root).wifi_devices() == ("wlan0", "wlan1")


def test_switches(root: Path) -> None:
    for name, kind, soft, hard in (("0", "wlan", "1", "0"), ("1", "bluetooth", "1", "1")):
        folder = f"sys/class/rfkill/rfkill{name}"
        write(root, f"{folder}/type", f"{kind}\n")
        write(root, f"{folder}/name", f"phy{name}\n")
        write(root, f"{folder}/soft", f"{soft}\n")
        write(root, f"{folder}/hard", f"{hard}\n")
    assert Machine(root).switches() == (Switch(name="phy0", soft_blocked=True, hard_blocked=False),)


def test_country(root: Path) -> None:
    write(root, "sys/module/cfg80211/parameters/ieee80211_regdom", "00\n")
    assert Machine(root).country() == "00"


def test_listeners_and_who_they_are(root: Path) -> None:
    write(
        root,
        "proc/net/udp",
        HEADER + socket_line("0.0.0.0", 53, "07", 11) + socket_line("0.0.0.0", 99, "07", 12),
    )
    write(root, "proc/net/tcp6", HEADER + socket_line("::", 53, "0A", 13))
    own(root, 30, 11)
    owner = Process("dnsmasq", 30, "NetworkManager")
    assert Machine(root).listeners(frozenset({53})) == (
        Listener(port=53, protocol="tcp", address="::", process=None),
        Listener(port=53, protocol="udp", address="0.0.0.0", process=owner),
    )


def test_this_machine_names_this_process() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        (found,) = Machine().listeners(frozenset({port}))
    assert found.process is not None
    assert found.process.pid == os.getpid()
    assert found.process.parent


def test_a_state_folder(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir(mode=0o700)
    write(folder, "key").chmod(0o600)
    write(folder, "provisioning.json").chmod(0o644)
    assert Machine().state_folder(folder) == StateFolder(
        path=str(folder),
        exists=True,
        writable=True,
        mode=0o700,
        open_files=("provisioning.json",),
    )


def test_a_state_folder_to_be_made(tmp_path: Path) -> None:
    found = Machine().state_folder(tmp_path / "a" / "b")
    assert (found.exists, found.writable) == (False, True)


def test_a_state_folder_that_is_a_file(tmp_path: Path) -> None:
    file = write(tmp_path, "state")
    assert not Machine().state_folder(file).folder
    below = Machine().state_folder(file / "deeper")
    assert not below.writable


def test_a_state_folder_that_can_not_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    for path in (tmp_path, tmp_path / "missing"):
        assert not Machine().state_folder(path).writable


def test_a_state_folder_that_can_not_even_be_looked_at() -> None:
    assert not Machine().state_folder(Path("/tmp", "x" * 300)).writable


IS_A = "[Service]\nUser=a\n"
UNIT = "[Service]\nExecStart=/usr/bin/firstlight serve\nUser=firstlight\n"


def test_a_service_with_all_that_it_needs(tmp_path: Path) -> None:
    assert Machine(tmp_path).service() is None
    write(tmp_path, "usr/lib/systemd/system/firstlight.service", UNIT)
    bare = Service(user="firstlight", exists=False, bus_policy=False, polkit_rules=False)
    assert Machine(tmp_path).service() == bare
    write(tmp_path, "etc/passwd", "root:x:0:0::/root:/bin/sh\nfirstlight:x:990:990::/:/bin/false\n")
    write(tmp_path, "usr/share/dbus-1/system.d/org.firstlight.conf")
    write(tmp_path, "etc/polkit-1/rules.d/50-firstlight.rules")
    whole = Service(user="firstlight", exists=True, bus_policy=True, polkit_rules=True)
    assert Machine(tmp_path).service() == whole


def test_a_service_that_is_masked(tmp_path: Path) -> None:
    write(tmp_path, "usr/lib/systemd/system/firstlight.service", UNIT)
    masked = write(tmp_path, "etc/systemd/system/firstlight.service")
    masked.unlink()
    masked.symlink_to("/dev/null")
    assert Machine(tmp_path).service() is None


def test_a_service_of_root(tmp_path: Path) -> None:
    write(tmp_path, "etc/systemd/system/firstlight.service", "[Service]\nExecStart=/x\n")
    found = Machine(tmp_path).service()
    assert found is not None
    assert found.user == "root"


@pytest.mark.parametrize(
    ("drop_ins", "user"),
    [
        ({}, "firstlight"),
        ({"etc": ("90-user.conf", "[Service]\nUser=box\n")}, "box"),
        ({"etc": ("90-user.conf", "[Service]\n User = box \n")}, "box"),
        ({"etc": ("90-user.conf", "[Service]\nUser=\n")}, "root"),
        ({"etc": ("90-user.conf", "[Install]\nUser=box\n")}, "firstlight"),
        ({"etc": ("90-user.conf", "User=box\n")}, "firstlight"),
        ({"etc": ("90-user.conf", "[Service]\n#User=box\n")}, "firstlight"),
        ({"etc": ("90-user.txt", "[Service]\nUser=box\n")}, "firstlight"),
        ({"etc": ("90-user.conf", "[Service]\nUser=\\\nbox\n")}, "box"),
        ({"etc": ("90-user.conf", "[Service]\nUser=\\\n# nobody\n; else\nbox\n")}, "box"),
        ({"etc": ("90-user.conf", "[Service]\nExecStart=/x \\\nUser=box\n")}, "firstlight"),
        ({"etc": ("90-user.conf", "[Service]\nUser=box\\")}, "box"),
        ({"run": ("10.conf", IS_A), "etc": ("9.conf", "[Service]\nUser=b\n")}, "b"),
        ({"run": ("1.conf", IS_A), "etc": ("1.conf", "[Service]\nUser=b\n")}, "b"),
    ],
)  # fmt: skip
def test_a_service_whose_user_was_changed(
    tmp_path: Path, drop_ins: dict[str, tuple[str, str]], user: str
) -> None:
    write(tmp_path, "usr/lib/systemd/system/firstlight.service", UNIT)
    for folder, (name, words) in drop_ins.items():
        write(tmp_path, f"{folder}/systemd/system/firstlight.service.d/{name}", words)
    found = Machine(tmp_path).service()
    assert found is not None
    assert found.user == user


@pytest.mark.parametrize(
    ("all_services", "own", "user"),
    [("50.conf", None, "a"), ("50.conf", "40.conf", "a"), ("50.conf", "50.conf", "b")],
)
def test_a_service_whose_user_was_changed_with_all_others(
    tmp_path: Path, all_services: str, own: str | None, user: str
) -> None:
    write(tmp_path, "usr/lib/systemd/system/firstlight.service", UNIT)
    write(tmp_path, f"etc/systemd/system/service.d/{all_services}", IS_A)
    if own is not None:
        folder = tmp_path / "usr/lib/systemd/system/firstlight.service.d"
        write(folder, own, "[Service]\nUser=b\n")
    found = Machine(tmp_path).service()
    assert found is not None
    assert found.user == user
