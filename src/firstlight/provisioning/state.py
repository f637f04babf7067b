"""Everything that Provisioning Mode knows. What belongs to a session is gone when it ends."""

from collections.abc import Mapping

import msgspec

from firstlight.model.mac import MacAddress
from firstlight.model.provisioning_mode import ModeEnd, Progress
from firstlight.model.registry import Registered
from firstlight.model.softap import SoftAp
from firstlight.provisioning.allowlist import Allowlist
from firstlight.provisioning.messages import Plan
from firstlight.provisioning.nonces import Nonces
from firstlight.provisioning.phases import Phase

MOST_DEVICES = 4096
"""So many are told apart in one session; of more, the first are remembered."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """``ttl_seconds``: how long a session lasts. ``tx_power_dbm``: what the driver is asked for."""

    ttl_seconds: float = 1800.0
    tx_power_dbm: float = 2.0


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """How far a device has come; ``at`` on the monotonic clock. ``who`` where that is known."""

    progress: Progress
    at: float
    who: Registered | None = None
    reason: str = ""


class End(msgspec.Struct, frozen=True, kw_only=True):
    """How the last session ended; ``at`` in Unix ms."""

    reason: ModeEnd
    message: str
    at: int
    hint: str = ""
    mac: MacAddress | None = None


class State(msgspec.Struct, frozen=True, kw_only=True):
    """``turn`` counts transitions; times are monotonic seconds.

    ``bad`` counts bad nonces in a row. ``present`` is who is on the SoftAP now. ``shown`` are the
    first of those who are expected, by name. ``ended`` outlives the session.
    """

    settings: Settings = Settings()
    phase: Phase = Phase.OFF
    turn: int = 0
    plan: Plan = Plan(beside=False, channel=1)
    allowlist: Allowlist = Allowlist()
    shown: tuple[Registered, ...] = ()
    softap: SoftAp | None = None
    until: float = 0.0
    nonces: Nonces = Nonces()
    bad: int = 0
    present: frozenset[MacAddress] = frozenset()
    devices: Mapping[MacAddress, Device] = {}
    ended: End | None = None

    def __repr__(self) -> str:
        return f"State(phase={self.phase.value}, turn={self.turn})"
