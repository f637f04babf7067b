"""Somebody who guesses codes as fast as the device allows, in virtual time."""

import random
from collections.abc import Iterator
from typing import NamedTuple

from firstlight.core.pairing.code import CODES, fresh
from firstlight.core.pairing.desk import Desk, Verdict, shown, tried

DAY = 86_400.0


class Guess(NamedTuple):
    """``at``: seconds since the first; ``number``: how many were looked at so far."""

    at: float
    number: int
    verdict: Verdict


def guesses(seed: int, *, codes: int = CODES, seconds: float = 0.0) -> Iterator[Guess]:
    """Every guess until one is right, each at the first moment at which it is looked at.

    Somebody looks at the code all the time, so that no guess is wasted on one that has expired.
    ``codes``: how many there are, all of them known to whoever guesses; ``seconds``: between two.
    """
    chance, mind = random.Random(seed), random.Random(seed + 1)
    now = 0.0
    desk = Desk(fresh(chance.randrange(codes), now))
    number = 0
    hopeful: list[int] = []
    while True:
        before = desk.code
        desk = shown(desk, fresh(chance.randrange(codes), now), now)
        if not hopeful or desk.code is not before:
            hopeful = mind.sample(range(codes), 5)  # never the same one twice for one code
        number += 1
        spare = fresh(chance.randrange(codes), now)
        judged = tried(desk, f"{hopeful.pop():06d}", spare, now)
        desk = judged.desk
        assert judged.verdict is not Verdict.REFUSED
        yield Guess(now, number, judged.verdict)
        if judged.verdict is Verdict.RIGHT:
            return
        now += max(judged.wait, seconds)
