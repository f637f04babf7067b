"""Which radio to drive."""

from enum import StrEnum


class Backend(StrEnum):
    """``AUTO``: NetworkManager where it answers and has a WiFi device, else simulated."""

    AUTO = "auto"
    NETWORKMANAGER = "networkmanager"
    SIMULATED = "simulated"
