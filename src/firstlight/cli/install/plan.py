"""Which files a system gets, and what stands in them. Pure: nothing is read or written here."""

import ipaddress
from pathlib import PurePosixPath

import msgspec

from firstlight.config import Config

DROP_IN = PurePosixPath("/etc/NetworkManager/dnsmasq-shared.d/firstlight.conf")
UNIT = PurePosixPath("/etc/systemd/system/firstlight.service")
CLAIM_UNIT = PurePosixPath("/etc/systemd/system/firstlight-claim.service")
USER = PurePosixPath("/etc/sysusers.d/firstlight.conf")
BUS_POLICY = PurePosixPath("/etc/dbus-1/system.d/firstlight.conf")
POLKIT_RULES = PurePosixPath("/etc/polkit-1/rules.d/50-firstlight.rules")
TLS_FOLDER = PurePosixPath("/etc/firstlight/tls")
CERTIFICATE = TLS_FOLDER / "certificate.pem"
KEY = TLS_FOLDER / "key.pem"
MANIFEST = PurePosixPath("/etc/firstlight/installed.json")

MARK = "# Written by firstlight install; firstlight uninstall removes it."


class File(msgspec.Struct, frozen=True, kw_only=True):
    """One file. ``secret``: its content is not shown, and only its owner may read it."""

    path: PurePosixPath
    content: bytes
    why: str
    mode: int = 0o644
    secret: bool = False


def drop_in(config: Config) -> File:
    """DNS on the hotspot: every name is the device (dnsmasq(8), ``address``).

    With a certificate, DHCP option 114 names the Captive Portal API (RFC 8910); without one it is
    left out, because the API may only be asked over TLS (RFC 8908, 3).
    """
    address = ipaddress.IPv4Interface(config.hotspot.address).ip
    lines = [
        MARK,
        "# On connections that NetworkManager shares, every name leads to this device, so that",
        "# phones find its page. It counts from the next time that the hotspot goes up.",
        f"address=/#/{address}",
        "# Nobody else gives addresses here, so none has to be tried first, for three seconds.",
        "no-ping",
        "local-ttl=0",
        "no-resolv",
    ]
    if config.web.tls_certificate is not None:
        port = "" if config.web.tls_port == _HTTPS else f":{config.web.tls_port}"
        lines.append(f"dhcp-option-force=114,https://{address}{port}/api/captive")
    why = "every name on the hotspot leads to the device, so that its page opens by itself"
    return File(path=DROP_IN, content=("\n".join(lines) + "\n").encode(), why=why)


def program_trouble(program: str) -> str:
    """Why the packaged unit could not start that program, in a sentence; empty where it could."""
    if PurePosixPath(program).name == "__main__.py":
        return "`python -m firstlight` is no program that a unit could start"
    if hidden := next((one for one in _HIDDEN if program.startswith(f"{one}/")), ""):
        return f"{program} lies below {hidden}, which the unit's sandbox does not let it see"
    if any(char in _SPECIAL or char.isspace() for char in program):
        return f"{program} holds characters that mean something else in a unit"
    return ""


def unit(program: str, packaged: str) -> File:
    """The packaged unit, with the program that runs now."""
    text = packaged.replace("/usr/bin/firstlight", program)
    return File(
        path=UNIT, content=f"{MARK}\n{text}".encode(), why="systemd starts and hardens the daemon"
    )


def user(packaged: str) -> File:
    """The packaged user that the unit runs as."""
    return File(
        path=USER, content=f"{MARK}\n{packaged}".encode(), why="the user that the daemon runs as"
    )


def bus_policy(packaged: str) -> File:
    """The packaged policy of the system bus (dbus-daemon(1))."""
    return File(
        path=BUS_POLICY,
        content=packaged.encode(),  # what comes before its first line would make it no XML
        why="that user may talk to NetworkManager and wpa_supplicant",
    )


def polkit_rules(packaged: str) -> File:
    """The packaged rules (polkit(8))."""
    why = "what that user may ask of NetworkManager and systemd"
    return File(path=POLKIT_RULES, content=f"//{MARK[1:]}\n{packaged}".encode(), why=why)


def claim_unit(program: str, packaged: str) -> File:
    """The packaged unit that claims at boot, with the program that runs now."""
    text = packaged.replace("/usr/bin/firstlight", program)
    why = "systemd lets the device claim its configuration once at boot"
    return File(path=CLAIM_UNIT, content=f"{MARK}\n{text}".encode(), why=why)


def certificate(content: bytes, key: bytes) -> tuple[File, File]:
    """Both PEM files."""
    return (
        File(path=CERTIFICATE, content=content, why="the device's own certificate"),
        File(path=KEY, content=key, why="its private key", mode=0o600, secret=True),
    )


_HTTPS = 443
_HIDDEN = ("/home", "/root", "/run/user", "/tmp", "/var/tmp")  # noqa: S108  only compared
"""``ProtectHome`` and ``PrivateTmp`` (systemd.exec(5))."""
_SPECIAL = frozenset("%$\\\"'")
