"""What a ``provisioning.json`` says, whoever wrote it: this Firstlight, a newer one, or a fault.

Every value is looked at by itself, so that one that doesn't fit takes no other with it. Keys that
this version does not know belong to a newer one; they are carried along as they stand.
"""

from collections.abc import Collection, Mapping
from itertools import islice
from typing import Any

import msgspec
from msgspec.structs import fields, replace

from firstlight.model.kept import Kept
from firstlight.model.text import plain

LIMIT = 2**20
"""Bytes. A file that is larger was not written by Firstlight."""

_TYPES: dict[str, Any] = {field.encode_name: field.type for field in fields(Kept)}
_NAMES = {field.encode_name: field.name for field in fields(Kept)}
_MODE = "device.mode"
_NAMED, _NAME_LENGTH = 5, 60

_Unreadable = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


class Understood(msgspec.Struct, frozen=True, kw_only=True):
    """``foreign``: keys of a newer version, their values in JSON as they stand.

    ``damage`` says in words what makes the file one to be set aside; empty when nothing does.
    ``remarks`` do so for what is kept and worth a word.
    """

    kept: Kept = Kept()
    foreign: Mapping[str, bytes] = {}
    damage: str = ""
    remarks: tuple[str, ...] = ()


def understood(content: bytes) -> Understood:
    """Keep what can be kept. Never raises."""
    if len(content) > LIMIT:
        return Understood(damage=f"is larger than {LIMIT // 2**20} MiB")
    try:
        raw = msgspec.json.decode(content, type=dict[str, msgspec.Raw])
    except msgspec.ValidationError:
        return Understood(damage="is not an object")
    except _Unreadable as error:
        return Understood(damage=f"is damaged ({error})")
    return _sorted_out({key: bytes(value) for key, value in raw.items()})


def written(kept: Kept, foreign: Mapping[str, bytes]) -> bytes:
    """The file that says this, a key a line."""
    known = msgspec.json.decode(msgspec.json.encode(kept), type=dict[str, msgspec.Raw])
    lines = [
        b"  %b: %b" % (msgspec.json.encode(key), bytes(value))
        for key, value in (*known.items(), *foreign.items())
    ]
    return b"{\n" + b",\n".join(lines) + b"\n}\n"


def _sorted_out(raw: dict[str, bytes]) -> Understood:
    fitting: dict[str, object] = {}
    foreign: dict[str, bytes] = {}
    refused: list[str] = []
    remarks: list[str] = []
    for key, value in raw.items():
        try:
            decoded: object = msgspec.json.decode(value, type=_TYPES.get(key, Any))
        except _Unreadable:
            if key == _MODE and _is_text(value):
                remarks.append(
                    f"has a {_MODE} that is new to this version; it reads as provisioning"
                )
            else:
                refused.append(key)
            continue
        if key in _NAMES:
            fitting[_NAMES[key]] = decoded
        else:
            foreign[key] = value
    if foreign:
        remarks.append(f"has keys that are new to this version; they are kept: {_listed(foreign)}")
    return Understood(
        kept=replace(Kept(), **fitting),
        foreign=foreign,
        damage=f"has values that don't fit: {_listed(refused)}" if refused else "",
        remarks=tuple(remarks),
    )


def _is_text(value: bytes) -> bool:
    """Whether it is text at all: an unknown mode reads as ``provisioning``, by the contract."""
    try:
        return isinstance(msgspec.json.decode(value), str)
    except _Unreadable:
        return False


def _listed(keys: Collection[str]) -> str:
    """The first few by name; a name may be anything."""
    shown = [
        plain(key if len(key) <= _NAME_LENGTH else f"{key[:_NAME_LENGTH]}…")
        for key in islice(keys, _NAMED)
    ]
    if len(keys) > _NAMED:
        shown.append(f"and {len(keys) - _NAMED} more")
    return ", ".join(shown)
