"""What both sides of the provisioning SoftAP know without telling one another.

The reference is docs/protocol: the SSID is fixed, and the WPA2 password follows from the BSSID.
"""

from firstlight.model.mac import MacAddress
from firstlight.model.passphrase import Passphrase
from firstlight.model.ssid import Ssid

SSID = Ssid(b"FireFly-Provisioning")
CHANNEL = 1
ADDRESS = "192.168.4.1/24"
TX_POWER_DBM = 2.0


def passphrase_of(bssid: MacAddress) -> Passphrase:
    """Interleave the nibbles: the upper one of octet i, then the lower one of octet 5 - i.

    ``A1:B2:C3:D4:E5:F6`` gives ``A6B5C4D3E2F1``.
    """
    octets = bytes.fromhex(bssid.replace(":", ""))
    pairs = zip(octets, reversed(octets), strict=True)
    return Passphrase.parse("".join(f"{up >> 4:X}{low & 0x0F:X}" for up, low in pairs))
