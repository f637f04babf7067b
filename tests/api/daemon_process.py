"""The real daemon in a process of its own, on simulated radios."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 30
"""Seconds. No promise of ours; they only keep what hangs from hanging for ever."""

QUICK = """
[durations]
scan = 0.3
associate = 0.1
dhcp = 0.2
not_found = 0.5
wrong_password = 0.5
hotspot = 0.3
autoconnect = 0.2

[[access_points]]
ssid = "Lighthouse"
signal = 88
passphrase = "correct-horse"

[[access_points]]
ssid = "Village Green"
signal = 58

[[access_points]]
ssid = "No internet here"
signal = 45
passphrase = "correct-horse"
internet = "no"

[[access_points]]
ssid = "Office"
signal = 37
security = "wpa2-enterprise"

[[access_points]]
ssid = "<img src=x onerror=alert(1)>"
signal = 33
passphrase = "correct-horse"

[[access_points]]
ssid = { hex = "636166e9" }
signal = 25
passphrase = "correct-horse"

[[access_points]]
ssid = "Hideaway"
signal = 70
passphrase = "correct-horse"
hidden = true
"""


@contextmanager
def daemon(
    state_dir: Path,
    *,
    world: str | None = QUICK,
    environment: Mapping[str, str] | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
) -> Iterator[str]:
    """Run ``firstlight serve``; the value is its address. ``world`` none: the shipped one."""
    arguments = ["--backend", "simulated", "--state-dir", str(state_dir)]
    arguments += ["--host", host, "--port", str(port)]
    if world is not None:
        state_dir.mkdir(exist_ok=True)
        file = state_dir / "world.toml"
        file.write_text(world)
        arguments += ["--world", str(file)]
    command = [sys.executable, "-m", "firstlight", "serve", *arguments]
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("FIRSTLIGHT", "MOONHUB"))}
    wanted = {"FIRSTLIGHT_PROVISIONING_ENABLED": "1"} if environment is None else environment
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**inherited, **wanted}
    )
    assert process.stdout is not None
    deadline = threading.Timer(PATIENCE, process.kill)
    deadline.start()
    try:
        line = process.stdout.readline()
        deadline.cancel()
        address = re.search(r"http://\S+", line)
        assert address, f"the daemon did not say where it is: {line!r}"
        yield address[0].rstrip("/")
    finally:
        deadline.cancel()
        process.terminate()
        try:
            process.wait(PATIENCE)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
