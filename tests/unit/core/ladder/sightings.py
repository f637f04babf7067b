"""What a climb of a healthy device saw, and strategies for whatever else it may see."""

from typing import Any

from hypothesis import strategies as st

from firstlight.core.ladder import Seen, diagnostics
from firstlight.core.ladder.clock import RELEASED
from firstlight.model.ladder import Rung, RungName, RungState
from firstlight.model.mac import MacAddress
from firstlight.model.profile import Profile, ProfileKind
from firstlight.model.radio import Availability, Ipv4, Link, RadioState
from firstlight.model.reach import (
    Broker,
    BrokerFinding,
    Finding,
    Findings,
    Internet,
    InternetFinding,
    ReachTarget,
)
from firstlight.model.regulation import Regulation, Switch
from firstlight.model.ssid import Ssid

NOW = RELEASED + 86_400.0
LEASE = Ipv4(address="10.1.0.2", prefix=24, gateway="10.1.0.1", name_servers=("10.1.0.1",))
HOME = Profile(
    uuid="1",
    name="home profile",
    kind=ProfileKind.STATION,
    ssid=Ssid(b"home"),
    autoconnect=True,
    active=True,
)
ONLINE = RadioState(
    availability=Availability.READY,
    interface="wlan0",
    driver="brcmfmac",
    link=Link.CONNECTED,
    profile=HOME,
    bssid=MacAddress("02:00:00:00:00:01"),
    frequency=2412,
    ipv4=LEASE,
)
OFFLINE = RadioState(availability=Availability.READY, interface="wlan0")
TARGETS = (ReachTarget(url="http://page.example/"),)
BY_ADDRESS = (ReachTarget(url="http://203.0.113.80/"),)
BROKER = Broker(host="broker.example", port=1883)
FOUND = Findings(
    gateway=Finding(holds=True, evidence="10.1.0.1 answers.", elapsed_ms=2),
    names=Finding(holds=True, evidence="page.example is 203.0.113.80.", elapsed_ms=20),
    internet=InternetFinding(
        internet=Internet.REACHABLE,
        evidence="page.example answered as expected.",
        elapsed_ms=40,
        date=round(NOW),
    ),
    broker=BrokerFinding(
        holds=True, evidence="It takes connections.", elapsed_ms=30, address="203.0.113.81"
    ),
)
SILENT = Finding(holds=False, evidence="Silence.", elapsed_ms=4000)


def seen(**differences: Any) -> Seen:
    """A device that is online, with everything in order but for ``differences``."""
    usual: dict[str, Any] = {
        "radio": ONLINE,
        "targets": TARGETS,
        "broker": BROKER,
        "findings": FOUND,
        "regulation": Regulation(country="DE"),
        "wall": NOW,
        "elapsed_ms": 50,
    }
    return Seen(**(usual | differences))


def met(internet: Internet, **more: Any) -> InternetFinding:
    return InternetFinding(internet=internet, evidence=f"Met: {internet}.", **more)


def rungs(sight: Seen) -> dict[RungName, Rung]:
    return {rung.name: rung for rung in diagnostics(sight).ladder.rungs}


def states(sight: Seen) -> dict[RungName, RungState]:
    return {name: rung.state for name, rung in rungs(sight).items()}


def verdict(sight: Seen) -> RungName | None:
    return diagnostics(sight).ladder.verdict


_answers = st.builds(Finding, holds=st.booleans(), evidence=st.just("Seen."))
_findings = st.builds(
    Findings,
    gateway=_answers,
    names=st.none() | _answers,
    internet=st.none()
    | st.builds(
        InternetFinding,
        internet=st.sampled_from(Internet),
        evidence=st.just("Seen."),
        date=st.none() | st.integers(0, 2 * RELEASED),
    ),
    broker=st.none()
    | st.builds(
        BrokerFinding,
        holds=st.booleans(),
        evidence=st.just("Seen."),
        address=st.sampled_from([None, "10.1.0.9", "203.0.113.81"]),
    ),
)
_switches = st.builds(
    Switch, name=st.just("phy0"), soft_blocked=st.booleans(), hard_blocked=st.booleans()
)
_leases = st.sampled_from([None, LEASE, Ipv4(address="10.1.0.2", prefix=24)])
sightings = st.builds(
    Seen,
    radio=st.builds(
        RadioState,
        availability=st.sampled_from(Availability),
        interface=st.sampled_from(["", "wlan0"]),
        driver=st.sampled_from(["", "brcmfmac"]),
        link=st.sampled_from(Link),
        profile=st.sampled_from([None, HOME]),
        ipv4=_leases,
    ),
    targets=st.sampled_from([(), TARGETS, BY_ADDRESS]),
    broker=st.sampled_from([None, BROKER, Broker(host="10.1.0.9", port=1)]),
    findings=st.none() | _findings,
    regulation=st.builds(
        Regulation,
        switches=st.lists(_switches, max_size=2).map(tuple),
        country=st.sampled_from([None, "", "00", "DE"]),
    ),
    country=st.sampled_from([None, "DE"]),
    gateway_required=st.booleans(),
    wall=st.floats(-1e9, 1e11),
)
