"""How much of a cooldown is left after a crash or a reboot, whatever the clocks say.

Boot time never jumps, but ends with the boot; wall time outlives it, but may be wrong: a board
without a clock of its own starts in 1970 or at its last shutdown, and a time server corrects it
later. So boot time decides within one boot, and across a reboot wall time may only shorten what
boot time can't rule out.
"""

import msgspec

from firstlight.model.kept import Kept
from firstlight.model.moment import Moment

PLAUSIBLE_UNIX_SECONDS = 1_735_689_600.0
"""2025-01-01: no clock that is right shows less."""


class CooldownNote(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What is kept beside ``provisioning.json``: the end of a cooldown in seconds of boot time."""

    boot_id: str
    until: float


def left(kept: Kept, note: CooldownNote | None, boot_id: str, now: Moment) -> float:
    """Seconds until recovery may run again; never more than the configured cooldown.

    ``now.monotonic`` is time since boot, as CLOCK_BOOTTIME gives it.
    """
    whole = kept.cooldown_ms / 1000
    if note is not None and note.boot_id == boot_id:
        return min(max(note.until - now.monotonic, 0.0), whole)
    if not kept.cooldown_until:
        return 0.0
    since_boot = min(max(whole - now.monotonic, 0.0), whole)
    began = kept.last_attempt_at / 1000
    if not PLAUSIBLE_UNIX_SECONDS <= began <= now.wall:
        return since_boot
    return min(since_boot, max(kept.cooldown_until / 1000 - now.wall, 0.0))
