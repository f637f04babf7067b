"""A brand's colour can always be read, whatever it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstlight.web.portal.colour import (
    DARK_GROUND,
    LIGHT_GROUND,
    READABLE,
    contrast,
    parsed,
    readable_on,
    stylesheet,
    text_on,
)

COLOURS = st.tuples(*[st.integers(0, 255)] * 3)


@given(COLOURS)
def test_it_is_readable_on_both_grounds_and_so_is_text_on_it(colour: tuple[int, int, int]) -> None:
    for ground in (LIGHT_GROUND, DARK_GROUND):
        accent = readable_on(ground, colour)
        assert contrast(accent, ground) >= READABLE
        assert contrast(text_on(accent), accent) >= READABLE


def test_one_that_is_readable_stays() -> None:
    assert readable_on(LIGHT_GROUND, (0xA8, 0x4A, 0)) == (0xA8, 0x4A, 0)


@pytest.mark.parametrize(
    ("one", "other", "ratio"), [((0, 0, 0), (255, 255, 255), 21.0), ((9, 9, 9), (9, 9, 9), 1.0)]
)
def test_contrast_as_it_is_defined(one: object, other: object, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio)  # type: ignore[arg-type]


@given(st.text(max_size=20))
def test_what_is_no_colour_makes_no_style(text: str) -> None:
    if parsed(text) is None:
        assert stylesheet(text) == ""


def test_the_style_has_both_schemes() -> None:
    style = stylesheet("#ffd400")
    assert "prefers-color-scheme: dark" in style
    assert style.count("--accent: #") == style.count("--on-accent: #") == 2
