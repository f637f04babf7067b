"""The settings, the log, and the factory reset; with a script and without."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from tests.api.fake_service import DEVICE_ID
from tests.browser.conftest import OpenPage
from tests.browser.staged import Stage, staged
from tests.browser.steps import title

from firstlight.errors import Busy, Code
from firstlight.model.event import EventType, Level


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged() as stage:
        yield stage


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def page(stage: Stage, open_page: OpenPage, request: pytest.FixtureRequest) -> Page:
    return open_page(f"{stage.address}/settings", java_script_enabled=request.param)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_every_control_does_what_it_says(stage: Stage, page: Page) -> None:
    page.get_by_text("Forget…").click()
    press(page, "Forget it")
    expect(page.get_by_text("Forgotten.", exact=True)).to_be_visible()
    press(page, "Turn hotspot on")
    expect(page.get_by_text("Done.", exact=True)).to_be_visible()
    press(page, "Recover now")
    expect(page.get_by_text("Recovery has begun.")).to_be_visible()
    press(page, "Enter maintenance")
    expect(page.get_by_text("Done.", exact=True)).to_be_visible()
    page.get_by_text("Restart…").click()
    press(page, "Restart the device")
    expect(page.get_by_text("The restart was asked for.")).to_be_visible()
    press(page, "Test now")
    ladder = page.locator(".ladder li")
    expect(ladder).to_have_count(3)
    expect(ladder.nth(1)).to_contain_text("Restart the router.")
    assert stage.service.changes == [
        "forget", "hotspot on", "recovery", "maintenance on",
        "restart device: asked for on the page",
    ]  # fmt: skip


def test_a_factory_reset_asks_for_the_device_id(stage: Stage, page: Page) -> None:
    page.get_by_role("link", name="Factory reset…").click()
    expect(title(page)).to_have_text("Factory reset")
    field = page.get_by_label("To go on, type the device ID")
    field.fill("LMP-2026-OTHER")
    press(page, "Forget everything")
    expect(page.get_by_role("alert").first).to_contain_text("not the device ID")
    assert stage.service.changes == []
    field.fill(DEVICE_ID.lower().replace("-", " "))
    press(page, "Forget everything")
    expect(title(page)).to_have_text("Everything is being forgotten")
    assert stage.service.changes == ["factory reset"]


def test_what_happens_is_told_as_it_happens(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(f"{stage.address}/settings")
    name = "<b>bold</b> \u202e cba"
    stage.tell(EventType.SYSTEM, Level.WARNING, name)
    expect(page.locator(".log li").first).to_contain_text("<b>bold</b>")
    assert page.locator(".log b").count() == 0
    stage.tell(EventType.SYSTEM, Level.INFO, "Later.")
    expect(page.locator(".log li").first).to_contain_text("Later.")


def test_an_opened_question_stays_open(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(f"{stage.address}/settings")
    page.get_by_text("Restart…").click()
    stage.tell(EventType.SYSTEM, Level.INFO, "Meanwhile.")
    expect(page.get_by_role("button", name="Restart the service")).to_be_visible()


def test_in_chinese(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(f"{stage.address}/settings", locale="zh-CN")
    expect(title(page)).to_have_text("设置")
    page.get_by_role("button", name="English").click()
    expect(title(page)).to_have_text("Settings")
    page.reload()
    expect(title(page)).to_have_text("Settings")
    page.get_by_role("button", name="简体中文").click()
    expect(title(page)).to_have_text("设置")
    assert page.locator("html").get_attribute("lang") == "zh-CN"


def test_a_refusal_stays_in_sight_while_the_page_lives_on(
    stage: Stage, open_page: OpenPage
) -> None:
    page = open_page(f"{stage.address}/settings")
    good = stage.service.trigger_recovery

    async def refuse() -> None:
        raise Busy("The device is joining a network.", code=Code.WRONG_MODE, hint="Wait.")

    stage.service.trigger_recovery = refuse
    press(page, "Recover now")
    expect(page.get_by_role("alert")).to_contain_text("joining a network")
    for words in ("Later.", "Later still."):
        stage.tell(EventType.SYSTEM, Level.INFO, words)
        expect(page.locator(".log li").first).to_contain_text(words)
        expect(page.locator(".problem")).to_have_text("The device is joining a network. Wait.")
    stage.service.trigger_recovery = good
    press(page, "Recover now")
    expect(page.get_by_text("Recovery has begun.")).to_be_visible()
    expect(page.locator(".problem")).to_have_count(0)


def test_what_a_factory_reset_does_is_told_to_the_end(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(f"{stage.address}/settings")
    page.get_by_role("link", name="Factory reset…").click()
    page.get_by_label("To go on, type the device ID").fill(DEVICE_ID)
    press(page, "Forget everything")
    expect(title(page)).to_have_text("Everything is being forgotten")
    page.clock.install()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate(
        """() => new Promise((opened) => {
            const own = new EventSource("/api/provisioning/events");
            own.addEventListener("connected", opened);
            window.heard = new Promise((done) => own.addEventListener("device", done));
        })"""
    )
    stage.tell(EventType.SYSTEM, Level.INFO, "Forgetting.")
    page.evaluate("window.heard.then(() => true)")
    page.clock.run_for(20_000)
    page.evaluate("fetch('/api/health').catch(() => {})")
    assert not [url for url in asked if url.endswith("/factory-reset")]
    expect(title(page)).to_have_text("Everything is being forgotten")
