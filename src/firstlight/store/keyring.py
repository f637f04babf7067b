"""The key file: the keys that everything encrypted at rest goes back to, by generation.

A ring has one key, or two while a rotation is under way. It is a small JSON file; a file that holds
nothing but one key (32 bytes, or 64 hexadecimal digits as ``openssl rand -hex 32`` prints them) is
taken as a ring of one.
"""

import os
import re
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, NoReturn

import msgspec

from firstlight.errors import Code, StoreFailure
from firstlight.store.files import make_private_folder, write_atomically

KEY_BYTES = 32
LIMIT = 4096
"""Bytes. A ring is far below it."""

CREDENTIAL = "firstlight-key"
"""The name of the systemd credential (systemd.exec(5), LoadCredential=)."""

_HEX = re.compile(rb"[0-9A-Fa-f]{64}\s*")
_GIVE_IT_BACK = "Put the key back that was used before. Without it, nothing can be read any more."


class KeyRing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keys by generation, from 1. ``current`` seals; the others only open."""

    format: Literal[1] = 1
    current: int
    keys: dict[int, bytes]

    def __post_init__(self) -> None:
        """Refuse a ring that can't be one."""
        if self.current not in self.keys or any(
            len(key) != KEY_BYTES or not 0 < generation < 2**31
            for generation, key in self.keys.items()
        ):
            raise ValueError("it is not a ring of keys")

    def __repr__(self) -> str:
        return f"KeyRing(current={self.current}, generations={sorted(self.keys)})"

    def grown(self) -> "KeyRing":
        """With a new key, which is now the current one."""
        newest = max(self.keys) + 1
        return KeyRing(current=newest, keys={**self.keys, newest: secrets.token_bytes(KEY_BYTES)})

    def settled(self) -> "KeyRing":
        """With nothing but the current key."""
        return KeyRing(current=self.current, keys={self.current: self.keys[self.current]})


class KeyFile:
    """Where the ring is kept. ``provided``: by systemd, so it can't be written."""

    def __init__(self, path: Path, *, provided: bool = False) -> None:
        self.path = path
        self.provided = provided

    def load(self, *, in_use: bool) -> KeyRing:
        """The ring. A new one is made where there is none and nothing was sealed yet.

        ``in_use``: whether something was sealed already. Raises ``StoreFailure``, with code
        ``key_lost`` for a key that is missing, others may read, or is not one.
        """
        try:
            content = self._read()
        except FileNotFoundError:
            if in_use or self.provided:
                self._refuse("is missing", _GIVE_IT_BACK)
            return self._create()
        except OSError as error:
            self._refuse(f"can't be read: {error.strerror}", "Check its permissions.")
        return self._understood(content)

    def save(self, ring: KeyRing) -> None:
        """Replace it. Raises ``StoreFailure``; the ring of before then remains."""
        if self.provided:
            raise StoreFailure(
                "The key is a systemd credential, which Firstlight can't change.",
                hint="Keep the key in a file (registry.key_file) to change it from here.",
            )
        write_atomically(self.path, msgspec.json.encode(ring) + b"\n")

    def _create(self) -> KeyRing:
        make_private_folder(self.path.parent)
        ring = KeyRing(current=1, keys={1: secrets.token_bytes(KEY_BYTES)})
        self.save(ring)
        return ring

    def _read(self) -> bytes:
        descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            mode = os.fstat(descriptor).st_mode
            # With User=, systemd lets the user in by an access list, which shows as group bits.
            too_wide = 0o027 if self.provided else 0o077
            if not stat.S_ISREG(mode) or mode & too_wide:
                self._refuse(
                    f"can be read by others (mode {stat.S_IMODE(mode):04o})",
                    f"chmod 600 {self.path}; if somebody may have read it, rotate the key.",
                )
            return file.read(LIMIT + 1)

    def _understood(self, content: bytes) -> KeyRing:
        if len(content) == KEY_BYTES:
            return KeyRing(current=1, keys={1: content})
        if _HEX.fullmatch(content):
            return KeyRing(current=1, keys={1: bytes.fromhex(content.decode())})
        try:
            return msgspec.json.decode(content, type=KeyRing)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            self._refuse("is not a key", _GIVE_IT_BACK)

    def _refuse(self, why: str, hint: str) -> NoReturn:
        raise StoreFailure(f"The key file {self.path} {why}.", code=Code.KEY_LOST, hint=hint)


def key_file(folder: Path, chosen: str | None, environ: Mapping[str, str]) -> KeyFile:
    """The key's place: the one that was chosen, else a systemd credential, else ``folder/key``."""
    if chosen is not None:
        return KeyFile(Path(chosen))
    if directory := environ.get("CREDENTIALS_DIRECTORY"):
        provided = Path(directory) / CREDENTIAL
        if provided.exists():
            return KeyFile(provided, provided=True)
    return KeyFile(folder / "key")
