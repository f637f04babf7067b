"""Joins one saved network, or rehearses it beside the hotspot, and looks what lies behind it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NamedTuple

from firstlight.clock import Clock
from firstlight.core import causes
from firstlight.core.recovery.settings import Settings
from firstlight.daemon.waiting import within
from firstlight.errors import Code, FirstlightError
from firstlight.model.attempt import Cause
from firstlight.model.radio import LinkReport, LinkStage
from firstlight.model.reach import Reach, ReachTarget
from firstlight.radio.port import Radio, Report
from firstlight.reach.port import ReachProbe

_STAGES = list(LinkStage)
_OVER = frozenset({LinkStage.CONNECTED, LinkStage.FAILED})


class Tools(NamedTuple):
    """What a join works with."""

    radio: Radio
    reach: ReachProbe
    clock: Clock
    targets: tuple[ReachTarget, ...]
    look_seconds: float
    settings: Settings


class Outcome(NamedTuple):
    """``cause`` is ``None`` for a network that gives what it must; ``reach`` when it was looked."""

    cause: Cause | None
    reach: Reach | None = None


async def rejoin(tools: Tools, uuid: str, seconds: float) -> Outcome:
    """Join the saved network and prove it. Never raises for what the radio or the network does."""
    watch = _Watch()
    try:
        report = await within(watch.follow(tools.radio.join_saved, uuid), seconds, tools.clock)
    except TimeoutError:
        # Not left: whatever comes next takes the radio over, and NetworkManager would take a wish
        # to leave for a wish never to come back.
        return Outcome(watch.silence())
    except FirstlightError as error:
        return Outcome(_CAUSES.get(error.code, Cause.UNAVAILABLE))
    if report.stage is LinkStage.FAILED or report.ipv4 is None:
        return Outcome(watch.failure(report))
    interface = tools.radio.state.interface
    reach = await tools.reach.look(interface, report.ipv4, tools.targets, tools.look_seconds)
    wanted = tools.settings
    return Outcome(
        causes.cause_of_reach(
            reach,
            gateway_required=wanted.require_gateway,
            internet_required=wanted.require_internet,
        ),
        reach,
    )


async def rehearse(tools: Tools, uuid: str, seconds: float) -> Outcome:
    """Join it beside the hotspot, as far as an address. Never raises."""
    watch = _Watch()
    try:
        report = await within(watch.follow(tools.radio.rehearse, uuid), seconds, tools.clock)
    except TimeoutError:
        return Outcome(watch.silence())
    except FirstlightError as error:
        return Outcome(_CAUSES.get(error.code, Cause.UNAVAILABLE))
    failed = report.stage is LinkStage.FAILED
    return Outcome(watch.failure(report) if failed else None)


_CAUSES = {
    Code.RADIO_BLOCKED: Cause.RADIO_BLOCKED,
    Code.RADIO_GONE: Cause.RADIO_GONE,
    Code.NO_WIFI_DEVICE: Cause.RADIO_GONE,
    Code.BUSY: Cause.BUSY,
    Code.TIMEOUT: Cause.TIMEOUT,
}


class _Watch:
    """The reports of one join."""

    def __init__(self) -> None:
        self._reached = LinkStage.PREPARING
        self._over: asyncio.Future[LinkReport] = asyncio.get_running_loop().create_future()

    async def follow(
        self, begin: Callable[[str, Report], Awaitable[None]], uuid: str
    ) -> LinkReport:
        """Begin, and return the last report."""
        await begin(uuid, self._report)
        return await self._over

    def failure(self, report: LinkReport) -> Cause:
        """Why it failed. Whether a password is saved is not known here; mostly one is."""
        return causes.cause_of_link(report.reason, self._reached, secured=True)

    def silence(self) -> Cause:
        """What it means that there was no outcome in time."""
        joined = self._reached in {LinkStage.AUTHENTICATED, LinkStage.CONNECTED}
        return Cause.NO_ADDRESS if joined else Cause.TIMEOUT

    def _report(self, report: LinkReport) -> None:
        if report.stage is not LinkStage.FAILED:
            self._reached = max(self._reached, report.stage, key=_STAGES.index)
        if report.stage in _OVER and not self._over.done():
            self._over.set_result(report)
