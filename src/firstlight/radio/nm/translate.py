"""The one place where D-Bus errors become Firstlight's own."""

from firstlight.errors import (
    Busy,
    Code,
    FirstlightError,
    NotFound,
    NotPermitted,
    RadioFailure,
    RadioUnavailable,
)

_NM = "org.freedesktop.NetworkManager"

_ABSENT = frozenset(
    {
        "org.freedesktop.DBus.Error.ServiceUnknown",
        "org.freedesktop.DBus.Error.NameHasNoOwner",
        "org.freedesktop.DBus.Error.Disconnected",
        "org.freedesktop.DBus.Error.Spawn.ServiceNotFound",
    }
)
_DENIED = frozenset(
    {
        "org.freedesktop.DBus.Error.AccessDenied",
        "org.freedesktop.DBus.Error.AuthFailed",
        "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired",
        f"{_NM}.PermissionDenied",
        f"{_NM}.Settings.PermissionDenied",
        f"{_NM}.Settings.NotPrivileged",
        f"{_NM}.Device.NotAllowed.PermissionDenied",
    }
)
_UNKNOWN = frozenset(
    {
        "org.freedesktop.DBus.Error.UnknownObject",
        "org.freedesktop.DBus.Error.UnknownMethod",
        "org.freedesktop.DBus.Error.UnknownInterface",
        f"{_NM}.UnknownConnection",
        f"{_NM}.ConnectionNotActive",
        f"{_NM}.InvalidArguments",
        f"{_NM}.Settings.InvalidConnection",
        "fi.w1.wpa_supplicant1.InterfaceUnknown",
    }
)
_SCAN_REFUSED = frozenset(
    {
        "fi.w1.wpa_supplicant1.Interface.ScanError",
        f"{_NM}.Device.NotAllowed",
    }
)


def translated(name: str, text: str) -> FirstlightError:
    """The error for a D-Bus error name; ``text`` is its sender's own explanation."""
    if name in _ABSENT:
        return RadioUnavailable(
            "NetworkManager is not running.",
            code=Code.NO_NETWORK_MANAGER,
            hint="Start it (systemctl start NetworkManager), or install network-manager.",
        )
    if name in _DENIED:
        return NotPermitted(
            f"NetworkManager refuses this user: {text}",
            hint="Run Firstlight as root, or install its polkit rule for the user it runs as.",
        )
    if name in _UNKNOWN:
        return NotFound(f"NetworkManager knows no such thing: {text}")
    if name in _SCAN_REFUSED:
        return Busy(f"The radio can't scan now: {text}", retry_after=5)
    if name == "org.freedesktop.DBus.Error.NoReply":
        return RadioFailure(f"NetworkManager did not answer in time ({text}).", code=Code.TIMEOUT)
    return RadioFailure(f"NetworkManager reports {name}: {text}")
