"""What goes into the machine, and what comes out of it."""

import msgspec

from firstlight.core.join.phases import Phase
from firstlight.errors import Code
from firstlight.model.access_point import AccessPoint
from firstlight.model.profile import JoinRequest, TrialPlan
from firstlight.model.radio import Ipv4, LinkReport
from firstlight.model.reach import Reach


class Protected(msgspec.Struct, frozen=True):
    """The old state is noted, and the switch armed."""


class SearchEnded(msgspec.Struct, frozen=True):
    """A scan has finished; everything in sight, and when the scan began (monotonic)."""

    access_points: tuple[AccessPoint, ...]
    began: float


class Reported(msgspec.Struct, frozen=True):
    """The radio tells of the trial."""

    report: LinkReport


class Looked(msgspec.Struct, frozen=True):
    """What lies behind the link."""

    reach: Reach


class Promoted(msgspec.Struct, frozen=True):
    """The profile is on disk."""


class Released(msgspec.Struct, frozen=True):
    """The switch is disarmed."""


class Retired(msgspec.Struct, frozen=True):
    """Older profiles of the same SSID are gone."""


class Restored(msgspec.Struct, frozen=True):
    """The old state is back."""


class EffectFailed(msgspec.Struct, frozen=True):
    """The effect of ``phase`` could not be carried out."""

    phase: Phase
    code: Code


class Expired(msgspec.Struct, frozen=True):
    """The deadline of ``phase`` has passed."""

    phase: Phase


class Cancelled(msgspec.Struct, frozen=True):
    """Somebody wants it to stop."""


Event = (
    Protected
    | SearchEnded
    | Reported
    | Looked
    | Promoted
    | Released
    | Retired
    | Restored
    | EffectFailed
    | Expired
    | Cancelled
)


class Protect(msgspec.Struct, frozen=True):
    """Note the old state, arm the switch."""

    seconds: float


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """Look for the network: on ``frequencies`` (MHz), or everywhere when there are none.

    A hotspot on this radio goes down first, because most radios are deaf while they are one.
    """

    request: JoinRequest
    frequencies: tuple[int, ...]


class Activate(msgspec.Struct, frozen=True):
    """Start the trial."""

    plan: TrialPlan


class Look(msgspec.Struct, frozen=True):
    """Look behind the link."""

    ipv4: Ipv4


class Promote(msgspec.Struct, frozen=True):
    """Save the profile."""


class Release(msgspec.Struct, frozen=True):
    """Disarm the switch."""


class Retire(msgspec.Struct, frozen=True):
    """Remove older profiles of the same SSID."""


class Abandon(msgspec.Struct, frozen=True):
    """Bring the old state back."""


class Arm(msgspec.Struct, frozen=True):
    """Wake with ``Expired(phase)`` after ``seconds``; replaces any earlier deadline."""

    phase: Phase
    seconds: float


Work = Protect | Search | Activate | Look | Promote | Release | Retire | Abandon
Effect = Work | Arm
