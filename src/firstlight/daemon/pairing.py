"""Pairing: who may come in, and who is in already.

Decisions come from ``core.pairing``. Every change takes effect in memory before anything is
awaited, so that tries at the same time can't pass one another, and is on disk before it is
answered.
"""

import asyncio
import logging
import math
from collections.abc import Callable
from typing import NamedTuple

from firstlight.clock import Clock, reading
from firstlight.config import Config
from firstlight.core.pairing import code as codes
from firstlight.core.pairing import desk, device_id, lockout, messages, promotion
from firstlight.core.pairing.desk import Desk, Judged, Verdict
from firstlight.core.pairing.device_id import Identity
from firstlight.core.pairing.lockout import Tries, TriesNote
from firstlight.core.pairing.promotion import Promotions
from firstlight.daemon.latest import Latest
from firstlight.daemon.machine_identity import read_identity
from firstlight.daemon.memory import Memory
from firstlight.daemon.naming import name_device
from firstlight.daemon.sessions import Announce, Randomness, Sessions
from firstlight.errors import StoreFailure
from firstlight.model.event import Level
from firstlight.model.moment import Moment
from firstlight.model.pairing import CodeShown, Paired
from firstlight.model.session import SessionEntry
from firstlight.model.text import plain
from firstlight.store.notes import NoteFile
from firstlight.store.sessions import SessionFile

log = logging.getLogger(__name__)

_SEED_BYTES = 32


class Company(NamedTuple):
    """Who has a part in it. ``announce`` tells everybody; no code or token ever goes there."""

    memory: Memory
    clock: Clock
    sessions: SessionFile
    tries: NoteFile[TriesNote]
    announce: Announce
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
        self._sessions = Sessions(company.sessions, company.clock, company.announce, self._random)
        self._promotions: Promotions = ()
        self._desk = Desk(self._spare())
        self._noted = self._desk.tries
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
            made_up=self._random.some(_SEED_BYTES),
        )
        self._sessions.load()
        self._desk = Desk(self._spare(), self._kept_tries())
        await self._keep_desk()

    async def keep_trying(self) -> None:
        """For ever: what the disk did not take is written again until it does."""
        await asyncio.gather(
            self._sessions.keep_trying(), self._notes.keep_trying(self._with.clock)
        )

    async def close(self) -> None:
        """Returns once everything is on disk, or known not to be."""
        await self._sessions.close()
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
        paired = await self.admit(device_name)
        await self._keep_desk()
        return paired

    async def admit(self, device_name: str) -> Paired:
        """A bearer token for whoever has proven already who it is; wrong codes don't matter."""
        paired = self._sessions.open(device_name)
        await self._sessions.save()
        return paired

    async def promote(self, code: str, caller: str) -> None:
        """Let the code be good as that caller's ``visual-token`` for 60 minutes.

        What is promoted for that caller already stays so, and no longer. Raises as ``pair``.
        """
        if self.authorize_visual(code, caller):
            return
        await self._refuse(self._judge(code), caller)
        now = self._now().monotonic
        self._promotions = promotion.promoted(self._promotions, caller, code, now)
        self._with.announce(Level.SUCCESS, messages.promoted(plain(caller)))
        await self._keep_desk()

    def authorize_bearer(self, token: str) -> SessionEntry | None:
        """The session of that token, if there is one."""
        return self._sessions.of_token(token)

    def authorize_visual(self, value: str, caller: str) -> bool:
        """Whether that value is promoted for that caller."""
        self._promotions, is_good = promotion.authorised(
            self._promotions, caller, value, self._now().monotonic
        )
        return is_good

    def sessions(self) -> tuple[SessionEntry, ...]:
        """Everybody who is paired, the newest last."""
        return self._sessions.all()

    async def revoke(self, session_id: str) -> None:
        """Sign one out. Raises ``NotFound``, or ``StoreFailure`` when a restart may undo it."""
        await self._sessions.revoke(session_id)

    async def revoke_all(self) -> None:
        """Sign everybody out, visual tokens, too. Raises ``StoreFailure`` as ``revoke``."""
        self._promotions = ()
        await self._sessions.revoke_all()

    async def forget(self) -> None:
        """For the factory reset: nobody is paired, nothing was tried, and the code is another one.

        Raises ``StoreFailure`` when something is left on disk; doing it again then does the rest.
        """
        self._sessions.clear()
        self._promotions = ()
        self._desk = Desk(self._spare())
        self._noted = self._desk.tries
        await self._keep_desk()
        await self._sessions.forget_on_disk()
        await self._notes.put()

    def _kept_tries(self) -> Tries:
        now, boot_id = self._now(), self._with.clock.boot_id
        try:
            note, wrong = self._with.tries.read()
        except StoreFailure as error:
            note, wrong = None, error.message
        if wrong:
            log.warning("%s", wrong)
            return lockout.after_damage(now.monotonic)
        self._noted = lockout.remembered(note, boot_id, now) if note else Tries()
        return self._noted

    def _judge(self, given: str) -> Judged:
        judged = desk.tried(self._desk, given, self._spare(), self._now().monotonic)
        self._desk = judged.desk
        return judged

    async def _refuse(self, judged: Judged, caller: str) -> None:
        """Raise, once it is on disk that this try was one; return at once for a right one."""
        if judged.verdict is Verdict.RIGHT:
            return
        if judged.verdict is Verdict.WRONG:
            await self._keep_desk()
            if judged.wait:
                log.warning("pairing pauses; the last wrong code came from %s", plain(caller))
                self._with.announce(Level.WARNING, messages.paused(judged.wait))
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

    def _note(self) -> TriesNote | None:
        tries = self._desk.tries
        if tries == Tries():
            return None
        return lockout.noted(tries, self._with.clock.boot_id, self._now())

    def _write_note(self, note: TriesNote | None) -> None:
        if note is None:
            self._with.tries.remove()
        else:
            self._with.tries.write(note)

    def _spare(self) -> codes.Code:
        now = self._now().monotonic
        return codes.fresh(self._random.below(codes.CODES), now, self._code_seconds)

    def _now(self) -> Moment:
        return reading(self._with.clock)
