"""Everything works by forms and links alone; and with the device away, the page says so."""

from playwright.sync_api import expect
from tests.browser.conftest import OpenPage
from tests.browser.staged import staged
from tests.browser.steps import choose, connect, expect_connected, expect_failed, network, title


def test_from_the_first_visit_to_the_end_of_the_setup(address: str, open_page: OpenPage) -> None:
    page = open_page(address, java_script_enabled=False)
    choose(page, "Lighthouse")
    expect(page.get_by_role("button", name="Show")).to_be_hidden()
    connect(page, "short")
    expect(page.get_by_role("alert").first).to_contain_text("too short")
    connect(page, "wrong-horse")
    expect_failed(page)
    page.get_by_role("link", name="Try again").click()
    expect(title(page)).to_have_text("Lighthouse")
    connect(page, "correct-horse")
    expect_connected(page, "Lighthouse")
    page.get_by_role("button", name="Finish").click()
    expect(page.get_by_role("button", name="Finish")).to_have_count(0)


def test_a_hidden_network(address: str, open_page: OpenPage) -> None:
    page = open_page(address, java_script_enabled=False)
    network(page, "Other network").click()
    page.get_by_label("Network name").fill("Hideaway")
    connect(page, "correct-horse")
    expect_connected(page, "Hideaway")


def test_with_the_device_away_the_page_opens_and_says_so(open_page: OpenPage) -> None:
    with staged() as stage:
        page = open_page(stage.address)
        page.evaluate("navigator.serviceWorker.ready")
        page.reload()
        expect(network(page, "Lighthouse")).to_be_visible()
    page.goto(stage.address)
    expect(title(page)).to_have_text("The device is out of reach")
    colour = page.locator(".halo").evaluate("(one) => getComputedStyle(one).borderRadius")
    assert colour == "50%"
