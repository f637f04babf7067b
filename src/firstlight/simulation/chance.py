"""Throwing dice."""

import math
from random import Random


def happens(rng: Random, chance: float) -> bool:
    """Whether it does; ``chance`` 0 to 1."""
    return rng.random() < chance


def seconds_between(rng: Random, least: float, most: float) -> float:
    """A duration for which every order of magnitude is as likely."""
    return math.exp(rng.uniform(math.log(least), math.log(most)))
