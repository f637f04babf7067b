"""Contrast of the page's colours (WCAG 2.2, 1.4.3 and 1.4.11), light and dark."""

import re
from pathlib import Path

import pytest

from firstlight.web import portal

CSS = (Path(portal.__file__).parent / "static" / "firstlight.css").read_text()
THEMES = dict(zip(("light", "dark"), re.findall(r":root \{(.*?)\}", CSS, re.DOTALL), strict=True))

TEXT = [
    ("ink", "ground"),
    ("ink", "card"),
    ("quiet", "ground"),
    ("quiet", "card"),
    ("accent", "ground"),
    ("accent", "card"),
    ("on-accent", "accent"),
    ("danger", "card"),
]
SHAPES = [("quiet", "ground"), ("quiet", "card"), ("danger", "ground"), ("accent", "card")]


def colour(theme: str, name: str) -> str:
    found = re.search(rf"--{name}: #([0-9a-f]{{6}});", THEMES[theme])
    assert found, f"{name} is not a colour of the {theme} theme"
    return found[1]


def luminance(digits: str) -> float:
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_itself() -> None:
    assert contrast("000000", "ffffff") == pytest.approx(21)
    assert contrast("767676", "ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("front", "back"), TEXT)
def test_text_can_be_read(theme: str, front: str, back: str) -> None:
    assert contrast(colour(theme, front), colour(theme, back)) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("front", "back"), SHAPES)
def test_shapes_can_be_seen(theme: str, front: str, back: str) -> None:
    assert contrast(colour(theme, front), colour(theme, back)) >= 3
