"""The LED example as it is shipped: real udev, a real LED of the kernel's, the unit's sandbox."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.radio.conftest import Lab
from tests.radio.lab.device import API, OK, Device
from tests.radio.lab.inside import Inside
from tests.radio.lab.manager import Manager
from tests.radio.lab.neighbourhood import NEIGHBOURHOOD
from tests.radio.lab.waiting import eventually
from tests.radio.lab.world import World

pytestmark = pytest.mark.lengthy

HOME = NEIGHBOURHOOD["home"]
EXAMPLE = Path(__file__).parents[2] / "deploy/hooks"
# The keyboard's. A keyboard that nobody looks at has LEDs all the same.
LED = "input0::capslock"
FILES = f"/sys/class/leds/{LED}"
RULES = "/run/udev/rules.d/50-led.rules"
HOOK = "/etc/firstlight/hooks/50-led"


@pytest.fixture
def manager(lab: Lab, device: Device) -> Iterator[Manager]:
    """systemd with the shipped units, the LED opened to the service as docs/hooks.md says."""
    opened = Manager(lab.world.inside)
    opened.open()
    opened.change("led", f"[Service]\nReadWritePaths=/sys/class/leds/{LED}\n")
    yield opened
    opened.close()


@pytest.fixture
def inside(world: World) -> Iterator[Inside]:
    """The machine, on which udev is at work; afterwards the LED is nobody's again."""
    yield world.inside
    world.inside.shell(f"rm -f {RULES}; echo none > {FILES}/trigger")


def shipped(name: str) -> str:
    """That file of the example, for this LED."""
    return re.sub(r"\bACT\b", LED, (EXAMPLE / name).read_text())


def looks(inside: Inside) -> tuple[str, ...]:
    """Whether the timer is chosen, milliseconds on, milliseconds off."""
    trigger = "timer" if "[timer]" in inside.read(f"{FILES}/trigger") else ""
    delays = (f"{FILES}/delay_on", f"{FILES}/delay_off")
    return (trigger, *(inside.read(one).strip() for one in delays if inside.exists(one)))


def shines(inside: Inside) -> str:
    """Whether it is lit now: 1 or 0."""
    return inside.read(f"{FILES}/brightness").strip()


def test_it_blinks_in_the_sandbox(device: Device, inside: Inside, manager: Manager) -> None:
    inside.write(RULES, shipped("50-led.rules"))
    inside.must("udevadm", "control", "--reload")
    inside.must("udevadm", "trigger", "--action=add", FILES)
    eventually(
        lambda: inside.run("stat", "-c", "%G %A", f"{FILES}/delay_off").out,
        lambda seen: seen == "firstlight -rw-rw-r--\n",
        what="udev has given the LED away",
    )
    inside.write(HOOK, shipped("50-led"), 0o755)
    before = device.mark()
    manager.start()
    eventually(
        lambda: looks(inside), lambda seen: seen == ("timer", "1000", "1000"), what="it waits"
    )
    for light in ("0", "1", "0"):
        eventually(lambda: shines(inside), lambda seen, now=light: seen == now, what="it blinks")
    attempt = device.join(HOME.ssid, HOME.psk)
    assert attempt["state"] == "succeeded", attempt
    assert device.api("POST", f"{API}/onboarding/complete").status == OK
    eventually(lambda: looks(inside), lambda seen: seen == ("timer", "1", "0"), what="it is ready")
    assert {shines(inside) for _ in range(10)} == {"1"}
    assert "hook 50-led" not in device.said(before)


def test_without_the_rule_it_says_what_it_may_not(
    device: Device, inside: Inside, manager: Manager
) -> None:
    inside.write(HOOK, shipped("50-led"), 0o755)
    before = device.mark()
    manager.start()
    eventually(
        lambda: device.said(before),
        lambda said: "hook 50-led" in said and "Permission denied" in said,
        what="the hook has failed",
    )
    assert looks(inside) == ("",)
