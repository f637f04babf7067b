"""The course of a connection: how long to wait, and what to say of it.

A broker that stays away is loud once for each cause, then quiet, then loud when it is back. The
pauses double. What can only end by a person's hand (a wrong password, a wrong certificate) begins
with a longer one: no broker is to be hammered, and some lock out who tries too often.
"""

import msgspec
from msgspec.structs import replace

from firstlight.model.mqtt import BrokerCause

FIRST_SECONDS, MOST_SECONDS = 1.0, 300.0
STUBBORN_SECONDS = 30.0
LEAST_SECONDS = 5.0
"""Between two tries, even when the network has just come back."""

SETTLED_SECONDS = 60.0
"""A connection that lasted that long was a good one; the pauses begin anew after it."""

_STUBBORN = frozenset(
    {
        BrokerCause.BAD_CA,
        BrokerCause.CA_MISMATCH,
        BrokerCause.HOST_NAME_MISMATCH,
        BrokerCause.CERTIFICATE_EXPIRED,
        BrokerCause.NOT_AUTHORIZED,
        BrokerCause.TAKEN_OVER,
        BrokerCause.UNSUPPORTED,
    }
)


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """Where it stands. Times in monotonic seconds.

    ``failures`` in a row; ``told``: the cause that was last said aloud; ``tried_at``: when the last
    try ended; ``retry_at``: when the next one is due; ``since``: since when it is connected.
    """

    failures: int = 0
    told: BrokerCause | None = None
    tried_at: float | None = None
    retry_at: float = 0.0
    since: float | None = None

    @property
    def problem(self) -> BrokerCause | None:
        """Why there is no connection; ``None`` while there is one, or none was tried yet."""
        return None if self.since is not None else self.told

    def opened(self, now: float) -> tuple["Course", bool]:
        """There is a connection. Also: whether to say so, as it was missed or is the first."""
        loud = self.told is not None or self.tried_at is None
        return replace(self, since=now, tried_at=now, told=None), loud

    def ended(self, cause: BrokerCause, now: float, chance: float) -> tuple["Course", bool]:
        """There is none, or no more. Also: whether to say so. ``chance``: from 0 up to 1."""
        settled = self.since is not None and now - self.since >= SETTLED_SECONDS
        failures = 1 if settled else self.failures + 1
        after = Course(
            failures=failures,
            told=cause,
            tried_at=now,
            retry_at=now + pause(failures, cause, chance),
        )
        return after, cause is not self.told

    def came_online(self, now: float) -> "Course":
        """The network is back or another one: try soon, though not at once again and again."""
        soonest = now + FIRST_SECONDS
        if self.tried_at is not None:
            soonest = max(soonest, self.tried_at + LEAST_SECONDS)
        return replace(self, retry_at=min(self.retry_at, soonest))


def pause(failures: int, cause: BrokerCause, chance: float) -> float:
    """Seconds until the next try after so many failures: doubled each time, half of it by chance.

    Without the chance, a thousand devices would come back to their broker in the same second.
    """
    first = STUBBORN_SECONDS if cause in _STUBBORN else FIRST_SECONDS
    longest = min(MOST_SECONDS, first * 2.0 ** min(failures - 1, 16))
    return longest * (0.5 + 0.5 * chance)
