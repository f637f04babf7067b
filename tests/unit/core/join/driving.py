"""An attempt at one's fingertips: events go in, phases and effects are kept."""

from firstlight.core import join
from firstlight.core.join import messages
from firstlight.core.join.phases import Phase
from firstlight.model.access_point import AccessPoint, Security
from firstlight.model.attempt import Attempt, StepName
from firstlight.model.mac import MacAddress
from firstlight.model.moment import Moment
from firstlight.model.passphrase import Passphrase
from firstlight.model.profile import JoinRequest
from firstlight.model.radio import Ipv4, LinkReason, LinkReport, LinkStage
from firstlight.model.reach import Internet, Reach
from firstlight.model.ssid import Ssid

START = Moment(1000.0, 1_700_000_000.0)
HOME = Ssid(b"home")
SECRET = "correct-horse"
REQUEST = JoinRequest(ssid=HOME, passphrase=Passphrase(SECRET))
LEASE = Ipv4(address="192.168.7.50", prefix=24, gateway="192.168.7.1")
ALL_WELL = Reach(gateway=True, internet=Internet.REACHABLE)


def later(moment: Moment, seconds: float) -> Moment:
    return Moment(moment.monotonic + seconds, moment.wall + seconds)


def seen(
    ssid: bytes = HOME,
    *,
    security: Security = Security.WPA2,
    frequency: int = 2412,
    signal: int = 70,
    last_seen: float | None = None,
) -> AccessPoint:
    return AccessPoint(
        ssid=Ssid(ssid),
        bssid=MacAddress("02:f1:00:00:00:01"),
        frequency=frequency,
        signal=signal,
        security=security,
        last_seen=last_seen,
    )


def searched(*access_points: AccessPoint, began: float = START.monotonic) -> messages.SearchEnded:
    return messages.SearchEnded(access_points, began)


def reported(stage: LinkStage, ipv4: Ipv4 | None = None) -> messages.Reported:
    return messages.Reported(LinkReport(stage=stage, ipv4=ipv4))


def failed(reason: LinkReason) -> messages.Reported:
    return messages.Reported(LinkReport(stage=LinkStage.FAILED, reason=reason))


PROTECTED = messages.Protected()
FOUND = searched(seen())
ASSOCIATED = reported(LinkStage.ASSOCIATED)
AUTHENTICATED = reported(LinkStage.AUTHENTICATED)
CONNECTED = reported(LinkStage.CONNECTED, LEASE)
PROVEN = messages.Looked(ALL_WELL)

GOOD_COURSE: tuple[messages.Event, ...] = (
    PROTECTED,
    FOUND,
    AUTHENTICATED,
    CONNECTED,
    PROVEN,
    messages.Promoted(),
    messages.Released(),
    messages.Retired(),
)
ORDER = (
    Phase.PROTECTING,
    Phase.SEARCHING,
    Phase.LINKING,
    Phase.ADDRESSING,
    Phase.PROVING,
    Phase.PROMOTING,
    Phase.RELEASING,
    Phase.RETIRING,
    Phase.SUCCEEDED,
)


class Driven:
    """One attempt; ``take`` feeds events, a second apart unless told otherwise."""

    def __init__(
        self,
        request: JoinRequest = REQUEST,
        *,
        policy: join.Policy | None = None,
        access_points: tuple[AccessPoint, ...] = (),
    ) -> None:
        self.now = START
        self.state, self.effects = join.begin(
            request,
            attempt="a1",
            policy=policy or join.Policy(),
            access_points=access_points,
            now=START,
        )
        self.phases = [self.state.phase]

    def take(self, *events: messages.Event, after: float = 1.0) -> "Driven":
        for event in events:
            self.now = later(self.now, after)
            self.state, self.effects = join.step(self.state, event, self.now)
            self.phases.append(self.state.phase)
        return self

    def until(self, phase: Phase) -> "Driven":
        """Along the good course as far as ``phase``, which may also be ``RETURNING``."""
        if phase is Phase.RETURNING:
            return self.take(messages.Cancelled())
        return self.take(*GOOD_COURSE[: ORDER.index(phase)])

    @property
    def phase(self) -> Phase:
        return self.state.phase

    @property
    def attempt(self) -> Attempt:
        return self.state.attempt

    @property
    def steps(self) -> list[StepName]:
        return [reached.name for reached in self.attempt.steps]

    @property
    def work(self) -> messages.Work:
        """The one effect besides the deadline."""
        [work] = [effect for effect in self.effects if not isinstance(effect, messages.Arm)]
        return work
