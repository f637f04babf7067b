"""What a person does on the page, in the words of the page."""

from playwright.sync_api import Locator, Page, expect


def network(page: Page, name: str) -> Locator:
    return page.get_by_role("link", name=name)


def title(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def choose(page: Page, name: str) -> None:
    network(page, name).click()
    expect(title(page)).to_have_text(name)


def connect(page: Page, password: str | None = None) -> None:
    if password is not None:
        page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Connect", exact=True).click()


def expect_connected(page: Page, name: str) -> None:
    expect(title(page)).to_have_text(f"Connected to {name}")


def expect_failed(page: Page) -> None:
    expect(title(page)).to_have_text("That did not work")
