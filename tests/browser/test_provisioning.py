"""Provisioning Mode, and the registry: with a script and without."""

import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Page, expect
from tests.api.fake_registry import PEM
from tests.browser.conftest import OpenPage
from tests.browser.staged import Stage, staged
from tests.browser.steps import title
from tests.browser.test_access import violations
from tests.browser.test_shape import MEASURE, TARGET

from firstlight.model.event import EventType, Level
from firstlight.model.provisioning_mode import (
    DeviceProgress,
    ModeEnd,
    ModeEnded,
    ModeSession,
    ModeState,
    Progress,
)
from firstlight.model.records import Client, Controller, RecordKind, Wifi

ARTIFACTS = Path(__file__).parent / "artifacts"
EVIL = "<img src=x onerror=alert(1)>"[:20]
UUID = "1b4e28ba-2fa1-41d2-883f-0016d3cca427"
MAIN = "2c5f39cb-3fb2-42e3-994f-1127e4ddb538"
PASSWORD = "A6B5C4D3E2F1"
CSV = f"kind,uuid,name\nclients,{UUID[:-1]}8,Stairs\n".encode()
WRONG = f"kind,uuid,name\nclients,{UUID},{'x' * 21}\nthings,{UUID},{EVIL}\n".encode()


def active() -> ModeSession:
    return ModeSession(
        state=ModeState.ACTIVE,
        ssid="FireFly-Provisioning",
        password=PASSWORD,
        channel=1,
        expires_at=round(time.time() * 1000) + 1_725_000,
        tx_power_requested=2.0,
        tx_power_actual=20.0,
        expected=2,
        joined=1,
        configured=1,
        refused=1,
        devices=(
            DeviceProgress(
                mac="a1:b2:c3:d4:e5:f6", name="Hall", kind="clients", state=Progress.CONFIGURED
            ),
            DeviceProgress(
                mac="a1:b2:c3:d4:e5:f7", name=EVIL, kind="controllers", state=Progress.JOINED
            ),
            DeviceProgress(
                mac="0a:b2:c3:d4:e5:f8", state=Progress.REFUSED, reason="It is not registered."
            ),
            DeviceProgress(
                mac="a1:b2:c3:d4:e5:f9", name="Stairs", kind="clients", state=Progress.EXPECTED
            ),
        ),
        warnings=("The radio can't be turned down: it sends at 20 dBm.",),
    )


def ended(reason: ModeEnd, mac: str = "") -> ModeSession:
    end = ModeEnded(reason=reason, message="It ended.", at=1_700_000_000_000, mac=mac)
    return ModeSession(state=ModeState.OFF, ended=end)


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged() as stage:
        registry = stage.service.registry
        wifi = Wifi(ssid="Lighthouse", password="correct-horse")
        hall = Client(name="Hall", area="Ground floor", mac="A1B2C3D4E5F6", wifi=wifi)
        stage.ask(registry.put(RecordKind.CLIENT, UUID, hall))
        stage.ask(registry.put(RecordKind.CONTROLLER, MAIN, Controller(name=EVIL)))
        stage.ask(registry.add_certificate("harbour.pem", PEM))
        stage.ask(registry.add_certificate(f"{EVIL[:19]}.pem", b"nothing"))
        stage.ask(registry.designate(RecordKind.CLIENT, "harbour.pem"))
        registry.not_after = 1_900_000_000_000
        stage.service.changes.clear()
        yield stage


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def page(stage: Stage, open_page: OpenPage, request: pytest.FixtureRequest) -> Page:
    return open_page(f"{stage.address}/settings", java_script_enabled=request.param)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def show(stage: Stage, session: ModeSession) -> None:
    stage.service.provisioning_mode.now = session
    stage.tell(EventType.SYSTEM, Level.INFO, "Something happened.")


def test_it_is_switched_on_and_off(stage: Stage, page: Page) -> None:
    page.get_by_role("link", name="Provisioning Mode").click()
    expect(title(page)).to_have_text("Provisioning Mode")
    press(page, "Switch it on")
    expect(page.locator(".summary").first).to_contain_text("Starting")
    stage.service.provisioning_mode.now = active()
    page.goto(f"{stage.address}/provisioning")
    expect(page.get_by_text(PASSWORD)).to_be_visible()
    expect(page.locator("[data-progress=configured]")).to_contain_text("Hall")
    expect(page.locator("[data-progress=refused]")).to_contain_text("not registered")
    expect(page.locator("[data-progress=joined] .name")).to_have_text(EVIL)
    expect(page.get_by_text("20 dBm", exact=True)).to_be_visible()
    press(page, "Switch it off")
    expect(page.get_by_role("button", name="Switch it on")).to_be_visible()
    assert stage.service.changes == ["mode on", "mode off"]


def test_a_radio_in_use_can_be_used_anyway(stage: Stage, page: Page) -> None:
    stage.service.provisioning_mode.radio_in_use = True
    page.goto(f"{stage.address}/provisioning")
    press(page, "Switch it on")
    expect(page.get_by_role("alert").first).to_contain_text("The radio is in use")
    press(page, "Use the radio anyway")
    expect(page.locator(".summary").first).to_contain_text("Starting")
    assert stage.service.changes == ["mode on, by force"]


def test_it_lives(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(f"{stage.address}/provisioning")
    show(stage, active())
    expect(page.locator("[data-until]")).to_contain_text("28:")
    natural = "document.querySelector('.qr img').decode().then(() => true)"
    page.locator(".qr img").scroll_into_view_if_needed()
    assert page.evaluate(natural)
    show(stage, ended(ModeEnd.ROGUE_STATION, "0a:b2:c3:d4:e5:f8"))
    alarm = page.get_by_role("alert").first
    expect(alarm).to_contain_text("Alarm: a device that nobody registered")
    expect(alarm).to_contain_text("0a:b2:c3:d4:e5:f8")
    show(stage, ended(ModeEnd.RADIO_IN_USE))
    expect(page.get_by_role("button", name="Use the radio anyway")).to_be_visible()
    show(stage, ended(ModeEnd.EXPIRED))
    expect(page.locator(".note:not(#gap)")).to_contain_text("Its time was over.")


def test_a_device_is_added_changed_and_deleted(stage: Stage, page: Page) -> None:
    page.get_by_role("link", name="Registered devices").click()
    page.get_by_role("link", name="Add a client").click()
    expect(title(page)).to_have_text("New client")
    page.get_by_label("Name", exact=True).fill("Kitchen")
    page.get_by_label("MAC address").fill("A1-B2-C3-D4-E5-F7")
    page.get_by_label("WiFi name").fill("Lighthouse")
    page.get_by_label("WiFi password").fill("short")
    page.get_by_label("Everything else").fill('{"hids": {"1": {"color": "red"}}}')
    press(page, "Save")
    expect(page.get_by_role("alert").first).to_contain_text("at least 8 characters")
    expect(page.get_by_label("Everything else")).to_have_value('{"hids": {"1": {"color": "red"}}}')
    page.get_by_label("WiFi password").fill("correct-horse")
    press(page, "Save")
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    added = next(
        one.record
        for uuid, one in stage.service.registry.records[RecordKind.CLIENT].items()
        if uuid != UUID
    )
    assert msgspec.to_builtins(added) == {
        "name": "Kitchen",
        "mac_address": "a1:b2:c3:d4:e5:f7",
        "wifi": {"ssid": "Lighthouse", "password": "correct-horse"},
        "hids": {"1": {"color": "red"}},
    }
    page.get_by_role("link", name="Hall").click()
    expect(page.get_by_label("WiFi password")).to_have_value("")
    page.get_by_label("Area").fill("Attic")
    press(page, "Save")
    expect(page.get_by_text("Attic")).to_be_visible()
    changed = stage.service.registry.records[RecordKind.CLIENT][UUID].record
    assert changed.wifi.password == "correct-horse"  # type: ignore[union-attr]
    page.get_by_text("Delete…").first.click()
    press(page, "Delete it")
    expect(page.get_by_text("Deleted.", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Hall")).to_have_count(0)


def test_what_was_saved_is_read_anew(stage: Stage, page: Page) -> None:
    page.goto(f"{stage.address}/devices")
    page.get_by_role("link", name="Hall").click()
    page.get_by_label("Area").fill("Attic")
    page.get_by_label("WiFi password").fill("another-horse")
    press(page, "Save")
    expect(page.get_by_text("Saved.", exact=True)).to_be_visible()
    stage.ask(stage.service.registry.put(RecordKind.CLIENT, UUID, Client(name="Hall")))
    page.get_by_role("link", name="Hall").click()
    expect(title(page)).to_have_text("Hall")
    expect(page.get_by_label("Area")).to_have_value("")
    expect(page.get_by_label("WiFi password")).to_have_value("")


def test_somebody_was_quicker(stage: Stage, page: Page) -> None:
    page.goto(f"{stage.address}/devices/clients/{UUID}")
    stage.ask(stage.service.registry.put(RecordKind.CLIENT, UUID, Client(name="Quicker")))
    page.get_by_label("Name", exact=True).fill("Slower")
    press(page, "Save")
    expect(page.get_by_role("alert").first).to_contain_text("changed meanwhile")
    assert stage.service.registry.records[RecordKind.CLIENT][UUID].record.name == "Quicker"


def test_certificates(stage: Stage, page: Page, tmp_path: Path) -> None:
    page.goto(f"{stage.address}/devices/certificates")
    row = page.locator(".rows li")
    expect(row.filter(has_text="harbour.pem")).to_contain_text("for clients · valid until")
    expect(row.filter(has_text="not a certificate")).to_have_count(1)
    press(page, "Add it")
    expect(page.get_by_role("alert").first).to_contain_text("No file was chosen")
    (tmp_path / "new.pem").write_bytes(PEM)
    page.get_by_label("Certificate (PEM)").set_input_files(tmp_path / "new.pem")
    page.get_by_label("Handed to").select_option("controllers")
    press(page, "Add it")
    expect(row.filter(has_text="new.pem")).to_contain_text("for controllers")
    row.filter(has_text="new.pem").get_by_text("Change…").click()
    press(page, "Hand it to clients")
    expect(row.filter(has_text="new.pem")).to_contain_text("for clients")
    row.filter(has_text="new.pem").get_by_text("Change…").click()
    press(page, "Delete it")
    expect(row.filter(has_text="new.pem")).to_have_count(0)


def test_an_import_is_looked_at_first(stage: Stage, page: Page, tmp_path: Path) -> None:
    (tmp_path / "wrong.csv").write_bytes(WRONG)
    (tmp_path / "right.csv").write_bytes(CSV)
    page.goto(f"{stage.address}/devices/import")
    page.get_by_label("CSV or JSON file").set_input_files(tmp_path / "wrong.csv")
    press(page, "Look at it")
    expect(page.locator(".faults li")).to_have_count(2)
    expect(page.locator(".faults li").first).to_contain_text("Line 2")
    expect(page.get_by_role("button", name="Import it")).to_have_count(0)
    page.get_by_label("CSV or JSON file").set_input_files(tmp_path / "right.csv")
    press(page, "Look at it")
    assert stage.service.changes == []
    stage.tell(EventType.SYSTEM, Level.INFO, "Meanwhile.")
    press(page, "Import it")
    expect(page.get_by_text("Imported.", exact=True)).to_be_visible()
    assert len(stage.service.changes) == 1


def test_what_was_looked_at_is_imported_once(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(f"{stage.address}/devices/import", java_script_enabled=False)
    file = {"name": "right.csv", "mimeType": "text/csv", "buffer": CSV}
    page.get_by_label("CSV or JSON file").set_input_files(file)
    press(page, "Look at it")
    looked_at = page.locator("input[name=id]").input_value()
    press(page, "Import it")
    expect(page.get_by_text("Imported.", exact=True)).to_be_visible()
    again = page.request.post(
        f"{stage.address}/devices/import/confirm",
        form={"id": looked_at},
        headers={"Origin": stage.address},
    )
    assert (again.status, "no longer kept" in again.text()) == (404, True)
    assert len(stage.service.changes) == 1


def test_a_long_list_has_pages(stage: Stage, page: Page) -> None:
    registry = stage.service.registry
    for n in range(60):
        record = Client(name=f"Button {n}")
        stage.ask(registry.put(RecordKind.CLIENT, f"{UUID[:-2]}{n:02}", record))
    page.goto(f"{stage.address}/devices")
    seen = page.locator(".rows li").count()
    for _ in range(2):
        page.get_by_role("link", name="Next page").click()
        expect(page.get_by_role("link", name="First page")).to_be_visible()
        page.wait_for_url(lambda url: "after=" in url)
        seen += page.locator(".rows li").count()
    assert seen >= 50


PATHS = (
    "/provisioning",
    "/devices",
    "/devices?kind=controllers",
    f"/devices/clients/{UUID}",
    f"/devices/controllers/{MAIN}",
    "/devices/certificates",
    "/devices/import",
)


def test_whatever_was_written_into_it_stays_text(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(stage.address)
    stage.service.provisioning_mode.now = msgspec.structs.replace(active(), ssid=EVIL)
    for path in PATHS:
        page.goto(stage.address + path)
        expect(title(page)).to_be_visible()
        assert page.locator("main img:not([alt])").count() == 0
        assert page.locator("img[src=x]").count() == 0
    page.goto(f"{stage.address}/devices/certificates")
    expect(page.get_by_role("link", name=EVIL[:19])).to_be_visible()


def preview(page: Page, content: bytes) -> None:
    file = {"name": "devices.csv", "mimeType": "text/csv", "buffer": content}
    page.get_by_label("CSV or JSON file").set_input_files(file)
    press(page, "Look at it")
    expect(page.locator("#preview-title")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en", "zh-CN"])
def test_nobody_is_shut_out(stage: Stage, open_page: OpenPage, scheme: str, locale: str) -> None:
    page = open_page(stage.address, bypass_csp=True, color_scheme=scheme, locale=locale)
    stage.service.provisioning_mode.now = active()
    for path in (*PATHS, "/provisioning?ended"):
        if path.endswith("?ended"):
            stage.service.provisioning_mode.now = ended(ModeEnd.ROGUE_STATION, "0a:b2:c3:d4:e5:f8")
        page.goto(stage.address + path)
        expect(title(page)).to_be_visible()
        assert violations(page) == [], path
        take(page, f"{path.strip('/').replace('/', '-').replace('?', '-')[:24]}-{locale}-{scheme}")
    if locale == "en":
        page.goto(f"{stage.address}/devices/import")
        preview(page, WRONG)
        assert violations(page) == []
        take(page, f"preview-{locale}-{scheme}")


def take(page: Page, name: str) -> None:
    """At both widths, after it was seen to fit and to be hit."""
    ARTIFACTS.mkdir(exist_ok=True)
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 740})
        shape = page.evaluate(MEASURE)
        assert shape["scroll"] <= shape["width"] == width
        assert (shape["headings"], shape["nameless"]) == (1, 0)
        assert [one for one, height in shape["targets"] if height < TARGET] == []
        page.screenshot(path=ARTIFACTS / f"{name}-{width}.png", full_page=True)


def test_in_chinese(stage: Stage, open_page: OpenPage) -> None:
    page = open_page(f"{stage.address}/provisioning", locale="zh-CN")
    show(stage, ended(ModeEnd.ROGUE_STATION, "0a:b2:c3:d4:e5:f8"))
    expect(page.get_by_role("alert").first).to_contain_text("警报")
