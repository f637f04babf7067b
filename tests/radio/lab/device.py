"""The device's daemon, the real one: started, asked over HTTP, and killed.

It runs as the user and with the capabilities that its packaged unit gives it, and no others.
"""

import json
import re
import sys
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from tests.radio.lab.channel import LabError
from tests.radio.lab.inside import Inside, Response
from tests.radio.lab.system import STATE, log_of
from tests.radio.lab.waiting import TooLate

PORT = 8080
START_SECONDS = 60.0
ATTEMPT_SECONDS = 150.0
OK = 200
API = "/api/provisioning"
OVER = r'"state":\s*"(succeeded|failed)"'
FOLDER = "/run/lab/device"
NAME = "firstlight"
LOG = log_of(NAME)
PROGRAM = Path(sys.executable).with_name("firstlight")
UNIT = (resources.files("firstlight") / "packaged/firstlight.service").read_text()


NO_HOTSPOT_AT_START = """\
[hotspot]
at_start = false
"""


REQUIRE_INTERNET = """\
[join]
require_internet = true
"""

# Nothing that a case is about: it only has to wait less.
IMPATIENT = """\
[recovery]
check_seconds = 1
cooldown_ms = 1000
[reach]
interval_seconds = 5
internet_interval_seconds = 5
"""


def owner(unit: str) -> tuple[str, str]:
    """The user and the group that a unit's process belongs to."""
    return setting(unit, "User"), setting(unit, "Group")


def confined(unit: str) -> list[str]:
    """A command that runs another one as systemd would: as that user, with those capabilities.

    Of the unit's sandbox that is the part which NetworkManager, wpa_supplicant and the kernel's
    network see; the rest is systemd's own to show.
    """
    user, group = owner(unit)
    words = setting(unit, "AmbientCapabilities").lower().split()
    capabilities = ",".join(["-all", *(f"+{word.removeprefix('cap_')}" for word in words)])
    return [
        "setpriv",
        *(f"--reuid={user}", f"--regid={group}", "--init-groups", "--no-new-privs"),
        *(f"--{which}={capabilities}" for which in ("inh-caps", "ambient-caps", "bounding-set")),
    ]


def setting(unit: str, name: str) -> str:
    """The value of a directive that stands in a unit once."""
    [value] = re.findall(rf"(?m)^{name}=(.*)$", unit)
    return value


class Device:
    """One daemon at a time; its configuration is in ``FOLDER`` inside, its state in ``STATE``."""

    def __init__(self, inside: Inside) -> None:
        self._inside = inside
        self.address = f"http://127.0.0.1:{PORT}"
        self.state_file = f"{STATE}/provisioning.json"
        self._configured = ""
        self._trusted = False

    def configure(self, toml: str) -> None:
        """Write the configuration file; it counts from the next start on."""
        self._inside.write(f"{FOLDER}/config.toml", toml)
        self._configured = toml

    def start(self, *, env: Mapping[str, str] | None = None) -> None:
        """Start it, and wait until it answers."""
        if self.runs():
            raise LabError("the daemon runs already")
        user, _ = owner(UNIT)
        self._inside.shell(f"chown -R {user}: {STATE}; chmod 700 {STATE}")
        self._inside.spawn(
            NAME,
            *confined(UNIT),
            str(PROGRAM),
            "serve",
            *("--backend", "networkmanager", "--port", str(PORT)),
            *("--state-dir", STATE, "--config", f"{FOLDER}/config.toml"),
            log=LOG,
            env={"FIRSTLIGHT_PROVISIONING_ENABLED": "1", "PYTHONUNBUFFERED": "1", **(env or {})},
        )
        answered, _ = self._inside.watch(
            f"{self.address}/api/health", r"^\{", timeout=START_SECONDS, every=0.1
        )
        if not answered:
            raise TooLate(f"the daemon did not answer within {START_SECONDS:.0f} s: see {NAME}.log")
        self._trusted = not env

    def runs(self) -> bool:
        """Whether its process is there."""
        return self._inside.alive(NAME)

    def is_trusted(self, toml: str) -> bool:
        """Whether it runs, configured so, and nothing speaks against using it once more."""
        return self._trusted and self._configured == toml and self.runs()

    def distrust(self) -> None:
        """A case has failed, or left something under way: don't use this process for another."""
        self._trusted = False

    def after_power_cut(self) -> None:
        """Bring back its configuration, which an installer would have synced."""
        self.distrust()
        self.configure(self._configured)

    def stop(self) -> int | None:
        """Ask it to end; its return code."""
        return self._inside.kill(NAME)

    def kill(self) -> None:
        """End it as a power cut would."""
        self._inside.kill(NAME, "SIGKILL")

    def clear(self) -> None:
        """End it, and forget its state; the configuration becomes the default."""
        self.kill()
        self._inside.shell(f"mkdir -p {FOLDER}; find {FOLDER} {STATE} -mindepth 1 -delete")
        self.configure("")

    def api(self, method: str, path: str, body: object = None, **options: Any) -> Response:
        """One request to its interface; ``body`` is sent as JSON."""
        headers = {"Content-Type": "application/json"} if body is not None else {}
        return self._inside.http(
            method,
            f"{self.address}{path}",
            headers={**headers, **options.pop("headers", {})},
            body=None if body is None else json.dumps(body),
            **options,
        )

    def watch(self, path: str, until: str, **options: Any) -> tuple[bool, str]:
        """GET until the body matches. ``strike=True`` kills the daemon the moment it does."""
        strike = NAME if options.pop("strike", False) else None
        return self._inside.watch(f"{self.address}{path}", until, strike=strike, **options)

    def status(self) -> dict[str, Any]:
        """The ``DeviceStatus``."""
        return self.api("GET", f"{API}/status").json["status"]

    def saved(self) -> set[str]:
        """The names of the networks it knows."""
        listed = self.api("GET", f"{API}/networks/saved").json["networks"]
        return {entry["name"] for entry in listed}

    def networks(self) -> dict[str, dict[str, Any]]:
        """The networks it lists, by ``ssidHex``."""
        listed = self.api("GET", f"{API}/networks", timeout=60)
        return {entry["ssidHex"]: entry for entry in listed.json["networks"]}

    def connect(self, ssid: bytes, password: str | None = None, *, hidden: bool = False) -> str:
        """Ask it to join; the path of the attempt. The request must be accepted."""
        body: dict[str, Any] = {"ssidHex": ssid.hex()}
        body |= {"password": password} if password is not None else {}
        body |= {"hidden": True} if hidden else {}
        answer = self.api("POST", f"{API}/network/connect", body)
        if answer.status != OK or answer.json != {"ok": True}:
            raise AssertionError(f"not accepted: {answer.status} {answer.body}")
        return answer.headers["location"]

    def join(
        self, ssid: bytes, password: str | None = None, *, hidden: bool = False
    ) -> dict[str, Any]:
        """Ask it to join, and follow the attempt to its end; the attempt."""
        return self.outcome(self.connect(ssid, password, hidden=hidden))

    def outcome(self, attempt: str) -> dict[str, Any]:
        """An attempt once it is over."""
        over, body = self.watch(attempt, OVER, timeout=ATTEMPT_SECONDS, every=0.1)
        if not over:
            raise TooLate(f"the attempt is not over after {ATTEMPT_SECONDS:.0f} s: {body}")
        return json.loads(body)["attempt"]

    def events(self, until: str, *, timeout: float = 30.0, **options: Any) -> str:
        """The text of its event stream up to the first match of ``until``, or to the deadline."""
        return self.api("GET", f"{API}/events", until=until, timeout=timeout, **options).body

    def mark(self) -> int:
        """Where its log ends now, for ``said``."""
        return len(self._inside.read(LOG).encode("utf-8", "surrogateescape"))

    def said(self, since: int) -> str:
        """What it has logged since that ``mark``."""
        return self._inside.read(LOG, since)

    def state(self) -> dict[str, Any]:
        """What it has written to ``provisioning.json``."""
        return json.loads(self._inside.read(self.state_file) or "{}")
