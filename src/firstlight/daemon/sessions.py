"""Who is paired, in memory and on disk.

A disk that can't be written signs nobody out and keeps nobody out; only whoever revokes is told.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable
from typing import NamedTuple

from firstlight.clock import Clock, reading
from firstlight.core.pairing import messages, sessions
from firstlight.daemon.latest import Latest
from firstlight.errors import Code, NotFound, StoreFailure
from firstlight.model.event import Level
from firstlight.model.pairing import Paired
from firstlight.model.session import SessionBook, SessionEntry
from firstlight.store.sessions import SessionFile

log = logging.getLogger(__name__)

Announce = Callable[[Level, str], None]

_TOKEN_BYTES = 32
_ID_BYTES = 8


class Randomness(NamedTuple):
    """The system's own. ``below``: uniform from 0 up to that number."""

    below: Callable[[int], int] = secrets.randbelow
    some: Callable[[int], bytes] = secrets.token_bytes
    token: Callable[[int], str] = secrets.token_urlsafe


class Sessions:
    """``load`` first. Tokens are known by their hashes alone."""

    def __init__(
        self, file: SessionFile, clock: Clock, announce: Announce, randomness: Randomness
    ) -> None:
        self._file = file
        self._clock = clock
        self._announce = announce
        self._random = randomness
        # Where the kernel has no ID for its boot, this process stands for one.
        self._boot_id = clock.boot_id or randomness.some(_ID_BYTES).hex()
        self._book = SessionBook()
        self._disk = Latest("save-sessions", lambda: self._book, file.save)

    def load(self) -> None:
        """Take up what was kept. Whatever is wrong with it, nobody is signed in by what is left."""
        try:
            self._book, wrong = self._file.load()
        except StoreFailure as error:
            wrong = f"{error.message}; everybody has to pair again."
        if wrong:
            log.warning("%s", wrong)
            self._announce(Level.WARNING, messages.DAMAGED)
        self._catch_up()

    async def keep_trying(self) -> None:
        """For ever: what the disk did not take is written again until it does."""
        await self._disk.keep_trying(self._clock)

    async def close(self) -> None:
        """Returns once everything is on disk, or known not to be."""
        await self._disk.settled()

    def open(self, name: str) -> Paired:
        """A session for a device of that name, with a new token. ``save`` comes next."""
        self._catch_up()
        token = self._random.token(_TOKEN_BYTES)
        self._book, gone = sessions.opened(
            self._book,
            session_id=self._random.some(_ID_BYTES).hex(),
            name=name,
            token=token,
        )
        for one in gone:
            self._announce(Level.WARNING, messages.made_room(one.device_name))
        session = self._book.sessions[-1]
        self._announce(Level.SUCCESS, messages.paired(session.device_name))
        return Paired(
            token=token,
            expires_at_ms=session.expires_at,
            session_id=session.id,
            seconds=sessions.LIFE_SECONDS,
        )

    async def save(self) -> None:
        """Returns once it is on disk, or known not to be."""
        await self._disk.try_put()

    def of_token(self, token: str) -> SessionEntry | None:
        """The session of that token, if there is one. Notes that it was used, to the hour."""
        self._catch_up()
        session = sessions.found(self._book, token)
        if session is None:
            return None
        book = sessions.used(self._book, session)
        if book is not self._book:
            self._book = book
            self._disk.put_soon()
        return SessionEntry.of(session)

    def all(self) -> tuple[SessionEntry, ...]:
        """Everybody who is paired, the newest last."""
        self._catch_up()
        return tuple(SessionEntry.of(one) for one in self._book.sessions)

    async def revoke(self, session_id: str) -> None:
        """Sign one out. Raises ``NotFound``, or ``StoreFailure`` when a restart may undo it."""
        self._catch_up()
        self._book, gone = sessions.without(self._book, session_id)
        if not gone:
            raise NotFound(
                "There is no paired device of that ID.",
                code=Code.UNKNOWN_SESSION,
                hint="The list of paired devices says which there are.",
            )
        for one in gone:
            self._announce(Level.INFO, messages.signed_out(one.device_name))
        await self._save_revoked()

    async def revoke_all(self) -> None:
        """Sign everybody out. Raises ``StoreFailure`` as ``revoke``."""
        self._book = SessionBook()
        self._announce(Level.INFO, messages.ALL_SIGNED_OUT)
        await self._save_revoked()

    def clear(self) -> None:
        """Nobody is paired any more. ``forget_on_disk`` comes next."""
        self._book = SessionBook()

    async def forget_on_disk(self) -> None:
        """Raises ``StoreFailure`` when something is left; doing it again then does the rest."""
        await self._disk.put()
        await asyncio.to_thread(self._file.remove_aside)

    async def _save_revoked(self) -> None:
        try:
            await self._disk.put()
        except StoreFailure as error:
            raise StoreFailure(
                f"It is signed out, but a restart may undo that: {error.message}", hint=error.hint
            ) from error

    def _catch_up(self) -> None:
        """Let time come to the sessions. What that changes for good goes to disk soon."""
        before = self._book.sessions
        now = reading(self._clock)
        self._book = sessions.caught_up(self._book, self._boot_id, now)
        if self._book.sessions is not before:
            self._disk.put_soon()
