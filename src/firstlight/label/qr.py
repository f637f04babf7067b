r"""QR codes, and the text in them that joins a WiFi.

The text is ZXing's ``WIFI:`` form, which the WPA3 specification (7.1) took over: fields that end in
``;``, with ``\``, ``;``, ``,``, ``:`` and ``"`` escaped by a backslash. A value that could be read
as hexadecimal digits is put in quotes, so that it is read as text.
"""

import io
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import segno

_SPECIAL = re.compile(r'([\\;,:"])')
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_QUIET_ZONE = 4


def wifi_text(ssid: bytes, password: str, *, hidden: bool = False) -> str:
    """What a phone's camera takes for an offer to join. An empty password: an open network.

    An SSID that is no UTF-8 is read as Latin-1, for the form knows text only.
    """
    kind = f"T:WPA;S:{_name(ssid)};P:{_value(password)};" if password else f"S:{_name(ssid)};"
    return f"WIFI:{kind}{'H:true;' if hidden else ''};"


def svg(text: str) -> bytes:
    """A picture of it, black on white, that scales: no style of its own, so any CSP lets it be."""
    out = io.BytesIO()
    code(text).save(
        out,
        kind="svg",
        border=_QUIET_ZONE,
        light="#fff",
        dark="#000",
        xmldecl=False,
        omitsize=True,
        svgclass=None,
        lineclass=None,
    )
    return out.getvalue()


def png(text: str, *, scale: int = 8) -> bytes:
    """The same as pixels, ``scale`` to a module."""
    out = io.BytesIO()
    code(text).save(out, kind="png", border=_QUIET_ZONE, scale=scale)
    return out.getvalue()


def terminal(text: str) -> str:
    """For a dark or a light terminal, two modules to a character."""
    out = io.StringIO()
    code(text).terminal(out, border=_QUIET_ZONE, compact=True)
    return out.getvalue()


def code(text: str) -> "segno.QRCode":
    """With 15 % to spare for dirt.

    Always UTF-8, which readers try first where a code does not say what it is: the Latin-1 that a
    shorter code could do with, some take for Shift JIS.
    """
    import segno  # noqa: PLC0415  imported when the first is drawn

    return segno.make_qr(text, error="m", boost_error=True, encoding="utf-8")


def _name(ssid: bytes) -> str:
    try:
        return _value(ssid.decode())
    except UnicodeDecodeError:
        return _value(ssid.decode("latin-1"))


def _value(text: str) -> str:
    escaped = _SPECIAL.sub(r"\\\1", text)
    return f'"{escaped}"' if _HEX.fullmatch(text) else escaped
