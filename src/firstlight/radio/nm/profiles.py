"""Profiles as NetworkManager's settings, both ways. Pure.

Property names and types: NetworkManager's settings specification (nm-settings-dbus(5)). The
``user`` section carries what Firstlight has to find again after a restart; it has no meaning to
NetworkManager.
"""

import ipaddress
import uuid
from typing import Any, NamedTuple

from dbus_fast import Variant
from dbus_fast.unpack import unpack_variants

from firstlight.errors import InvalidInput
from firstlight.model.mac import MacAddress
from firstlight.model.passphrase import Passphrase
from firstlight.model.profile import (
    HotspotSettings,
    KeyManagement,
    Profile,
    ProfileKind,
    TrialPlan,
)
from firstlight.model.softap import SoftApSettings
from firstlight.model.ssid import Ssid
from firstlight.radio.nm.codes import ConnectionFlags, Pmf
from firstlight.radio.nm.manager import Settings
from firstlight.radio.nm.settings import Plain

TYPE = "802-11-wireless"
SECURITY = "802-11-wireless-security"

_CHECKPOINT_KEY = "firstlight.checkpoint"
_BEFORE_KEY = "firstlight.before"
_ATTEMPT_KEY = "firstlight.attempt"
_SHOWN_ADDRESS = "assigned-mac-address"  # nmcli's cloned-mac-address
_SOFTAPS = uuid.UUID("5b0e3a5c-6f0d-4c8e-9a53-0b6c7a1f2d94")


class Mark(NamedTuple):
    """What a trial profile says of its own beginning, for a process that comes after ours.

    ``checkpoint``: the path of the one that was armed; ``before``: the UUID of what was active.
    """

    checkpoint: str = ""
    before: str = ""


def station_settings(plan: TrialPlan, profile_uuid: str, *, interface: str, mark: Mark) -> Settings:
    """A station's profile, on trial and later just the same. No interface: any radio."""
    request = plan.request
    settings: Settings = {
        "connection": {
            "id": Variant("s", request.ssid.text),
            "uuid": Variant("s", profile_uuid),
            "type": Variant("s", TYPE),
            "autoconnect": Variant("b", True),
        },
        TYPE: {
            "ssid": Variant("ay", bytes(request.ssid)),
            "mode": Variant("s", "infrastructure"),
            "hidden": Variant("b", request.hidden),
        },
        "ipv4": {"method": Variant("s", "auto")},
        "ipv6": {"method": Variant("s", "auto")},
        "user": _user(
            {
                _ATTEMPT_KEY: plan.attempt,
                _CHECKPOINT_KEY: mark.checkpoint,
                _BEFORE_KEY: mark.before,
            }
        ),
    }
    if interface:
        settings["connection"]["interface-name"] = Variant("s", interface)
    if plan.bssid is not None:
        settings[TYPE]["bssid"] = Variant("ay", bytes.fromhex(plan.bssid.replace(":", "")))
    if plan.present_as is not None:
        settings[TYPE][_SHOWN_ADDRESS] = Variant("s", str(plan.present_as))
    if plan.key_management is not KeyManagement.NONE:
        settings[SECURITY] = {"key-mgmt": Variant("s", plan.key_management.value)}
        if request.passphrase is not None:
            settings[SECURITY]["psk"] = Variant("s", request.passphrase.reveal())
    return settings


def rehearsal_settings(settings: Settings, profile_uuid: str, *, interface: str) -> Settings:
    """A copy of a station's profile for another interface of the same radio, secrets included.

    It brings neither a default route nor name servers: our hotspot's guests are not to notice.
    """
    copy = {section: dict(keys) for section, keys in settings.items() if section != "user"}
    for section, key in ((TYPE, "mac-address"), ("connection", "timestamp"), (TYPE, "seen-bssids")):
        copy[section].pop(key, None)
    copy["connection"] |= {
        "uuid": Variant("s", profile_uuid),
        "interface-name": Variant("s", interface),
        "autoconnect": Variant("b", False),
    }
    for family in ("ipv4", "ipv6"):
        copy.setdefault(family, {"method": Variant("s", "auto")}).update(
            {"never-default": Variant("b", True), "ignore-auto-dns": Variant("b", True)}
        )
    return copy


def hotspot_settings(hotspot: HotspotSettings, profile_uuid: str, *, interface: str) -> Settings:
    """The hotspot's profile: WPA2-PSK/CCMP on a fixed 2.4 GHz channel, never by itself."""
    address = ipaddress.IPv4Interface(hotspot.address)
    pmf = Pmf.OPTIONAL if hotspot.management_frame_protection else Pmf.DISABLE
    settings: Settings = {
        "connection": {
            "id": Variant("s", hotspot.profile_name),
            "uuid": Variant("s", profile_uuid),
            "type": Variant("s", TYPE),
            "autoconnect": Variant("b", False),
        },
        TYPE: {
            "ssid": Variant("ay", bytes(hotspot.ssid)),
            "mode": Variant("s", "ap"),
            "band": Variant("s", "bg"),
            "channel": Variant("u", hotspot.channel),
        },
        SECURITY: {
            "key-mgmt": Variant("s", "wpa-psk"),
            "psk": Variant("s", hotspot.passphrase.reveal()),
            "proto": Variant("as", ["rsn"]),
            "pairwise": Variant("as", ["ccmp"]),
            "group": Variant("as", ["ccmp"]),
            "pmf": Variant("i", pmf.value),
        },
        "ipv4": {
            "method": Variant("s", "shared"),
            "address-data": Variant(
                "aa{sv}",
                [
                    {
                        "address": Variant("s", str(address.ip)),
                        "prefix": Variant("u", address.network.prefixlen),
                    }
                ],
            ),
        },
        "ipv6": {"method": Variant("s", "disabled")},
    }
    if interface:
        settings["connection"]["interface-name"] = Variant("s", interface)
    return settings


def softap_uuid(interface: str) -> str:
    """The UUID of the SoftAP's profile on that interface, always the same: so it is known by it."""
    return str(uuid.uuid5(_SOFTAPS, interface))


def is_softap(settings: Plain) -> bool:
    """Whether these are settings of a SoftAP of ours."""
    connection = settings.get("connection", {})
    return connection.get("uuid") == softap_uuid(str(connection.get("interface-name", "")))


def softap_settings(
    softap: SoftApSettings,
    *,
    interface: str,
    channel: int,
    bssid: MacAddress,
    passphrase: Passphrase,
) -> Settings:
    """The SoftAP's profile: as a hotspot's, with ``bssid`` for an address whatever the default."""
    hotspot = HotspotSettings(
        profile_name=softap.profile_name,
        ssid=softap.ssid,
        passphrase=passphrase,
        channel=channel,
        address=softap.address,
        management_frame_protection=softap.management_frame_protection,
    )
    settings = hotspot_settings(hotspot, softap_uuid(interface), interface=interface)
    settings[TYPE][_SHOWN_ADDRESS] = Variant("s", str(bssid))
    return settings


def same(wanted: Settings, stored: Plain, psk: str | None) -> bool:
    """Whether a stored profile says everything that is wanted, secret included."""
    plain: Plain = unpack_variants(wanted)
    have = stored | {SECURITY: stored.get(SECURITY, {}) | {"psk": psk}}
    return all(
        value == have.get(section, {}).get(key, _DEFAULTS.get((section, key)))
        for section, keys in plain.items()
        for key, value in keys.items()
    )


def read_profile(settings: Plain, flags: int, *, active: bool) -> Profile | None:
    """The profile in these settings, or ``None`` when they are not a WiFi profile."""
    connection, wifi = settings.get("connection", {}), settings.get(TYPE)
    if connection.get("type") != TYPE or wifi is None:
        return None
    try:
        ssid = Ssid(bytes(wifi.get("ssid", b"")))
    except InvalidInput:
        ssid = None
    hotspot = wifi.get("mode") == "ap"
    return Profile(
        uuid=str(connection.get("uuid", "")),
        name=str(connection.get("id", "")),
        kind=ProfileKind.HOTSPOT if hotspot else ProfileKind.STATION,
        ssid=ssid,
        autoconnect=bool(connection.get("autoconnect", True)),
        active=active,
        trial=bool(flags & ConnectionFlags.VOLATILE),
        priority=int(connection.get("autoconnect-priority", 0)),
        hidden=bool(wifi.get("hidden", False)),
    )


def mark_of(settings: Plain) -> Mark | None:
    """The mark of a profile that was once on trial."""
    data: dict[str, str] = settings.get("user", {}).get("data", {})
    if _ATTEMPT_KEY not in data:
        return None
    return Mark(checkpoint=data.get(_CHECKPOINT_KEY, ""), before=data.get(_BEFORE_KEY, ""))


_DEFAULTS: dict[tuple[str, str], Any] = {
    ("connection", "autoconnect"): True,
    (SECURITY, "pmf"): Pmf.DEFAULT.value,
}


def _user(data: dict[str, str]) -> dict[str, Variant]:
    return {"data": Variant("a{ss}", {key: value for key, value in data.items() if value})}
