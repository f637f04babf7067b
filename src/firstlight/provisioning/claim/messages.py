"""What goes into the machine, and what comes out of it."""

import msgspec

from firstlight.errors import Code
from firstlight.model.access_point import AccessPoint
from firstlight.model.claim import ClaimCause, Role
from firstlight.model.mac import MacAddress
from firstlight.model.profile import TrialPlan
from firstlight.model.radio import LinkReport
from firstlight.model.registry import ClientCa
from firstlight.model.ssid import Ssid
from firstlight.provisioning.claim.phases import Phase
from firstlight.provisioning.protocol import Answer, Asked, Content, Request


class Searched(msgspec.Struct, frozen=True):
    """A scan has finished; everything in sight, and when the scan began (monotonic)."""

    access_points: tuple[AccessPoint, ...]
    began: float


class Limited(msgspec.Struct, frozen=True):
    """The radio was asked for less power; ``dbm`` is what it says that it uses, if it does."""

    dbm: float | None


class Protected(msgspec.Struct, frozen=True):
    """The old state is noted, and the switch armed."""


class Started(msgspec.Struct, frozen=True):
    """NetworkManager lets the join begin."""


class Reported(msgspec.Struct, frozen=True):
    """The radio tells of the link."""

    report: LinkReport


class Answered(msgspec.Struct, frozen=True):
    """The controller has answered."""

    asked: Asked
    answer: Answer


class Unanswered(msgspec.Struct, frozen=True):
    """The controller has not answered, or in a way that no answer can be read from."""

    asked: Asked
    cause: ClaimCause
    detail: str


class Stored(msgspec.Struct, frozen=True):
    """All of it is on disk."""


class Left(msgspec.Struct, frozen=True):
    """The controller's network is left, and the old state back."""


class Restored(msgspec.Struct, frozen=True):
    """The radio has its power back."""


class EffectFailed(msgspec.Struct, frozen=True):
    """The effect of ``phase`` could not be carried out. ``detail``: a sentence."""

    phase: Phase
    code: Code
    detail: str = ""


class Expired(msgspec.Struct, frozen=True):
    """The deadline of ``phase`` has passed."""

    phase: Phase


class Cancelled(msgspec.Struct, frozen=True):
    """Somebody wants it to stop."""


Event = (
    Searched
    | Limited
    | Protected
    | Started
    | Reported
    | Answered
    | Unanswered
    | Stored
    | Left
    | Restored
    | EffectFailed
    | Expired
    | Cancelled
)


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """Look for controllers: on ``frequencies`` (MHz), or everywhere when there are none.

    A hotspot on this radio goes down first, because most radios are deaf while they are one.
    """

    ssid: Ssid
    frequencies: tuple[int, ...]


class Limit(msgspec.Struct, frozen=True):
    """Lower the radio's own power, so that nobody far away hears."""

    dbm: float


class Protect(msgspec.Struct, frozen=True):
    """Note the old state, arm the dead-man's switch."""

    seconds: float


class Join(msgspec.Struct, frozen=True):
    """Start joining the controller's network."""

    plan: TrialPlan


class Ask(msgspec.Struct, frozen=True):
    """Send the request, and wait for the whole answer."""

    request: Request


class Store(msgspec.Struct, frozen=True, kw_only=True):
    """Put everything that was claimed on disk, all of it or nothing. ``at`` in Unix ms."""

    role: Role
    at: int
    controller: MacAddress
    content: Content
    ca: ClientCa | None


class Leave(msgspec.Struct, frozen=True):
    """Leave the controller's network; the old state comes back."""


class Restore(msgspec.Struct, frozen=True):
    """Give the radio its power back."""


class Arm(msgspec.Struct, frozen=True):
    """Wake with ``Expired(phase)`` after ``seconds``; replaces any earlier deadline."""

    phase: Phase
    seconds: float


Work = Search | Limit | Protect | Join | Ask | Store | Leave | Restore
Effect = Work | Arm
