"""Climbs the diagnostic ladder: looks at everything, and has ``core.ladder`` judge it."""

import asyncio

from firstlight.clock import Clock
from firstlight.config import Config
from firstlight.core import ladder
from firstlight.daemon.regulation import RegulationOf
from firstlight.model.ladder import Diagnostics
from firstlight.model.radio import RadioState
from firstlight.model.reach import Broker, Findings
from firstlight.model.regulation import Regulation
from firstlight.radio.port import Radio
from firstlight.reach.port import ReachProbe

CLIMB_SECONDS = 7.5
"""For everything behind the link; the whole ladder is promised within 8 s."""


def nothing_known(interface: str) -> Regulation:
    """Of a radio that the kernel knows nothing of, such as a simulated one."""
    return Regulation()


class Diagnosis:
    """One climb at a time, shared by everybody who asks meanwhile."""

    def __init__(
        self,
        radio: Radio,
        reach: ReachProbe,
        clock: Clock,
        config: Config,
        *,
        regulation: RegulationOf = nothing_known,
    ) -> None:
        self._radio = radio
        self._reach = reach
        self._clock = clock
        self._config = config
        self._regulation = regulation
        self._broker = (
            Broker(host=config.mqtt.host, port=config.mqtt.dialled_port)
            if config.mqtt.host
            else None
        )
        self._climb: asyncio.Task[Diagnostics] | None = None

    async def climb(self) -> Diagnostics:
        """The ladder as of now, within 8 s. Never raises for what it finds."""
        if self._climb is None or self._climb.done():
            self._climb = asyncio.create_task(self._look_and_judge(), name="diagnosis")
            self._climb.add_done_callback(_noticed)
        return await asyncio.shield(self._climb)

    async def close(self) -> None:
        """Stop looking."""
        if self._climb is not None and not self._climb.done():
            self._climb.cancel()
            await asyncio.wait([self._climb])

    async def _look_and_judge(self) -> Diagnostics:
        began = self._clock.monotonic()
        before = self._radio.state
        findings = await self._look(before)
        state = self._radio.state
        elapsed = self._clock.monotonic() - began
        return ladder.diagnostics(
            ladder.Seen(
                radio=state,
                targets=self._config.reach.targets,
                broker=self._broker,
                findings=findings if _same_link(before, state) else None,
                regulation=self._regulation(state.interface),
                country=self._config.country,
                gateway_required=self._config.join.require_gateway,
                wall=self._clock.wall(),
                elapsed_ms=round(1000 * elapsed),
            )
        )

    async def _look(self, state: RadioState) -> Findings | None:
        if not state.online or state.ipv4 is None:
            return None
        return await self._reach.climb(
            state.interface, state.ipv4, self._config.reach.targets, self._broker, CLIMB_SECONDS
        )


def _same_link(one: RadioState, other: RadioState) -> bool:
    return (one.online, one.interface, one.ipv4) == (other.online, other.interface, other.ipv4)


def _noticed(climb: asyncio.Task[Diagnostics]) -> None:
    """Whoever asked may have gone away; then a failure is nobody's news."""
    if not climb.cancelled():
        climb.exception()
