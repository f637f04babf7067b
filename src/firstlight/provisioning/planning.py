"""How a radio can be the SoftAP, with what it is doing already."""

from firstlight.errors import Busy, Code
from firstlight.model.access_point import channel_of, frequency_of
from firstlight.model.provisioning_mode import ModeEnd
from firstlight.model.radio import Link, RadioState
from firstlight.provisioning.ends import WORDS
from firstlight.provisioning.messages import Plan

_LAST_2_4_GHZ = 14


def plan(state: RadioState, channel: int, *, force: bool) -> Plan:
    """Beside the network in use where the radio can do both; in its place only if forced.

    Raises ``Busy`` (``radio_in_use``). A radio that can serve one channel only serves the network's
    own: a target that does not find the SoftAP on channel 1 looks everywhere.
    """
    if state.link not in {Link.CONNECTED, Link.JOINING}:
        return Plan(beside=False, channel=channel)
    shared = channel_of(state.frequency) if state.frequency is not None else None
    if state.link is Link.CONNECTED and state.abilities.join_as_hotspot:
        if not state.abilities.one_channel:
            return Plan(beside=True, channel=channel)
        if shared is not None and shared <= _LAST_2_4_GHZ and _is_2_4(state, shared):
            return Plan(beside=True, channel=shared)
    if force:
        return Plan(beside=False, channel=channel)
    message, hint = WORDS[ModeEnd.RADIO_IN_USE]
    raise Busy(message, code=Code.RADIO_IN_USE, hint=hint)


def _is_2_4(state: RadioState, channel: int) -> bool:
    return state.frequency == frequency_of(channel)
