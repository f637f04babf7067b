"""What tells this machine from others. Reads ``/proc``, ``/sys`` and ``/etc``; never raises."""

import platform
from pathlib import Path

from firstlight.core.pairing.device_id import Identity

_SERIALS = (
    ("device-tree", "proc/device-tree/serial-number"),
    ("product-uuid", "sys/class/dmi/id/product_uuid"),
    ("product-serial", "sys/class/dmi/id/product_serial"),
    ("board-serial", "sys/class/dmi/id/board_serial"),
)
_LONGEST = 256


def nothing_said() -> Identity:
    """A machine that says nothing of itself."""
    return Identity()


def read_identity(root: Path = Path("/"), interface: str = "") -> Identity:
    """What there is, under ``root``.

    Serial numbers: the device tree's (Devicetree Specification, 3.2) and those of DMI, which only
    root may read. ``mac``: the radio's permanent address, of ``interface`` or else the lowest of
    all radios; the interface's own may be a random one. ``machine_id``: machine-id(5).
    """
    return Identity(
        serials=tuple((source, text) for source, path in _SERIALS if (text := _text(root / path))),
        mac=_mac(root / "sys/class/net", interface),
        machine_id=_text(root / "etc/machine-id"),
    )


def read_model(root: Path = Path("/")) -> str:
    """What kind of machine it is, such as ``Raspberry Pi 4 Model B Rev 1.5``; never empty.

    From the device tree (``model``) or DMI, else the processor's architecture.
    """
    paths = ("proc/device-tree/model", "sys/class/dmi/id/product_name")
    return next((text for path in paths if (text := _text(root / path))), platform.machine())


def _mac(interfaces: Path, interface: str) -> str:
    if interface and (own := _text(interfaces / interface / "phy80211/macaddress")):
        return own
    try:
        radios = [one / "phy80211/macaddress" for one in interfaces.iterdir()]
    except OSError:
        return ""
    return min((mac for radio in radios if (mac := _text(radio))), default="")


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(_LONGEST)
    except OSError:
        return ""
    return content.decode(errors="replace").strip("\0\n\t ")
