"""Joining because somebody wishes it: one attempt at a time, from the wish to the mode after it."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from firstlight.core import join
from firstlight.core.mode import Turn
from firstlight.daemon.announcer import Announcer
from firstlight.daemon.attempts import Attempts
from firstlight.daemon.hotspot_keeper import HotspotKeeper
from firstlight.daemon.joins import JoinRun, JoinTools
from firstlight.daemon.memory import Memory
from firstlight.daemon.recovery import Recovery
from firstlight.daemon.rejoining import Tools
from firstlight.daemon.tasks import Tasks
from firstlight.errors import Busy, FirstlightError
from firstlight.model.attempt import Attempt, AttemptState
from firstlight.model.profile import JoinRequest

log = logging.getLogger(__name__)

STOP_SECONDS = 15.0
RETYPE_SECONDS = 60.0
"""After a failure the person is about to type again: no try to come home meanwhile."""


class Company(NamedTuple):
    """Who else has a part in it."""

    memory: Memory
    hotspot: HotspotKeeper
    recovery: Recovery
    announce: Announcer
    attempts: Attempts
    tasks: Tasks
    turn: Callable[[Turn], Awaitable[None]]


class Joining:
    """At most one attempt."""

    def __init__(self, policy: join.Policy, tools: Tools, company: Company) -> None:
        self._policy = policy
        self._tools = tools
        self._with = company
        self._run: JoinRun | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def under_way(self) -> bool:
        """Whether an attempt is running."""
        return self._run is not None

    def check_idle(self) -> None:
        """Raise ``Busy`` while an attempt is running."""
        if self._run is not None:
            raise Busy(
                f"An attempt to join {self._run.attempt.ssid} is under way.",
                hint="Wait for its outcome, then try again.",
                retry_after=10,
            )

    def begin(self, request: JoinRequest) -> Attempt:
        """Start. Raises ``Busy``."""
        self.check_idle()
        tools = JoinTools(
            radio=self._tools.radio,
            reach=self._tools.reach,
            clock=self._tools.clock,
            targets=self._tools.targets,
            look_seconds=self._tools.look_seconds,
            on_change=self._changed,
        )
        self._run = JoinRun.start(request, secrets.token_hex(6), self._policy, tools)
        attempt = self._run.attempt
        self._with.attempts.keep(attempt)
        self._task = self._with.tasks.spawn(self._join(self._run), f"join-{attempt.id}")
        return attempt

    async def outcome(self, attempt: Attempt) -> Attempt:
        """That attempt, when it is over. Waits no longer than it lasts."""
        if self._task is not None and self._run is not None and self._run.attempt.id == attempt.id:
            await asyncio.wait([self._task])
        return self._with.attempts.get(attempt.id)

    async def stop(self) -> None:
        """End it, the old network back first."""
        if self._run is not None:
            self._run.cancel()
        if self._task is not None:
            await asyncio.wait([self._task], timeout=STOP_SECONDS)

    async def _join(self, run: JoinRun) -> None:
        attempts, announce = self._with.attempts, self._with.announce
        announce.attempt(run.attempt)
        self._with.hotspot.hold()
        await self._with.recovery.hold()
        try:
            await self._with.turn(Turn.JOINING)
            await self._with.hotspot.idle()
            attempt = await run.run()
            if attempt.state is AttemptState.SUCCEEDED:
                self._with.recovery.now_found(run.found)
            await self._joined(attempt)
        finally:
            # Only now: whoever sees the outcome may try again at once.
            self._run = None
            attempts.keep(run.attempt)
            announce.attempt(run.attempt)
            self._with.hotspot.resume()
            failed = run.attempt.state is not AttemptState.SUCCEEDED
            self._with.recovery.resume(pause=RETYPE_SECONDS if failed else 0.0)

    async def _joined(self, attempt: Attempt) -> None:
        memory, radio = self._with.memory, self._tools.radio
        if attempt.state is AttemptState.SUCCEEDED:
            await memory.change(last_error="", interface_name=radio.state.interface)
            await self._with.turn(Turn.ONLINE)
            return
        await memory.change(last_error=attempt.message or "")
        if radio.state.online:
            await self._with.turn(Turn.ONLINE)
            return
        self._with.hotspot.wanted = True
        await self._with.turn(Turn.ALONE)
        try:
            await self._with.hotspot.up()
        except FirstlightError as error:
            log.warning("the hotspot did not come back yet: %s", error)

    def _changed(self, attempt: Attempt) -> None:
        if attempt.state is AttemptState.RUNNING:
            self._with.attempts.keep(attempt)
            self._with.announce.attempt(attempt)
