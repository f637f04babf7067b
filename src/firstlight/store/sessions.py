"""``sessions.json``: who has paired, without anything that signs in."""

from pathlib import Path

import msgspec

from firstlight.model.session import SessionBook
from firstlight.store.files import (
    make_private_folder,
    read_bounded,
    remove_durably,
    write_atomically,
)

LIMIT = 2**18
"""Bytes. There is a bound on sessions, and this is far above it."""


class SessionFile:
    """One file, written whole at every change; mode 0600.

    It fails closed: whatever is wrong with it, nobody is signed in by what is left.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "sessions.json"
        self._aside = folder / "sessions.json.damaged"

    def load(self) -> tuple[SessionBook, str]:
        """All sessions, and a sentence on what is wrong with the file.

        A damaged one is set aside, and all sessions are gone. Raises ``StoreFailure`` when it is
        there and can't be read at all.
        """
        content = read_bounded(self.path, LIMIT)
        if content is None:
            return SessionBook(), ""
        if len(content) > LIMIT:
            return SessionBook(), self._set_aside(f"longer than {LIMIT} bytes")
        try:
            return msgspec.json.decode(content, type=SessionBook), ""
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            return SessionBook(), self._set_aside(str(error))

    def save(self, book: SessionBook) -> None:
        """Write all of it; no session, no file. Raises ``StoreFailure``; it then is as before."""
        if not book.sessions:
            remove_durably(self.path)
            return
        make_private_folder(self.path.parent)
        write_atomically(self.path, msgspec.json.format(msgspec.json.encode(book)) + b"\n")

    def remove_aside(self) -> None:
        """Remove a damaged one that was set aside, if there is one. Raises ``StoreFailure``."""
        remove_durably(self._aside)

    def _set_aside(self, wrong: str) -> str:
        said = f"{self.path} is damaged ({wrong}); everybody has to pair again."
        try:
            self.path.replace(self._aside)
        except OSError as error:
            return f"{said} It could not be set aside: {error.strerror}."
        return f"{said} It was set aside as {self._aside.name}."
