"""The contract of a look behind the link."""

from collections.abc import Sequence
from typing import Protocol

from firstlight.model.radio import Ipv4
from firstlight.model.reach import Reach, ReachTarget


class ReachProbe(Protocol):
    """Looks through one interface, whatever other networks the machine has."""

    async def look(
        self, interface: str, ipv4: Ipv4, targets: Sequence[ReachTarget], seconds: float
    ) -> Reach:
        """Does the gateway answer, do names resolve, does any target answer as expected?

        Ends within ``seconds`` and never raises for what it finds: silence is a finding.
        """
        ...
