"""Where in a value from outside a fault is, and which type belongs there.

msgspec tells the place as a path in which every key of an object is ``[...]``. People need the key.
"""

import re
import types
import typing
from typing import Annotated, Any, NamedTuple

import msgspec
from msgspec import UNSET, Meta, UnsetType

_STEP = re.compile(r"\.(?P<field>[^.\[\]]+)|\[(?P<index>\d+)\]|\[(?P<key>\.\.\.)\]")
_KEY_OF = re.compile(r"^`?key`? in `?(?P<path>\$.*)$")


class Place(NamedTuple):
    """``field`` as a person would write it, and what may stand there, if that is known."""

    field: str
    type: Any = Any
    is_key: bool = False


class Leaf(NamedTuple):
    """What a type is made of, once all that is optional is taken off."""

    kinds: tuple[Any, ...]
    metas: tuple[Meta, ...]


def located(path: str, value: object, kind: Any) -> Place:
    """The place that msgspec calls ``path`` (``$.ports[...].id``) in a value meant for ``kind``."""
    of_key = _KEY_OF.match(path)
    place = _Walk(value, kind)
    for step in _STEP.finditer((of_key["path"] if of_key else path).removeprefix("$")):
        place.take(step)
    return place.at_key() if of_key else Place(place.field, place.type)


def leaf(type_: Any) -> Leaf:
    """The plain types behind annotations and alternatives, without "absent" and null."""
    origin, given = typing.get_origin(type_), typing.get_args(type_)
    if origin is Annotated:
        inner = leaf(given[0])
        own = tuple(one for one in given[1:] if isinstance(one, Meta))
        return Leaf(inner.kinds, inner.metas + own)
    if origin in {typing.Union, types.UnionType}:
        inner = [leaf(one) for one in given if one not in {UnsetType, type(None)}]
        return Leaf(
            tuple(kind for one in inner for kind in one.kinds),
            tuple(meta for one in inner for meta in one.metas),
        )
    return Leaf((type_,), ())


class _Walk:
    """From the whole value to the place, with the value and its type beside each other."""

    def __init__(self, value: object, kind: Any) -> None:
        self.field = ""
        self.value = value
        self.type: Any = kind

    def take(self, step: re.Match[str]) -> None:
        if step["field"]:
            self._into_field(step["field"])
        elif step["index"]:
            self._into_list(int(step["index"]))
        else:
            self._into_object()

    def at_key(self) -> Place:
        """The object's key that is wrong."""
        key_type = self._arguments(2)[0]
        for key in _as_object(self.value):
            if not _fits(key, key_type):
                return Place(f"{self.field}.{key}" if self.field else key, key_type, is_key=True)
        return Place(self.field, key_type, is_key=True)

    def _into_field(self, name: str) -> None:
        self.field = f"{self.field}.{name}" if self.field else name
        self.value = _as_object(self.value).get(name, UNSET)
        self.type = next(
            (
                field.type
                for kind in leaf(self.type).kinds
                if isinstance(kind, type) and issubclass(kind, msgspec.Struct)
                for field in msgspec.structs.fields(kind)
                if field.encode_name == name
            ),
            Any,
        )

    def _into_list(self, index: int) -> None:
        self.field = f"{self.field}[{index}]"
        self.type = self._arguments(1)[0]
        items = typing.cast("list[object]", self.value) if isinstance(self.value, list) else []
        self.value = items[index] if index < len(items) else UNSET

    def _into_object(self) -> None:
        """The first key whose value is wrong is the one that msgspec stopped at."""
        self.type = self._arguments(2)[1]
        for key, value in _as_object(self.value).items():
            if not _fits(value, self.type):
                self.field = f"{self.field}.{key}" if self.field else key
                self.value = value
                return
        self.field = f"{self.field}[...]"
        self.value = UNSET

    def _arguments(self, count: int) -> tuple[Any, ...]:
        for kind in leaf(self.type).kinds:
            given = typing.get_args(kind)
            if given:
                return (*given, Any)[:count]
        return (Any,) * count


def _as_object(value: object) -> dict[str, object]:
    return typing.cast("dict[str, object]", value) if isinstance(value, dict) else {}


def _fits(value: object, type_: Any) -> bool:
    try:
        msgspec.convert(value, type_)
    except msgspec.ValidationError:
        return False
    return True
