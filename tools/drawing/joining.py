"""The machine of ``core.join``."""

from collections.abc import Iterator

from drawing.text import NOTE, chart, first_line, paragraph, table
from firstlight.core import join
from firstlight.core.join import messages
from firstlight.core.join.phases import (
    BEFORE_PROOF,
    DEADLINES,
    TRANSITIONS,
    TRIAL_SECONDS,
    Phase,
    Signal,
)
from firstlight.model.access_point import AccessPoint, Security
from firstlight.model.mac import MacAddress
from firstlight.model.moment import Moment
from firstlight.model.profile import JoinRequest
from firstlight.model.radio import SWITCH_SECONDS, Ipv4, LinkReport, LinkStage
from firstlight.model.reach import Internet, Reach
from firstlight.model.ssid import Ssid

SSID = Ssid(b"network")
LEASE = Ipv4(address="192.168.7.50", prefix=24)
SEEN = AccessPoint(
    ssid=SSID,
    bssid=MacAddress("02:00:00:00:00:01"),
    frequency=2412,
    signal=50,
    security=Security.OPEN,
)
GOOD_COURSE: tuple[messages.Event, ...] = (
    messages.Protected(),
    messages.SearchEnded((SEEN,), 0.0),
    messages.Reported(LinkReport(stage=LinkStage.AUTHENTICATED)),
    messages.Reported(LinkReport(stage=LinkStage.CONNECTED, ipv4=LEASE)),
    messages.Looked(Reach(gateway=True, internet=Internet.REACHABLE)),
    messages.Promoted(),
    messages.Released(),
    messages.Retired(),
)
BAD_COURSE: tuple[messages.Event, ...] = (messages.Cancelled(), messages.Restored())


def page() -> str:
    return "\n".join(
        [
            NOTE.format(source="core/join/phases.py"),
            "",
            "# Joining a network",
            "",
            *chart(Phase.PROTECTING, _arrows(), ends=[phase for phase in Phase if phase.is_final]),
            "",
            paragraph(
                f"`{Signal.BROKEN}` is any failure: the radio's, one of the work itself, a deadline"
                " that has passed, or a wish to stop."
                f" Whatever breaks until `{Phase.PROMOTING}` is done leads back to the old state;"
                " afterwards nothing leads there any more."
            ),
            "",
            *table(["Phase", "What is done on entering it", "Seconds at most"], *_rows()),
            "",
            paragraph(
                "Whatever the single phases take, the proof must be there "
                f"{TRIAL_SECONDS:g} seconds after the beginning: that bounds the deadlines of "
                + ", ".join(f"`{phase}`" for phase in Phase if phase in BEFORE_PROOF)
                + f". Should the process die, the dead-man's switch brings the old state back "
                f"{SWITCH_SECONDS:g} seconds after it was armed."
            ),
            "",
        ]
    )


def _arrows() -> Iterator[str]:
    for (before, signal), after in TRANSITIONS.items():
        yield f"{before} --> {after}: {signal}"


def _rows() -> Iterator[list[str]]:
    done = _works()
    for phase in Phase:
        work = done[phase] or (
            "The end." if phase.is_final else "Only waits for the radio's reports."
        )
        yield [f"`{phase}`", work, str(DEADLINES.get(phase, ""))]


def _works() -> dict[Phase, str]:
    """What is done on entering each phase, in the words of the effect's docstring."""
    found: dict[Phase, str] = {}
    for course in (GOOD_COURSE, BAD_COURSE):
        state, effects = join.begin(
            JoinRequest(ssid=SSID),
            attempt="",
            policy=join.Policy(),
            access_points=(),
            now=Moment(0.0, 0.0),
        )
        for event in (*course, None):
            done = [effect for effect in effects if not isinstance(effect, messages.Arm)]
            found[state.phase] = " ".join(first_line(effect) for effect in done)
            if event is not None:
                state, effects = join.step(state, event, Moment(0.0, 0.0))
    return found
