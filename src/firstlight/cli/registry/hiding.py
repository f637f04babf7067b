"""Passwords in records: what stands in their place where they are not shown."""

from typing import cast

from firstlight.cli.registry.asking import Fields
from firstlight.errors import InvalidInput

HIDDEN = "(hidden)"
_SECRETS = frozenset({"password"})


def without_secrets(fields: Fields) -> Fields:
    """The same, with each password hidden, however deep."""
    return {
        key: HIDDEN if key in _SECRETS else _without_secrets(value) for key, value in fields.items()
    }


def refuse_hidden(fields: Fields, option: str) -> None:
    """Raises ``InvalidInput`` where the stand-in would become the password itself."""
    if _holds_hidden(fields):
        raise InvalidInput(
            option,
            f"holds {HIDDEN} where a password belongs",
            hint="`firstlight registry show --json --secrets` shows a record with its passwords.",
        )


def _without_secrets(value: object) -> object:
    if isinstance(value, dict):
        return without_secrets(cast("Fields", value))
    if isinstance(value, list):
        return [_without_secrets(one) for one in cast("list[object]", value)]
    return value


def _holds_hidden(value: object) -> bool:
    if isinstance(value, dict):
        return any(
            (key in _SECRETS and inner == HIDDEN) or _holds_hidden(inner)
            for key, inner in cast("Fields", value).items()
        )
    if isinstance(value, list):
        return any(_holds_hidden(one) for one in cast("list[object]", value))
    return False
