"""Pictures of every state, narrow and wide, light and dark, for people to look at."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.api.daemon_process import daemon
from tests.browser.conftest import OpenPage
from tests.browser.staged import staged
from tests.browser.steps import (
    choose,
    connect,
    expect_connected,
    expect_failed,
    network,
    title,
)

from firstlight.model.status import Health, Mode, RecoveryLock, RuntimePhase

ARTIFACTS = Path(__file__).parent / "artifacts"
WIDTHS = (360, 1280)
SCHEMES = ("light", "dark")


@pytest.fixture
def neighbourhood(tmp_path: Path) -> str:
    with daemon(tmp_path / "state", world=None) as address:
        yield address


def take(page: Page, name: str) -> None:
    ARTIFACTS.mkdir(exist_ok=True)
    for width in WIDTHS:
        for scheme in SCHEMES:
            page.set_viewport_size({"width": width, "height": 740})
            page.emulate_media(color_scheme=scheme)
            path = ARTIFACTS / f"{name}-{width}-{scheme}.png"
            page.screenshot(path=path, full_page=True, animations="disabled")
            assert path.stat().st_size > 0


def test_a_first_visit(neighbourhood: str, open_page: OpenPage) -> None:
    page = open_page(neighbourhood)
    expect(network(page, "Lighthouse")).to_be_visible()
    expect(page.get_by_role("link", name="Look again")).to_be_visible()
    take(page, "list")
    choose(page, "Lighthouse")
    take(page, "password")
    connect(page, "short")
    expect(page.get_by_role("alert")).to_be_visible()
    take(page, "password-refused")
    connect(page, "wrong-horse")
    expect(page.get_by_text("Checking the password")).to_be_visible()
    take(page, "connecting")
    expect_failed(page)
    take(page, "failed")
    page.get_by_role("link", name="Try again").click()
    connect(page, "correct-horse")
    expect(title(page)).to_have_text("Connecting to Lighthouse")
    page.context.set_offline(True)
    expect(page.locator("#gap")).to_be_visible()
    take(page, "out-of-reach")
    page.context.set_offline(False)
    expect_connected(page, "Lighthouse")
    take(page, "connected")
    page.get_by_role("link", name="Choose another network").click()
    expect(network(page, "Lighthouse")).to_contain_text("In use · Saved")
    expect(page.get_by_role("link", name="Look again")).to_be_visible()
    take(page, "list-connected")
    network(page, "Other network").click()
    take(page, "other")


def test_what_can_not_be_joined(neighbourhood: str, open_page: OpenPage) -> None:
    page = open_page(neighbourhood)
    choose(page, "Office")
    take(page, "unsupported")
    page.get_by_role("link", name="Choose another network").click()
    choose(page, "Corner Café")
    take(page, "open")
    connect(page)
    expect_connected(page, "Corner Café")
    take(page, "connected-portal")


def test_a_token_and_no_device(tmp_path: Path, open_page: OpenPage) -> None:
    environment = {"FIRSTLIGHT_PROVISIONING_ENABLED": "1", "FIRSTLIGHT_PROVISIONING_TOKEN": "x"}
    with daemon(tmp_path / "one", environment=environment) as address:
        page = open_page(address)
        expect(title(page)).to_have_text("Who is there?")
        take(page, "token")
    with daemon(tmp_path / "two", environment={}) as address:
        take(open_page(address), "not-enabled")


def test_a_device_that_is_not_simply_well(open_page: OpenPage) -> None:
    home = {"provisioned": True, "last_ssid": "Lighthouse", "active_connection": "Lighthouse"}
    with staged() as stage:
        stage.show(network={**home, "ap_enabled": True})
        page = open_page(stage.address)
        expect(page.locator(".summary")).to_contain_text("is not reachable")
        take(page, "fallback")
        stage.show(
            mode=Mode.ONBOARDING,
            network={"connected": True, "ap_enabled": False, "ipv4_address": "192.168.1.7"},
            runtime={"phase": RuntimePhase.ONBOARDING},
        )
        expect(page.get_by_role("button", name="Finish")).to_be_visible()
        take(page, "finish")
        stage.show(
            mode=Mode.READY,
            runtime={
                "phase": RuntimePhase.DEGRADED,
                "health": Health.ERROR,
                "warnings": ("The router does not answer.",),
            },
            recovery={"active_lock": RecoveryLock.COOLDOWN, "in_cooldown": True},
        )
        expect(page.locator("#condition")).to_contain_text("waits")
        take(page, "degraded")
        stage.show(mode=Mode.MAINTENANCE, runtime={"phase": RuntimePhase.MAINTENANCE})
        expect(page.locator("#condition")).to_contain_text("maintenance")
        take(page, "maintenance")
        for path in ("settings", "pair", "factory-reset", "offline", "nowhere"):
            page.goto(f"{stage.address}/{path}")
            take(page, path)
        page.goto(f"{stage.address}/settings")
        page.get_by_role("button", name="Test now").click()
        expect(page.locator(".ladder")).to_be_visible()
        take(page, "ladder")
