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
    RECOVERY_START = "recovery.start"
    RECOVERY_COMPLETE = "recovery.complete"
    RECOVERY_FAILED = "recovery.failed"
    FACTORY_RESET = "factory.reset"
    SYSTEM_RESTART = "system.restart"
    DEVICE_ROLLBACK = "device.rollback"
    ONBOARDING_COMPLETE = "onboarding.complete"
    MAINTENANCE_ENTER = "maintenance.enter"
    MAINTENANCE_EXIT = "maintenance.exit"
    PROVISIONING_START = "provisioning.start"
    PROVISIONING_STOP = "provisioning.stop"
    PROVISIONING_JOINED = "provisioning.joined"
    PROVISIONING_CONFIGURED = "provisioning.configured"
    PROVISIONING_REFUSED = "provisioning.refused"
    PROVISIONING_ROGUE = "provisioning.rogue"
    CLAIM = "claim"
    IDENTIFY = "identify"


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
