"""Carries out one round of a claim: feeds ``provisioning.claim``, decides nothing."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol, Self

from firstlight.clock import Clock
from firstlight.errors import Code, FirstlightError
from firstlight.model.claim import Claim
from firstlight.model.moment import Moment
from firstlight.model.radio import LinkReport
from firstlight.provisioning import claim
from firstlight.provisioning.claim import messages
from firstlight.provisioning.claim.machine import Claiming
from firstlight.provisioning.claim.phases import Phase
from firstlight.provisioning.protocol import Answer
from firstlight.radio.port import Radio
from firstlight.target.http import Http

log = logging.getLogger(__name__)

_INBOX = 512
"""More events than a round can have; a full inbox is a fault and says so."""


class Keeper(Protocol):
    """Where what was claimed is kept."""

    async def keep(self, store: messages.Store) -> None:
        """All of it is on disk when this returns, or nothing. Raises ``FirstlightError``."""
        ...


class Tools(NamedTuple):
    """What a claim works with. ``on_change`` is called whenever it has come further."""

    radio: Radio
    http: Http
    keeper: Keeper
    clock: Clock
    on_change: Callable[[Claim], None]


class ClaimRun:
    """One round: ``start`` it, then ``run`` it to its end."""

    def __init__(self, state: Claiming, effects: Sequence[messages.Effect], tools: Tools) -> None:
        self._state = state
        self._effects = effects
        self._tools = tools
        self._inbox: asyncio.Queue[messages.Event] = asyncio.Queue(_INBOX)
        self._work: asyncio.Task[None] | None = None
        self._timer: asyncio.Task[None] | None = None

    @classmethod
    def start(cls, wish: claim.Wish, tools: Tools) -> Self:
        """Begin; nothing has been done to the radio yet."""
        state, effects = claim.begin(wish, _now(tools.clock))
        return cls(state, effects, tools)

    @property
    def claim(self) -> Claim:
        """How it stands."""
        return self._state.claim

    async def run(self) -> Claim:
        """Returns the claim when it is over. The radio is then as it was, with its power back."""
        effects = self._effects
        try:
            await self._carry_out(effects)
            while not self._state.phase.is_final:
                event = await self._inbox.get()
                before = self._state
                self._state, effects = claim.step(before, event, _now(self._tools.clock))
                await self._carry_out(effects)
                if self._state != before:
                    self._tell(before)
        finally:
            await _ended(self._work, self._timer)
        return self.claim

    def cancel(self) -> None:
        """Ask the machine to stop; it still leaves the radio as it was."""
        self._inbox.put_nowait(messages.Cancelled())

    def _tell(self, before: Claiming) -> None:
        if self._state.phase is not before.phase:
            log.info("claim: %s", self._state.phase)
        for tried in self.claim.tries[len(before.claim.tries) :]:
            log.warning("claim: %s: %s %s", tried.bssid, tried.cause, tried.detail)
        if self.claim != before.claim:
            self._tools.on_change(self.claim)

    async def _carry_out(self, effects: Sequence[messages.Effect]) -> None:
        for effect in effects:
            if isinstance(effect, messages.Arm):
                await _ended(self._timer)
                self._timer = asyncio.create_task(self._expire(effect), name="claim-deadline")
            else:
                await _ended(self._work)
                self._work = asyncio.create_task(
                    self._attempt_work(self._state.phase, effect),
                    name=f"claim-{self._state.phase}",
                )

    async def _expire(self, deadline: messages.Arm) -> None:
        await self._tools.clock.sleep(deadline.seconds)
        self._inbox.put_nowait(messages.Expired(deadline.phase))

    async def _attempt_work(self, phase: Phase, effect: messages.Work) -> None:
        try:
            done = await self._do(effect)
        except FirstlightError as error:
            log.warning("claim: %s failed: %s", phase, error)
            done = messages.EffectFailed(phase, error.code, error.message)
        except Exception:
            log.exception("claim: %s failed unexpectedly", phase)
            done = messages.EffectFailed(phase, Code.INTERNAL)
        if done is not None:
            self._inbox.put_nowait(done)

    async def _do(self, effect: messages.Work) -> messages.Event | None:
        radio = self._tools.radio
        match effect:
            case messages.Search(ssid=ssid, frequencies=frequencies):
                await radio.hotspot_down()
                began = self._tools.clock.monotonic()
                await radio.scan((ssid,), frequencies)
                return messages.Searched(radio.access_points(), began)
            case messages.Limit(dbm):
                return messages.Limited(await radio.limit_power(dbm))
            case messages.Protect(seconds):
                await radio.protect(seconds)
                return messages.Protected()
            case messages.Join(plan):
                await radio.activate_trial(plan, self._report)
                return None
            case messages.Ask(request):
                answer = await self._tools.http.ask(radio.state.interface, request)
                if isinstance(answer, Answer):
                    return messages.Answered(request.asked, answer)
                return messages.Unanswered(request.asked, answer.cause, answer.detail)
            case messages.Store():
                await self._tools.keeper.keep(effect)
                return messages.Stored()
            case messages.Leave():
                await radio.abandon()
                return messages.Left()
            case messages.Restore():
                await radio.limit_power(None)
                return messages.Restored()

    def _report(self, report: LinkReport) -> None:
        log.info("claim: link %s %s %s", report.stage, report.reason, report.detail)
        self._inbox.put_nowait(messages.Reported(report))


def _now(clock: Clock) -> Moment:
    return Moment(clock.monotonic(), clock.wall())


async def _ended(*tasks: asyncio.Task[None] | None) -> None:
    """Cancel what still runs, and return once it has ended."""
    for task in tasks:
        if task is not None and not task.done():
            task.cancel()
            await asyncio.wait([task])
