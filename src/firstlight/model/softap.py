"""The provisioning SoftAP as the radio is asked for it, and as it came up."""

from collections.abc import Callable

import msgspec

from firstlight.model.mac import MacAddress
from firstlight.model.passphrase import Passphrase
from firstlight.model.ssid import Ssid


class SoftApSettings(msgspec.Struct, frozen=True, kw_only=True):
    """WPA2-PSK/CCMP on 2.4 GHz, for one station, and a dead end.

    ``passphrase_of`` derives the passphrase from the BSSID that the radio really uses. A station
    gets an address by DHCP and may speak to TCP ``port`` of ``address`` (with prefix length), to
    nothing else here and to nobody beyond. ``tx_power_dbm`` is what is asked of the driver.
    ``beside``: on a second interface, so that the network in use is kept; only where
    ``Abilities.join_as_hotspot`` says so, and then on that network's channel where it must be.
    """

    ssid: Ssid
    passphrase_of: Callable[[MacAddress], Passphrase]
    profile_name: str
    channel: int = 1
    address: str = "192.168.4.1/24"
    port: int = 80
    stations: int = 1
    tx_power_dbm: float = 2.0
    beside: bool = False
    country: str | None = None
    management_frame_protection: bool = False


class SoftAp(msgspec.Struct, frozen=True, kw_only=True):
    """A SoftAP that is up on ``interface``.

    ``tx_power_dbm`` is what the driver says it uses now, ``None`` where it does not say. Some
    accept a limit without obeying, so it is told apart from what was asked for. ``one_station``:
    whether the radio itself refuses a second one.
    """

    interface: str
    bssid: MacAddress
    passphrase: Passphrase
    channel: int
    tx_power_dbm: float | None = None
    one_station: bool = True
