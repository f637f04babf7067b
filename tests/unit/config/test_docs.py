"""docs/configuration.md names every key and every variable, with the defaults that there are."""

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from tests.unit.config.test_sources import VARIABLES

from firstlight.config import Config

PAGE = Path(__file__).parents[3].joinpath("docs/configuration.md").read_text()
ROWS = {found[1]: found[2] for found in re.finditer(r"(?m)^\| `([a-z_.]+)` \| ([^|]*) \|", PAGE)}


def keys(values: dict[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from keys(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


EVERY = dict(keys(msgspec.to_builtins(Config())))


def test_every_key_is_there_and_no_other() -> None:
    assert sorted(ROWS) == sorted(EVERY)


@pytest.mark.parametrize(
    "key", [key for key, value in EVERY.items() if value not in (None, "") and value != []]
)
def test_its_default_is_the_one_there_is(key: str) -> None:
    value = EVERY[key]
    if isinstance(value, str | int | float):
        shown = f'"{value}"' if isinstance(value, str) else str(value).lower()
        assert ROWS[key].startswith(f"`{shown}`")


@pytest.mark.parametrize("variable", VARIABLES)
def test_every_variable_is_there(variable: str) -> None:
    family, _, rest = variable.partition("_")
    assert f"`{variable}`" in PAGE or (family == "FIRSTLIGHT" and f"`_{rest}`" in PAGE)
