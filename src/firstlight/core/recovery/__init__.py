"""Coming back: from a network that stopped working, and home from the hotspot.

While a network works (``STEADY``) nothing is done but a slow look at its gateway. Trouble, told by
the radio or found by a look, is counted (``DEGRADED``); at the threshold the device looks round
(``LOOKING``), joins what it knows one after the other (``REJOINING``), and failing that offers its
hotspot (``FALLBACK``). From there it goes on looking (``SCOUTING``) and joining (``HOMING``), while
somebody who uses the portal is left in peace. Where the radio can join beside its hotspot, a
network has to prove itself that way first (``REHEARSING``).

``phases.TRANSITIONS`` is the whole machine; a pair that is not in it can't happen. Time is the
monotonic reading of ``Moment``; wall time is only written down for people.
"""

from firstlight.core.recovery.machine import State, begin, step
from firstlight.core.recovery.phases import TRANSITIONS, Phase, Signal
from firstlight.core.recovery.settings import Settings, configured
from firstlight.core.recovery.state import Record

__all__ = [
    "TRANSITIONS",
    "Phase",
    "Record",
    "Settings",
    "Signal",
    "State",
    "begin",
    "configured",
    "step",
]
