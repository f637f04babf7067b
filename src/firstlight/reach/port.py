"""The contract of a look behind the link."""

from collections.abc import Sequence
from typing import Protocol

from firstlight.model.radio import Ipv4
from firstlight.model.reach import Broker, Findings, Reach, ReachTarget


class ReachProbe(Protocol):
    """Looks through one interface, whatever other networks the machine has.

    Every look ends within ``seconds`` and never raises for what it finds: silence is a finding. It
    also ends, without waiting for the others, once one target has answered as expected.
    """

    async def look(
        self, interface: str, ipv4: Ipv4, targets: Sequence[ReachTarget], seconds: float
    ) -> Reach:
        """Does the gateway answer, do names resolve, does any target answer as expected?

        Without targets the internet counts as reachable.
        """
        ...

    async def climb(
        self,
        interface: str,
        ipv4: Ipv4,
        targets: Sequence[ReachTarget],
        broker: Broker | None,
        seconds: float,
    ) -> Findings:
        """The same, and the broker, each found and timed by itself, all at once.

        DNS holds when any name in question resolves. A gateway that the lease names also holds when
        it says nothing itself, but a target behind it answers as expected.
        """
        ...
