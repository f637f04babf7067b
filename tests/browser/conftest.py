import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from tests.api.daemon_process import PATIENCE, QUICK, daemon

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-first-run",
    "--metrics-recording-only",
)
PHONE = {"width": 360, "height": 740}

OpenPage = Callable[..., Page]

UNHURRIED = QUICK.replace("dhcp = 0.2", "dhcp = 4").replace(
    "wrong_password = 0.5", "wrong_password = 4"
)
"""Where somebody can watch how a join goes, also on a busy machine."""

expect.set_options(timeout=PATIENCE * 1000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for a file of tests. Not for the session: it keeps an event loop running meanwhile."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Where a real daemon is, in a small and quick world."""
    with daemon(tmp_path / "state") as address:
        yield address


@pytest.fixture
def unhurried(tmp_path: Path) -> Iterator[str]:
    """The same in a world that takes its time."""
    with daemon(tmp_path / "state", world=UNHURRIED) as address:
        yield address


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Opens pages that may ask their own device only, and may not have an error."""
    complaints: list[str] = []
    with ExitStack() as stack:

        def open_page(url: str, **options: object) -> Page:
            context = browser.new_context(**{"viewport": PHONE, **options})
            stack.callback(context.close)
            page = context.new_page()
            page.set_default_timeout(PATIENCE * 1000)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.on("console", lambda message: note(message.type, message.text))
            page.on("request", lambda request: foreign(request.url, url))
            page.goto(url)
            return page

        def note(kind: str, text: str) -> None:
            # Chromium reports every answer that is an error, and every broken connection.
            if kind in {"error", "warning"} and not text.startswith("Failed to load resource"):
                complaints.append(text)

        def foreign(asked: str, own: str) -> None:
            if not asked.startswith((re.match(r"https?://[^/]+", own)[0], "data:")):
                complaints.append(f"asked {asked}")

        yield open_page
    assert not complaints
