"""Which settings are in force."""

import pytest

from firstlight.core.recovery import Settings, configured
from firstlight.model.kept import Kept

KEPT = Kept(recovery_enabled=False, failure_threshold=7, cooldown_ms=4500)


def test_what_is_kept_counts_where_nothing_is_wished() -> None:
    found = configured(Settings(), KEPT, enabled=None, failure_threshold=None, cooldown_ms=None)
    assert (found.enabled, found.threshold, found.cooldown_seconds) == (False, 7, 4.5)
    assert configured(Settings(), KEPT) == found


@pytest.mark.parametrize(
    ("wish", "value", "field", "found"),
    [
        ("enabled", True, "enabled", True),
        ("failure_threshold", 1, "threshold", 1),
        ("cooldown_ms", 250, "cooldown_seconds", 0.25),
    ],
)
def test_a_wish_counts_before_what_is_kept(
    wish: str, value: float, field: str, found: float
) -> None:
    settings = configured(Settings(), KEPT, **{wish: value})
    assert getattr(settings, field) == found
    others = {"enabled", "threshold", "cooldown_seconds"} - {field}
    kept = configured(Settings(), KEPT)
    assert all(getattr(settings, name) == getattr(kept, name) for name in others)


def test_a_wish_to_switch_it_off_is_a_wish() -> None:
    assert not configured(Settings(), Kept(), enabled=False).enabled


def test_the_rest_stays_as_it_is() -> None:
    base = Settings(check_seconds=1, interval_seconds=2, require_internet=True)
    found = configured(base, KEPT)
    assert (found.check_seconds, found.interval_seconds, found.require_internet) == (1, 2, True)
