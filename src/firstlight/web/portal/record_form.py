"""A record as a form: fields for what everybody needs, JSON for the rest."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from firstlight.errors import Code, InvalidInput
from firstlight.model.records import TYPE_OF, Record, RecordKind
from firstlight.model.validation import converted, names_of
from firstlight.web.portal.rendering import Verbatim
from firstlight.web.portal.words import N_, Say

Form = Mapping[str, str]
_NO_BREAKS = {ord("\r"): None, ord("\n"): None}
"""A field of one line has none (HTML Living Standard, value sanitization)."""

Data = dict[str, Any]

_KEEPS = N_("Leave it empty to keep the one that is there.")


class _Field(msgspec.Struct, frozen=True):
    """One field. ``name`` leads to its place in the record; ``exact``: spaces around it count."""

    name: str
    label: str
    most: int
    hint: str = ""
    secret: bool = False
    number: bool = False
    exact: bool = False


_NAME = _Field("name", N_("Name"), 20)
_AREA = _Field("area", N_("Area"), 20)
_MAC = _Field(
    "mac_address", N_("MAC address"), 17, N_("By it the device is known in Provisioning Mode.")
)
_MQTT = (
    _Field("mqtt.host", N_("MQTT broker"), 64),
    _Field("mqtt.port", N_("MQTT port"), 5, N_("1883 where it is left empty."), number=True),
    _Field("mqtt.username", N_("MQTT user name"), 64),
    _Field("mqtt.password", N_("MQTT password"), 64, _KEEPS, secret=True),
)
_FIELDS: Mapping[RecordKind, tuple[_Field, ...]] = {
    RecordKind.CLIENT: (
        _NAME,
        _Field("id", N_("Short ID"), 8),
        _AREA,
        _MAC,
        _Field("wifi.ssid", N_("WiFi name"), 32, exact=True),
        _Field("wifi.password", N_("WiFi password"), 63, _KEEPS, secret=True),
        *_MQTT,
    ),
    RecordKind.CONTROLLER: (_NAME, _AREA, _MAC, *_MQTT),
}
_COMPANIONS = {"wifi.password": ("wifi.ssid",), "mqtt.password": ("mqtt.username", "mqtt.host")}
"""A password is kept for as long as there is what it belongs to: of these the first that was there.
"""
_MOST_DIGITS = 18


class FieldView(msgspec.Struct, frozen=True, kw_only=True):
    """A field as it is drawn."""

    name: str
    label: str
    value: Verbatim
    most: int
    hint: str
    kind: str
    mode: str


def field_views(kind: RecordKind, form: Form, say: Say) -> list[FieldView]:
    """The fields of that kind as they are filled in. No secret is written back into one."""
    return [
        FieldView(
            name=one.name,
            label=say(one.label),
            value=Verbatim("" if one.secret else form.get(one.name, "")),
            most=one.most,
            hint=say(one.hint) if one.hint else "",
            kind="password" if one.secret else "text",
            mode="numeric" if one.number else "",
        )
        for one in _FIELDS[kind]
    ]


def form_of(kind: RecordKind, record: Record | None) -> dict[str, str]:
    """What stands in the form of that record, and in ``rest`` what has no field."""
    data: Data = msgspec.to_builtins(record) if record is not None else {}
    form = {one.name: str(_take(data, one.name)) for one in _FIELDS[kind]}
    rest = {name: value for name, value in data.items() if value != {}}
    form["rest"] = msgspec.json.format(msgspec.json.encode(rest)).decode() if rest else ""
    return form


def record_of(kind: RecordKind, form: Form, known: Record | None) -> Record:
    """The record that was typed; a secret that was left empty is that of ``known``.

    Raises ``InvalidInput`` naming the field.
    """
    old: Data = msgspec.to_builtins(known) if known is not None else {}
    data = _rest(form.get("rest", ""), set(_own(kind)))
    for one in _FIELDS[kind]:
        value = _typed(one, form, old)
        if value:
            number = one.number and value.isascii() and value.isdecimal()
            whole = number and len(value) <= _MOST_DIGITS
            _put(data, one.name, int(value) if whole else value)
    return converted(data, TYPE_OF[kind])


def _typed(field: _Field, form: Form, old: Data) -> str:
    """What is meant by what stands in a field. What nobody has touched stays as it was."""
    value, before = form.get(field.name, ""), str(_look(old, field.name))
    if field.secret:
        return value or (before if _belongs(field, form, old) else "")
    if value == before.translate(_NO_BREAKS):
        return before
    return value if field.exact else value.strip()


def _belongs(secret: _Field, form: Form, old: Data) -> bool:
    companions = _COMPANIONS[secret.name]
    named = next((one for one in companions if _look(old, one)), companions[0])
    return bool(form.get(named, "").strip())


def rest_names(kind: RecordKind) -> str:
    """What may stand in ``rest``."""
    spoken = {*_own(kind), "mac"}
    return ", ".join(name for name in names_of(TYPE_OF[kind]) if name not in spoken)


def _own(kind: RecordKind) -> Iterator[str]:
    return (one.name.partition(".")[0] for one in _FIELDS[kind])


def _rest(text: str, taken: set[str]) -> Data:
    if not text.strip():
        return {}
    try:
        found: Data = msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError) as error:
        raise InvalidInput(
            "",
            "The JSON at the end of the form is not a valid object.",
            code=Code.INVALID_BODY,
            hint='Write it like {"hids": {"1": {"color": "red"}}}.',
        ) from error
    if twice := sorted(taken & found.keys()):
        raise InvalidInput(twice[0], "has a field of its own, so it can't stand in the JSON")
    return found


def _take(data: Data, name: str) -> object:
    """Out of the data, so that it is not shown twice."""
    first, _, rest = name.partition(".")
    if not rest:
        return data.pop(first, "")
    return _take(data[first], rest) if first in data else ""


def _look(data: Data, name: str) -> object:
    first, _, rest = name.partition(".")
    return _look(data.get(first, {}), rest) if rest else data.get(first, "")


def _put(data: Data, name: str, value: object) -> None:
    first, _, rest = name.partition(".")
    if rest:
        _put(data.setdefault(first, {}), rest, value)
    else:
        data[first] = value
