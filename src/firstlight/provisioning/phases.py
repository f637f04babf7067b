"""The phases of Provisioning Mode, and the table that joins them."""

from collections.abc import Mapping
from enum import StrEnum

from firstlight.model.provisioning_mode import ModeState


class Phase(StrEnum):
    """What is being done."""

    OFF = "off"
    LOADING = "loading"
    SURVEYING = "surveying"
    RAISING = "raising"
    ACTIVE = "active"
    STOPPING = "stopping"


class Signal(StrEnum):
    """What an event amounts to."""

    WISHED = "wished"
    LOADED = "loaded"
    CLEAR = "clear"
    RAISED = "raised"
    ENDED = "ended"
    LOWERED = "lowered"


TRANSITIONS: Mapping[tuple[Phase, Signal], Phase] = {
    (Phase.OFF, Signal.WISHED): Phase.LOADING,
    (Phase.LOADING, Signal.LOADED): Phase.SURVEYING,
    (Phase.LOADING, Signal.ENDED): Phase.STOPPING,
    (Phase.SURVEYING, Signal.CLEAR): Phase.RAISING,
    (Phase.SURVEYING, Signal.ENDED): Phase.STOPPING,
    (Phase.RAISING, Signal.RAISED): Phase.ACTIVE,
    (Phase.RAISING, Signal.ENDED): Phase.STOPPING,
    (Phase.ACTIVE, Signal.ENDED): Phase.STOPPING,
    (Phase.STOPPING, Signal.LOWERED): Phase.OFF,
}

TOLD_AS: Mapping[Phase, ModeState] = {
    Phase.OFF: ModeState.OFF,
    Phase.LOADING: ModeState.STARTING,
    Phase.SURVEYING: ModeState.STARTING,
    Phase.RAISING: ModeState.STARTING,
    Phase.ACTIVE: ModeState.ACTIVE,
    Phase.STOPPING: ModeState.STOPPING,
}
