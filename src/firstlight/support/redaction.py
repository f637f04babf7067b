"""Takes secrets out of text: those that are known, in every usual spelling, and what looks so.

Parts of a bundle are chosen so that no secret belongs in them; this is the net below.
"""

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import cast
from urllib.parse import quote, quote_plus

REMOVED = "[removed]"

SHORTEST = 4
"""A shorter secret is not looked for: it would be found in every second word."""

_NAMES = (
    "psk|passw(?:or)?d|passphrase|secret|token|cookie|authorization|x-nonce|nonce|private[_-]?key"
)
_KEY = "[A-Z ]*PRIVATE KEY-----"
_QUOTED = r"\"(?:[^\"\\]|\\.)*\"|'[^']*'"
# After "=", as in a keyfile, a value goes to the end of its line.
_NAMED = re.compile(
    rf"(?i)((?:{_NAMES})[\"']?\s*(?:=\s*(?=({_QUOTED}|[^\n]+))|:\s*(?=({_QUOTED}|[^\s,;}}\]]+))))"
    r"(?!(?:null|true|false)\b)(?:\2|\3)"
)
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    # RFC 7468: what stands between the lines of a private key.
    (
        re.compile(rf"(-----BEGIN {_KEY}).*?(-----END {_KEY}|\Z)", re.DOTALL),
        rf"\1 {REMOVED} \2",
    ),
    # RFC 6750 and RFC 7617.
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/-]{6,}=*"), rf"\1 {REMOVED}"),
    # RFC 3986, 3.2.1: a password before the host.
    (re.compile(r"(?<=://)[^/\s:@\"']*:[^/\s@\"']+@"), f"{REMOVED}@"),
    # A WPA key as hexadecimal digits, or the hash of something.
    (re.compile(r"(?<![0-9a-fA-F])[0-9a-fA-F]{64}(?![0-9a-fA-F])"), REMOVED),
    (re.compile(r"(?i)\b(type|code)((?:\s+is)?:?\s+)\d{3}[ -]?\d{3}\b"), rf"\1\2{REMOVED}"),
)  # fmt: skip


class Redactor:
    """``secrets``: every one that is known."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        spelt = {form for one in secrets if len(one) >= SHORTEST for form in spellings(one)}
        longest_first = sorted(spelt, key=lambda form: (-len(form), form))
        self._known = re.compile("|".join(map(re.escape, longest_first))) if spelt else None

    def clean(self, text: str) -> str:
        """``text`` with ``[removed]`` for each secret."""
        if self._known is not None:
            text = self._known.sub(REMOVED, text)
        for pattern, instead in _PATTERNS:
            text = pattern.sub(instead, text)
        return _NAMED.sub(_without_value, text)


def _without_value(found: re.Match[str]) -> str:
    """The name, and quotes as they were, so that JSON stays JSON."""
    value = found[2] or found[3]
    mark = value[0] if value[0] in "\"'" and value.endswith(value[0]) else ""
    return f"{found[1]}{mark}{REMOVED}{mark}"


def spellings(secret: str) -> Iterator[str]:
    """``secret`` as it is, and as JSON, HTML, URLs, hexadecimal digits and Base64 have it."""
    octets = secret.encode("utf-8", "surrogateescape")
    for form in (secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]):
        yield form
        yield html.escape(form)
    yield repr(secret)[1:-1]
    for quoted in (quote(octets, safe=""), quote(octets), quote_plus(octets)):
        yield quoted
        yield re.sub("%..", lambda found: found[0].lower(), quoted)
    yield octets.hex()
    yield octets.hex().upper()
    yield octets.hex(":")
    yield octets.hex(":").upper()
    yield from _in_base64(octets)


def _in_base64(octets: bytes) -> Iterator[str]:
    """RFC 4648, also where it begins in the middle of a group of three octets.

    Characters that say something of its neighbours, too, are left away.
    """
    for before in range(3):
        spelt = base64.b64encode(b"\0" * before + octets).decode()
        begin = (before * 8 + 5) // 6
        end = (before + len(octets)) * 8 // 6
        for form in (spelt[begin:end], spelt[begin:end].translate(_URL_SAFE)):
            if len(form) >= SHORTEST:
                yield form


_URL_SAFE = str.maketrans("+/", "-_")

SECRET_KEYS = frozenset({"password", "token", "psk", "passphrase", "secret"})
"""Keys of a configuration whose value is never shown."""


def masked(value: object) -> object:
    """A tree of plain values in which those of ``SECRET_KEYS`` only show whether they are set."""
    if isinstance(value, Mapping):
        tree = cast("Mapping[str, object]", value)
        return {
            key: REMOVED if key in SECRET_KEYS and inner else masked(inner)
            for key, inner in tree.items()
        }
    if isinstance(value, (list, tuple)):
        return [masked(inner) for inner in cast("Iterable[object]", value)]
    return value
