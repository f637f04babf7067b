"""What every daemon said during a case, kept when the case fails."""

import re
import shutil
from pathlib import Path

from tests.radio.lab.channel import LabError
from tests.radio.lab.inside import Inside

TAIL_LINES = 15
QUESTIONS = (
    "grep -rH . /etc/NetworkManager/system-connections;"
    " nmcli -f all general; nmcli -f all device show wlan0; nmcli connection show;"
    " nmcli -f all device wifi list --rescan no; iw dev; ip addr; ip route; iw reg get;"
    " for name in $(ip netns list | cut -d' ' -f1); do"
    ' echo "== $name"; ip netns exec $name iw dev; ip netns exec $name ip -4 -o addr; done;'
    " ps -ef"
)


class Journal:
    """The logs in one folder, and how long each was when the case began."""

    def __init__(self, logs: Path, kept: Path) -> None:
        self._logs = logs
        self._kept = kept
        self._before: dict[str, int] = {}

    def begin(self) -> None:
        """A case begins."""
        self._before = {path.name: path.stat().st_size for path in self._logs.glob("*.log")}

    def keep(self, case: str, inside: Inside | None) -> tuple[Path, str]:
        """Copy what was said since ``begin`` to the case's folder; that folder, and the tails."""
        folder = self._kept / re.sub(r"[^\w.-]+", "_", case)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        tails: list[str] = []
        for path in sorted(self._logs.glob("*.log")):
            with path.open("rb") as log:
                log.seek(self._before.get(path.name, 0))
                said = log.read()
            if said:
                (folder / path.name).write_bytes(said)
                tails.append(f"=== {path.name}\n{_tail(said)}")
        if inside is not None:
            (folder / "state.txt").write_text(_state(inside), errors="surrogateescape")
        return folder, "\n".join(tails)


def _tail(said: bytes) -> str:
    return "\n".join(said.decode("utf-8", "backslashreplace").splitlines()[-TAIL_LINES:])


def _state(inside: Inside) -> str:
    try:
        return inside.run("sh", "-c", f"({QUESTIONS}) 2>&1", timeout=60).out
    except LabError as fault:
        return f"the machine could not be asked: {fault}\n"
