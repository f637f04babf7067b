"""What the page says of a device that is not simply well, and the end of the setup."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect
from tests.browser.conftest import OpenPage
from tests.browser.staged import Stage, staged
from tests.browser.steps import network, title

from firstlight.errors import Busy, Code
from firstlight.model.status import Health, Mode, RecoveryLock, RuntimePhase

ONLINE = {
    "provisioned": True,
    "connected": True,
    "last_ssid": "Lighthouse",
    "active_connection": "Lighthouse",
    "ipv4_address": "192.168.1.7",
}
AWAY = {"provisioned": True, "connected": False, "last_ssid": "Lighthouse", "ap_enabled": True}


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged() as stage:
        yield stage


def condition(page: Page) -> Locator:
    return page.locator("#condition .note")


def phase(phase: RuntimePhase, health: Health = Health.OK, **fields: object) -> dict[str, object]:
    return {"phase": phase, "health": health, **fields}


def test_a_device_that_is_well_says_nothing(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(stage.address)
    expect(network(page, "Lighthouse")).to_be_visible()
    expect(condition(page)).to_have_count(0)
    expect(page.locator(".summary")).to_have_text("Pick the WiFi that the device shall use.")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ({"runtime": phase(RuntimePhase.RESTARTING)}, "The device is restarting."),
        (
            {"mode": Mode.MAINTENANCE, "runtime": phase(RuntimePhase.MAINTENANCE)},
            "The device is in maintenance: it repairs nothing by itself.",
        ),
        (
            {"runtime": phase(RuntimePhase.PROVISIONING, warnings=("The disk is full.",))},
            "The disk is full.",
        ),
        (
            {
                "runtime": phase(RuntimePhase.DEGRADED, Health.ERROR, summary="Not connected."),
                "recovery": {"degraded_network_streak": 2},
            },
            "Not connected. 2 failed checks so far; after 3 the device repairs this by itself.",
        ),
        (
            {
                "runtime": phase(RuntimePhase.DEGRADED, Health.ERROR, summary="Not connected."),
                "recovery": {"active_lock": RecoveryLock.RECOVERY},
            },
            "Not connected. The device is trying to get back online by itself.",
        ),
        (
            {
                "runtime": phase(RuntimePhase.DEGRADED, Health.ERROR, warnings=("No radio.",)),
                "recovery": {"active_lock": RecoveryLock.COOLDOWN, "in_cooldown": True},
            },
            "No radio. The device waits a while before it tries to repair this again.",
        ),
        (
            {
                "runtime": phase(RuntimePhase.DEGRADED, Health.ERROR, summary="Not connected."),
                "recovery": {"enabled": False},
            },
            "Not connected. Automatic recovery is switched off.",
        ),
        (
            {
                "runtime": phase(RuntimePhase.DEGRADED, Health.WARNING, warnings=("No internet.",)),
                "recovery": {"in_cooldown": True},
            },
            "No internet.",
        ),
    ],
)
def test_what_is_the_matter_is_told_as_it_comes_and_goes(
    stage: Stage, open_page: OpenPage, status: dict[str, object], words: str
) -> None:
    page = open_page(stage.address)
    expect(network(page, "Lighthouse")).to_be_visible()
    before = stage.service.now
    stage.show(**status)
    expect(condition(page)).to_have_text(words)
    page.reload()
    expect(condition(page)).to_have_text(words)
    stage.show(**{name: getattr(before, name) for name in status})
    expect(condition(page)).to_have_count(0)


def test_words_of_the_device_are_only_words(stage: Stage, open_page: OpenPage) -> None:
    stage.show(runtime={"warnings": ("<img src=x onerror=alert(1)>",)})
    page = open_page(stage.address)
    expect(condition(page)).to_have_text("<img src=x onerror=alert(1)>")


def test_a_network_that_is_gone_is_told_calmly(stage: Stage, open_page: OpenPage) -> None:
    stage.show(network=AWAY)
    page = open_page(stage.address)
    expect(title(page)).to_have_text("Choose a network")
    expect(page.locator(".summary")).to_have_text(
        "Lighthouse is not reachable. The device tries it again by itself, "
        "or choose another network."
    )
    stage.show(mode=Mode.READY, network=ONLINE, runtime=phase(RuntimePhase.READY))
    expect(title(page)).to_have_text("Connected to Lighthouse")


def finish(page: Page) -> Locator:
    return page.get_by_role("button", name="Finish", exact=True)


def test_the_setup_is_finished(stage: Stage, open_page: OpenPage) -> None:
    stage.show(mode=Mode.ONBOARDING, network=ONLINE, runtime=phase(RuntimePhase.ONBOARDING))
    page = open_page(stage.address)
    expect(title(page)).to_have_text("Connected to Lighthouse")
    expect(page.locator(".advice").first).to_contain_text("finish the setup")
    # The status that tells of it may come before the answer, or after.
    page.route(
        "**/finish",
        lambda route: (stage.show(mode=Mode.READY), route.continue_()),
    )
    finish(page).click()
    expect(finish(page)).to_be_hidden()
    expect(page.locator(".advice")).to_have_count(0)
    expect(title(page)).to_be_focused()
    assert stage.service.changes == ["onboarding complete"]


def test_a_setup_that_can_not_be_finished_says_why(stage: Stage, open_page: OpenPage) -> None:
    stage.show(mode=Mode.ONBOARDING, network=ONLINE, runtime=phase(RuntimePhase.ONBOARDING))
    page = open_page(stage.address)
    expect(finish(page)).to_be_visible()
    good = stage.service.complete_onboarding

    async def refuse() -> None:
        raise Busy("The device is joining a network.", code=Code.WRONG_MODE, hint="Wait.")

    stage.service.complete_onboarding = refuse
    finish(page).click()
    expect(page.get_by_role("alert").first).to_have_text("The device is joining a network. Wait.")
    stage.service.complete_onboarding = good
    finish(page).click()
    expect(page.get_by_role("alert")).to_have_count(0)
    assert stage.service.changes == ["onboarding complete"]


def test_a_device_that_is_ready_has_nothing_to_finish(stage: Stage, open_page: OpenPage) -> None:
    stage.show(mode=Mode.READY, network=ONLINE, runtime=phase(RuntimePhase.READY))
    page = open_page(stage.address)
    expect(title(page)).to_have_text("Connected to Lighthouse")
    expect(finish(page)).to_be_hidden()


def test_a_degraded_device_does_not_glow_as_if_all_were_well(
    stage: Stage, open_page: OpenPage
) -> None:
    stage.show(mode=Mode.READY, network=ONLINE, runtime=phase(RuntimePhase.READY))
    page = open_page(stage.address)
    halo = page.locator(".halo")
    expect(halo).to_have_attribute("data-state", "done")
    stage.show(runtime=phase(RuntimePhase.DEGRADED, Health.WARNING, warnings=("No internet.",)))
    expect(halo).to_have_attribute("data-state", "waiting")
    expect(title(page)).to_have_text("Connected to Lighthouse")
