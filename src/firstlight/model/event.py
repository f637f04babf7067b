"""What happens, as it is told to everybody who listens."""

from enum import StrEnum
from typing import Any

import msgspec

from firstlight.model.status import DeviceStatus


class EventType(StrEnum):
    """``status``: how the device is; ``action``: somebody's wish; ``system``: the daemon."""

    STATUS = "status"
    ACTION = "action"
    SYSTEM = "system"


class Level(StrEnum):
    """How it should look."""

    INFO = "info"
    SUCCESS = "success"
    WARNING = "warning"
    ERROR = "error"


class ActionPhase(StrEnum):
    """Where an action stands."""

    STARTED = "started"
    COMPLETED = "completed"
    FAILED = "failed"


class Action(StrEnum):
    """What somebody wished."""

    NETWORK_CONNECT = "network.connect"
    NETWORK_FORGET = "network.forget"
    HOTSPOT_ENABLE = "hotspot.enable"
    HOTSPOT_DISABLE = "hotspot.disable"


class DeviceEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of the event stream. ``ts`` in Unix ms; ``id`` is unique across restarts."""

    id: str
    ts: int
    type: EventType
    level: Level
    message: str
    action: Action | None = None
    phase: ActionPhase | None = None
    details: dict[str, Any] | None = None
    status: DeviceStatus | None = None
