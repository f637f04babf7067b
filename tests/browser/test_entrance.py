"""Signing in with a code, and what is behind it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenPage
from tests.browser.staged import Stage, staged
from tests.browser.steps import network, title

from firstlight.model.status import Mode, RuntimePhase
from firstlight.web.settings import WebSettings

READY = {
    "mode": Mode.READY,
    "network": {"connected": True, "last_ssid": "Lighthouse", "ipv4_address": "192.168.1.7"},
    "runtime": {"phase": RuntimePhase.READY},
}
ONLY_GUESTS = WebSettings(version="1", trust_local=False)


@pytest.fixture
def stage() -> Iterator[Stage]:
    """Nobody is trusted for being on this machine."""
    with staged(ONLY_GUESTS) as stage:
        yield stage


def code_of(stage: Stage) -> str:
    return stage.ask(stage.service.pairing.code()).code


def give(page: Page, code: str) -> None:
    page.get_by_label("Code", exact=True).fill(code)
    page.get_by_role("button", name="Pair", exact=True).click()


@pytest.mark.parametrize("script", [True, False])
def test_the_code_opens_the_settings(stage: Stage, open_page: OpenPage, script: bool) -> None:
    stage.show(**READY)
    page = open_page(f"{stage.address}/settings", java_script_enabled=script)
    expect(title(page)).to_have_text("Who is there?")
    give(page, "12 34 56" if code_of(stage) != "123456" else "654321")
    expect(page.get_by_role("alert").first).to_contain_text("not the code")
    code = code_of(stage)
    give(page, f"{code[:3]} {code[3:]}")
    expect(title(page)).to_have_text("Settings")
    (cookie,) = page.context.cookies()
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict")
    page.get_by_role("link", name="Pairing").click()
    expect(page.get_by_text("Linux", exact=True)).to_be_visible()
    page.get_by_role("button", name="Sign out Linux").click()
    expect(title(page)).to_have_text("Who is there?")


def test_after_five_wrong_codes_there_is_a_pause(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(f"{stage.address}/pair")
    for _ in range(5):
        wrong = "000000" if code_of(stage) != "000000" else "000001"
        give(page, wrong)
        expect(page.get_by_role("alert").first).to_contain_text("not the code")
    expect(page.locator("[data-until]")).to_contain_text("s")
    give(page, code_of(stage))
    expect(page.get_by_role("alert").first).to_contain_text("Too many wrong codes")


def test_the_first_one_on_the_hotspot_needs_no_code(stage: Stage, open_page: OpenPage) -> None:
    stage.service.guests = frozenset({"127.0.0.1"})
    page = open_page(stage.address)
    expect(network(page, "Lighthouse")).to_be_visible()
    page.get_by_role("link", name="Sign in").click()
    page.get_by_role("button", name="Pair this phone").click()
    expect(page.get_by_role("link", name="Settings")).to_be_visible()
    second = open_page(f"{stage.address}/pair")
    expect(second.get_by_role("button", name="Pair", exact=True)).to_be_visible()
    expect(second.get_by_role("button", name="Pair this phone")).to_have_count(0)


def test_whoever_is_not_first_can_not_say_so(stage: Stage, open_page: OpenPage) -> None:
    stage.service.guests = frozenset({"127.0.0.1"})
    page = open_page(f"{stage.address}/pair")
    stage.ask(stage.service.pairing.code())
    code = code_of(stage)
    stage.ask(stage.service.pairing.pair(code, "Somebody", "192.168.4.9"))
    page.get_by_role("button", name="Pair this phone").click()
    expect(page.get_by_role("alert").first).to_contain_text("a code is needed")


def test_an_onlooker_sees_how_it_is_and_can_not_change_it(
    stage: Stage, open_page: OpenPage
) -> None:
    page = open_page(stage.address)
    network(page, "Lighthouse").click()
    page.get_by_label("Password", exact=True).fill("correct-horse")
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(title(page)).to_have_text("Who is there?")
    assert stage.service.changes == []
