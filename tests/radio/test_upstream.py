"""The link stays, but what lies behind it goes: the line, or the router's own mind."""

from typing import Any

import pytest
from tests.radio.conftest import start_at_home
from tests.radio.lab.device import API, IMPATIENT, REQUIRE_INTERNET, Device
from tests.radio.lab.routers import Upstream
from tests.radio.lab.waiting import eventually
from tests.radio.lab.world import World
from tests.radio.outcomes import (
    HOME_NAME,
    PROMISED_SECONDS,
    comes_home,
    falls_back,
    home_profile_is_intact,
    phases,
)

pytestmark = pytest.mark.lengthy


def health(device: Device, wanted: str) -> dict[str, Any]:
    """Wait for that health; the status then."""
    return eventually(
        device.status,
        lambda seen: seen["runtime"]["health"] == wanted,
        what=f"the health is {wanted}",
        within=60,
    )


def test_a_line_that_is_cut_is_told_and_nothing_else(impatient: Device, world: World) -> None:
    health(impatient, "ok")
    since = impatient.mark()

    world["home"].rewire(Upstream.DEAD)
    status = health(impatient, "warning")
    assert status["runtime"]["phase"] == "degraded"
    assert status["network"]["internetReachable"] is False
    ladder = impatient.api("GET", f"{API}/network/diagnostics").json["diagnostics"]["ladder"]
    assert ladder["verdict"] == "internet"
    assert {rung["name"] for rung in ladder["rungs"] if rung["state"] == "ok"} >= {
        "radio", "unblocked", "associated", "address", "gateway", "dns"
    }  # fmt: skip
    [broken] = [rung for rung in ladder["rungs"] if rung["name"] == "internet"]
    assert broken["hint"]
    assert broken["evidence"]

    world["home"].rewire(Upstream.INTERNET)
    status = health(impatient, "ok")
    assert status["runtime"]["phase"] == "onboarding"
    assert status["network"]["internetReachable"] is True
    assert phases(impatient.said(since)) == []
    assert world.system.linked_to() == world["home"].bssid


def test_a_line_that_is_needed_and_cut_ends_in_the_hotspot(device: Device, world: World) -> None:
    start_at_home(device, world, REQUIRE_INTERNET + IMPATIENT)

    world["home"].rewire(Upstream.DEAD)
    status = falls_back(device)
    assert status["mode"] == "provisioning"
    assert "internet" in status["recovery"]["lastReason"]
    home_profile_is_intact(world)

    world["home"].rewire(Upstream.INTERNET)
    comes_home(device, world, within=PROMISED_SECONDS)


@pytest.mark.parametrize("configured", ["impatient", "online"])
def test_a_router_that_hangs(configured: str, world: World, request: pytest.FixtureRequest) -> None:
    device: Device = request.getfixturevalue(configured)
    world["home"].freeze()

    status = falls_back(device)

    eventually(
        lambda: {bss.bssid for bss in world.phone.hears()},
        lambda seen: world["home"].bssid in seen,
        what="the router is still on the air",
    )
    reason = f"{HOME_NAME} is joined, but its gateway does not answer."
    assert status["recovery"]["lastReason"] == reason
    home_profile_is_intact(world)
