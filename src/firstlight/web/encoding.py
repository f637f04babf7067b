"""Values as JSON."""

import msgspec


def to_json(value: object) -> bytes:
    """UTF-8. Text with a type of its own, such as ``MacAddress``, is text."""
    return msgspec.json.encode(value, enc_hook=_as_text)


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return str(value)
    raise NotImplementedError(f"{type(value).__name__} has no form in JSON")
