"""An export that only a passphrase opens, whole or not at all.

The file is a header and chunks, each of at most 64 KiB of the export with a tag of 16 bytes::

    "FLSEALED" | version (1 byte, 1) | form (1) | log2 n (1) | r (1) | p (1)
    | salt (16) | prefix (7)

scrypt (RFC 7914) makes the key of passphrase, salt and n, r, p; the passphrase counts as UTF-8 in
the normal form NFC, so that one keyboard opens what another one locked. Each chunk is sealed by
AES-256-GCM with the header as associated data and the nonce ``prefix | counter (4, big-endian) |
1 for the last chunk, else 0``. That is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár: Online
authenticated-encryption and its nonce-reuse misuse-resistance, CRYPTO 2015): a chunk opens only in
its place, and the end of the file only at the end. The salt is new for each file, and so is the
key: no nonce is used twice with one.
"""

import os
import struct
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from firstlight.errors import InvalidInput
from firstlight.model.wire import ExchangeForm

MAGIC: Final = b"FLSEALED"
CHUNK: Final = 64 * 1024
"""Bytes of plaintext in every chunk but the last, which may have fewer."""

TAG: Final = 16
SHORTEST_PASSPHRASE: Final = 8
"""Characters."""

_VERSION = 1
_HEADER = struct.Struct(">8sBBBBB16s7s")
_NONCE = struct.Struct(">7sIB")
_FORMS = {ExchangeForm.JSON: 1, ExchangeForm.CSV: 2}
_LEAST_LOG_N, _MOST_LOG_N, _MOST_P = 10, 17, 4
_R = 8
_AGAIN = "Take another copy of it, or export again."


class Cost(msgspec.Struct, frozen=True):
    """What a guess at the passphrase costs: 128 · r · 2^log_n bytes of memory, p times in turn.

    Raises ``InvalidInput`` beyond what a small device can do: 128 MiB, four times.
    """

    log_n: int = 15
    r: int = _R
    p: int = 1

    def __post_init__(self) -> None:
        """A file from somewhere may not ask for gigabytes."""
        if (
            not _LEAST_LOG_N <= self.log_n <= _MOST_LOG_N
            or self.r != _R
            or not 1 <= self.p <= _MOST_P
        ):
            raise InvalidInput(
                "FILE",
                f"asks for scrypt with n = 2^{self.log_n}, r = {self.r}, p = {self.p}; allowed are "
                f"n from 2^{_LEAST_LOG_N} to 2^{_MOST_LOG_N}, r = {_R}, p from 1 to {_MOST_P}",
                hint="No Firstlight makes such a file.",
            )


USUAL: Final = Cost()


class Header(msgspec.Struct, frozen=True):
    """What stands before the chunks. ``form``: what is inside."""

    form: ExchangeForm
    cost: Cost
    salt: bytes
    prefix: bytes

    def packed(self) -> bytes:
        """As it stands in the file."""
        cost = self.cost
        form = _FORMS[self.form]
        return _HEADER.pack(
            MAGIC, _VERSION, form, cost.log_n, cost.r, cost.p, self.salt, self.prefix
        )


def is_sealed(content: bytes) -> bool:
    """Whether it begins like one of these files."""
    return content.startswith(MAGIC)


def checked_passphrase(text: str) -> str:
    """The same. Raises ``InvalidInput`` for one that is soon guessed."""
    if len(text) < SHORTEST_PASSPHRASE:
        raise InvalidInput(
            "passphrase", f"must be at least {SHORTEST_PASSPHRASE} characters long; several words"
        )
    return text


def seal(
    pieces: Iterable[bytes], passphrase: str, form: ExchangeForm, cost: Cost = USUAL
) -> Iterator[bytes]:
    """The file, piece by piece; never more than a chunk and a piece is in memory."""
    header = Header(form, cost, os.urandom(16), os.urandom(7))
    sealer, packed = AESGCM(_key(passphrase, header)), header.packed()
    yield packed
    for counter, (chunk, last) in enumerate(_chunks(pieces, CHUNK)):
        yield sealer.encrypt(_nonce(header.prefix, counter, last), chunk, packed)


def header_of(content: bytes) -> Header:
    """The header that the file begins with. Raises ``InvalidInput``."""
    if len(content) < _HEADER.size + TAG:
        raise InvalidInput("FILE", "is cut off: not even its beginning is whole", hint=_AGAIN)
    _, version, form, log_n, r, p, salt, prefix = _HEADER.unpack_from(content)
    if version != _VERSION:
        raise InvalidInput(
            "FILE",
            f"is of version {version} of the encrypted form; this Firstlight reads {_VERSION}",
            hint="Update Firstlight, and import it then.",
        )
    for known, number in _FORMS.items():
        if number == form:
            return Header(known, Cost(log_n, r, p), salt, prefix)
    raise InvalidInput("FILE", f"holds something of form {form}; known are 1 (JSON) and 2 (CSV)")


def opened(content: bytes, passphrase: str) -> Iterator[bytes]:
    """What is inside, chunk by chunk. Raises ``InvalidInput``: wrong passphrase, or changed.

    Nothing may be done with it before its end: only the last chunk shows that all of it is there.
    """
    header = header_of(content)
    opener, packed = AESGCM(_key(passphrase, header)), content[: _HEADER.size]
    body = memoryview(content)[_HEADER.size :]
    for counter, (chunk, last) in enumerate(_chunks((body,), CHUNK + TAG)):
        try:
            yield opener.decrypt(_nonce(header.prefix, counter, last), chunk, packed)
        except InvalidTag as error:
            otherwise = _nonce(header.prefix, counter, not last)
            raise _blame(counter, last, _opens(opener, otherwise, chunk, packed)) from error


def _nonce(prefix: bytes, counter: int, last: bool) -> bytes:
    return _NONCE.pack(prefix, counter, last)


def _key(passphrase: str, header: Header) -> bytes:
    cost = header.cost
    scrypt = Scrypt(salt=header.salt, length=32, n=1 << cost.log_n, r=cost.r, p=cost.p)
    return scrypt.derive(unicodedata.normalize("NFC", passphrase).encode())


def _chunks(pieces: Iterable[bytes | memoryview], size: int) -> Iterator[tuple[bytes, bool]]:
    """Chunks of that size, each with whether it is the last; one, if there is nothing at all."""
    held = bytearray()
    for piece in pieces:
        for start in range(0, len(piece), size):
            held += piece[start : start + size]
            while len(held) > size:
                yield bytes(held[:size]), False
                del held[:size]
    yield bytes(held), True


def _opens(opener: AESGCM, nonce: bytes, chunk: bytes, packed: bytes) -> bool:
    try:
        opener.decrypt(nonce, chunk, packed)
    except InvalidTag:
        return False
    return True


def _blame(counter: int, last: bool, opens_otherwise: bool) -> InvalidInput:
    """What is wrong, as far as that can be known."""
    if opens_otherwise and last:
        return InvalidInput("FILE", "is cut off: its end is missing", hint=_AGAIN)
    if opens_otherwise:
        return InvalidInput("FILE", "has something behind its end", hint=_AGAIN)
    if counter == 0:
        return InvalidInput(
            "passphrase",
            "does not open it: it is another one, or the beginning of the file was changed",
        )
    where = counter * CHUNK // 1024
    return InvalidInput(
        "FILE", f"was changed or is cut off, {where} KiB or more from its beginning", hint=_AGAIN
    )
