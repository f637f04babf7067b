"""Whether a person may start recovery now."""

from firstlight.core.recovery.phases import TRANSITIONS, Phase, Signal
from firstlight.core.recovery.state import State
from firstlight.errors import Busy, Code
from firstlight.model.moment import Moment

_BUSY_SECONDS = 30.0


def check(state: State, now: Moment) -> None:
    """Raise ``Busy`` while cooling down, under way, or with nothing to go back to."""
    if not state.view.saved and not state.held and not state.view.online:
        raise Busy(
            "There is no saved network to go back to.",
            hint="Join a network first: firstlight connect, or the device's page.",
        )
    left = state.cooldown_left(now)
    if left and not state.recovering:
        raise Busy(
            f"Recovery has just run; it may run again in {max(1, round(left))} s.",
            code=Code.COOLING_DOWN,
            hint="Wait for it, or join a network by hand.",
            retry_after=left,
        )
    if (state.phase, Signal.WISHED) not in TRANSITIONS:
        words = {
            Phase.LOOKING: "Recovery is under way already.",
            Phase.REJOINING: "Recovery is under way already.",
            Phase.RESTING: "The radio is needed for something else just now.",
        }
        raise Busy(
            words.get(state.phase, "The device is trying its saved networks just now."),
            hint="Wait for its outcome: firstlight status tells it.",
            retry_after=_BUSY_SECONDS,
        )
