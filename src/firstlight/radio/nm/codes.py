"""NetworkManager's numbers (libnm-core, ``nm-dbus-interface.h``). Numbers we don't know survive."""

from enum import IntEnum, IntFlag
from typing import Self


class _Open(IntEnum):
    """An enum that keeps foreign values: a newer NetworkManager must not break us."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, int):
            return None
        unknown = int.__new__(cls, value)
        unknown._name_ = f"UNKNOWN_{value}"
        unknown._value_ = value
        return unknown


class DeviceType(_Open):
    """NMDeviceType, as far as it matters here."""

    UNKNOWN = 0
    ETHERNET = 1
    WIFI = 2


class DeviceState(_Open):
    """NMDeviceState."""

    UNKNOWN = 0
    UNMANAGED = 10
    UNAVAILABLE = 20
    DISCONNECTED = 30
    PREPARE = 40
    CONFIG = 50
    NEED_AUTH = 60
    IP_CONFIG = 70
    IP_CHECK = 80
    SECONDARIES = 90
    ACTIVATED = 100
    DEACTIVATING = 110
    FAILED = 120


class StateReason(_Open):
    """NMDeviceStateReason, as far as it tells a person something."""

    NONE = 0
    UNKNOWN = 1
    NOW_UNMANAGED = 3
    CONFIG_FAILED = 4
    IP_CONFIG_UNAVAILABLE = 5
    IP_CONFIG_EXPIRED = 6
    NO_SECRETS = 7
    SUPPLICANT_DISCONNECT = 8
    SUPPLICANT_CONFIG_FAILED = 9
    SUPPLICANT_FAILED = 10
    SUPPLICANT_TIMEOUT = 11
    DHCP_START_FAILED = 15
    DHCP_ERROR = 16
    DHCP_FAILED = 17
    SHARED_START_FAILED = 18
    SHARED_FAILED = 19
    REMOVED = 36
    SLEEPING = 37
    CONNECTION_REMOVED = 38
    USER_REQUESTED = 39
    SUPPLICANT_AVAILABLE = 42
    SSID_NOT_FOUND = 53
    NEW_ACTIVATION = 60
    IP_ADDRESS_DUPLICATE = 64


class ActiveState(_Open):
    """NMActiveConnectionState."""

    UNKNOWN = 0
    ACTIVATING = 1
    ACTIVATED = 2
    DEACTIVATING = 3
    DEACTIVATED = 4


class ConnectivityState(_Open):
    """NMConnectivityState."""

    UNKNOWN = 0
    NONE = 1
    PORTAL = 2
    LIMITED = 3
    FULL = 4


class WifiMode(_Open):
    """NM80211Mode."""

    UNKNOWN = 0
    ADHOC = 1
    INFRASTRUCTURE = 2
    AP = 3
    MESH = 4


class ApFlags(IntFlag):
    """NM80211ApFlags."""

    PRIVACY = 0x1


class ApSecurity(IntFlag):
    """NM80211ApSecurityFlags: the key management half."""

    PSK = 0x100
    EAP = 0x200
    SAE = 0x400
    OWE = 0x800
    OWE_TRANSITION = 0x1000
    EAP_SUITE_B_192 = 0x2000


class ConnectionFlags(IntFlag):
    """NMSettingsConnectionFlags."""

    UNSAVED = 0x1
    GENERATED = 0x2
    VOLATILE = 0x4
    EXTERNAL = 0x8


class ActivationFlags(IntFlag):
    """NMActivationStateFlags."""

    IP4_READY = 0x8


class UpdateFlags(IntFlag):
    """NMSettingsUpdate2Flags and NMSettingsAddConnection2Flags."""

    TO_DISK = 0x1
    NO_REAPPLY = 0x40


class Pmf(_Open):
    """NMSettingWirelessSecurityPmf: protected management frames."""

    DEFAULT = 0
    DISABLE = 1
    OPTIONAL = 2
    REQUIRED = 3
