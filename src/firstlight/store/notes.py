"""Small facts beside ``provisioning.json`` that must outlive a crash, one file each."""

from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from firstlight.model.kept import UnixMs
from firstlight.store.files import read_bounded, remove_durably, write_atomically

LIMIT = 4096
"""Bytes. A note is short."""

T = TypeVar("T", bound=msgspec.Struct)


class ResetNote(msgspec.Struct, frozen=True):
    """A factory reset was accepted at ``when`` and is not done yet."""

    when: UnixMs


class NoteFile(Generic[T]):
    """One note, mode 0600: there, or not there."""

    def __init__(self, path: Path, kind: type[T]) -> None:
        self.path = path
        self._kind = kind

    def read(self) -> tuple[T | None, str]:
        """What it says, and a sentence on what is wrong with it; neither when it is not there.

        A damaged note gives ``None`` and a sentence: it is there, but what it said is lost. Raises
        ``StoreFailure`` when it can't be read at all.
        """
        content = read_bounded(self.path, LIMIT)
        if content is None:
            return None, ""
        if len(content) > LIMIT:
            return None, f"{self.path} is damaged (longer than {LIMIT} bytes)."
        try:
            return msgspec.json.decode(content, type=self._kind), ""
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return None, f"{self.path} is damaged ({error})."

    def write(self, value: T) -> None:
        """Put it there, or replace it. Raises ``StoreFailure``; it then is as before."""
        write_atomically(self.path, msgspec.json.encode(value) + b"\n")

    def remove(self) -> None:
        """Take it away for good; fine if it is not there. Raises ``StoreFailure``."""
        remove_durably(self.path)


def reset_note(folder: Path) -> NoteFile[ResetNote]:
    """The one that stays from the wish until the factory reset is done."""
    return NoteFile(folder / "factory-reset.json", ResetNote)
