"""Nobody is shut out: axe finds nothing, light and dark, in both languages."""

from collections.abc import Iterator
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Page, expect
from tests.api.fake_service import DEVICE_ID
from tests.browser.conftest import OpenPage
from tests.browser.staged import Stage, staged
from tests.browser.steps import title

from firstlight.model.status import Mode, RuntimePhase
from firstlight.web.settings import Brand, WebSettings

AXE = next(Path(axe_playwright_python.__file__).parent.rglob("axe.min.js")).read_text()
PATHS = ("/", "/?ssid=4c69676874686f757365", "/?other", "/settings", "/pair", "/factory-reset",
         "/offline", "/nowhere")  # fmt: skip
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def violations(page: Page) -> list[str]:
    page.evaluate(AXE)
    found = page.evaluate("(rules) => axe.run(document, rules)", RULES)["violations"]
    return [f"{one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"]]


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged(WebSettings(version="1", brand=Brand(name="Aurora", colour="#ffd400"))) as stage:
        yield stage


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en", "zh-CN"])
def test_every_page(stage: Stage, open_page: OpenPage, scheme: str, locale: str) -> None:
    page = open_page(stage.address, bypass_csp=True, color_scheme=scheme, locale=locale)
    for path in PATHS:
        page.goto(stage.address + path)
        expect(title(page)).to_be_visible()
        assert violations(page) == [], path
    page.goto(f"{stage.address}/settings")
    page.locator("section").nth(2).get_by_role("button").click()
    expect(page.locator(".ladder")).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_way_in(open_page: OpenPage, scheme: str) -> None:
    with staged(WebSettings(version="1", token="s3cr3t-t0ken", trust_local=False)) as stage:
        page = open_page(stage.address, bypass_csp=True, color_scheme=scheme)
        expect(title(page)).to_have_text("Who is there?")
        assert violations(page) == []
        stage.service.guests = frozenset({"127.0.0.1"})
        page.goto(f"{stage.address}/pair")
        expect(page.get_by_role("button", name="Pair this phone")).to_be_visible()
        page.get_by_text("I have the device's token").click()
        page.get_by_label("Token", exact=True).fill("another")
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_role("alert").first).to_be_visible()
        assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_way_out(stage: Stage, open_page: OpenPage, scheme: str) -> None:
    page = open_page(stage.address, bypass_csp=True, color_scheme=scheme)
    page.goto(f"{stage.address}/factory-reset")
    page.get_by_label("To go on, type the device ID").fill(DEVICE_ID)
    page.get_by_role("button", name="Forget everything").click()
    expect(title(page)).to_have_text("Everything is being forgotten")
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_before_it_is_enabled(open_page: OpenPage, scheme: str) -> None:
    with staged(WebSettings(version="1", enabled=False)) as stage:
        page = open_page(stage.address, bypass_csp=True, color_scheme=scheme)
        expect(title(page)).to_have_text("Not enabled")
        assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_way_through_a_join(stage: Stage, open_page: OpenPage, scheme: str) -> None:
    page = open_page(stage.address, bypass_csp=True, color_scheme=scheme)
    page.goto(f"{stage.address}/?other")
    page.get_by_label("Network name").fill("Lighthouse")
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(title(page)).to_have_text("Connecting to Lighthouse")
    assert violations(page) == []
    stage.end_attempt(failed=True)
    expect(title(page)).to_have_text("That did not work")
    assert violations(page) == []
    stage.end_attempt(failed=False)
    stage.show(
        mode=Mode.ONBOARDING,
        network={"connected": True, "last_ssid": "Lighthouse", "ipv4_address": "192.168.1.7"},
        runtime={"phase": RuntimePhase.ONBOARDING},
    )
    expect(title(page)).to_have_text("Connected to Lighthouse")
    assert violations(page) == []
