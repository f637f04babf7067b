"""Carries out one attempt to join: feeds the machine of ``core.join``, decides nothing."""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import NamedTuple, Self

from firstlight.clock import Clock, reading
from firstlight.core import join
from firstlight.core.join import messages
from firstlight.core.join.machine import Join
from firstlight.errors import Busy, Code, FirstlightError
from firstlight.model.attempt import Attempt
from firstlight.model.moment import Moment
from firstlight.model.profile import JoinRequest
from firstlight.model.radio import LinkReport
from firstlight.model.reach import Reach, ReachTarget
from firstlight.radio.port import Radio
from firstlight.reach.port import ReachProbe
from firstlight.running import Deadline, Run, Work

log = logging.getLogger(__name__)


class JoinTools(NamedTuple):
    """What an attempt works with. ``on_change`` is called whenever the attempt has come further."""

    radio: Radio
    reach: ReachProbe
    clock: Clock
    targets: Sequence[ReachTarget]
    look_seconds: float
    on_change: Callable[[Attempt], None]


class JoinRun(Run[Join, messages.Event, messages.Effect]):
    """One attempt: ``start`` it, then ``run`` it to its end."""

    def __init__(self, begun: tuple[Join, Sequence[messages.Effect]], tools: JoinTools) -> None:
        super().__init__("join", begun, tools.clock)
        self._tools = tools
        self._uuid = ""
        self.found: Reach | None = None

    @classmethod
    def start(
        cls, request: JoinRequest, attempt: str, policy: join.Policy, tools: JoinTools
    ) -> Self:
        """Begin; nothing has been done to the radio yet."""
        begun = join.begin(
            request,
            attempt=attempt,
            policy=policy,
            access_points=tools.radio.access_points(),
            now=reading(tools.clock),
        )
        return cls(begun, tools)

    @property
    def attempt(self) -> Attempt:
        """How it stands."""
        return self._state.attempt

    async def run(self) -> Attempt:
        """Returns the attempt when it is over. The radio is then as the machine left it."""
        return (await self.to_its_end()).attempt

    def cancel(self) -> None:
        """Ask the machine to stop; it still brings the old state back."""
        self._post(messages.Cancelled())

    def _step(
        self, state: Join, event: messages.Event, now: Moment
    ) -> tuple[Join, Sequence[messages.Effect]]:
        return join.step(state, event, now)

    def _read(self, effect: messages.Effect) -> Deadline[messages.Event] | Work[messages.Event]:
        if isinstance(effect, messages.Arm):
            return Deadline(effect.seconds, messages.Expired(effect.phase))
        return partial(self._do, effect)

    def _failed(self, asked_in: Join, error: FirstlightError | None) -> messages.Event:
        return messages.EffectFailed(asked_in.phase, error.code if error else Code.INTERNAL)

    def _tell(self, before: Join) -> None:
        if self._state.phase is not before.phase:
            log.info("attempt %s: %s", self.attempt.id, self._state.phase)
        if self.attempt != before.attempt:
            self._tools.on_change(self.attempt)

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
