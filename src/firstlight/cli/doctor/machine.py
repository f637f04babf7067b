"""Reads ``/proc`` and ``/sys``. What is not there, or not for this user, is left out."""

import itertools
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from firstlight.cli.doctor.facts import Listener, Process, Service, StateFolder
from firstlight.cli.doctor.sockets import WaitingSocket, waiting
from firstlight.daemon.kernel_files import entries, text
from firstlight.daemon.regulation import KernelRegulation
from firstlight.model.regulation import Switch

SECRET_FILES = ("provisioning.json", "key")

_PROGRAM_FOLDERS = ("usr/local/sbin", "usr/local/bin", "usr/sbin", "usr/bin", "sbin", "bin")
_UNIT_FOLDERS = (
    "etc/systemd/system",
    "run/systemd/system",
    "usr/local/lib/systemd/system",
    "usr/lib/systemd/system",
    "lib/systemd/system",
)
_UNIT = "firstlight.service"
_BUS_FOLDERS = ("etc/dbus-1/system.d", "usr/share/dbus-1/system.d")
_POLKIT_FOLDERS = ("etc/polkit-1/rules.d", "usr/share/polkit-1/rules.d")
_OTHERS = 0o077


class Machine:
    """The file system under ``root``."""

    def __init__(self, root: Path = Path("/")) -> None:
        self._root = root
        self._regulation = KernelRegulation(root)

    def processes(self) -> frozenset[str]:
        """Names of all programs that this user sees running."""
        return frozenset(name for folder in self._process_folders() if (name := _name(folder)))

    def sees_processes(self) -> bool:
        """Whether other users' processes are visible (``/proc`` without ``hidepid``)."""
        return bool(text(self._root / "proc/1/comm"))

    def programs(self, names: tuple[str, ...]) -> frozenset[str]:
        """Which of ``names`` are installed, also where only root's ``PATH`` leads."""
        folders = [self._root / folder for folder in _PROGRAM_FOLDERS]
        return frozenset(
            name for name in names if any(os.access(folder / name, os.X_OK) for folder in folders)
        )

    def bus_socket(self) -> bool:
        """Whether the system bus has its socket."""
        return (self._root / "run/dbus/system_bus_socket").exists()

    def network_manager_folder(self) -> bool:
        """Whether NetworkManager ran since the last boot."""
        return (self._root / "run/NetworkManager").exists()

    def wifi_devices(self) -> tuple[str, ...]:
        """Names of network devices with a radio."""
        return tuple(
            device.name
            for device in entries(self._root / "sys/class/net")
            if (device / "phy80211").exists() or (device / "wireless").exists()
        )

    def switches(self) -> tuple[Switch, ...]:
        """The rfkill switches of WiFi radios."""
        return self._regulation.switches()

    def country(self) -> str | None:
        """The kernel's regulatory domain; ``None`` while its WiFi part is not loaded."""
        return self._regulation.country()

    def listeners(self, ports: frozenset[int]) -> tuple[Listener, ...]:
        """Who waits on ``ports``."""
        found = [socket for socket in self._waiting() if socket.port in ports]
        owners = self._owners({socket.inode for socket in found}) if found else {}
        return tuple(
            Listener(
                port=socket.port,
                protocol=socket.protocol,
                address=socket.address,
                process=owners.get(socket.inode),
            )
            for socket in found
        )

    def state_folder(self, path: Path) -> StateFolder:
        """``path`` as this user meets it."""
        try:
            mode = path.stat().st_mode & 0o777
        except FileNotFoundError:
            return StateFolder(path=str(path), exists=False, writable=_can_write(_nearest(path)))
        except OSError:
            return StateFolder(path=str(path), exists=True, writable=False)
        return StateFolder(
            path=str(path),
            exists=True,
            folder=path.is_dir(),
            writable=_can_write(path),
            mode=mode,
            open_files=tuple(name for name in SECRET_FILES if _is_open(path / name)),
        )

    def service(self) -> Service | None:
        """The daemon's service, where systemd would find it (systemd.unit(5))."""
        units = (self._root / folder / _UNIT for folder in _UNIT_FOLDERS)
        # One that is masked is a link to /dev/null.
        unit = text(next((path for path in units if path.exists()), self._root / _UNIT))
        if not unit:
            return None
        user = user_of([unit, *self._drop_ins()])
        users = text(self._root / "etc/passwd").splitlines()
        return Service(
            user=user,
            exists=any(line.startswith(f"{user}:") for line in users),
            bus_policy=any(self._names(folder) for folder in _BUS_FOLDERS),
            polkit_rules=self._has_polkit_rules(),
        )

    def _drop_ins(self) -> list[str]:
        """By name; of one name, our own before that for all services, and then the first folder's.

        systemd.unit(5).
        """
        found: dict[str, Path] = {}
        for whose, folder in itertools.product((f"{_UNIT}.d", "service.d"), _UNIT_FOLDERS):
            for one in entries(self._root / folder / whose):
                if one.suffix == ".conf":
                    found.setdefault(one.name, one)
        return [text(found[name]) for name in sorted(found)]

    def _has_polkit_rules(self) -> bool | None:
        folders = [self._root / folder for folder in _POLKIT_FOLDERS]
        if any(self._names(folder) for folder in _POLKIT_FOLDERS):
            return True
        # Only polkit itself may look into some of them.
        hidden = any(one.is_dir() and not os.access(one, os.R_OK) for one in folders)
        return None if hidden else False

    def _names(self, folder: str) -> bool:
        """Whether a file there has our name."""
        return any("firstlight" in one.name for one in entries(self._root / folder))

    def _waiting(self) -> Iterator[WaitingSocket]:
        for protocol in ("tcp", "udp"):
            for family in ("", "6"):
                yield from waiting(text(self._root / f"proc/net/{protocol}{family}"), protocol)

    def _owners(self, inodes: set[str]) -> dict[str, Process]:
        wanted = {f"socket:[{inode}]": inode for inode in inodes}
        return {
            wanted[target]: self._process(folder)
            for folder in self._process_folders()
            for target in _descriptors(folder)
            if target in wanted
        }

    def _process(self, folder: Path) -> Process:
        parent = _parent(text(folder / "status"))
        return Process(
            name=_name(folder),
            pid=int(folder.name),
            parent=_name(self._root / "proc" / parent) if parent else "",
        )

    def _process_folders(self) -> list[Path]:
        return [entry for entry in entries(self._root / "proc") if entry.name.isdecimal()]


def user_of(files: Iterable[str]) -> str:
    """Whom a service runs as: the last word of its unit and drop-ins counts, an empty one is none.

    systemd.syntax(7).
    """
    user = ""
    for file in files:
        section = ""
        for line in _lines(file):
            if line.startswith("["):
                section = line.strip()
            name, equals, value = line.partition("=")
            if equals and (section, name.strip()) == ("[Service]", "User"):
                user = value.strip()
    return user or "root"


def _lines(file: str) -> Iterator[str]:
    """Without comments; a line that ends in a backslash goes on in the next one."""
    begun = ""
    for line in file.splitlines():
        if line.lstrip().startswith(("#", ";")):
            continue
        begun += line.removesuffix("\\")
        if line.endswith("\\"):
            begun += " "
            continue
        yield begun
        begun = ""
    yield begun


def _name(folder: Path) -> str:
    """The program's name; for Python's ``-m firstlight`` that is not the interpreter's."""
    words = text(folder / "cmdline").split("\0")[1:3]
    return "firstlight" if words == ["-m", "firstlight"] else text(folder / "comm")


def _parent(status: str) -> str:
    for line in status.splitlines():
        if line.startswith("PPid:"):
            return line.removeprefix("PPid:").strip()
    return ""


def _descriptors(folder: Path) -> Iterator[str]:
    for descriptor in entries(folder / "fd"):
        try:
            yield str(descriptor.readlink())
        except OSError:  # closed meanwhile
            continue


def _nearest(path: Path) -> Path:
    return next((above for above in path.absolute().parents if above.exists()), Path("/"))


def _can_write(path: Path) -> bool:
    return os.access(path, os.W_OK | os.X_OK)


def _is_open(path: Path) -> bool:
    try:
        return bool(path.stat().st_mode & _OTHERS)
    except OSError:
        return False
