"""How patient to be, and what a network must give."""

import msgspec
from msgspec.structs import replace

from firstlight.model.kept import Kept


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds throughout. ``threshold``: checks in a row, ``check_seconds`` apart.

    ``interval_seconds``: between slow looks at the gateway while all is well; every
    ``internet_interval_seconds`` the internet is looked for as well.
    """

    enabled: bool = True
    threshold: int = 3
    cooldown_seconds: float = 120.0
    check_seconds: float = 5.0
    interval_seconds: float = 30.0
    internet_interval_seconds: float = 300.0
    require_gateway: bool = True
    require_internet: bool = False


def configured(base: Settings, kept: Kept, **wished: float | None) -> Settings:
    """``base`` with the three values that live in ``provisioning.json``; a wish beats what is kept.

    ``wished``: any of ``enabled``, ``failure_threshold`` and ``cooldown_ms``; ``None`` for no wish.
    """
    values = {
        "enabled": kept.recovery_enabled,
        "failure_threshold": kept.failure_threshold,
        "cooldown_ms": kept.cooldown_ms,
    } | {name: value for name, value in wished.items() if value is not None}
    return replace(
        base,
        enabled=bool(values["enabled"]),
        threshold=int(values["failure_threshold"]),
        cooldown_seconds=values["cooldown_ms"] / 1000,
    )
