"""Carries out one attempt to join: feeds the machine of ``core.join``, decides nothing."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import NamedTuple, Self

from firstlight.clock import Clock
from firstlight.core import join
from firstlight.core.join import messages
from firstlight.core.join.machine import Join
from firstlight.daemon.waiting import ended
from firstlight.errors import Busy, Code, FirstlightError
from firstlight.model.attempt import Attempt
from firstlight.model.moment import Moment
from firstlight.model.profile import JoinRequest
from firstlight.model.radio import LinkReport
from firstlight.model.reach import Reach, ReachTarget
from firstlight.radio.port import Radio
from firstlight.reach.port import ReachProbe

log = logging.getLogger(__name__)

_INBOX = 256
"""More events than an attempt can have; a full inbox is a fault and says so."""


class JoinTools(NamedTuple):
    """What an attempt works with. ``on_change`` is called whenever the attempt has come further."""

    radio: Radio
    reach: ReachProbe
    clock: Clock
    targets: Sequence[ReachTarget]
    look_seconds: float
    on_change: Callable[[Attempt], None]


class JoinRun:
    """One attempt: ``start`` it, then ``run`` it to its end."""

    def __init__(self, state: Join, effects: Sequence[messages.Effect], tools: "JoinTools") -> None:
        self._state = state
        self._effects = effects
        self._tools = tools
        self._inbox: asyncio.Queue[messages.Event] = asyncio.Queue(_INBOX)
        self._work: asyncio.Task[None] | None = None
        self._timer: asyncio.Task[None] | None = None
        self._uuid = ""
        self.found: Reach | None = None

    @classmethod
    def start(
        cls, request: JoinRequest, attempt: str, policy: join.Policy, tools: "JoinTools"
    ) -> Self:
        """Begin; nothing has been done to the radio yet."""
        now = Moment(tools.clock.monotonic(), tools.clock.wall())
        state, effects = join.begin(
            request,
            attempt=attempt,
            policy=policy,
            access_points=tools.radio.access_points(),
            now=now,
        )
        return cls(state, effects, tools)

    @property
    def attempt(self) -> Attempt:
        """How it stands."""
        return self._state.attempt

    async def run(self) -> Attempt:
        """Returns the attempt when it is over. The radio is then as the machine left it."""
        effects = self._effects
        try:
            await self._carry_out(effects)
            while not self._state.phase.is_final:
                event = await self._inbox.get()
                before = self._state
                self._state, effects = join.step(before, event, self._now())
                await self._carry_out(effects)
                if self._state != before:
                    self._tell(before)
        finally:
            await ended(self._work, self._timer)
        return self.attempt

    def cancel(self) -> None:
        """Ask the machine to stop; it still brings the old state back."""
        self._post(messages.Cancelled())

    def _now(self) -> Moment:
        return Moment(self._tools.clock.monotonic(), self._tools.clock.wall())

    def _post(self, event: messages.Event) -> None:
        self._inbox.put_nowait(event)

    def _tell(self, before: Join) -> None:
        if self._state.phase is not before.phase:
            log.info("attempt %s: %s", self.attempt.id, self._state.phase)
        if self.attempt != before.attempt:
            self._tools.on_change(self.attempt)

    async def _carry_out(self, effects: Sequence[messages.Effect]) -> None:
        for effect in effects:
            if isinstance(effect, messages.Arm):
                await ended(self._timer)
                self._timer = asyncio.create_task(self._expire(effect), name="join-deadline")
            else:
                await ended(self._work)
                self._work = asyncio.create_task(
                    self._attempt_work(self._state.phase, effect),
                    name=f"join-{self._state.phase}",
                )

    async def _expire(self, deadline: messages.Arm) -> None:
        await self._tools.clock.sleep(deadline.seconds)
        self._post(messages.Expired(deadline.phase))

    async def _attempt_work(self, phase: join.Phase, effect: messages.Work) -> None:
        try:
            done = await self._do(effect)
        except FirstlightError as error:
            log.warning("attempt: %s failed: %s", phase, error)
            self._post(messages.EffectFailed(phase, error.code))
        except Exception:
            log.exception("attempt: %s failed unexpectedly", phase)
            self._post(messages.EffectFailed(phase, Code.INTERNAL))
        else:
            if done is not None:
                self._post(done)

    async def _do(self, effect: messages.Work) -> messages.Event | None:
        match effect:
            case messages.Protect(seconds):
                await self._tools.radio.protect(seconds)
                return messages.Protected()
            case messages.Search():
                return await self._search(effect)
            case messages.Activate(plan):
                self._uuid = await self._tools.radio.activate_trial(plan, self._report)
                return None
            case messages.Look(ipv4):
                interface = self._tools.radio.state.interface
                self.found = await self._tools.reach.look(
                    interface, ipv4, self._tools.targets, self._tools.look_seconds
                )
                return messages.Looked(self.found)
            case messages.Promote():
                await self._tools.radio.promote(self._uuid)
                return messages.Promoted()
            case messages.Release():
                await self._tools.radio.release()
                return messages.Released()
            case messages.Retire():
                await self._tools.radio.retire(self._uuid)
                return messages.Retired()
            case messages.Abandon():
                await self._tools.radio.abandon()
                return messages.Restored()

    async def _search(self, wish: messages.Search) -> messages.Event:
        await self._tools.radio.hotspot_down()
        began = self._tools.clock.monotonic()
        names = () if wish.frequencies else (wish.request.ssid,)
        try:
            await self._tools.radio.scan(names, wish.frequencies)
        except Busy:
            if not wish.frequencies:
                raise
            # The radio won't scan just now, but the network is in the list: let the join find out.
            began = 0.0
        return messages.SearchEnded(self._tools.radio.access_points(), began)

    def _report(self, report: LinkReport) -> None:
        log.info("attempt: link %s %s %s", report.stage, report.reason, report.detail)
        self._post(messages.Reported(report))
