"""The label on the box: what a person needs who has nothing but the box and a phone."""

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

import msgspec

from firstlight.label.qr import code, wifi_text
from firstlight.model.text import plain

WIDTHS = (40, 150)
HEIGHTS = (25, 100)

_MARGIN = 2.0
_LINE = 1.35
_GAP = 1.0
_SMALL, _LARGE = 2.2, 3.2
# A character of a sans-serif face is about so wide, in its own height.
_CHARACTER = 0.56


class Sticker(msgspec.Struct, frozen=True, kw_only=True):
    """What stands on it. ``width`` and ``height`` in millimetres. No password: none is printed."""

    brand: str
    ssid: bytes
    password: str
    device_id: str
    address: str
    width: int = 62
    height: int = 40


class Line(msgspec.Struct, frozen=True):
    """A line of text; ``y`` is its base, ``size`` its height, in millimetres."""

    text: str
    x: float
    y: float
    size: float
    bold: bool = False


class Layout(msgspec.Struct, frozen=True):
    """Where everything goes. ``qr``: left, top and side of the code, without its quiet zone."""

    lines: tuple[Line, ...]
    qr: tuple[float, float, float]


def layout(sticker: Sticker) -> Layout:
    """The code on the left, words on the right, cut to the room that there is."""
    side = min(sticker.height - 2 * _MARGIN - 2, sticker.width * 0.45)
    left = _MARGIN + side + 2 * _MARGIN
    room = sticker.width - left - _MARGIN
    words = list(_words(sticker))
    needed = sum(size * _LINE + (_GAP if bold else 0.0) for _, size, bold in words)
    scale = min(1.0, (sticker.height - 2 * _MARGIN) / needed)
    y = _MARGIN
    lines: list[Line] = []
    for text, size, bold in words:
        y += size * scale
        lines.append(_fitted(Line(text, left, y, round(size * scale, 2), bold), room))
        y += (size * (_LINE - 1) + (_GAP if bold else 0.0)) * scale
    return Layout(tuple(lines), (_MARGIN, (sticker.height - side) / 2, side))


def qr_text(sticker: Sticker) -> str:
    """What its code says: the WiFi, or without a password the page's address."""
    return wifi_text(sticker.ssid, sticker.password) if sticker.password else sticker.address


def sticker_svg(sticker: Sticker) -> bytes:
    """As a drawing in millimetres."""
    plan = layout(sticker)
    size = f'width="{sticker.width}mm" height="{sticker.height}mm"'
    box = f'viewBox="0 0 {sticker.width} {sticker.height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box}>',
        f"<title>{escape(plain(sticker.device_id))}</title>",
        '<rect width="100%" height="100%" fill="#fff"/>',
        _modules(sticker, plan),
        *(_text(line) for line in plan.lines),
        "</svg>",
    ]
    return "\n".join(parts).encode()


def _words(sticker: Sticker) -> Iterator[tuple[str, float, bool]]:
    yield sticker.brand, _LARGE, True
    yield "WiFi", _SMALL, False
    yield sticker.ssid.decode(errors="replace"), _LARGE, True
    if sticker.password:
        yield "Password", _SMALL, False
        yield sticker.password, _LARGE, True
    yield sticker.address, _SMALL, False
    yield sticker.device_id, _SMALL, False


def _fitted(line: Line, room: float) -> Line:
    """Smaller where it would not fit."""
    text = plain(line.text)
    needed = max(1, len(text)) * _CHARACTER * line.size
    size = line.size if needed <= room else round(line.size * room / needed, 2)
    return Line(text, round(line.x, 2), round(line.y, 2), size, line.bold)


def _modules(sticker: Sticker, plan: Layout) -> str:
    left, top, side = plan.qr
    rows = [list(row) for row in code(qr_text(sticker)).matrix]
    unit = side / len(rows)
    path = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    )
    place = f"translate({left:.3f} {top:.3f}) scale({unit:.5f})"
    return f'<path fill="#000" transform={quoteattr(place)} d="{path}"/>'


def _text(line: Line) -> str:
    weight = ' font-weight="700"' if line.bold else ""
    return (
        f'<text x="{line.x}" y="{line.y}" font-size="{line.size}"{weight} '
        f'font-family="sans-serif" fill="#000">{escape(line.text)}</text>'
    )
