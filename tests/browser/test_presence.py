"""The device is told of a person at the page, and of nobody else."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import OpenPage
from tests.browser.staged import Stage, staged
from tests.browser.steps import choose, network

BEACON = "**/api/provisioning/attended"


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged() as stage:
        yield stage


def opened(stage: Stage, open_page: OpenPage) -> Page:
    """The page with a clock that the test moves. Counting begins when it is there."""
    page = open_page(stage.address)
    page.clock.install()
    page.reload()
    expect(network(page, "Lighthouse")).to_be_visible()
    assert stage.service.times_attended == 2
    stage.service.times_attended = 0
    return page


def told(page: Page, stage: Stage, times: int) -> None:
    """Until the device was told that often; after another question, not once more."""
    for _ in range(200):
        if stage.service.times_attended >= times:
            break
        page.evaluate("fetch('/api/health')")
    page.evaluate("fetch('/api/health')")
    assert stage.service.times_attended == times


def test_typing_for_minutes_is_told_every_ten_seconds(stage: Stage, open_page: OpenPage) -> None:
    page = opened(stage, open_page)
    choose(page, "Lighthouse")
    told(page, stage, 1)
    for times in range(2, 20):
        page.clock.run_for(10_000)
        page.keyboard.type("correct-horse")
        told(page, stage, times)


def test_within_ten_seconds_it_is_told_once(stage: Stage, open_page: OpenPage) -> None:
    page = opened(stage, open_page)
    choose(page, "Lighthouse")
    for _ in range(9):
        page.clock.run_for(1000)
        page.keyboard.type("x")
    told(page, stage, 1)


def test_a_page_that_nobody_touches_tells_nothing(stage: Stage, open_page: OpenPage) -> None:
    page = opened(stage, open_page)
    page.clock.run_for(600_000)
    page.evaluate("dispatchEvent(new Event('input'))")
    page.evaluate("fetch('/api/provisioning/status')")
    told(page, stage, 0)


def test_looking_again_is_told(stage: Stage, open_page: OpenPage) -> None:
    page = opened(stage, open_page)
    page.route(BEACON, lambda route: route.abort())
    with page.expect_request("**/?look") as asked:
        page.get_by_role("link", name="Look again").click()
    assert asked.value.headers["x-firstlight-by-hand"] == "1"
    told(page, stage, 1)


def test_a_beacon_that_is_lost_harms_nobody(stage: Stage, open_page: OpenPage) -> None:
    page = opened(stage, open_page)
    page.route(BEACON, lambda route: route.abort())
    choose(page, "Lighthouse")
    page.keyboard.type("correct-horse")
    expect(page.get_by_label("Password", exact=True)).to_have_value("correct-horse")
