"""Which radio to drive."""

from enum import StrEnum


class Backend(StrEnum):
    """``AUTO`` takes NetworkManager where it answers and has a WiFi device, else simulated radios."""

    AUTO = "auto"
    NETWORKMANAGER = "networkmanager"
    SIMULATED = "simulated"
