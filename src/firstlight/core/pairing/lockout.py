"""How long no code is looked at after wrong ones, and what that leaves to whoever guesses.

Five wrong tries in a row replace the code and begin a delay: 30 s, then 60, 120 and so on up to an
hour; the right code takes all of it back. Tries are counted for the whole device and not by
address, because on a hotspot addresses cost nothing. So whoever guesses has at most

- 150 guesses on the first day (the delays double up to an hour: 30 rounds of five), and
- 120 on every day after that (24 rounds).

A guess hits a uniform code with probability 1/1 000 000, and a round of five different ones with
5/1 000 000. That makes 0.015 % for the first day and 0.012 % for a later one. The number of rounds
until success is geometric: 200 000 on average, a million guesses, 23 years; half of all attackers
need more than 138 629 rounds, 16 years.

The price: somebody on the hotspot can keep others from pairing, an hour for five tries. What is
paired stays so, and whoever may see the code may end the delay.

``TriesNote`` carries the count over a crash and a reboot. Boot time decides within one boot; across
a reboot the delay begins anew, less the time since boot, unless a plausible wall clock shows that
more has passed. So pulling the plug never shortens it. Where the kernel has no ID for its boot, all
boots count as one, which only makes it longer.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from firstlight.core.pairing.plausible import is_plausible
from firstlight.model.moment import Moment

TRIES = 5
FIRST_SECONDS = 30.0
LONGEST_SECONDS = 3600.0

_MOST_ROUNDS = 1000


class Tries(msgspec.Struct, frozen=True, kw_only=True):
    """``wrong`` in a row since the last delay; ``rounds``: delays in a row.

    ``until``: monotonic seconds; before it nothing is looked at.
    """

    wrong: int = 0
    rounds: int = 0
    until: float = 0.0


class TriesNote(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """``Tries`` on disk. ``until`` in seconds of the boot ``boot_id``, ``wall_until`` in Unix s."""

    boot_id: str
    wrong: Annotated[int, Meta(ge=0, lt=TRIES)]
    rounds: Annotated[int, Meta(ge=0, le=_MOST_ROUNDS)]
    until: float
    wall_until: float


def delay(rounds: int) -> float:
    """Seconds that the delay after that many rounds of wrong tries lasts; 0 for none."""
    if rounds < 1:
        return 0.0
    return min(FIRST_SECONDS * 2.0 ** min(rounds - 1, 10), LONGEST_SECONDS)


def left(tries: Tries, now: float) -> float:
    """Seconds until a try is looked at again; 0 when it is already."""
    return max(0.0, tries.until - now)


def after_wrong(tries: Tries, now: float) -> Tries:
    """One more wrong try. A delay begins when ``wrong`` is 0 afterwards."""
    if tries.wrong + 1 < TRIES:
        return Tries(wrong=tries.wrong + 1, rounds=tries.rounds)
    rounds = min(tries.rounds + 1, _MOST_ROUNDS)
    return Tries(rounds=rounds, until=now + delay(rounds))


def after_damage(now: float) -> Tries:
    """When a note was there and what it said is lost: as after one round of wrong tries."""
    return Tries(rounds=1, until=now + delay(1))


def noted(tries: Tries, boot_id: str, now: Moment) -> TriesNote:
    """What has to outlive a crash."""
    return TriesNote(
        boot_id=boot_id,
        wrong=tries.wrong,
        rounds=tries.rounds,
        until=tries.until,
        wall_until=now.wall + tries.until - now.monotonic if tries.until else 0.0,
    )


def remembered(note: TriesNote, boot_id: str, now: Moment) -> Tries:
    """The count as it was, with what is left of the delay; never more than the whole of it."""
    rest = _rest(note, boot_id, now)
    return Tries(wrong=note.wrong, rounds=note.rounds, until=now.monotonic + rest if rest else 0.0)


def _rest(note: TriesNote, boot_id: str, now: Moment) -> float:
    whole = delay(note.rounds) if note.until else 0.0
    if note.boot_id == boot_id:
        return _within(note.until - now.monotonic, whole)
    since_boot = _within(whole - now.monotonic, whole)
    began = note.wall_until - whole
    if not (is_plausible(began) and is_plausible(now.wall) and began <= now.wall):
        return since_boot
    return min(since_boot, _within(note.wall_until - now.wall, whole))


def _within(seconds: float, most: float) -> float:
    return min(max(seconds, 0.0), most)
