"""Every system's own look for the internet, and the answer that satisfies it.

Each asks for one page whose answer it knows. A redirection in its place tells it that there is a
portal, and it opens that by itself; the known answer lets it close the portal again. The answers
are those that the systems' own servers give, as public sources have them:
``tests/api/recorded/probes.toml`` names those.
"""

from collections.abc import Mapping

import msgspec


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the system expects of the real internet."""

    status: int = 200
    kind: str = "text/plain"
    body: bytes = b""
    headers: Mapping[str, str] = {}


class Probe(msgspec.Struct, frozen=True, kw_only=True):
    """``hosts`` empty: the path alone tells, whatever name it is asked for under.

    ``online``: the answer once there is nothing to sign in to; ``None``: the portal, always, for
    what only ever is opened by a person.
    """

    system: str
    paths: tuple[str, ...]
    online: Answer | None
    hosts: tuple[str, ...] = ()


_NO_CONTENT = Answer(status=204)
_NETWORK_MANAGER = Answer(
    kind="text/plain",
    body=b"NetworkManager is online\n",
    headers={"X-NetworkManager-Status": "online"},
)

PROBES: tuple[Probe, ...] = (
    Probe(system="Android", paths=("/generate_204", "/gen_204"), online=_NO_CONTENT),
    Probe(
        system="Apple",
        paths=("/hotspot-detect.html", "/library/test/success.html"),
        online=Answer(
            kind="text/html",
            body=b"<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>\n",
        ),
    ),
    Probe(
        system="Windows",
        paths=("/connecttest.txt",),
        online=Answer(body=b"Microsoft Connect Test"),
    ),
    Probe(system="Windows", paths=("/ncsi.txt",), online=Answer(body=b"Microsoft NCSI")),
    Probe(
        system="Windows",
        paths=("/redirect",),
        hosts=("www.msftconnecttest.com", "ipv6.msftconnecttest.com", "www.msftncsi.com"),
        online=None,
    ),
    Probe(
        system="Firefox",
        paths=("/canonical.html",),
        online=Answer(
            kind="text/html",
            body=b'<meta http-equiv="refresh" '
            b'content="0;url=https://support.mozilla.org/kb/captive-portal"/>',
        ),
    ),
    Probe(system="Firefox", paths=("/success.txt",), online=Answer(body=b"success\n")),
    Probe(
        system="GNOME",
        paths=("/check_network_status.txt", "/nm", "/nm-check.txt"),
        online=_NETWORK_MANAGER,
    ),
    Probe(
        system="Ubuntu",
        paths=("/",),
        hosts=("connectivity-check.ubuntu.com",),
        online=Answer(status=204, headers={"X-NetworkManager-Status": "online"}),
    ),
    Probe(
        system="Fedora",
        paths=("/static/hotspot.txt",),
        hosts=("fedoraproject.org",),
        online=Answer(body=b"OK", headers={"X-NetworkManager-Status": "online"}),
    ),
    Probe(
        system="KDE",
        paths=("/",),
        hosts=("networkcheck.kde.org",),
        online=Answer(body=b"OK\n"),
    ),
    Probe(
        system="Kindle",
        paths=("/kindle-wifi/wifistub.html", "/kindle-wifi/wifistub-eink.html"),
        online=Answer(
            kind="text/html",
            body=b"<html><head><title>Kindle Reachability Probe Page</title></head>"
            b"<body>81ce4465-7167-4dcb-835b-dcc9e44c112a</body></html>",
        ),
    ),
    Probe(
        system="Kindle",
        paths=("/kindle-wifi/wifiredirect.html",),
        online=None,
    ),
)


def probe_for(host: str, path: str) -> Probe | None:
    """Which one it is, if it is one. ``host`` in lower case, without port."""
    for probe in PROBES:
        if path in probe.paths and (not probe.hosts or host in probe.hosts):
            return probe
    return None
