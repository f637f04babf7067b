"""The real look behind the link: ARP, DNS from the lease's own servers, HTTP, TCP."""

import asyncio
from collections.abc import Awaitable, Sequence
from typing import TypeVar

from firstlight.model.radio import Ipv4
from firstlight.model.reach import (
    Broker,
    BrokerFinding,
    Finding,
    Findings,
    Internet,
    InternetFinding,
    Reach,
    ReachTarget,
    names_in_question,
)
from firstlight.reach import broker as brokers
from firstlight.reach import gateway, pages
from firstlight.reach.names import Names
from firstlight.reach.racing import until_good

T = TypeVar("T")

_GATEWAY_SECONDS = 4.0
_BEST_FIRST = (Internet.REACHABLE, Internet.PORTAL, Internet.UNREACHABLE, Internet.NO_NAMES)


class SocketReach:
    """Looks with sockets of its own; keeps nothing between looks."""

    async def look(
        self, interface: str, ipv4: Ipv4, targets: Sequence[ReachTarget], seconds: float
    ) -> Reach:
        """See the port."""
        return (await self.climb(interface, ipv4, targets, None, seconds)).reach

    async def climb(
        self,
        interface: str,
        ipv4: Ipv4,
        targets: Sequence[ReachTarget],
        broker: Broker | None,
        seconds: float,
    ) -> Findings:
        """See the port."""
        deadline = asyncio.get_running_loop().time() + seconds
        async with Names(interface, ipv4, deadline) as names, asyncio.TaskGroup() as looks:
            answers = looks.create_task(
                _gateway(interface, ipv4, min(seconds, _GATEWAY_SECONDS)), name="reach-gateway"
            )
            resolved = looks.create_task(
                _names(names, names_in_question(targets, broker)), name="reach-names"
            )
            met = looks.create_task(
                _internet(interface, names, targets, deadline), name="reach-internet"
            )
            takes = looks.create_task(
                _broker(interface, names, broker, deadline), name="reach-broker"
            )
        return Findings(
            gateway=_proven(answers.result(), met.result(), ipv4),
            names=resolved.result(),
            internet=met.result(),
            broker=takes.result(),
        )


async def _gateway(interface: str, ipv4: Ipv4, seconds: float) -> Finding:
    (holds, evidence), elapsed = await _timed(gateway.answers(interface, ipv4, seconds))
    return Finding(holds=holds, evidence=evidence, elapsed_ms=elapsed)


async def _names(names: Names, hosts: Sequence[str]) -> Finding | None:
    if not hosts:
        return None
    (holds, evidence), elapsed = await _timed(names.any_of(hosts))
    return Finding(holds=holds, evidence=evidence, elapsed_ms=elapsed)


async def _internet(
    interface: str, names: Names, targets: Sequence[ReachTarget], deadline: float
) -> InternetFinding | None:
    if not targets:
        return None
    found = await until_good(
        [_timed(pages.probe(interface, names, target, deadline)) for target in targets],
        lambda one: one[0].internet is Internet.REACHABLE,
    )
    best, elapsed = min(found, key=lambda one: _BEST_FIRST.index(one[0].internet))
    return InternetFinding(
        internet=best.internet, evidence=best.evidence, elapsed_ms=elapsed, date=best.date
    )


async def _broker(
    interface: str, names: Names, broker: Broker | None, deadline: float
) -> BrokerFinding | None:
    if broker is None:
        return None
    found, elapsed = await _timed(brokers.connect(interface, names, broker, deadline))
    return BrokerFinding(
        holds=found.holds, evidence=found.evidence, address=found.address, elapsed_ms=elapsed
    )


def _proven(answered: Finding, met: InternetFinding | None, ipv4: Ipv4) -> Finding:
    """A gateway that says nothing itself is proven by what answers behind it.

    A socket bound to a device needs no route, so only where the lease names a gateway at all.
    """
    lets_through = met is not None and met.internet is Internet.REACHABLE
    if answered.holds or ipv4.gateway is None or not lets_through:
        return answered
    return Finding(
        holds=True,
        evidence=f"{ipv4.gateway} does not answer itself, but lets others through.",
        elapsed_ms=answered.elapsed_ms,
    )


async def _timed(look: Awaitable[T]) -> tuple[T, int]:
    """What it found, and how many milliseconds it took."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    found = await look
    return found, round(1000 * (loop.time() - began))
