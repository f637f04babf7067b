"""Facts to begin with, and a machine's files to write."""

import sys
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from firstlight.cli.doctor.facts import Facts, StateFolder
from firstlight.model.regulation import Switch
from firstlight.model.wire import HealthAnswer, Problem

STATE = StateFolder(path="/var/lib/firstlight", exists=True, writable=True)
SILENT = Problem(error="No daemon.", message="No daemon.", code="no_daemon", hint="Start it.")
HEALTHY = HealthAnswer(ok=True, enabled=True, version="1.2")


def facts(**changes: Any) -> Facts:
    """A machine on which nothing stands in the way, but for ``changes``."""
    fine: dict[str, Any] = {
        "system": "Linux",
        "root": True,
        "processes": frozenset({"systemd", "NetworkManager", "wpa_supplicant"}),
        "programs": frozenset({"NetworkManager", "wpa_supplicant", "dnsmasq", "nft", "iw"}),
        "bus_socket": True,
        "network_manager_folder": True,
        "wifi_devices": ("wlan0",),
        "switches": (Switch(name="phy0", soft_blocked=False, hard_blocked=False),),
        "country": "DE",
        "hotspot_address": "192.168.4.1",
        "enabled": True,
        "state": STATE,
        "daemon": HEALTHY,
    }
    return Facts(**(fine | changes))


def write(root: Path, path: str, text: str = "") -> Path:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def socket_line(address: str, port: int, state: str, inode: int) -> str:
    """A line of the kernel's table of sockets, in this machine's byte order."""
    raw = ip_address(address).packed
    words = (raw[at : at + 4] for at in range(0, len(raw), 4))
    host = "".join(f"{int.from_bytes(word, sys.byteorder):08X}" for word in words)
    return (
        f"   0: {host}:{port:04X} {'0' * len(host)}:0000 {state} 00000000:00000000 00:00000000 "
        f"00000000     0        0 {inode} 1 0000000000000000 100 0 0 10 0\n"
    )


HEADER = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt  uid inode\n"
