"""Carries out one round of a claim: feeds ``provisioning.claim``, decides nothing."""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple, Protocol, Self

from firstlight.clock import Clock, reading
from firstlight.errors import Code, FirstlightError
from firstlight.model.claim import Claim
from firstlight.model.moment import Moment
from firstlight.model.radio import LinkReport
from firstlight.provisioning import claim
from firstlight.provisioning.claim import messages
from firstlight.provisioning.claim.machine import Claiming
from firstlight.provisioning.protocol import Answer
from firstlight.radio.port import Radio
from firstlight.running import Deadline, Run, Work
from firstlight.target.http import Http

log = logging.getLogger(__name__)


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


class ClaimRun(Run[Claiming, messages.Event, messages.Effect]):
    """One round: ``start`` it, then ``run`` it to its end."""

    def __init__(self, begun: tuple[Claiming, Sequence[messages.Effect]], tools: Tools) -> None:
        super().__init__("claim", begun, tools.clock)
        self._tools = tools

    @classmethod
    def start(cls, wish: claim.Wish, tools: Tools) -> Self:
        """Begin; nothing has been done to the radio yet."""
        return cls(claim.begin(wish, reading(tools.clock)), tools)

    @property
    def claim(self) -> Claim:
        """How it stands."""
        return self._state.claim

    async def run(self) -> Claim:
        """Returns the claim when it is over. The radio is then as it was, with its power back."""
        return (await self.to_its_end()).claim

    def cancel(self) -> None:
        """Ask the machine to stop; it still leaves the radio as it was."""
        self._post(messages.Cancelled())

    def _step(
        self, state: Claiming, event: messages.Event, now: Moment
    ) -> tuple[Claiming, Sequence[messages.Effect]]:
        return claim.step(state, event, now)

    def _read(self, effect: messages.Effect) -> Deadline[messages.Event] | Work[messages.Event]:
        if isinstance(effect, messages.Arm):
            return Deadline(effect.seconds, messages.Expired(effect.phase))
        return partial(self._do, effect)

    def _failed(self, asked_in: Claiming, error: FirstlightError | None) -> messages.Event:
        if error is None:
            return messages.EffectFailed(asked_in.phase, Code.INTERNAL)
        return messages.EffectFailed(asked_in.phase, error.code, error.message)

    def _tell(self, before: Claiming) -> None:
        if self._state.phase is not before.phase:
            log.info("claim: %s", self._state.phase)
        for tried in self.claim.tries[len(before.claim.tries) :]:
            log.warning("claim: %s: %s %s", tried.bssid, tried.cause, tried.detail)
        if self.claim != before.claim:
            self._tools.on_change(self.claim)

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
                return messages.Started()
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
        self._post(messages.Reported(report))
