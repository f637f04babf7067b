"""The device's mode, and what turns it."""

from enum import StrEnum

from firstlight.model.status import Mode


class Turn(StrEnum):
    """What happened to the device as a whole."""

    JOINING = "joining"
    ONLINE = "online"
    ALONE = "alone"


def settled(*, onboarded: bool) -> Mode:
    """The mode of a device that is online."""
    return Mode.READY if onboarded else Mode.ONBOARDING


def turned(mode: Mode, turn: Turn, *, onboarded: bool) -> Mode:
    """The next mode. ``ALONE`` means that no network of before came back either.

    Maintenance and error are left by a person's wish only, so joining changes nothing there.
    """
    if mode in {Mode.MAINTENANCE, Mode.ERROR}:
        return mode
    if turn is Turn.JOINING:
        return Mode.CONNECTING
    return Mode.PROVISIONING if turn is Turn.ALONE else settled(onboarded=onboarded)
