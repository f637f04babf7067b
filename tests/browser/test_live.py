"""What the script adds goes on: after signing in, across a lost answer, in a busy moment."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect
from tests.browser.conftest import OpenPage
from tests.browser.staged import Stage, staged
from tests.browser.steps import connect, expect_failed, network, title

from firstlight.model.status import Mode, RuntimePhase
from firstlight.web.settings import WebSettings

ONLINE = {
    "mode": Mode.ONBOARDING,
    "network": {"connected": True, "last_ssid": "Lighthouse", "ipv4_address": "192.168.1.7"},
    "runtime": {"phase": RuntimePhase.ONBOARDING},
}
HEARS = """() => {
    const own = new EventSource("/api/provisioning/events");
    own.addEventListener("device", ({ data }) => (window.heard = data));
}"""


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged() as stage:
        yield stage


def fill(page: Page, name: str, password: str) -> None:
    network(page, "Other network").click()
    page.get_by_label("Network name").fill(name)
    page.get_by_label("Password", exact=True).fill(password)


def test_whoever_has_just_signed_in_sees_what_happens(open_page: OpenPage) -> None:
    with staged(WebSettings(version="1", token="s3cr3t-t0ken", trust_local=False)) as stage:
        page = open_page(stage.address)
        code = stage.ask(stage.service.pairing.code()).code
        page.get_by_label("Code", exact=True).fill(code)
        page.get_by_role("button", name="Pair", exact=True).click()
        fill(page, "Lighthouse", "correct-horse")
        connect(page)
        expect(title(page)).to_have_text("Connecting to Lighthouse")
        stage.end_attempt(failed=True)
        expect_failed(page)


def test_an_answer_that_the_falling_hotspot_swallows_is_asked_for_again(
    stage: Stage, open_page: OpenPage
) -> None:
    page = open_page(stage.address)
    fill(page, "Lighthouse", "correct-horse")

    def swallow(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort()

    page.route("**/connect", swallow)
    connect(page)
    expect(title(page)).to_have_text("Connecting to Lighthouse")
    expect(page.locator("#gap")).to_be_hidden()
    assert stage.service.changes == ["connect"]


def test_what_the_device_never_got_need_not_be_typed_again(
    stage: Stage, open_page: OpenPage
) -> None:
    page = open_page(stage.address)
    fill(page, "Lighthouse", "correct-horse")
    page.route("**/connect", lambda route: route.abort())
    connect(page)
    expect(title(page)).to_have_text("Choose a network")
    network(page, "Other network").click()
    expect(page.get_by_label("Network name")).to_have_value("Lighthouse")
    expect(page.get_by_label("Password", exact=True)).to_have_value("correct-horse")


def test_what_happens_while_an_answer_is_under_way_is_not_missed(
    stage: Stage, open_page: OpenPage
) -> None:
    page = open_page(stage.address)
    expect(network(page, "Lighthouse")).to_be_visible()
    page.evaluate(HEARS)
    page.clock.install()
    page.route("**/?other", lambda route: overtake(page, stage, route), times=1)
    network(page, "Other network").click()
    expect(title(page)).to_have_text("Other network")
    expect(page.locator("#condition .note")).to_have_text("The disk is full.")


def overtake(page: Page, stage: Stage, route: Route) -> None:
    """Something happens after the answer was made, and before it arrives."""
    answer = route.fetch()
    stage.show(runtime={"warnings": ("The disk is full.",)})
    page.wait_for_function("window.heard?.includes('The disk is full.')")
    page.clock.run_for(1000)
    route.fulfill(response=answer)


def test_a_phone_on_the_hotspot_gets_the_qr_code(open_page: OpenPage) -> None:
    with staged(WebSettings(version="1", trust_local=False, page_port=80)) as stage:
        stage.service.guests = frozenset({"127.0.0.1"})
        stage.show(**ONLINE)
        page = open_page(stage.address)
        expect(page.locator(".qr img")).to_be_visible()
        page.wait_for_function("document.querySelector('.qr img').complete")
        assert page.locator(".qr img").evaluate("(one) => one.naturalWidth") > 0
