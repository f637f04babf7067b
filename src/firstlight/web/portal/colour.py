"""A brand's one colour, made fit to be read on light and on dark ground (WCAG 2.2, 1.4.3)."""

import re

RGB = tuple[int, int, int]

READABLE = 4.5
"""The least contrast of text."""

LIGHT_GROUND: RGB = (0xFA, 0xF7, 0xF2)
DARK_GROUND: RGB = (0x1E, 0x1B, 0x17)

_BLACK: RGB = (0, 0, 0)
_WHITE: RGB = (255, 255, 255)
_FORM = re.compile(r"#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})")
_STEPS = 50


def parsed(text: str) -> RGB | None:
    """``#rrggbb``; ``None`` for anything else."""
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    red, green, blue = (int(part, 16) for part in found.groups())
    return red, green, blue


def contrast(one: RGB, other: RGB) -> float:
    """1 to 21, as WCAG counts it."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable_on(ground: RGB, colour: RGB) -> RGB:
    """That colour, made darker on light ground or lighter on dark until it can be read there."""
    end = _BLACK if _luminance(ground) > _luminance(_WHITE) / 2 else _WHITE
    for step in range(_STEPS + 1):
        mixed = _mix(colour, end, step / _STEPS)
        if contrast(mixed, ground) >= READABLE:
            return mixed
    return end


def text_on(colour: RGB) -> RGB:
    """Black or white, whichever is read better on it."""
    return max((_BLACK, _WHITE), key=lambda one: contrast(one, colour))


def stylesheet(text: str) -> str:
    """The variables of a brand's colour; nothing without one."""
    colour = parsed(text)
    if colour is None:
        return ""
    light, dark = readable_on(LIGHT_GROUND, colour), readable_on(DARK_GROUND, colour)
    return (
        f":root {{ {_variables(light, colour)} }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ {_variables(dark, colour)} }} }}\n"
    )


def _variables(accent: RGB, glow: RGB) -> str:
    red, green, blue = glow
    return (
        f"--accent: {_hex(accent)}; --on-accent: {_hex(text_on(accent))}; "
        f"--glow: {red} {green} {blue};"
    )


def _mix(one: RGB, other: RGB, share: float) -> RGB:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _luminance(colour: RGB) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004


def _hex(colour: RGB) -> str:
    return "#" + "".join(f"{part:02x}" for part in colour)
