"""A claim at one's fingertips: events go in, phases and effects are kept."""

from tests.unit.target.controller import BSSID, GOOD

from firstlight.model.access_point import AccessPoint, Security
from firstlight.model.claim import Claim, Role
from firstlight.model.mac import MacAddress
from firstlight.model.moment import Moment
from firstlight.model.radio import Ipv4, LinkReason, LinkReport, LinkStage
from firstlight.model.ssid import Ssid
from firstlight.provisioning import claim
from firstlight.provisioning.claim import messages
from firstlight.provisioning.claim.phases import Phase
from firstlight.provisioning.protocol import Answer, Asked

START = Moment(1000.0, 1_700_000_000.0)
OWN = MacAddress("02:00:00:00:00:00")
SSID = Ssid(b"FireFly-Provisioning")
WEAKER = "02:00:00:00:00:01"
LEASE = Ipv4(address="192.168.4.50", prefix=24)


def later(moment: Moment, seconds: float) -> Moment:
    return Moment(moment.monotonic + seconds, moment.wall + seconds)


def seen(
    bssid: str = BSSID,
    *,
    ssid: bytes = SSID,
    signal: int = 70,
    security: Security = Security.WPA2,
    last_seen: float | None = None,
) -> AccessPoint:
    return AccessPoint(
        ssid=Ssid(ssid),
        bssid=MacAddress(bssid),
        frequency=2412,
        signal=signal,
        security=security,
        last_seen=last_seen,
    )


def searched(*access_points: AccessPoint) -> messages.Searched:
    return messages.Searched(access_points, START.monotonic)


def reported(stage: LinkStage, reason: LinkReason = LinkReason.NONE) -> messages.Reported:
    lease = LEASE if stage is LinkStage.CONNECTED else None
    return messages.Reported(LinkReport(stage=stage, reason=reason, ipv4=lease))


def answered(asked: Asked, name: str, given: Answer | None = None) -> messages.Answered:
    good = GOOD[name]
    assert isinstance(good, Answer)
    return messages.Answered(asked, given or good)


def good_course(role: Role = Role.CLIENT) -> tuple[messages.Event, ...]:
    return (
        searched(seen()),
        messages.Limited(None),
        messages.Protected(),
        messages.Started(),
        reported(LinkStage.AUTHENTICATED),
        reported(LinkStage.CONNECTED),
        answered(Asked.NONCE, "nonce"),
        answered(Asked.CONFIGURATION, role.value),
        answered(Asked.CERTIFICATE, "certs"),
        messages.Stored(),
        messages.Limited(2.0),
        messages.Left(),
        messages.Restored(),
    )


ORDER = (
    Phase.SEARCHING,
    Phase.LIMITING,
    Phase.PROTECTING,
    Phase.STARTING,
    Phase.LINKING,
    Phase.ADDRESSING,
    Phase.ASKING_NONCE,
    Phase.ASKING_CONFIGURATION,
    Phase.ASKING_CERTIFICATE,
    Phase.STORING,
    Phase.MEASURING,
    Phase.LEAVING,
    Phase.RESTORING,
    Phase.SUCCEEDED,
)


class Driven:
    """One claim; ``take`` feeds events, half a second apart unless told otherwise."""

    def __init__(self, role: Role = Role.CLIENT, present_as: MacAddress | None = None) -> None:
        self.now = START
        wish = claim.Wish(role=role, mac=present_as or OWN, present_as=present_as)
        self.state, self.effects = claim.begin(wish, START)
        self.done: list[messages.Work] = self.works()
        self.phases = [self.state.phase]

    def take(self, *events: messages.Event, after: float = 0.5) -> "Driven":
        for event in events:
            self.now = later(self.now, after)
            self.state, self.effects = claim.step(self.state, event, self.now)
            self.done += self.works()
            self.phases.append(self.state.phase)
        return self

    def until(self, phase: Phase) -> "Driven":
        """Along the good course as far as ``phase``."""
        return self.take(*good_course(self.state.wish.role)[: ORDER.index(phase)])

    def end(self) -> "Driven":
        """Silence from now on."""
        while not self.phase.is_final:
            self.take(messages.Expired(self.phase))
        return self

    def works(self) -> list[messages.Work]:
        return [effect for effect in self.effects if not isinstance(effect, messages.Arm)]

    @property
    def phase(self) -> Phase:
        return self.state.phase

    @property
    def told(self) -> Claim:
        return self.state.claim

    @property
    def work(self) -> messages.Work:
        [work] = self.works()
        return work
