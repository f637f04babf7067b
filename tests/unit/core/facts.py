"""What a status is made from, as tests change it."""

from typing import Any

from msgspec.structs import replace

from firstlight.core import recovery
from firstlight.core.recovery.phases import Phase
from firstlight.core.recovery.state import State
from firstlight.core.status import Facts
from firstlight.model.attempt import Attempt, AttemptState
from firstlight.model.kept import Kept
from firstlight.model.moment import Moment
from firstlight.model.profile import Profile, ProfileKind
from firstlight.model.radio import Availability, Ipv4, Link, RadioState
from firstlight.model.reach import Internet, Reach
from firstlight.model.ssid import Ssid
from firstlight.model.status import Mode

NOW = Moment(50.0, 1_700_000_000.0)
HOME = Profile(
    uuid="u1",
    name="home",
    kind=ProfileKind.STATION,
    ssid=Ssid(b"home"),
    autoconnect=True,
    active=True,
)
DOWN = RadioState(availability=Availability.READY, interface="wlan0")
ONLINE = replace(
    DOWN,
    link=Link.CONNECTED,
    profile=HOME,
    ipv4=Ipv4(address="192.168.7.50", prefix=24, gateway="192.168.7.1"),
)
HOTSPOT = replace(
    DOWN, link=Link.HOTSPOT, ipv4=Ipv4(address="192.168.4.1", prefix=24), profile=None
)
REACHABLE = Reach(gateway=True, internet=Internet.REACHABLE)
CUT_OFF = Reach(gateway=True, internet=Internet.UNREACHABLE)
READY = Kept(mode=Mode.READY, provisioned=True, last_ssid="home")
STEADY = State(settings=recovery.Settings(), phase=Phase.STEADY)
RUNNING = Attempt(id="1", ssid="pier", ssid_hex="", state=AttemptState.RUNNING, started_at=0)


def facts(**changed: Any) -> Facts:
    usual = Facts(
        kept=READY,
        radio=ONLINE,
        reach=REACHABLE,
        attempt=None,
        recovery=STEADY,
        resetting=False,
        hostname="lamp",
        nmcli=True,
        now=NOW,
    )
    return replace(usual, **changed)
