"""Keys and variables of the configuration: from its shape, with the words of meanings.toml."""

import tomllib
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, cast

import msgspec
from drawing.text import table
from msgspec.inspect import (
    EnumType,
    FloatType,
    IntType,
    StrType,
    StructType,
    Type,
    UnionType,
    VarTupleType,
    type_info,
)

from firstlight import config
from firstlight.config import Config

_MEANINGS = tomllib.loads(Path(__file__).with_name("meanings.toml").read_text("utf-8"))


def keys() -> Iterator[str]:
    """A table for each section. Raises ``KeyError`` where words are missing or of no key."""
    described = dict(_MEANINGS["keys"])
    for section, fields in _sections():
        rows = [
            _row(f"{section}.{name}" if section else name, *about, described)
            for name, *about in fields
        ]
        yield from ["", f"### {f'`[{section}]`' if section else 'Before any section'}", ""]
        yield from table(["Key", "Default", "Meaning"], *rows)
    if described:
        raise KeyError(f"meanings.toml describes what is no key: {sorted(described)}")
    yield ""


def variables() -> Iterator[str]:
    """The environment, the variables with two names first."""
    described = dict(_MEANINGS["variables"])
    shared = [*config._SWITCHES, "PROVISIONING_TOKEN"]
    own = [name for name in (*config._FLAG_VARIABLES, "CONFIG") if name not in shared]
    first, second = config._FAMILIES
    rows = [[f"`{first}_{name}`", f"`{second}_{name}`", described.pop(name)] for name in shared]
    rows += [[f"`{first}_{name}`", "", described.pop(name)] for name in own]
    if described:
        raise KeyError(f"meanings.toml describes what is no variable: {sorted(described)}")
    yield ""
    yield from table(["Variable", "Also accepted as", "Effect"], *rows)
    yield ""


def _sections() -> Iterator[tuple[str, list[tuple[str, Type, Any]]]]:
    """Those before any section first, as TOML wants it."""
    default = Config()
    whole = cast("StructType", type_info(Config))
    plain = [one for one in whole.fields if not isinstance(one.type, StructType)]
    yield "", [(one.name, one.type, getattr(default, one.name)) for one in plain]
    for section in whole.fields:
        if isinstance(section.type, StructType):
            values = getattr(default, section.name)
            inner = section.type.fields
            yield section.name, [(one.name, one.type, getattr(values, one.name)) for one in inner]


def _row(key: str, kind: Type, default: object, described: dict[str, Any]) -> list[str]:
    words = described.pop(key)
    shown, meaning = words if isinstance(words, list) else (_shown(default), words)
    bounds = " ".join(_bounds(kind))
    return [f"`{key}`", shown, f"{meaning}. Allowed: {bounds}" if bounds else meaning]


def _shown(default: object) -> str:
    """As TOML has it."""
    match default:
        case None | "" | ():
            return "none"
        case Enum():
            return f'`"{default.value}"`'
        case str():
            return f'`"{default}"`'
        case _:
            return f"`{msgspec.json.encode(default).decode()}`"


def _bounds(kind: Type) -> Iterator[str]:
    match kind:
        case UnionType():
            for one in kind.types:
                yield from _bounds(one)
        case EnumType():
            yield ", ".join(f"`{one.value}`" for one in kind.cls)
        case VarTupleType(item_type=EnumType()):
            yield from _bounds(kind.item_type)
        case IntType() | FloatType():
            yield from _range(kind)
        case StrType(min_length=int(), max_length=int()):
            yield f"{kind.min_length} to {kind.max_length} characters"
        case StrType(max_length=int()):
            yield f"at most {kind.max_length} characters"
        case _:
            pass


def _range(kind: IntType | FloatType) -> Iterator[str]:
    if kind.ge is not None and kind.le is not None:
        yield f"{kind.ge} to {kind.le}"
    elif kind.gt is not None and kind.le is not None:
        yield f"more than {kind.gt}, at most {kind.le}"
    elif (kind.ge, kind.gt, kind.le, kind.lt) != (None,) * 4:
        raise ValueError(f"no words for the bounds of {kind}")
