"""What Provisioning Mode is told, and what it wants done."""

from enum import StrEnum

import msgspec

from firstlight.model.access_point import AccessPoint
from firstlight.model.mac import MacAddress
from firstlight.model.provisioning_mode import ModeEnd
from firstlight.model.registry import Registered
from firstlight.model.softap import SoftAp
from firstlight.provisioning.allowlist import Allowlist


class Plan(msgspec.Struct, frozen=True):
    """How the SoftAP is sent: beside the network in use or not, and where."""

    beside: bool
    channel: int


# Events. ``turn`` is that of the effect which they answer; an old one is out of date.


class Wished(msgspec.Struct, frozen=True):
    """Somebody wants it on, and this is how the radio can do it."""

    plan: Plan


class Loaded(msgspec.Struct, frozen=True):
    """Everybody who is registered; ``shown`` are the first of them, by name."""

    turn: int
    allowlist: Allowlist
    shown: tuple[Registered, ...] = ()


class Surveyed(msgspec.Struct, frozen=True):
    """Others in the air who have the same SSID."""

    turn: int
    others: tuple[AccessPoint, ...]


class Raised(msgspec.Struct, frozen=True):
    """The SoftAP is up, and answers."""

    turn: int
    softap: SoftAp


class Failed(msgspec.Struct, frozen=True):
    """What was to be done could not be done."""

    turn: int
    reason: ModeEnd
    message: str
    hint: str = ""


class Lowered(msgspec.Struct, frozen=True):
    """The SoftAP is down; nothing is served any more."""

    turn: int


class Expired(msgspec.Struct, frozen=True):
    """The time is over."""

    turn: int


class Unwished(msgspec.Struct, frozen=True):
    """It shall end, because somebody asked or something is in the way."""

    reason: ModeEnd = ModeEnd.ASKED
    message: str = ""
    hint: str = ""


class Joined(msgspec.Struct, frozen=True):
    """A station passed the handshake on the SoftAP."""

    mac: MacAddress


class Left(msgspec.Struct, frozen=True):
    """A station is gone."""

    mac: MacAddress


class Known(msgspec.Struct, frozen=True):
    """The registry says who that is."""

    who: Registered


class Configured(msgspec.Struct, frozen=True):
    """A device has its configuration."""

    mac: MacAddress


Event = (
    Wished
    | Loaded
    | Surveyed
    | Raised
    | Failed
    | Lowered
    | Expired
    | Unwished
    | Joined
    | Left
    | Known
    | Configured
)


# Effects.


class Load(msgspec.Struct, frozen=True):
    """Read who is registered; answered by ``Loaded`` or ``Failed``."""

    turn: int


class Survey(msgspec.Struct, frozen=True):
    """Listen for others; answered by ``Surveyed`` or ``Failed``."""

    turn: int


class Raise(msgspec.Struct, frozen=True):
    """Raise the SoftAP and serve; answered by ``Raised`` or ``Failed``."""

    turn: int
    plan: Plan


class Arm(msgspec.Struct, frozen=True):
    """Answer ``Expired`` in so many seconds."""

    turn: int
    seconds: float


class Lower(msgspec.Struct, frozen=True):
    """Whatever is under way ends, the SoftAP goes down; answered by ``Lowered``, always."""

    turn: int


class News(StrEnum):
    """What is told."""

    STARTING = "starting"
    ACTIVE = "active"
    JOINED = "joined"
    CONFIGURED = "configured"
    REFUSED = "refused"
    ROGUE = "rogue"
    FAILED = "failed"
    STOPPING = "stopping"
    DOWN = "down"


class Tell(msgspec.Struct, frozen=True):
    """Tell everybody who listens."""

    news: News
    message: str
    mac: MacAddress | None = None
    reason: str = ""


Effect = Load | Survey | Raise | Arm | Lower | Tell
