"""Size, targets, names, motion, and life without JavaScript."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.api.daemon_process import daemon
from tests.browser.conftest import PHONE, OpenPage
from tests.browser.staged import staged
from tests.browser.steps import choose, connect, expect_connected, expect_failed, network, title

TARGET = 44

MEASURE = """() => ({
    width: document.documentElement.clientWidth,
    scroll: document.documentElement.scrollWidth,
    headings: [...document.querySelectorAll("h1")].filter((e) => e.checkVisibility()).length,
    targets: [...document.querySelectorAll(
            "button, input:not([type=hidden]), summary, .button, .network, nav a")]
        .filter((e) => e.checkVisibility())
        .map((e) => [e.textContent.trim() || e.name, e.getBoundingClientRect().height]),
    nameless: [...document.querySelectorAll("button, input:not([type=hidden])")]
        .filter((e) => e.checkVisibility())
        .filter((e) => !e.textContent.trim() && !e.labels?.length).length,
})"""


def to_list(page: Page) -> None:
    expect(network(page, "Lighthouse")).to_be_visible()


def to_form(page: Page) -> None:
    choose(page, "<img src=x onerror=alert(1)>")


def to_other(page: Page) -> None:
    network(page, "Other network").click()
    expect(title(page)).to_have_text("Other network")


def to_failed(page: Page) -> None:
    choose(page, "Lighthouse")
    connect(page, "wrong-horse")
    expect_failed(page)


def to_connected(page: Page) -> None:
    choose(page, "Village Green")
    connect(page)
    expect_connected(page, "Village Green")


@pytest.mark.parametrize("there", [to_list, to_form, to_other, to_failed, to_connected])
def test_it_fits_and_can_be_hit(
    address: str, open_page: OpenPage, there: Callable[[Page], None]
) -> None:
    page = open_page(address)
    there(page)
    for width in (320, 360, 1280):
        page.set_viewport_size({**PHONE, "width": width})
        shape: dict[str, Any] = page.evaluate(MEASURE)
        assert shape["scroll"] <= shape["width"] == width
        assert shape["headings"] == 1
        assert shape["nameless"] == 0
        assert shape["targets"]
        assert [name for name, height in shape["targets"] if height < TARGET] == []


def test_large_text_still_fits(address: str, open_page: OpenPage) -> None:
    page = open_page(address)
    to_list(page)
    page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
    shape: dict[str, Any] = page.evaluate(MEASURE)
    assert shape["scroll"] <= shape["width"]


@pytest.mark.parametrize(("motion", "moving"), [("no-preference", True), ("reduce", False)])
def test_motion_is_a_choice(open_page: OpenPage, motion: str, moving: bool) -> None:
    with staged() as stage:
        page = open_page(stage.address, reduced_motion=motion)
        network(page, "Other network").click()
        page.get_by_label("Network name").fill("Lighthouse")
        connect(page, "correct-horse")
        expect(page.locator(".halo")).to_have_attribute("data-state", "working")
        script = "getComputedStyle(document.querySelector('.halo'), '::before').animationName"
        assert (page.evaluate(script) != "none") == moving


def test_a_long_name_and_a_name_from_right_to_left(tmp_path: Path, open_page: OpenPage) -> None:
    world = """
    [durations]
    scan = 0.3
    [[access_points]]
    ssid = "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW"
    [[access_points]]
    ssid = "קפה הנמל"
    [[access_points]]
    ssid = "港口咖啡馆 5G"
    """
    with daemon(tmp_path / "state", world=world) as address:
        page = open_page(address)
        expect(network(page, "קפה הנמל")).to_be_visible()
        shape: dict[str, Any] = page.evaluate(MEASURE)
        assert shape["scroll"] <= shape["width"]
        choose(page, "W" * 32)
        shape = page.evaluate(MEASURE)
        assert shape["scroll"] <= shape["width"]
