"""Whether the device's clock can be right. A wrong one breaks certificates and timestamps."""

from firstlight.core.causes import Words
from firstlight.core.ladder.seen import Judged, Seen
from firstlight.model.ladder import RungName

RELEASED = 1_793_491_200
"""1 November 2026, 00:00 UTC, in Unix seconds: no clock that is right can be before it."""

TOLERATED_SECONDS = 300
"""How far the clock and that of the page's server may be apart."""

_WORDS = Words(
    "The device's clock is wrong.",
    "Let it reach a time server (timedatectl set-ntp true), or set it: timedatectl set-time.",
)
_DAY = 86_400


def clock(seen: Seen) -> Judged:
    """It is not before this release, and agrees with the server that answered the probe."""
    name, ours = RungName.CLOCK, f"The clock says {utc(seen.wall)}"
    date = _date(seen)
    theirs = "" if date is None else f"; the server that was asked says {utc(date)}"
    if seen.wall < RELEASED:
        evidence = f"{ours}, which is before this release{theirs}."
        return Judged.broken(name, _WORDS, evidence=evidence)
    if date is None:
        return Judged.ok(name, f"{ours}, which can be right; nobody else told the time.")
    if abs(seen.wall - date) > TOLERATED_SECONDS:
        return Judged.broken(name, _WORDS, evidence=f"{ours}{theirs}.")
    return Judged.ok(name, f"{ours}, and the server that was asked agrees.")


def _date(seen: Seen) -> int | None:
    met = seen.findings.internet if seen.findings else None
    return met.date if met else None


def utc(seconds: float) -> str:
    """Unix time as ``YYYY-MM-DD hh:mm UTC``, in the Gregorian calendar."""
    days, rest = divmod(int(seconds // 1), _DAY)
    year, month, day = _civil(days)
    return f"{year:04}-{month:02}-{day:02} {rest // 3600:02}:{rest % 3600 // 60:02} UTC"


def _civil(days: int) -> tuple[int, int, int]:
    """Year, month, day, ``days`` after 1 January 1970.

    Years are counted from 1 March, so that the leap day comes last; 400 of them are 146097 days.
    """
    era, of_era = divmod(days + 719_468, 146_097)
    year = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    month = (5 * of_year + 2) // 153
    day = of_year - (153 * month + 2) // 5 + 1
    return era * 400 + year + month // 10, (month + 2) % 12 + 1, day
