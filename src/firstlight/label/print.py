"""The label as pixels, for printers that take no drawing. Needs Pillow, the extra ``label``."""

import io
from typing import Any

from firstlight.errors import NotPermitted
from firstlight.label.qr import code
from firstlight.label.sticker import Sticker, layout, qr_text

DPI = 300

_INCH = 25.4


def sticker_png(sticker: Sticker) -> bytes:
    """At 300 dots an inch. Raises ``NotPermitted`` where Pillow is not installed."""
    try:
        from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415  optional, and large
    except ImportError as error:
        raise NotPermitted(
            "PNG labels need Pillow, which is not installed.",
            hint="pip install 'firstlight[label]', or apt install python3-pil; SVG needs nothing.",
        ) from error
    plan = layout(sticker)
    image = Image.new("L", (_dots(sticker.width), _dots(sticker.height)), 255)
    draw: Any = ImageDraw.Draw(image)
    rows = [list(row) for row in code(qr_text(sticker)).matrix]
    left, top, side = plan.qr
    unit = max(1, _dots(side) // len(rows))
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                at = (_dots(left) + x * unit, _dots(top) + y * unit)
                draw.rectangle((*at, at[0] + unit - 1, at[1] + unit - 1), fill=0)
    for line in plan.lines:
        font = ImageFont.load_default(size=_dots(line.size))
        bold = 1 if line.bold else 0
        place = (_dots(line.x), _dots(line.y))
        draw.text(place, line.text, fill=0, font=font, anchor="ls", stroke_width=bold)
    out = io.BytesIO()
    image.save(out, "PNG", dpi=(DPI, DPI))
    return out.getvalue()


def _dots(millimetres: float) -> int:
    return round(millimetres * DPI / _INCH)
