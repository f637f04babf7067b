"""Joining a network as a transaction.

A network that works must survive a typo. So the new profile is tried *beside* the old ones: the old
state is noted and a dead-man's switch armed (``PROTECTING``), the network is looked for, the link
made, an address awaited, what lies behind it proven. Only then is the profile saved
(``PROMOTING``), the switch disarmed (``RELEASING``) and older profiles of the same name removed
(``RETIRING``), in that order, so that a kill between any two leaves a working profile on disk.
Anything that goes wrong before ``PROMOTING`` leads to ``RETURNING``: the old state comes back.

``phases.TRANSITIONS`` is the whole machine; a pair that is not in it can't happen. ``step`` first
classifies an event as a ``Signal``, which is where facts are judged, then follows the table;
entering a phase yields its one effect and its deadline.
"""

from firstlight.core.join.machine import Join, Policy, begin, step
from firstlight.core.join.phases import TRANSITIONS, Phase, Signal

__all__ = ["TRANSITIONS", "Join", "Phase", "Policy", "Signal", "begin", "step"]
