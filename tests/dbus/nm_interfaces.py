"""NetworkManager's interfaces: names, and types of the properties (D-Bus reference, 1.42)."""

from firstlight.radio.nm.codes import DeviceState

NAME = "org.freedesktop.NetworkManager"
ROOT = "/org/freedesktop"
MANAGER = "/org/freedesktop/NetworkManager"
SETTINGS = f"{MANAGER}/Settings"
AGENTS = f"{MANAGER}/AgentManager"

DEVICE = f"{NAME}.Device"
WIRELESS = f"{NAME}.Device.Wireless"
ACCESS_POINT = f"{NAME}.AccessPoint"
CONNECTION = f"{NAME}.Settings.Connection"
ACTIVE = f"{NAME}.Connection.Active"
IP4 = f"{NAME}.IP4Config"
DHCP4 = f"{NAME}.DHCP4Config"
CHECKPOINT = f"{NAME}.Checkpoint"

WIFI = "802-11-wireless"
SECURITY = "802-11-wireless-security"

TYPES = {
    NAME: {
        "WirelessEnabled": "b",
        "WirelessHardwareEnabled": "b",
        "ConnectivityCheckAvailable": "b",
        "ConnectivityCheckEnabled": "b",
        "Version": "s",
    },
    f"{NAME}.AgentManager": {},
    f"{NAME}.Settings": {"Hostname": "s"},
    DEVICE: {
        "Interface": "s",
        "Driver": "s",
        "HwAddress": "s",
        "DeviceType": "u",
        "State": "u",
        "StateReason": "(uu)",
        "ActiveConnection": "o",
        "Ip4Config": "o",
        "Dhcp4Config": "o",
        "Ip4Connectivity": "u",
        "Autoconnect": "b",
        "Managed": "b",
    },
    WIRELESS: {
        "Mode": "u",
        "AccessPoints": "ao",
        "ActiveAccessPoint": "o",
        "LastScan": "x",
        "PermHwAddress": "s",
    },
    ACCESS_POINT: {
        "Ssid": "ay",
        "HwAddress": "s",
        "Frequency": "u",
        "Strength": "y",
        "Flags": "u",
        "WpaFlags": "u",
        "RsnFlags": "u",
        "LastSeen": "i",
    },
    CONNECTION: {"Flags": "u"},
    ACTIVE: {
        "State": "u",
        "StateFlags": "u",
        "Uuid": "s",
        "Id": "s",
        "Connection": "o",
        "Devices": "ao",
    },
    IP4: {"AddressData": "aa{sv}", "Gateway": "s", "NameserverData": "aa{sv}"},
    DHCP4: {"Options": "a{sv}"},
    CHECKPOINT: {"Devices": "ao", "RollbackTimeout": "u"},
}

NOTHING = "/"
# How every activation of a protected network begins: the secret is asked for and found.
SECRETS_FETCHED = (
    DeviceState.PREPARE,
    DeviceState.CONFIG,
    DeviceState.NEED_AUTH,
    DeviceState.PREPARE,
    DeviceState.CONFIG,
)
INFRASTRUCTURE, AP_MODE = 2, 3
INVALID_ARGUMENTS = f"{NAME}.InvalidArguments"
PERMISSIONS = (
    f"{NAME}.network-control",
    f"{NAME}.settings.modify.system",
    f"{NAME}.checkpoint-rollback",
)
