"""Normal operation with what was claimed: a client joins its network, then has its broker.

The daemon simply goes on; see docs/decisions/0014-claiming.md for why nothing restarts.
"""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta

from firstlight.clock import Clock
from firstlight.daemon.announcer import Announcer
from firstlight.daemon.claimed import ClaimArchive
from firstlight.daemon.joining import Joining
from firstlight.daemon.tasks import Tasks
from firstlight.daemon.waiting import until
from firstlight.errors import Busy, StoreFailure
from firstlight.model.attempt import Attempt, AttemptState
from firstlight.model.claim import AfterFailure
from firstlight.model.claimed import ClaimedBroker
from firstlight.model.mqtt import BrokerCause
from firstlight.model.profile import JoinRequest
from firstlight.model.radio import RadioState
from firstlight.provisioning.claim import pauses
from firstlight.provisioning.operation import Verdict, after_failed_broker, after_failed_join
from firstlight.radio.port import Radio
from firstlight.running import ended
from firstlight.store.notes import NoteFile

log = logging.getLogger(__name__)

_BUSY_SECONDS = 10.0
_ONLINE_SECONDS = 86_400.0


class OperationNote(msgspec.Struct, frozen=True, kw_only=True):
    """How far it has come. ``joined``: the network that was given was joined once.

    From then on it is a saved network like any other. ``failed``: joins in a row that failed.
    """

    joined: bool = False
    failed: Annotated[int, Meta(ge=0)] = 0
    problem: str = ""


_DROPPED = "The configuration was dropped; the device can be claimed again."


class Company(NamedTuple):
    """Who has a part in it."""

    radio: Radio
    clock: Clock
    archive: ClaimArchive
    note: NoteFile[OperationNote]
    joining: Joining
    announce: Announcer
    tasks: Tasks


class Operating:
    """``begin`` it at the start, ``anew`` after a claim.

    ``on_broker`` is called with the broker that was given, once the network that was given is
    there; with ``None`` when there is none any more.
    """

    def __init__(self, policy: AfterFailure, company: Company) -> None:
        self._policy = policy
        self._with = company
        self._note = OperationNote()
        self._task: asyncio.Task[None] | None = None
        self._broker_failures = 0
        self.problem = ""
        self.on_broker: Callable[[ClaimedBroker | None], None] = _nobody

    @property
    def broker(self) -> ClaimedBroker | None:
        """The broker that was given, if one was."""
        claimed = self._with.archive.claimed
        return claimed.mqtt() if claimed is not None else None

    async def load(self) -> None:
        """For the start: how far it had come. Never raises."""
        try:
            note, wrong = await asyncio.to_thread(self._with.note.read)
        except StoreFailure as error:
            note, wrong = None, error.message
        if wrong:
            log.warning("%s", wrong)
        if note is not None:
            self._note = note
            self.problem = self.problem or note.problem

    def begin(self, *, at_once: bool = False) -> None:
        """Go on with what was claimed, if anything was. ``at_once``: even if a network is there."""
        claimed = self._with.archive.claimed
        if claimed is None:
            return
        request = claimed.wifi()
        if request is None or self._note.joined:
            self.on_broker(claimed.mqtt())
            return
        first = self._attempt(request, although_online=at_once)
        self._task = self._with.tasks.spawn(self._join(request, first), "join-claimed")

    async def anew(self) -> None:
        """Begin with another configuration."""
        self.on_broker(None)
        await self._remember(OperationNote())
        self.begin(at_once=True)

    async def stop(self) -> None:
        """Try no more for now."""
        await ended(self._task)

    async def forget(self) -> None:
        """For a factory reset. Raises ``StoreFailure``."""
        await self.stop()
        self._note, self.problem = OperationNote(), ""
        self.on_broker(None)
        await asyncio.to_thread(self._with.note.remove)

    async def _join(self, request: JoinRequest, attempt: Attempt | None) -> None:
        """Until it works, or is dropped; growing pauses in between."""
        while True:
            if attempt is not None:
                attempt = await self._with.joining.outcome(attempt)
                if attempt.state is AttemptState.SUCCEEDED:
                    await self._joined()
                    return
                if await self._failed(attempt):
                    return
                await self._with.clock.sleep(pauses.before_join(self._note.failed))
            else:
                await until(self._with.radio, _offline, _ONLINE_SECONDS, self._with.clock)
                await self._with.clock.sleep(_BUSY_SECONDS)
            attempt = self._attempt(request)

    def _attempt(self, request: JoinRequest, *, although_online: bool = False) -> Attempt | None:
        """Start to join, unless a person has found another network, or is just looking for one."""
        if self._with.radio.state.online and not although_online:
            return None
        try:
            return self._with.joining.begin(request)
        except Busy:
            return None

    async def _joined(self) -> None:
        await self._remember(OperationNote(joined=True))
        self._with.announce.status()
        claimed = self._with.archive.claimed
        if claimed is not None:
            self.on_broker(claimed.mqtt())

    def broker_failed(self, cause: BrokerCause, words: str) -> None:
        """A connection to the broker that was given came to nothing."""
        self._broker_failures += 1
        verdict = after_failed_broker(cause, self._broker_failures, self._policy)
        if verdict is Verdict.DROP and self._with.archive.claimed is not None:
            self._broker_failures = 0
            self._with.tasks.spawn(self._drop_for_broker(words), "drop-claimed")

    def broker_opened(self) -> None:
        """The broker that was given takes us."""
        self._broker_failures = 0

    async def _drop_for_broker(self, words: str) -> None:
        problem = f"The broker that was claimed does not work: {words} {_DROPPED}"
        await self._drop()
        await self._remember(OperationNote(failed=self._note.failed, problem=problem))
        self.on_broker(None)
        self._with.announce.warning(problem)
        self._with.announce.status()

    async def _drop(self) -> None:
        try:
            await self._with.archive.drop()
        except StoreFailure as error:
            log.warning("%s", error)

    async def _failed(self, attempt: Attempt) -> bool:
        """Take note. Returns whether the configuration was dropped."""
        failed = self._note.failed + 1
        problem = f"The network that was claimed does not work: {attempt.message or attempt.ssid}"
        dropped = after_failed_join(attempt.cause, failed, self._policy) is Verdict.DROP
        if dropped:
            problem += f" {_DROPPED}"
            await self._drop()
        await self._remember(OperationNote(failed=failed, problem=problem))
        self._with.announce.warning(problem)
        self._with.announce.status()
        return dropped

    async def _remember(self, note: OperationNote) -> None:
        self._note, self.problem = note, note.problem
        try:
            await asyncio.to_thread(self._with.note.write, note)
        except StoreFailure as error:
            log.warning("how the claimed network did is not on disk: %s", error)


def note_file(folder: Path) -> NoteFile[OperationNote]:
    """The one that says how far normal operation has come."""
    return NoteFile(folder / "operation.json", OperationNote)


def _offline(state: RadioState) -> bool:
    return not state.online


def _nobody(_broker: ClaimedBroker | None) -> None:
    return None
