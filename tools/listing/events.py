"""Events: what one is made of, and every action with when it is told."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import msgspec
from drawing.text import table

from firstlight.model.event import Action, DeviceEvent, EventType
from listing.schemas import REF, described

_MOMENTS: dict[str, str] = tomllib.loads(
    Path(__file__).with_name("moments.toml").read_text("utf-8")
)


def fields() -> Iterator[str]:
    """The fields of an event; the types of their values are those of the HTTP API."""
    _, components = msgspec.json.schema_components([DeviceEvent], ref_template=REF)
    yield ""
    yield from described("DeviceEvent", components["DeviceEvent"], elsewhere="api.md")


def moments() -> Iterator[str]:
    """When each is told, by what a hook calls it."""
    named = [
        *(kind.value for kind in (EventType.STATUS, EventType.SYSTEM)),
        *(one.value for one in Action),
    ]
    if set(named) != set(_MOMENTS):
        raise KeyError(f"moments.toml is not about {sorted(set(named) ^ set(_MOMENTS))}")
    yield ""
    yield from table(["Event", "When"], *([f"`{name}`", _MOMENTS[name]] for name in named))
    yield ""
