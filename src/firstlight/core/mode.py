"""The device's mode, and the one table of what turns it."""

from enum import StrEnum

from firstlight.errors import Busy, Code
from firstlight.model.status import Mode


class Turn(StrEnum):
    """What happened to the device as a whole."""

    JOINING = "joining"
    ONLINE = "online"
    HOME = "home"
    ALONE = "alone"
    STUCK = "stuck"
    COMPLETED = "completed"
    ENTERED = "entered"
    LEFT = "left"
    RESET = "reset"


MEANINGS: dict[Turn, str] = {
    Turn.JOINING: "somebody wishes to join a network",
    Turn.ONLINE: "a network is joined, and nobody has finished the setup yet",
    Turn.HOME: "a network is joined, and the setup was finished before",
    Turn.ALONE: "no network is joined, and none of before comes back: the hotspot's turn",
    Turn.STUCK: "no network, and the hotspot does not come up either",
    Turn.COMPLETED: "a person has finished the setup",
    Turn.ENTERED: "a person wants nothing to be repaired by itself",
    Turn.LEFT: "a person is done with that",
    Turn.RESET: "everything is forgotten",
}

_P, _C, _O = Mode.PROVISIONING, Mode.CONNECTING, Mode.ONBOARDING
_R, _M, _E = Mode.READY, Mode.MAINTENANCE, Mode.ERROR

TABLE: dict[Turn, dict[Mode, Mode]] = {
    Turn.JOINING: {_P: _C, _C: _C, _O: _C, _R: _C, _M: _M, _E: _C},
    Turn.ONLINE: {_P: _O, _C: _O, _O: _O, _R: _O, _M: _M, _E: _O},
    Turn.HOME: {_P: _R, _C: _R, _O: _R, _R: _R, _M: _M, _E: _R},
    Turn.ALONE: {_P: _P, _C: _P, _O: _P, _R: _P, _M: _M, _E: _P},
    Turn.STUCK: {_P: _E, _C: _E, _O: _E, _R: _E, _M: _M, _E: _E},
    Turn.COMPLETED: {_O: _R, _R: _R},
    Turn.ENTERED: {_P: _M, _C: _M, _O: _M, _R: _M, _M: _M, _E: _M},
    Turn.LEFT: {_M: _P},
    Turn.RESET: {_P: _P, _C: _P, _O: _P, _R: _P, _M: _P, _E: _P},
}
"""Every mode that a turn leads to; a pair that is not here can't be, and is refused.

Maintenance is left by a person's wish only, so nothing that the network does changes it.
"""

_REFUSALS = {
    Turn.COMPLETED: "Setup can be finished once the device is online; it is in {mode} mode now.",
    Turn.LEFT: "The device is not in maintenance; it is in {mode} mode.",
}


def turned(mode: Mode, turn: Turn) -> Mode:
    """The next mode. Raises ``Busy`` (code ``wrong_mode``) for what the table does not have."""
    try:
        return TABLE[turn][mode]
    except KeyError:
        raise Busy(_REFUSALS[turn].format(mode=mode.value), code=Code.WRONG_MODE) from None


def waits_to_be_set_up(mode: Mode) -> bool:
    """Whether whoever stands in front of it may give it a network, and finish that."""
    return mode in {Mode.PROVISIONING, Mode.CONNECTING, Mode.ONBOARDING}


def turn_online(*, onboarded: bool) -> Turn:
    """What it means that a network is joined."""
    return Turn.HOME if onboarded else Turn.ONLINE
