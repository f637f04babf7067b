"""The machine of ``core.recovery``."""

import ast
import inspect
from collections.abc import Callable, Iterator
from itertools import pairwise

from drawing.text import NOTE, chart, first_line, paragraph, table, ticked
from firstlight.core import recovery
from firstlight.core.recovery import messages, phases
from firstlight.core.recovery.messages import View
from firstlight.core.recovery.phases import TRANSITIONS, Phase, Signal
from firstlight.model.access_point import AccessPoint, Security
from firstlight.model.attempt import Cause
from firstlight.model.mac import MacAddress
from firstlight.model.moment import Moment
from firstlight.model.profile import Profile, ProfileKind
from firstlight.model.radio import Abilities
from firstlight.model.reach import Internet, Reach
from firstlight.model.ssid import Ssid

MEANINGS: dict[Signal, str] = {
    Signal.HELD: "somebody else needs the radio, or there is none",
    Signal.ONLINE: "there is a link, and nothing is known against it",
    Signal.AILING: "the link is gone, or leads nowhere",
    Signal.STRANDED: "there is no link, and the hotspot's turn has come already",
    Signal.WORN: "that has been seen often enough, or for long enough",
    Signal.RESTRAINED: "the same, but recovery has to wait: a cooldown, or maintenance",
    Signal.FOUND: "a saved network is to be joined",
    Signal.REHEARSABLE: "one can be tried beside the hotspot",
    Signal.PROVEN: "it was joined, and gives what it must",
    Signal.EXHAUSTED: "nothing is left to try, or no time",
    Signal.DUE: "it is time to look for home, and nobody would be cut off",
    Signal.WISHED: "a person wants recovery now",
}

Make = Callable[[int], messages.Event]
"""Makes an event that belongs to a turn."""

NETWORK = Ssid(b"network")
PROFILE = Profile(
    uuid="",
    name="network",
    kind=ProfileKind.STATION,
    ssid=NETWORK,
    autoconnect=True,
    active=False,
)
SEEN = AccessPoint(
    ssid=NETWORK,
    bssid=MacAddress("02:00:00:00:00:01"),
    frequency=2412,
    signal=50,
    security=Security.OPEN,
)
ABLE = Abilities(scan_as_hotspot=True, join_as_hotspot=True)
ONLINE = View(ready=True, online=True, saved=True)
DOWN = View(ready=True, saved=True)
HOTSPOT = View(ready=True, saved=True, hotspot=2412, abilities=ABLE)
REACH = Reach(gateway=True, internet=Internet.REACHABLE)


def page() -> str:
    return "\n".join(
        [
            NOTE.format(source="core/recovery/phases.py"),
            "",
            "# Coming back",
            "",
            _theory(),
            "",
            *chart(Phase.RESTING, _arrows()),
            "",
            paragraph(f"From every phase `{Signal.HELD}` leads to `{Phase.RESTING}`."),
            "",
            *table(
                ["Signal", "What it means"],
                *([f"`{signal}`", MEANINGS[signal]] for signal in Signal),
            ),
            "",
            *table(["Phase", "What is done on entering it", "Seconds at most"], *_rows()),
            "",
            paragraph(
                f"How long `{Phase.STEADY}` and `{Phase.DEGRADED}` wait for the next look is set in"
                " the configuration; the table has the defaults. A look behind the link ends by"
                " itself within `reach.seconds`."
            ),
            "",
            *table(["Figure", "Seconds", "What it is"], *_figures()),
            "",
        ]
    )


def _theory() -> str:
    """The second paragraph of the package's docstring, which is on the phases."""
    text = ticked(inspect.cleandoc(recovery.__doc__ or "").split("\n\n")[1])
    for phase in Phase:
        text = text.replace(f"`{phase.name}`", f"`{phase}`")
    return paragraph(" ".join(text.split()))


def _arrows() -> Iterator[str]:
    for (before, signal), after in TRANSITIONS.items():
        if signal is not Signal.HELD:
            yield f"{before} --> {after}: {signal}"


def _rows() -> Iterator[list[str]]:
    entered = _entered()
    for phase in Phase:
        effects = entered[phase]
        done = dict.fromkeys(words for effect in effects if (words := _words(effect)))
        limits = dict.fromkeys(
            f"{effect.seconds:g}"
            for effect in effects
            if isinstance(effect, messages.Arm | messages.Rejoin | messages.Rehearse)
        )
        yield [f"`{phase}`", " ".join(done), ", ".join(limits)]


def _words(effect: messages.Effect) -> str:
    match effect:
        case messages.Arm():
            return ""
        case messages.Become(turn):
            return f"The device's mode turns: `{turn}`."
        case messages.Tell(news):
            return f"Tell everybody: `{news}`."
        case _:
            return first_line(effect)


def _entered() -> dict[Phase, list[messages.Effect]]:
    """What the machine does on entering each phase, asked along a course that meets them all."""
    found: dict[Phase, list[messages.Effect]] = {phase: [] for phase in Phase}
    now = Moment(0.0, 0.0)
    state = recovery.begin(recovery.Settings(), recovery.Record(), cooldown=0.0, now=now)
    for passed, event in _course():
        now = Moment(now.monotonic + passed, 0.0)
        before = state
        state, effects = recovery.step(before, event(state.turn), now)
        if state.turn != before.turn:
            found[state.phase] += effects
    return found


def _course() -> list[tuple[float, Make]]:
    return [
        (0, lambda _: messages.Freed(ONLINE)),
        (0, lambda turn: messages.Checked(turn, REACH, full=True)),
        (0, lambda _: messages.Saw(DOWN)),
        (0, messages.Expired),
        (0, messages.Expired),
        (0, _scanned),
        (0, _joined),
        (0, lambda _: messages.Held()),
        (0, lambda _: messages.Freed(HOTSPOT)),
        (phases.HOME_SECONDS, messages.Expired),
        (0, _scanned),
        (0, _joined),
        (0, lambda turn: messages.Joined(turn, Cause.TIMEOUT)),
    ]


def _scanned(turn: int) -> messages.Event:
    return messages.Scanned(turn=turn, profiles=(PROFILE,), heard=(SEEN,))


def _joined(turn: int) -> messages.Event:
    return messages.Joined(turn, None)


def _figures() -> Iterator[list[str]]:
    """The constants of the table's file, in the words that stand below them."""
    body = ast.parse(inspect.getsource(phases)).body
    for constant, words in pairwise(body):
        match constant, words:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=float(seconds))),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                yield [f"`{name}`", f"{seconds:g}", ticked(" ".join(text.split()))]
            case _:
                pass
