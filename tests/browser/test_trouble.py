"""When the device is out of reach, comes back as another, or asks who is there."""

from pathlib import Path

from playwright.sync_api import Page, expect
from tests.api.daemon_process import daemon
from tests.browser.conftest import OpenPage
from tests.browser.steps import choose, connect, expect_connected, network, title

TOKEN = "s3cr3t-t0ken"
ENABLED = {"FIRSTLIGHT_PROVISIONING_ENABLED": "1"}


def test_the_result_is_told_across_a_gap(unhurried: str, open_page: OpenPage) -> None:
    page = open_page(unhurried)
    choose(page, "Lighthouse")
    connect(page, "correct-horse")
    expect(title(page)).to_have_text("Connecting to Lighthouse")
    page.context.set_offline(True)
    expect(page.locator("#gap")).to_contain_text("out of reach for a moment")
    page.context.set_offline(False)
    expect_connected(page, "Lighthouse")
    expect(page.locator("#gap")).to_be_hidden()


def test_the_page_is_live_again_after_a_gap(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    expect(network(page, "Lighthouse")).to_be_visible()
    page.context.set_offline(True)
    page.get_by_role("link", name="Look again").click()
    expect(page.locator("#gap")).to_contain_text("out of reach")
    page.context.set_offline(False)
    other = open_page(address)
    choose(other, "Village Green")
    connect(other)
    expect_connected(other, "Village Green")
    expect_connected(page, "Village Green")


def test_a_daemon_that_restarts_is_met_again(tmp_path: Path, open_page: OpenPage) -> None:
    with daemon(tmp_path / "state") as address:
        page = open_page(address)
        expect(network(page, "Lighthouse")).to_be_visible()
    expect(page.locator("#gap")).to_contain_text("out of reach")
    port = int(address.rpartition(":")[2])
    with daemon(tmp_path / "state", port=port):
        expect(page.locator("#gap")).to_be_hidden()
        choose(page, "Village Green")
        connect(page)
        expect_connected(page, "Village Green")


def give_token(page: Page, token: str) -> None:
    if not page.get_by_label("Token", exact=True).is_visible():
        page.get_by_text("I have the device's token").click()
    page.get_by_label("Token", exact=True).fill(token)
    page.get_by_role("button", name="Continue").click()


def test_the_token_is_asked_for_once(tmp_path: Path, open_page: OpenPage) -> None:
    environment = {**ENABLED, "FIRSTLIGHT_PROVISIONING_TOKEN": TOKEN}
    with daemon(tmp_path / "state", environment=environment) as address:
        page = open_page(address)
        expect(title(page)).to_have_text("Who is there?")
        give_token(page, "another")
        expect(page.get_by_role("alert")).to_contain_text("not the token")
        give_token(page, TOKEN)
        expect(network(page, "Lighthouse")).to_be_visible()
        page.reload()
        choose(page, "Lighthouse")
        connect(page, "correct-horse")
        expect_connected(page, "Lighthouse")
