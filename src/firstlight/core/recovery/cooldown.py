"""How much of a cooldown is left after a crash or a reboot, whatever the clocks say.

Boot time never jumps, but ends with the boot. Wall time outlives it, but may be wrong: a board
without a clock of its own starts in 1970 or at its last shutdown, and a time server corrects it
later, which looks like a longer time without power. So boot time alone decides: within one boot it
knows all of it; and where the power went before a cooldown was seen to be over, that counts anew
from the boot.
"""

import msgspec

from firstlight.model.kept import Kept
from firstlight.model.moment import Moment


class CooldownNote(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What is kept beside ``provisioning.json``: the end of a cooldown in seconds of boot time.

    ``over``: it was seen to end.
    """

    boot_id: str
    until: float
    over: bool = False


def left(kept: Kept, note: CooldownNote | None, boot_id: str, now: Moment) -> float:
    """Seconds until recovery may run again; never more than the configured cooldown.

    ``now.monotonic`` is time since boot, as CLOCK_BOOTTIME gives it. Where there is no ``note``, it
    was lost, or an older version wrote none.
    """
    whole = kept.cooldown_ms / 1000
    if note is None and not kept.cooldown_until:
        return 0.0
    if note is not None and note.over:
        return 0.0
    end = note.until if note is not None and note.boot_id == boot_id else whole
    return min(max(end - now.monotonic, 0.0), whole)
