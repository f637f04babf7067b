"""The virtual machine: Debian's stock kernel in QEMU, over this machine's own files.

virtme-ng builds the command. The files are shared read-only; what the machine changes under /etc
and /var stays inside it. Three doors lead out: one folder for logs, a virtio port on which the
program in ``guest`` listens, and a disk with a file system of its own for what has to outlive a
power cut: what was not synced to it is lost.
"""

import compileall
import contextlib
import fcntl
import os
import shlex
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from tests.radio.lab.channel import Channel, LabError

PORT = "firstlight.lab"
BOOT_SECONDS = 180.0
STOP_SECONDS = 20.0
GUEST = Path(__file__).parent / "guest"
SOURCE = Path(__file__).resolve().parents[3] / "src"
LOGS_INSIDE = "/run/lab/logs"
DISK_MEGABYTES = 64
PROGRAMS = (
    "qemu-system-x86_64", "NetworkManager", "nmcli", "wpa_supplicant", "wpa_cli", "hostapd", "iw",
    "dnsmasq", "iptables", "nft", "busybox", "dbus-daemon", "udevadm", "modprobe", "ip",
    "mkfs.ext4", "systemd-sysusers", "setpriv",
)  # fmt: skip
SEARCH = os.pathsep.join(
    (str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin")
)


def kernel() -> Path | None:
    """The newest of Debian's stock kernels, or None. The cloud kernel has no radios."""
    found = [path for path in Path("/boot").glob("vmlinuz-*-amd64") if "cloud" not in path.name]
    return max(found, key=lambda path: path.stat().st_mtime, default=None)


def unavailable() -> str | None:
    """What this host lacks for the lab, in one line; None when it has everything."""
    if os.geteuid() != 0:
        return "the radio lab needs root, to share the whole file system with its machine"
    missing = [name for name in PROGRAMS if shutil.which(name, path=SEARCH) is None]
    if missing:
        return f"the radio lab needs {', '.join(missing)}: on Debian, `make setup` installs them"
    if kernel() is None:
        return "the radio lab needs Debian's stock kernel: `apt-get install linux-image-amd64`"
    if shutil.which("vng", path=SEARCH) is None:
        return "the radio lab needs virtme-ng: `make setup` installs it"
    return None


def hardware_helps() -> bool:
    """Whether KVM is worth a try. /dev/kvm can be there, and open, on a host that can't run it."""
    flags = Path("/proc/cpuinfo").read_text()
    return os.access("/dev/kvm", os.W_OK) and (" vmx" in flags or " svm" in flags)


def shadows(source: Path) -> list[str]:
    """Where programs inside are read from: the system, this interpreter, a copy of the source.

    The copy stays as it is when somebody goes on working, and it comes compiled. Where only root
    gets through to them, the way is opened: the daemon inside is another user.
    """
    folders = [os.path.realpath(path) for path in ("/usr", sys.base_prefix, sys.prefix, GUEST)]
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree(SOURCE, source)
    compileall.compile_dir(source, quiet=1)
    pairs = {**{path: path for path in folders}, str(SOURCE): str(source)}
    pairs = {**dict.fromkeys(locked(pairs), ""), **pairs}
    return [f"{path}={shadow}" for path, shadow in pairs.items()]


def locked(folders: Iterable[str]) -> list[str]:
    """The uppermost folders on the way to ``folders`` that others can't pass."""
    ways = {parent for folder in folders for parent in Path(folder).parents}
    closed = {way for way in ways if not way.stat().st_mode & stat.S_IXOTH}
    return sorted(str(way) for way in closed if closed.isdisjoint(way.parents))


class Machine:
    """One running virtual machine. ``channel`` leads inside; ``logs`` is its folder on the host."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self.console = logs / "console.log"
        self.disk = logs / "disk.img"
        self.boot_seconds = 0.0
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: Channel | None = None
        self._reservation: TextIO | None = None
        self._inside: list[str] = []

    @property
    def channel(self) -> Channel:
        """The line inside."""
        if self._channel is None:
            raise LabError("the virtual machine is not running")
        return self._channel

    def boot(self) -> None:
        """Start it and wait until the program inside answers. Empties the disk and the logs.

        Raises ``LabError`` when it does not come up, or when another one uses that folder.
        """
        self.logs.mkdir(parents=True, exist_ok=True)
        self._reserve()
        for old in self.logs.glob("*.log"):
            old.unlink()
        self._format()
        self._start(shadows(self.logs / "source"))

    def boot_again(self) -> None:
        """Start it after its power was cut, with its disk as it was then. Raises as ``boot``."""
        self._hang_up()
        self._start(self._inside)

    def stop(self) -> None:
        """Hang up, which ends it; kill what is left after that."""
        self._hang_up()
        if self._reservation is not None:
            self._reservation.close()
            self._reservation = None

    def _format(self) -> None:
        with self.disk.open("wb") as image:
            image.truncate(DISK_MEGABYTES << 20)
        subprocess.run(["mkfs.ext4", "-q", "-F", self.disk], check=True, env={"PATH": SEARCH})

    def _start(self, inside: list[str]) -> None:
        started = time.monotonic()
        self._inside = inside
        with tempfile.TemporaryDirectory(prefix="lab-") as folder:
            path = Path(folder) / "port"
            with socket.socket(socket.AF_UNIX) as listener:
                listener.bind(str(path))
                listener.listen(1)
                self._launch(path)
                try:
                    self._channel = Channel(self._accept(listener))
                    self._channel.ready(max(1.0, BOOT_SECONDS - (time.monotonic() - started)))
                except (LabError, TimeoutError) as fault:
                    self.stop()
                    raise LabError(
                        f"the virtual machine did not come up: {self._tail()}"
                    ) from fault
        self.boot_seconds = time.monotonic() - started

    def _hang_up(self) -> None:
        if self._channel is not None:
            self._channel.close()
            self._channel = None
        if self._process is not None:
            self._end(self._process)
            self._process = None

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(STOP_SECONDS)

    def _reserve(self) -> None:
        path = self.logs / "in-use"
        self._reservation = path.open("a+")
        try:
            fcntl.flock(self._reservation, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = path.read_text().strip()
            self._reservation.close()
            raise LabError(
                f"the radio lab is in use by process {owner}: wait until that is done"
            ) from None
        self._reservation.truncate(0)
        self._reservation.write(str(os.getpid()))
        self._reservation.flush()

    def _launch(self, port: Path) -> None:
        with self.console.open("ab") as console:
            self._process = subprocess.Popen(
                self._command(port),
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PATH": SEARCH},
                start_new_session=True,
            )

    def _command(self, port: Path) -> list[str]:
        devices = (
            f"-chardev socket,id=lab,path={port}"
            f" -device virtio-serial-pci,id=labbus"
            f" -device virtserialport,bus=labbus.0,chardev=lab,name={PORT}"
            # A second, cached view of the same files: virtme-ng's own is read anew on every access.
            f" -fsdev local,id=labfiles,path=/,security_model=none,readonly=on,multidevs=remap"
            f" -device virtio-9p-pci,fsdev=labfiles,mount_tag=lab.files"
            # What the machine flushes need not be flushed here: this host keeps its power.
            f" -drive if=virtio,format=raw,cache=unsafe,file={self.disk}"
        )
        processor: list[str] = []
        if not hardware_helps():
            # The plainest processor is the fastest one to emulate.
            processor, devices = ["--disable-kvm"], f"-cpu qemu64 {devices}"
        return [
            "vng",
            "--verbose",
            *("--run", str(kernel())),
            *processor,
            "--disable-microvm",
            *("--memory", "2G", "--cpus", "2", "--user", "root"),
            *("--name", "firstlight-lab"),
            # The first memory cgroup, systemd's, has the kernel patch its own allocator while both
            # processors run it, and an emulated one may never come out of that.
            *("--append", "mitigations=off", "--append", "cgroup.memory=nokmem"),
            f"--rwdir={LOGS_INSIDE}={self.logs}",
            f"--qemu-opts={devices}",
            "--",
            shlex.join(["exec", str(GUEST / "start"), PORT, sys.executable, *self._inside]),
        ]

    def _accept(self, listener: socket.socket) -> socket.socket:
        deadline = time.monotonic() + BOOT_SECONDS
        listener.settimeout(0.5)
        while time.monotonic() < deadline:
            with contextlib.suppress(TimeoutError):
                return listener.accept()[0]
            if self._process is None or self._process.poll() is not None:
                raise LabError("it ended before it began")
        raise LabError("QEMU did not start")

    def _tail(self, characters: int = 2000) -> str:
        return self.console.read_text(errors="replace")[-characters:].strip() or "(no output)"
