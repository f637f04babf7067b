"""Claiming configuration from a controller nearby.

A target knows nothing but the SSID. It looks for it, first on the channel that the SoftAP usually
has (a tenth of a second instead of eight), then everywhere; derives the password from the BSSID of
the strongest; lowers its own power, joins, and asks three times: for a nonce, for its
configuration, for the CA certificate. What it is told is stored whole before it leaves. Whatever
goes wrong with one controller leads to the next; at the end the radio has its power back, always.

``phases.TRANSITIONS`` is the whole machine; a pair that is not in it can't happen. A round ends.
Going on until there is something to claim is a matter of pauses between rounds (``pauses``).
"""

from firstlight.provisioning.claim.machine import Claiming, Wish, begin, step
from firstlight.provisioning.claim.phases import TRANSITIONS, Phase, Signal

__all__ = ["TRANSITIONS", "Claiming", "Phase", "Signal", "Wish", "begin", "step"]
