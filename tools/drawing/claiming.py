"""The machine of ``provisioning.claim``."""

from collections.abc import Iterator

from drawing.text import NOTE, chart, first_line, paragraph, table
from firstlight.model.access_point import AccessPoint, Security
from firstlight.model.claim import Role
from firstlight.model.mac import MacAddress
from firstlight.model.moment import Moment
from firstlight.model.radio import Ipv4, LinkReport, LinkStage
from firstlight.provisioning import claim, softap
from firstlight.provisioning.claim import messages
from firstlight.provisioning.claim.machine import ROUND_SECONDS
from firstlight.provisioning.claim.phases import (
    DEADLINES,
    TRANSITIONS,
    TRIAL_SECONDS,
    Phase,
    Signal,
)
from firstlight.provisioning.protocol import Answer, Asked

SEEN = AccessPoint(
    ssid=softap.SSID,
    bssid=MacAddress("02:00:00:00:00:01"),
    frequency=2412,
    signal=50,
    security=Security.WPA2,
)
LEASE = Ipv4(address="192.168.4.50", prefix=24)
COURSE: tuple[messages.Event, ...] = (
    messages.Searched((SEEN,), 0.0),
    messages.Limited(None),
    messages.Protected(),
    messages.Started(),
    messages.Reported(LinkReport(stage=LinkStage.AUTHENTICATED)),
    messages.Reported(LinkReport(stage=LinkStage.CONNECTED, ipv4=LEASE)),
    messages.Answered(Asked.NONCE, Answer(200, b'{"nonce": 1}')),
    messages.Answered(Asked.CONFIGURATION, Answer(200, b'{"name": "x"}')),
    messages.Answered(Asked.CERTIFICATE, Answer(404, b"")),
    messages.Stored(),
    messages.Limited(None),
    messages.Left(),
    messages.Restored(),
)


def page() -> str:
    return "\n".join(
        [
            NOTE.format(source="provisioning/claim/phases.py"),
            "",
            "# Claiming configuration",
            "",
            *chart(Phase.SEARCHING, _arrows(), ends=[phase for phase in Phase if phase.is_final]),
            "",
            paragraph(
                f"`{Signal.BROKEN}` is any failure: the radio's, the controller's, a deadline that"
                " has passed, or a wish to stop. Then the next controller gets its turn"
                f" (`{Signal.NEXT}`), as long as no more than {ROUND_SECONDS:g} seconds have passed"
                " and the failure is not the device's own; after those on channel"
                f" {softap.CHANNEL} all channels are looked at (`{Signal.ELSEWHERE}`)."
            ),
            "",
            paragraph(
                f"From `{Phase.STARTING}` to `{Phase.ASKING_CERTIFICATE}` it takes no more than"
                f" {TRIAL_SECONDS:g} seconds together: that bounds their deadlines, so that the"
                " dead-man's switch outlasts what is stored."
            ),
            "",
            *table(["Phase", "What is done on entering it", "Seconds at most"], *_rows()),
            "",
        ]
    )


def _arrows() -> Iterator[str]:
    for (before, signal), after in TRANSITIONS.items():
        yield f"{before} --> {after}: {signal}"


def _rows() -> Iterator[list[str]]:
    done = _works()
    for phase in Phase:
        work = done.get(phase) or (
            "The end." if phase.is_final else "Only waits for the radio's reports."
        )
        yield [f"`{phase}`", work, str(DEADLINES.get(phase, ""))]


def _works() -> dict[Phase, str]:
    """What is done on entering each phase, in the words of the effect's docstring."""
    found: dict[Phase, str] = {}
    now = Moment(0.0, 0.0)
    state, effects = claim.begin(claim.Wish(role=Role.CLIENT, mac=SEEN.bssid), now)
    for event in (*COURSE, None):
        done = [effect for effect in effects if not isinstance(effect, messages.Arm)]
        found[state.phase] = " ".join(first_line(effect) for effect in done)
        if event is not None:
            state, effects = claim.step(state, event, now)
    return found
