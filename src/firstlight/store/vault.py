"""Encryption at rest: AES-256-GCM with a random 96-bit nonce (NIST SP 800-38D).

What is sealed carries a header and, behind it, the ciphertext with its tag::

    format (1 byte, 1) | generation of the key (4, big-endian) | nonce (12) | ciphertext | tag (16)

Header and context are authenticated with it, so what was sealed for one place opens in no other.
A key of the ring is never used itself: HKDF-SHA-256 (RFC 5869) makes one key of it that seals and
one for keyed digests, so that something can be looked up without being readable. With random nonces
one key is good for 2^32 seals; long before that, it is rotated.
"""

import hmac
import os
import struct
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from firstlight.errors import Code, StoreFailure
from firstlight.store.files import read_bounded, write_atomically
from firstlight.store.keyring import KEY_BYTES, KeyFile, KeyRing

FILE_LIMIT = 2**20
"""Bytes of a sealed file."""

SEALED_FILES = "*.sealed"
"""What a rotation seals anew in the state folder, beside the registry."""

_FORMAT = 1
_HEADER = struct.Struct(">BI")
_NONCE_BYTES = 12
_TAG_BYTES = 16


class Vault:
    """Seals and opens with the keys of one key file."""

    def __init__(self, file: KeyFile, *, in_use: bool) -> None:
        """``in_use``: whether something was sealed already. Raises as ``KeyFile.load``."""
        self._file = file
        self._ring = file.load(in_use=in_use)
        self._keys = _derived(self._ring)

    @property
    def generation(self) -> int:
        """Of the key that seals now."""
        return self._ring.current

    def seal(self, context: bytes | str, plaintext: bytes) -> bytes:
        """Encrypt for that one place."""
        header = _HEADER.pack(_FORMAT, self._ring.current)
        nonce = os.urandom(_NONCE_BYTES)
        sealer, _ = self._keys[self._ring.current]
        return header + nonce + sealer.encrypt(nonce, plaintext, header + _bytes(context))

    def open(self, context: bytes | str, sealed: bytes) -> bytes:
        """What was sealed for that place.

        Raises ``StoreFailure``: code ``key_lost`` when its key is not on the ring, else damage.
        """
        generation = generation_of(sealed)
        if generation not in self._keys:
            self.reload()
        if generation not in self._keys:
            raise StoreFailure(
                f"Key number {generation} is needed and not in {self._file.path}.",
                code=Code.KEY_LOST,
                hint="Put the key file back that was used before.",
            )
        header = sealed[: _HEADER.size]
        nonce = sealed[_HEADER.size : _HEADER.size + _NONCE_BYTES]
        opener, _ = self._keys[generation]
        try:
            return opener.decrypt(
                nonce, sealed[_HEADER.size + _NONCE_BYTES :], header + _bytes(context)
            )
        except InvalidTag as error:
            raise _damaged() from error

    def digests(self, context: bytes | str, value: bytes | str) -> tuple[bytes, ...]:
        """HMAC-SHA-256 of a value under every key of the ring, the current one first."""
        newest_first = sorted(self._keys, key=lambda one: one != self._ring.current)
        message = _bytes(context) + b"\0" + _bytes(value)
        return tuple(hmac.digest(self._keys[one][1], message, "sha256") for one in newest_first)

    def reload(self) -> None:
        """Read the key file again: another process may have rotated. Raises ``StoreFailure``."""
        self._use(self._file.load(in_use=True))

    def lasting(self) -> "Vault":
        """One that keeps every key it ever had, to read rows of a moment that is over."""
        return _Lasting(self)

    def begin_rotation(self) -> int:
        """Seal with a new key from now on, or go on with a rotation that was interrupted.

        Returns its generation. The new key is on disk before anything is sealed with it.
        """
        self.reload()
        if len(self._ring.keys) == 1:
            self._replace(self._ring.grown())
        return self._ring.current

    def finish_rotation(self) -> None:
        """Drop every key but the current one: nothing needs them any more."""
        self._replace(self._ring.settled())

    def _replace(self, ring: KeyRing) -> None:
        self._file.save(ring)
        self._use(ring)

    def _use(self, ring: KeyRing) -> None:
        self._ring = ring
        self._keys = _derived(ring)


class _Lasting(Vault):
    """As ``Vault.lasting``. It goes with the reading: a key that was dropped opens nothing new."""

    def __init__(self, vault: Vault) -> None:
        self._file, self._ring, self._keys = vault._file, vault._ring, vault._keys

    def _use(self, ring: KeyRing) -> None:
        self._ring = ring
        self._keys = {**self._keys, **_derived(ring)}


class SealedFile:
    """One secret in a file of its own, in the state folder. The name ends with ``.sealed``."""

    def __init__(self, path: Path, vault: Vault) -> None:
        if not path.match(SEALED_FILES):
            raise ValueError(f"{path.name} does not match {SEALED_FILES}")
        self.path = path
        self._vault = vault

    def read(self) -> bytes | None:
        """What it holds; ``None`` without a file. Raises ``StoreFailure``."""
        sealed = read_bounded(self.path, FILE_LIMIT)
        if sealed is None:
            return None
        return self._vault.open(self._context, sealed)

    def write(self, content: bytes) -> None:
        """Replace it. Raises ``StoreFailure``; it then is as before."""
        write_atomically(self.path, self._vault.seal(self._context, content))

    def seal_anew(self) -> None:
        """With the current key. Raises ``StoreFailure``."""
        sealed = read_bounded(self.path, FILE_LIMIT)
        if sealed is not None and generation_of(sealed) != self._vault.generation:
            self.write(self._vault.open(self._context, sealed))

    @property
    def _context(self) -> str:
        return f"file/{self.path.name}"


def sealed_files(folder: Path) -> list[Path]:
    """Those that need the key, in that folder."""
    return sorted(folder.glob(SEALED_FILES))


def generation_of(sealed: bytes) -> int:
    """Which key opens it. Raises ``StoreFailure`` for what was never sealed."""
    if len(sealed) < _HEADER.size + _NONCE_BYTES + _TAG_BYTES or sealed[0] != _FORMAT:
        raise _damaged()
    _, generation = _HEADER.unpack_from(sealed)
    return generation


def _derived(ring: KeyRing) -> dict[int, tuple[AESGCM, bytes]]:
    return {
        generation: (AESGCM(_subkey(key, b"seal")), _subkey(key, b"digest"))
        for generation, key in ring.keys.items()
    }


def _subkey(key: bytes, purpose: bytes) -> bytes:
    info = b"firstlight vault 1: " + purpose
    return HKDF(hashes.SHA256(), KEY_BYTES, salt=None, info=info).derive(key)


def _bytes(text: bytes | str) -> bytes:
    return text.encode() if isinstance(text, str) else text


def _damaged() -> StoreFailure:
    return StoreFailure(
        "Something encrypted can't be read: it is damaged, or somebody changed it.",
        hint="Restore it from a backup, or store it anew.",
    )
