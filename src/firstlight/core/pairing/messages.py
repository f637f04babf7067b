"""What people are told about pairing. No code stands in here but in ``first_words``."""

import math

from firstlight.core.pairing.desk import Judged, Verdict
from firstlight.core.pairing.lockout import TRIES
from firstlight.core.pairing.sessions import MOST
from firstlight.errors import LockedOut, Unauthorized
from firstlight.model.pairing import CodeShown

_NUMBERS = {5: "five"}
_TRIES_IN_WORDS = _NUMBERS.get(TRIES, str(TRIES))
_MINUTES_FROM = 120

DAMAGED = "The list of paired devices was damaged. Everybody has to pair again."
ALL_SIGNED_OUT = "All paired devices were signed out."


def refusal(judged: Judged) -> Unauthorized | LockedOut:
    """What to answer to a try that was not right."""
    pause = in_words(judged.wait)
    if judged.verdict is Verdict.REFUSED:
        return LockedOut(
            f"Too many wrong codes were tried. Try again in {pause}.",
            hint="Then look at the device again: the code is another one.",
            retry_after=judged.wait,
        )
    if judged.wait:
        return Unauthorized(
            f"That is not the code that the device shows now. Try again in {pause}.",
            hint=f"After {_TRIES_IN_WORDS} wrong codes in a row there is a pause and a new code.",
            retry_after=judged.wait,
        )
    return Unauthorized(
        "That is not the code that the device shows now.",
        hint="A code is good for one use and a few minutes. Look at the device again.",
    )


def paused(wait: float) -> str:
    """The event when a delay begins."""
    return (
        f"Pairing was refused {_TRIES_IN_WORDS} times in a row. "
        f"No code is looked at for {in_words(wait)}, and there is a new one."
    )


def paired(name: str) -> str:
    """The event when a device was paired."""
    return f"A device was paired: {name}."


def made_room(name: str) -> str:
    """The event when another had to go for it."""
    return (
        f"There is room for {MOST} paired devices. "
        f"The one unused for longest was signed out: {name}."
    )


def promoted(caller: str) -> str:
    """The event when a code was promoted."""
    return f"{caller} signed in with the code, for 60 minutes."


def signed_out(name: str) -> str:
    """The event when a session was revoked."""
    return f"A device was signed out: {name}."


def first_words(shown: CodeShown) -> str:
    """For the log at the first start, and nowhere else: the code stands in it."""
    return (
        f"This device is {shown.device_id}. To pair with it, type {shown.code} within "
        f"{in_words(shown.expires_in)}. `firstlight pair` shows a new code."
    )


def in_words(seconds: float) -> str:
    """A duration, rounded up."""
    whole = math.ceil(seconds)
    return f"{whole} s" if whole < _MINUTES_FROM else f"{math.ceil(whole / 60)} min"
