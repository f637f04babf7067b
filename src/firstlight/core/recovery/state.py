"""Everything that the machine knows."""

import msgspec
from msgspec.structs import replace

from firstlight.core.recovery.candidates import Candidate, Failures
from firstlight.core.recovery.messages import View
from firstlight.core.recovery.phases import ATTENDED_SECONDS, Phase
from firstlight.core.recovery.settings import Settings
from firstlight.model.kept import Kept
from firstlight.model.mac import MacAddress
from firstlight.model.moment import Moment
from firstlight.model.reach import Internet, Reach
from firstlight.model.status import RecoveryLock, RecoveryResult


class Trouble(msgspec.Struct, frozen=True):
    """Since when (monotonic) something is wrong, and what; ``wished``: a person said so."""

    since: float
    reason: str
    wished: bool = False


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What is written down for people. Times in Unix ms, 0 for never."""

    last_attempt_at: int = 0
    last_recovered_at: int = 0
    last_result: RecoveryResult = RecoveryResult.IDLE
    last_reason: str = ""

    @classmethod
    def of(cls, kept: Kept) -> "Record":
        """As it was kept. What a killed process had begun has come to nothing."""
        pending = kept.last_result is RecoveryResult.PENDING
        return cls(
            last_attempt_at=kept.last_attempt_at,
            last_recovered_at=kept.last_recovered_at,
            last_result=RecoveryResult.FAILED if pending else kept.last_result,
            last_reason=kept.last_reason,
        )


class State(msgspec.Struct, frozen=True, kw_only=True):
    """Times are monotonic seconds.

    ``turn`` counts transitions. ``queue``: networks still to be tried, ``current`` the one that is.
    ``away_since``: when the present try to come home began. ``frequencies``: where saved networks
    were heard. ``rising``: the hotspot's turn has come, and it has not been seen up yet.
    ``over_link``: there is a link meanwhile, but one that leads nowhere. ``guests``: stations that
    have been on the hotspot since the radio was free.
    """

    settings: Settings
    phase: Phase
    record: Record = Record()
    turn: int = 0
    held: bool = False
    view: View = View()
    streak: int = 0
    trouble: Trouble = Trouble(0.0, "")
    cooldown_until: float = 0.0
    queue: tuple[Candidate, ...] = ()
    current: Candidate | None = None
    failures: dict[str, Failures] = {}
    frequencies: tuple[int, ...] = ()
    scouts: int = 0
    away_since: float = 0.0
    rising: bool = False
    over_link: bool = False
    stuck: bool = False
    blamed: bool = False
    pause_until: float = 0.0
    attended_since: float = 0.0
    attended_until: float = 0.0
    guests: frozenset[MacAddress] = frozenset()
    internet_due: float = 0.0

    @property
    def narrow(self) -> bool:
        """Whether the present look for home is at the known frequencies only: every other one."""
        return bool(self.frequencies) and self.scouts % 2 == 1

    @property
    def recovering(self) -> bool:
        """Whether recovery itself is under way."""
        return self.phase in {Phase.LOOKING, Phase.REJOINING}

    def cooldown_left(self, now: Moment) -> float:
        """Seconds until recovery may run by itself again."""
        return max(0.0, self.cooldown_until - now.monotonic)

    def left_in_peace(self, now: Moment) -> float:
        """Seconds for which somebody who uses the portal must not be cut off."""
        if now.monotonic - self.attended_since >= ATTENDED_SECONDS:
            return 0.0
        return max(0.0, self.attended_until - now.monotonic)

    def lock(self, now: Moment) -> RecoveryLock:
        """What holds the next recovery back."""
        if self.recovering:
            return RecoveryLock.RECOVERY
        return RecoveryLock.COOLDOWN if self.cooldown_left(now) else RecoveryLock.NONE

    def with_record(self, **fields: object) -> "State":
        """Written down."""
        return replace(self, record=replace(self.record, **fields))


def cooldown_until_ms(state: State, kept: Kept, now: Moment) -> int:
    """When the cooldown ends, by the wall clock as it is now; once over, as it was written down."""
    left = state.cooldown_left(now)
    return now.unix_ms + round(left * 1000) if left else min(kept.cooldown_until, now.unix_ms)


def ailment(reach: Reach, settings: Settings, *, full: bool) -> str | None:
    """What is wrong behind a link, for a person; ``None`` when it gives what it must."""
    if settings.require_gateway and not reach.gateway:
        return "its gateway does not answer"
    if full and settings.require_internet and reach.internet is not Internet.REACHABLE:
        return "the internet can't be reached through it"
    return None
