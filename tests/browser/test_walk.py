"""A person and the page of a real daemon on simulated radios."""

from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.api.daemon_process import daemon
from tests.browser.conftest import OpenPage
from tests.browser.steps import (
    choose,
    connect,
    expect_connected,
    expect_failed,
    network,
    title,
)


def test_networks_are_listed_strongest_first(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    names = page.locator(".networks .name")
    expect(names.first).to_have_text("Lighthouse")
    expect(names).to_have_text(
        [
            "Lighthouse",
            "Village Green",
            "No internet here",
            "Office",
            "<img src=x onerror=alert(1)>",
            "caf\\xe9",
            "Other network…",
        ]
    )
    expect(network(page, "Lighthouse")).to_have_accessible_name(
        "Lighthouse WPA2 , secured, strong signal"
    )


def test_a_good_password_connects(unhurried: str, open_page: OpenPage) -> None:
    page = open_page(unhurried)
    choose(page, "Lighthouse")
    connect(page, "correct-horse")
    expect(page.get_by_text("Password accepted")).to_be_visible()
    expect_connected(page, "Lighthouse")
    expect(page.locator(".facts")).to_contain_text("192.168.")
    page.reload()
    expect_connected(page, "Lighthouse")


def test_the_setup_is_finished(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    choose(page, "Village Green")
    connect(page)
    expect_connected(page, "Village Green")
    button = page.get_by_role("button", name="Finish", exact=True)
    button.click()
    expect(button).to_be_hidden()
    page.reload()
    expect_connected(page, "Village Green")
    expect(button).to_be_hidden()


def test_a_wrong_password_is_told_and_the_form_is_as_it_was(
    address: str, open_page: OpenPage
) -> None:
    page = open_page(address)
    choose(page, "Lighthouse")
    connect(page, "wrong-horse")
    expect_failed(page)
    expect(page.locator(".summary")).to_contain_text("password for Lighthouse was not accepted")
    expect(page.locator(".advice")).to_contain_text("Check the password")
    page.get_by_role("link", name="Try again").click()
    expect(title(page)).to_have_text("Lighthouse")
    expect(page.get_by_label("Password", exact=True)).to_have_value("wrong-horse")
    connect(page, "correct-horse")
    expect_connected(page, "Lighthouse")


def test_the_outcome_waits_for_whoever_comes_back(unhurried: str, open_page: OpenPage) -> None:
    page = open_page(unhurried)
    choose(page, "Lighthouse")
    connect(page, "wrong-horse")
    expect(title(page)).to_have_text("Connecting to Lighthouse")
    page.context.close()
    other = open_page(unhurried)
    expect_failed(other)
    other.reload()
    expect_failed(other)
    other.get_by_role("link", name="Choose another network").click()
    expect(title(other)).to_have_text("Choose a network")
    other.goto(unhurried)
    expect(title(other)).to_have_text("Choose a network")


def test_an_open_network_asks_for_nothing(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    choose(page, "Village Green")
    expect(page.get_by_label("Password", exact=True)).to_be_hidden()
    connect(page)
    expect_connected(page, "Village Green")


def test_a_hidden_network_by_its_name(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    network(page, "Other network").click()
    page.get_by_label("Network name").fill("Hideaway")
    connect(page, "correct-horse")
    expect_connected(page, "Hideaway")


@pytest.mark.parametrize("name", ["<img src=x onerror=alert(1)>", "caf\\xe9"])
def test_a_name_is_only_a_name(address: str, open_page: OpenPage, name: str) -> None:
    page = open_page(address)
    page.on("dialog", lambda dialog: pytest.fail(f"a name became a script: {dialog.message}"))
    choose(page, name)
    connect(page, "correct-horse")
    expect_connected(page, name)


def test_what_is_missing_behind_a_network_is_told(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    choose(page, "No internet here")
    connect(page, "correct-horse")
    expect_connected(page, "No internet here")
    expect(page.locator(".summary")).to_have_text("There is no internet behind this network.")


def test_an_unsupported_network_says_so(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    choose(page, "Office")
    expect(page.locator(".summary")).to_contain_text("802.1X")
    expect(page.get_by_role("button", name="Connect", exact=True)).to_be_hidden()
    page.get_by_role("link", name="Choose another network").click()
    expect(title(page)).to_have_text("Choose a network")


@pytest.mark.parametrize(
    ("password", "words"), [("short", "too short"), ("", "password"), ("x" * 64, "64")]
)
def test_a_password_that_can_not_be_is_refused_in_place(
    address: str, open_page: OpenPage, password: str, words: str
) -> None:
    page = open_page(address)
    choose(page, "Lighthouse")
    connect(page, password)
    expect(page.get_by_role("alert")).to_contain_text(words)
    expect(page.get_by_label("Password", exact=True)).to_have_value(password)


def test_a_password_can_be_shown_and_pasted(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    choose(page, "Lighthouse")
    field = page.get_by_label("Password", exact=True)
    expect(field).to_be_focused()
    expect(field).to_have_attribute("type", "password")
    page.get_by_role("button", name="Show").click()
    expect(field).to_have_attribute("type", "text")
    page.get_by_role("button", name="Hide").click()
    expect(field).to_have_attribute("type", "password")


def test_all_of_it_by_keyboard(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    expect(network(page, "Lighthouse")).to_be_visible()
    network(page, "Lighthouse").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Password", exact=True)).to_be_focused()
    page.keyboard.type("correct-horse")
    page.keyboard.press("Enter")
    expect_connected(page, "Lighthouse")
    expect(title(page)).to_be_focused()


def test_the_list_keeps_its_focus_when_it_is_renewed(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    expect(network(page, "Village Green")).to_be_visible()
    page.get_by_role("link", name="Look again").click()
    network(page, "Village Green").focus()
    expect(page.get_by_role("link", name="Look again")).to_be_visible()
    expect(network(page, "Village Green")).to_be_focused()


def test_another_network_after_the_first(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    choose(page, "Village Green")
    connect(page)
    expect_connected(page, "Village Green")
    page.get_by_role("link", name="Choose another network").click()
    expect(network(page, "Village Green")).to_contain_text("In use · Saved")
    choose(page, "Lighthouse")
    connect(page, "correct-horse")
    expect_connected(page, "Lighthouse")


def test_two_pages_see_the_same(unhurried: str, open_page: OpenPage) -> None:
    watcher = open_page(unhurried)
    expect(network(watcher, "Lighthouse")).to_be_visible()
    page = open_page(unhurried)
    choose(page, "Lighthouse")
    connect(page, "correct-horse")
    expect(title(watcher)).to_have_text("Connecting to Lighthouse")
    expect_connected(page, "Lighthouse")
    expect_connected(watcher, "Lighthouse")


def test_not_enabled(tmp_path: Path, open_page: OpenPage) -> None:
    with daemon(tmp_path / "state", environment={}) as address:
        page = open_page(address)
        expect(title(page)).to_have_text("Not enabled")
        expect(page.get_by_text("FIRSTLIGHT_PROVISIONING_ENABLED=1")).to_be_visible()
