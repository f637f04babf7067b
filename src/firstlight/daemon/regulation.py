"""What the kernel says of WiFi radios in ``/sys``. What is not there is left out."""

from collections.abc import Callable
from pathlib import Path

from firstlight.daemon.kernel_files import entries, text
from firstlight.model.regulation import Regulation, Switch

RegulationOf = Callable[[str], Regulation]
"""From the name of an interface to what is known of its radio. Must not raise."""


class KernelRegulation:
    """The file system under ``root``."""

    def __init__(self, root: Path = Path("/")) -> None:
        self._root = root

    def of(self, interface: str) -> Regulation:
        """The country, and the switches that stop this interface's radio."""
        return Regulation(switches=self.switches(interface), country=self.country())

    def switches(self, interface: str = "") -> tuple[Switch, ...]:
        """The rfkill switches of WiFi radios.

        With an ``interface`` whose radio has one: without those of other radios. A machine's own
        switch, which stops them all, is no radio's and stays.
        """
        found = {
            switch: text(switch / "name") or switch.name
            for switch in entries(self._root / "sys/class/rfkill")
            if text(switch / "type") == "wlan"
        }
        own = text(self._root / "sys/class/net" / interface / "phy80211/name") if interface else ""
        others = self._radios() - {own} if own in found.values() else frozenset[str]()
        return tuple(
            Switch(
                name=name,
                soft_blocked=text(switch / "soft") == "1",
                hard_blocked=text(switch / "hard") == "1",
            )
            for switch, name in found.items()
            if name not in others
        )

    def country(self) -> str | None:
        """The regulatory domain that the kernel's WiFi part was loaded with.

        ``None`` while it is not loaded.
        """
        parameter = self._root / "sys/module/cfg80211/parameters/ieee80211_regdom"
        return text(parameter) if parameter.exists() else None

    def _radios(self) -> frozenset[str]:
        return frozenset(radio.name for radio in entries(self._root / "sys/class/ieee80211"))
