"""A second box beside the device: a bus, wpa_supplicant and NetworkManager of its own, one radio.

``Second`` is an ``Inside`` in whose eyes the machine is that box. So ``System`` and ``Device`` work
with it as they do with the first one.
"""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from tests.radio.lab.device import FOLDER
from tests.radio.lab.inside import Finished, Inside, Response
from tests.radio.lab.neighbourhood import SECOND
from tests.radio.lab.system import DEVICE, STATE, System, log_of
from tests.radio.lab.vm import LOGS_INSIDE

OWN = (
    "/run/dbus",
    "/run/NetworkManager",
    "/etc/NetworkManager",
    "/etc/firstlight",
    "/var/lib/NetworkManager",
    "/var/lib/misc",
    STATE,
    FOLDER,
)
# What is mounted lasts as long as somebody lives there.
LIVE = (
    "mount --make-rprivate /\n"
    "for folder in $*; do mkdir -p $folder; mount -t tmpfs tmpfs $folder; done\n"
    "echo settled in\n"
    "exec sleep infinity\n"
)


class Second(Inside):
    """The box; ``open`` it first. Its radio's namespace and its logs bear the name ``SECOND``."""

    def __init__(self, first: Inside) -> None:
        super().__init__(first.machine)
        self._first = first
        self._pid = 0
        self.system = System(self)

    @property
    def mac(self) -> str:
        """The hardware's own address: NetworkManager shows made-up ones while it scans."""
        return self.must("cat", f"/sys/class/net/{DEVICE}/phy80211/macaddress").strip()

    def open(self) -> None:
        """Switch it on. Its radio is called ``DEVICE``, too."""
        self._first.shell(
            "ip link set lo up; cd /sys/class/net; for radio in wlan*; do\n"
            f"[ $radio = {DEVICE} ] || ip link set $radio name {DEVICE}; done\n"
            # udev hears of nothing in here. NetworkManager waits until it has announced the radio
            # (systemd, sd-device: the database names a network interface by its index).
            f"echo I:1 > /run/udev/data/n$(cat {DEVICE}/ifindex)\n",
            netns=SECOND,
        )
        log = log_of(SECOND)
        self._first.remove(log)
        self._pid = self._first.spawn(
            SECOND, "sh", "-euc", LIVE, "live", *OWN, log=log, netns=SECOND
        )
        if self._first.await_text(log, r"(?m)^settled in$") is None:
            raise AssertionError(f"the second box is not there: see {log}")
        self.system.start_bus(_own_log(log_of("wpa_supplicant")))
        self.system.start_networkmanager()

    def close(self) -> None:
        """Switch it off."""
        for daemon in ("firstlight", "NetworkManager"):
            self.kill(daemon)
        if pid := self.system.supplicant():
            self._first.run("kill", "-KILL", str(pid))
        self.kill("polkit")
        self.kill("dbus")
        self._first.kill(SECOND, "SIGKILL")

    def run(self, *argv: str, netns: str | None = None, **options: Any) -> Finished:
        """See ``Inside``; ``netns`` is the box's own."""
        return self._first.run(*self._inwards, *argv, **options)

    def spawn(
        self,
        name: str,
        *argv: str,
        log: str,
        netns: str | None = None,
        env: Mapping[str, str] | None = None,
    ) -> int:
        """See ``Inside``."""
        return self._first.spawn(_own(name), *self._inwards, *argv, log=_own_log(log), env=env)

    def kill(self, name: str, signal_name: str = "SIGTERM") -> int | None:
        """See ``Inside``."""
        return self._first.kill(_own(name), signal_name)

    def alive(self, name: str) -> bool:
        """See ``Inside``."""
        return self._first.alive(_own(name))

    def read(self, path: str, offset: int = 0) -> str:
        """See ``Inside``."""
        return self._first.read(self._seen(path), offset)

    def exists(self, path: str) -> bool:
        """See ``Inside``."""
        return self._first.exists(self._seen(path))

    def write(self, path: str, text: str, mode: int = 0o644) -> None:
        """See ``Inside``."""
        self._first.write(self._seen(path), text, mode)

    def remove(self, path: str) -> None:
        """See ``Inside``."""
        self._first.remove(self._seen(path))

    def http(self, method: str, url: str, *, timeout: float = 30.0, **options: Any) -> Response:
        """See ``Inside``."""
        return self._first.http(method, url, timeout=timeout, netns=SECOND, **options)

    def watch(
        self, url: str, until: str, *, timeout: float = 60.0, **options: Any
    ) -> tuple[bool, str]:
        """See ``Inside``."""
        if strike := options.pop("strike", None):
            options["strike"] = _own(strike)
        return self._first.watch(url, until, timeout=timeout, netns=SECOND, **options)

    @property
    def _inwards(self) -> tuple[str, ...]:
        return ("nsenter", "--mount", "--net", "--target", str(self._pid))

    def _seen(self, path: str) -> str:
        if path.startswith(LOGS_INSIDE):
            return _own_log(path)
        return f"/proc/{self._pid}/root{path}"


def _own(name: str) -> str:
    return f"{SECOND}-{name}"


def _own_log(path: str) -> str:
    log = PurePosixPath(path)
    return str(log.with_name(_own(log.name)))
