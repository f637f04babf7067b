"""What all suites share."""

import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

HERE = Path(__file__).parent

# Seconds a test may take with its fixtures, where it waits for a browser or a machine.
SLOW_SUITES = {"browser": 120, "radio": 600}

# A shell starts what runs in its background with Ctrl-C ignored, and every process started from
# there inherits that; some tests press it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes, or its making, says more about the machine than about the code.
settings.register_profile(
    "firstlight", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("firstlight")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        suite = item.path.relative_to(HERE).parts[0]
        if suite in SLOW_SUITES:
            item.add_marker(suite)
            if item.get_closest_marker("timeout") is None:
                item.add_marker(pytest.mark.timeout(SLOW_SUITES[suite]))
