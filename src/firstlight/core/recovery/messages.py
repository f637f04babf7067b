"""What goes into the machine, and what comes out of it.

Every piece of work carries the ``turn`` it was begun in and its event brings that back, so that
what was overtaken is known as such.
"""

from enum import StrEnum

import msgspec

from firstlight.core.mode import Turn
from firstlight.core.recovery.candidates import Candidate
from firstlight.model.access_point import AccessPoint
from firstlight.model.attempt import Cause
from firstlight.model.mac import MacAddress
from firstlight.model.profile import Profile
from firstlight.model.radio import Abilities, Connectivity
from firstlight.model.reach import Reach


class View(msgspec.Struct, frozen=True, kw_only=True):
    """The device as far as it matters here.

    ``joining``: NetworkManager is joining a network just now. ``hotspot``: the frequency of the
    hotspot in MHz while it is up. ``network``: the name of the network joined, or joined last.
    ``saved``: some network may be joined without being asked.
    """

    ready: bool = False
    online: bool = False
    joining: bool = False
    hotspot: int | None = None
    saved: bool = False
    maintenance: bool = False
    network: str = ""
    connectivity: Connectivity = Connectivity.UNKNOWN
    abilities: Abilities = Abilities()


class Held(msgspec.Struct, frozen=True):
    """Somebody else works with the radio from now on."""


class Freed(msgspec.Struct, frozen=True):
    """The radio is free again. No try to come home for ``pause`` seconds, if a person said so.

    ``alone``: the hotspot's turn has come already.
    """

    view: View
    pause: float = 0.0
    alone: bool = False


class Saw(msgspec.Struct, frozen=True):
    """Something about the device has changed."""

    view: View


class Expired(msgspec.Struct, frozen=True):
    """The deadline is over."""

    turn: int


class Checked(msgspec.Struct, frozen=True):
    """A look at what lies behind the link; ``full`` when it went as far as the internet."""

    turn: int
    reach: Reach
    full: bool


class Scanned(msgspec.Struct, frozen=True, kw_only=True):
    """The look round is over. ``heard``: what was heard since it began."""

    turn: int
    profiles: tuple[Profile, ...]
    heard: tuple[AccessPoint, ...]


class ScanFailed(msgspec.Struct, frozen=True):
    """The look round could not be done."""

    turn: int


class Joined(msgspec.Struct, frozen=True):
    """A network was joined and proven, or ``cause`` says why not."""

    turn: int
    cause: Cause | None


class Triggered(msgspec.Struct, frozen=True):
    """A person wants recovery now."""

    reason: str


class Attended(msgspec.Struct, frozen=True):
    """A person did something on the portal."""


class Arrived(msgspec.Struct, frozen=True):
    """A station has joined the hotspot."""

    mac: MacAddress


class Forgotten(msgspec.Struct, frozen=True):
    """Everything that was known of networks is void."""


Event = (
    Held
    | Freed
    | Saw
    | Expired
    | Checked
    | Scanned
    | ScanFailed
    | Joined
    | Triggered
    | Attended
    | Arrived
    | Forgotten
)


class Arm(msgspec.Struct, frozen=True):
    """Wake with ``Expired(turn)`` after ``seconds``; replaces any earlier deadline."""

    turn: int
    seconds: float


class Check(msgspec.Struct, frozen=True):
    """Look behind the link; with ``full`` as far as the internet."""

    turn: int
    full: bool


class Scan(msgspec.Struct, frozen=True, kw_only=True):
    """Look round: on ``frequencies`` (MHz), or everywhere when there are none.

    A hotspot goes down for it where the radio is deaf as one.
    """

    turn: int
    frequencies: tuple[int, ...] = ()


class Rehearse(msgspec.Struct, frozen=True, kw_only=True):
    """Join a network beside the hotspot, after moving that to ``channel`` if there is one."""

    turn: int
    candidate: Candidate
    channel: int | None
    seconds: float


class Rejoin(msgspec.Struct, frozen=True, kw_only=True):
    """Join a saved network and prove it."""

    turn: int
    candidate: Candidate
    seconds: float


class Stop(msgspec.Struct, frozen=True):
    """End whatever work and deadline there is."""


class Become(msgspec.Struct, frozen=True):
    """The device's mode is to turn."""

    turn: Turn


class News(StrEnum):
    """Which of the three events of recovery to tell."""

    STARTED = "started"
    COMPLETED = "completed"
    FAILED = "failed"


class Tell(msgspec.Struct, frozen=True):
    """Tell everybody."""

    news: News
    message: str


class Blame(msgspec.Struct, frozen=True):
    """Remember and tell why a network could not be joined."""

    message: str


class Absolve(msgspec.Struct, frozen=True):
    """What was remembered of that is over."""


Work = Check | Scan | Rehearse | Rejoin
Effect = Work | Arm | Stop | Become | Tell | Blame | Absolve
