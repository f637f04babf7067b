"""Pairing and sessions: who may come in, and who is in already.

Decisions come from ``core.pairing``. Every change takes effect in memory before anything is
awaited, so that tries at the same time can't pass one another, and is on disk before it is
answered. A disk that can't be written is a warning; only whoever signs somebody out is told.
"""

import asyncio
import logging
import math
import secrets
from collections.abc import Callable
from typing import NamedTuple

from firstlight.clock import Clock
from firstlight.config import Config
from firstlight.core.pairing import code as codes
from firstlight.core.pairing import desk, device_id, lockout, messages, promotion, sessions
from firstlight.core.pairing.desk import Desk, Judged, Verdict
from firstlight.core.pairing.device_id import Identity
from firstlight.core.pairing.lockout import TriesNote
from firstlight.core.pairing.promotion import Promotions
from firstlight.daemon.latest import Latest
from firstlight.daemon.machine_identity import read_identity
from firstlight.daemon.memory import Memory
from firstlight.daemon.naming import name_device
from firstlight.errors import Code, NotFound, StoreFailure
from firstlight.model.event import Level
from firstlight.model.moment import Moment
from firstlight.model.pairing import CodeShown, Paired
from firstlight.model.session import SessionBook, SessionEntry
from firstlight.model.text import plain
from firstlight.store.notes import NoteFile
from firstlight.store.sessions import SessionFile

log = logging.getLogger(__name__)

_TOKEN_BYTES = 32
_ID_BYTES = 8


class Randomness(NamedTuple):
    """The system's own. ``below``: uniform from 0 up to that number."""

    below: Callable[[int], int] = secrets.randbelow
    some: Callable[[int], bytes] = secrets.token_bytes
    token: Callable[[int], str] = secrets.token_urlsafe


class Company(NamedTuple):
    """Who has a part in it. ``announce`` tells everybody; no code or token ever goes there."""

    memory: Memory
    clock: Clock
    sessions: SessionFile
    tries: NoteFile[TriesNote]
    announce: Callable[[Level, str], None]
    identity: Callable[[], Identity] = read_identity


class Pairing:
    """``begin`` first. ``is_first_start``: whether the device was named just now."""

    def __init__(
        self, config: Config, company: Company, randomness: Randomness | None = None
    ) -> None:
        self._with = company
        self._random = randomness or Randomness()
        self._prefix = config.device.id_prefix or device_id.prefix_of(config.brand.name)
        self._code_seconds = config.pairing.code_seconds
        # Where the kernel has no ID for its boot, this process stands for one.
        self._boot_id = company.clock.boot_id or self._random.some(_ID_BYTES).hex()
        self._desk = Desk(self._spare())
        self._noted = self._desk.tries
        self._promotions: Promotions = ()
        self._book = SessionBook()
        self._books = Latest("save-sessions", lambda: self._book, company.sessions.save)
        self._notes = Latest("save-pairing", self._note, self._write_note)
        self.is_first_start = False

    async def begin(self) -> None:
        """Name the device if it has no name, take up what was kept, and make a new code.

        Codes from before are good no more. Reads files: for the start.
        """
        company = self._with
        self.is_first_start = await name_device(
            company.memory,
            prefix=self._prefix,
            wall=company.clock.wall(),
            identity=company.identity,
            made_up=self._random.some(_TOKEN_BYTES),
        )
        self._book = self._kept_book()
        self._catch_up()
        self._desk = Desk(self._spare(), self._kept_tries())
        await self._keep_desk()

    async def close(self) -> None:
        """Returns once everything is on disk, or known not to be."""
        await self._books.settled()
        await self._notes.settled()

    async def code(self) -> CodeShown:
        """The code of the moment; a new one when the last has expired."""
        self._desk = desk.shown(self._desk, self._spare(), self._now().monotonic)
        return await self._shown()

    async def regenerate(self) -> CodeShown:
        """A new code. A delay after wrong tries goes on."""
        self._desk = Desk(self._spare(), self._desk.tries)
        return await self._shown()

    async def unlock(self) -> CodeShown:
        """End the delay after wrong tries: for those who may see the code anyway."""
        self._desk = desk.unlocked(self._desk)
        return await self.code()

    async def pair(self, code: str, device_name: str, caller: str) -> Paired:
        """Turn the code into a bearer token. ``caller``: the address that it comes from.

        Raises ``Unauthorized`` for a wrong code, ``LockedOut`` after too many of them.
        """
        await self._refuse(self._judge(code), caller)
        token = self._random.token(_TOKEN_BYTES)
        self._catch_up()
        self._book, gone = sessions.opened(
            self._book,
            session_id=self._random.some(_ID_BYTES).hex(),
            name=device_name,
            token=token,
        )
        session = self._book.sessions[-1]
        await self._books.try_put()
        await self._keep_desk()
        for one in gone:
            self._tell(messages.made_room(one.device_name), Level.WARNING)
        self._tell(messages.paired(session.device_name), Level.SUCCESS)
        return Paired(
            token=token,
            expires_at_ms=session.expires_at,
            session_id=session.id,
            seconds=sessions.LIFE_SECONDS,
        )

    async def promote(self, code: str, caller: str) -> None:
        """Let the code be good as that caller's ``visual-token`` for 60 minutes.

        What is promoted for that caller already stays so, and no longer. Raises as ``pair``.
        """
        if self.authorize_visual(code, caller):
            return
        await self._refuse(self._judge(code), caller)
        now = self._now().monotonic
        self._promotions = promotion.promoted(self._promotions, caller, code, now)
        await self._keep_desk()
        self._tell(messages.promoted(plain(caller)), Level.SUCCESS)

    def authorize_bearer(self, token: str) -> SessionEntry | None:
        """The session of that token, if there is one. Notes that it was used, to the hour."""
        self._catch_up()
        session = sessions.found(self._book, token)
        if session is None:
            return None
        book = sessions.used(self._book, session)
        if book is not self._book:
            self._book = book
            self._books.put_soon()
        return SessionEntry.of(session)

    def authorize_visual(self, value: str, caller: str) -> bool:
        """Whether that value is promoted for that caller."""
        self._promotions, is_good = promotion.authorised(
            self._promotions, caller, value, self._now().monotonic
        )
        return is_good

    def sessions(self) -> tuple[SessionEntry, ...]:
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
            self._tell(messages.signed_out(one.device_name))
        await self._save_revoked()

    async def revoke_all(self) -> None:
        """Sign everybody out, visual tokens, too. Raises ``StoreFailure`` as ``revoke``."""
        self._book = SessionBook()
        self._catch_up()
        self._promotions = ()
        self._tell(messages.ALL_SIGNED_OUT)
        await self._save_revoked()

    async def forget(self) -> None:
        """For the factory reset: nobody is paired, nothing was tried, and the code is another one.

        Raises ``StoreFailure`` when something is left on disk; doing it again then does the rest.
        """
        self._book = SessionBook()
        self._promotions = ()
        self._desk = Desk(self._spare())
        self._noted = self._desk.tries
        await self._books.put()
        await self._notes.put()
        await asyncio.to_thread(self._with.sessions.remove_aside)
        await self._keep_desk()

    def _kept_book(self) -> SessionBook:
        try:
            book, wrong = self._with.sessions.load()
        except StoreFailure as error:
            book, wrong = SessionBook(), f"{error.message}; everybody has to pair again."
        if wrong:
            log.warning("%s", wrong)
            self._tell(messages.DAMAGED, Level.WARNING)
        return book

    def _kept_tries(self) -> lockout.Tries:
        now = self._now()
        try:
            note, wrong = self._with.tries.read()
        except StoreFailure as error:
            note, wrong = None, error.message
        if wrong:
            log.warning("%s", wrong)
            return lockout.after_damage(now.monotonic)
        self._noted = lockout.remembered(note, self._boot_id, now) if note else lockout.Tries()
        return self._noted

    def _judge(self, given: str) -> Judged:
        judged = desk.tried(self._desk, given, self._spare(), self._now().monotonic)
        self._desk = judged.desk
        return judged

    async def _refuse(self, judged: Judged, caller: str) -> None:
        """Raise, once it is on disk that this try was one."""
        if judged.verdict is Verdict.RIGHT:
            return
        if judged.verdict is Verdict.WRONG:
            await self._keep_desk()
            if judged.wait:
                log.warning("pairing pauses; the last wrong code came from %s", plain(caller))
                self._tell(messages.paused(judged.wait), Level.WARNING)
        raise messages.refusal(judged)

    async def _shown(self) -> CodeShown:
        await self._keep_desk()
        now, code = self._now().monotonic, self._desk.code
        return CodeShown(
            code=code.digits,
            device_id=self._with.memory.kept.device_id,
            expires_in=max(0, math.floor(code.until - now)),
            paused_for=math.ceil(lockout.left(self._desk.tries, now)),
        )

    async def _keep_desk(self) -> None:
        """Put code and tries on disk, as far as they are others."""
        if self._desk.tries != self._noted:
            self._noted = self._desk.tries
            await self._notes.try_put()
        await self._with.memory.change(auth_code=self._desk.code.digits)

    async def _save_revoked(self) -> None:
        try:
            await self._books.put()
        except StoreFailure as error:
            raise StoreFailure(
                f"It is signed out, but a restart may undo that: {error.message}", hint=error.hint
            ) from error

    def _catch_up(self) -> None:
        """Let time come to the sessions. What that changes for good goes to disk soon."""
        before = self._book.sessions
        self._book = sessions.caught_up(self._book, self._boot_id, self._now())
        if self._book.sessions is not before:
            self._books.put_soon()

    def _note(self) -> TriesNote | None:
        tries = self._desk.tries
        if tries == lockout.Tries():
            return None
        return lockout.noted(tries, self._boot_id, self._now())

    def _write_note(self, note: TriesNote | None) -> None:
        if note is None:
            self._with.tries.remove()
        else:
            self._with.tries.write(note)

    def _spare(self) -> codes.Code:
        now = self._now().monotonic
        return codes.fresh(self._random.below(codes.CODES), now, self._code_seconds)

    def _now(self) -> Moment:
        return Moment(self._with.clock.monotonic(), self._with.clock.wall())

    def _tell(self, message: str, level: Level = Level.INFO) -> None:
        self._with.announce(level, message)
