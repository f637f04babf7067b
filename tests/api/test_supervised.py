"""What systemd hears of the real daemon, whatever the daemon is configured to."""

import socket
from pathlib import Path

import pytest
from tests.api.daemon_process import PATIENCE, daemon

OTHERS_ONLY = """\
[web]
allowed_cidrs = ["10.0.0.0/8"]
"""


@pytest.mark.parametrize(("enabled", "status"), [("1", b"provisioning, ok"), ("0", b"not enabled")])
def test_it_is_ready_also_where_its_own_address_may_not_ask(
    tmp_path: Path, enabled: str, status: bytes
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(OTHERS_ONLY)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(PATIENCE)
        surroundings = {
            "FIRSTLIGHT_PROVISIONING_ENABLED": enabled,
            "FIRSTLIGHT_CONFIG": str(config),
            "NOTIFY_SOCKET": systemd.getsockname(),
            "WATCHDOG_USEC": "300000",
        }
        with daemon(tmp_path / "state", environment=surroundings):
            assert systemd.recv(4096) == b"READY=1\nSTATUS=" + status
            assert systemd.recv(4096).startswith(b"WATCHDOG=1")
        heard = [systemd.recv(4096)]
        while not heard[-1].startswith(b"STOPPING=1"):
            heard.append(systemd.recv(4096))
