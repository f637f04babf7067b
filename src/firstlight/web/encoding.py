"""Values as JSON, and what an answer may be packed as."""

import msgspec
from starlette.datastructures import Headers


def to_json(value: object) -> bytes:
    """UTF-8. Text with a type of its own, such as ``MacAddress``, is text."""
    return msgspec.json.encode(value, enc_hook=_as_text)


def _as_text(value: object) -> str:
    if isinstance(value, str):
        return str(value)
    raise NotImplementedError(f"{type(value).__name__} has no form in JSON")


def takes_gzip(headers: Headers) -> bool:
    """Whether an answer may come packed (RFC 9110, 12.5.3)."""
    for offer in headers.get("accept-encoding", "").split(","):
        coding, _, weight = offer.partition(";")
        if coding.strip().lower() == "gzip":
            return weight.replace(" ", "").lower() not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False
