"""Reads a world file, and says what is wrong with a bad one."""

import re
import tomllib
from collections.abc import Iterable, Sequence
from typing import Any, get_args

import msgspec

from firstlight.errors import ConfigError, InvalidInput
from firstlight.model.access_point import Security
from firstlight.model.mac import MacAddress
from firstlight.model.passphrase import Passphrase
from firstlight.model.ssid import Ssid
from firstlight.radio.simulated.description import (
    AccessPointTable,
    Description,
    Durations,
    RadioTable,
    SavedTable,
    StationTable,
)
from firstlight.radio.simulated.faults import (
    Dhcp,
    Fault,
    NetworkFault,
    PskChanged,
    Upstream,
)


def parse(text: str) -> Description:
    """Read a world file. Raises ``ConfigError`` naming the key by its path: ``faults[2].until``."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError("world", f"is not TOML: {error}") from error
    try:
        described = msgspec.convert(data, Description, dec_hook=_decode)
    except msgspec.ValidationError as error:
        raise _explained(str(error), data) from error
    bssids = [ap.address(number) for number, ap in enumerate(described.access_points)]
    _check_addresses("access_points", "bssid", bssids)
    _check_addresses("stations", "mac", [station.mac for station in described.stations])
    _check_faults(described)
    return described


def _decode(kind: type, value: Any) -> Any:
    """The types that TOML doesn't have. Raises ``ValueError``, which gets the key's path."""
    try:
        match value:
            case str() if kind is Ssid:
                return Ssid.from_text(value)
            case {"hex": str(digits), **others} if kind is Ssid and not others:
                return Ssid.from_hex(digits)
            case str() if kind is Passphrase:
                return Passphrase.parse(value, field="")
            case str() if kind is MacAddress:
                return MacAddress(value)
            case _ if kind is Ssid:
                raise ValueError('has to be text, or bytes written as { hex = "636166e9" }')
            case _:
                raise ValueError("has to be text")
    except InvalidInput as error:
        raise ValueError(error.message.removeprefix(f"{error.field}: ")) from error


_PLACE = re.compile(r" - at `\$\.?(?P<path>[^`]*)`$")
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<field>[^`]*)`")
_MISSING = re.compile(r"Object missing required field `(?P<field>[^`]*)`")
_WRONG_TYPE = re.compile(
    r"Expected `(?P<wanted>\w+)(?: \| null)?`(?P<limit>[^,]*)(?:, got `(?P<got>\w+)`)?"
)
_NO_CHOICE = re.compile(r"Invalid (?:enum )?value (?P<got>.*)", re.DOTALL)

_TYPES = {
    "array": "a list",
    "bool": "true or false",
    "date": "a date",
    "datetime": "a date",
    "float": "a number",
    "int": "a whole number",
    "object": "a table",
    "str": "text",
    "time": "a time of day",
}
_FOUND_TYPES = _TYPES | {"float": "a fraction"}


def _explained(message: str, data: dict[str, Any]) -> ConfigError:
    place = _PLACE.search(message)
    path = place["path"] if place else ""
    sentence = _PLACE.sub("", message)
    if unknown := _UNKNOWN.fullmatch(sentence):
        known = ", ".join(_known_keys(path, data))
        return ConfigError(_joined(path, unknown["field"]), f"is not known; known are {known}")
    if missing := _MISSING.fullmatch(sentence):
        return ConfigError(_joined(path, missing["field"]), "is missing")
    if wrong := _WRONG_TYPE.fullmatch(sentence):
        limit = f" {limit}" if (limit := wrong["limit"].strip()) else ""
        got = f", not {_FOUND_TYPES.get(got, got)}" if (got := wrong["got"]) else ""
        return ConfigError(path, f"has to be {_TYPES[wrong['wanted']]}{limit}{got}")
    if no_choice := _NO_CHOICE.fullmatch(sentence):
        allowed = ", ".join(_CHOICES[path.rpartition(".")[2]])
        return ConfigError(path, f"can't be {no_choice['got']}; allowed are {allowed}")
    return ConfigError(path, sentence)


def _joined(path: str, field: str) -> str:
    field = field or '""'
    return f"{path}.{field}" if path else field


_TABLES: dict[str, type[msgspec.Struct]] = {
    "access_points": AccessPointTable,
    "durations": Durations,
    "radio": RadioTable,
    "saved": SavedTable,
    "stations": StationTable,
}
_FAULT_KINDS = {str(kind.__struct_config__.tag): kind for kind in get_args(Fault)}
_CHOICES: dict[str, Iterable[str]] = {
    "dhcp": Dhcp,
    "internet": Upstream,
    "kind": _FAULT_KINDS,
    "security": Security,
}


def _known_keys(path: str, data: dict[str, Any]) -> Sequence[str]:
    section, _, rest = path.partition("[")
    if not section:
        return Description.__struct_fields__
    if section == "faults":
        kind = data["faults"][int(rest.partition("]")[0])]["kind"]
        return ("kind", *_FAULT_KINDS[kind].__struct_fields__)
    return _TABLES[section].__struct_fields__


def _check_addresses(section: str, key: str, addresses: Sequence[MacAddress]) -> None:
    for number, address in enumerate(addresses):
        if address in addresses[:number]:
            raise ConfigError(f"{section}[{number}].{key}", f"{address} is taken by an earlier one")


def _check_faults(described: Description) -> None:
    networks = {ap.ssid: ap for ap in described.access_points}
    for number, fault in enumerate(described.faults):
        if not isinstance(fault, NetworkFault):
            continue
        met = networks.get(fault.ssid)
        if met is None:
            raise ConfigError(
                f"faults[{number}].ssid", f"no access point is named {fault.ssid.text}"
            )
        if isinstance(fault, PskChanged) and not met.guarded.takes_passphrase:
            raise ConfigError(f"faults[{number}].ssid", f"{fault.ssid.text} has no passphrase")
