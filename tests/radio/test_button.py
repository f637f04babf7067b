"""The button example as it is shipped: its unit under a real systemd, a real input device."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.radio.conftest import Lab
from tests.radio.lab import button_player
from tests.radio.lab.device import Device
from tests.radio.lab.manager import Manager
from tests.radio.lab.neighbourhood import NEIGHBOURHOOD
from tests.radio.lab.system import log_of
from tests.radio.lab.waiting import eventually
from tests.radio.lab.world import World

pytestmark = pytest.mark.lengthy

HOME = NEIGHBOURHOOD["home"]
EXAMPLE = Path(__file__).parents[2] / "deploy/gpio-button"
UNIT = "firstlight-button.service"
PLAYER = "button"
WISHES = "/run/lab/held"
KEY_SETUP = "141"
SECONDS = 10


@pytest.fixture
def manager(lab: Lab, device: Device) -> Iterator[Manager]:
    """systemd with the shipped units, not started."""
    opened = Manager(lab.world.inside)
    opened.open()
    yield opened
    opened.systemctl("stop", UNIT)
    opened.close()


@pytest.fixture
def button(world: World) -> Iterator[str]:
    """Where the button's events are read."""
    inside = world.inside
    inside.must("modprobe", "uinput", timeout=60)
    eventually(lambda: inside.run("test", "-c", "/dev/uinput").rc == 0, what="there can be buttons")
    inside.spawn(
        PLAYER,
        *("python3", button_player.__file__, KEY_SETUP, WISHES),
        log=log_of(PLAYER),
    )
    yield eventually(
        lambda: inside.read(log_of(PLAYER)).splitlines()[-1:],
        lambda said: said and said[0].startswith("/dev/input/"),
        what="the button is there",
    )[0]
    inside.kill(PLAYER)


def test_a_button_that_is_held_resets_the_device(
    device: Device, world: World, manager: Manager, button: str
) -> None:
    unit = (EXAMPLE / UNIT).read_text()
    unit = unit.replace("/usr/local/lib/firstlight/button.py", f"{EXAMPLE / 'button.py'}")
    manager.add(UNIT, re.sub(r"/dev/input/\S+", button, unit))
    manager.start()
    attempt = device.join(HOME.ssid, HOME.psk)
    assert attempt["state"] == "succeeded", attempt
    before = device.mark()
    assert manager.systemctl("start", UNIT).rc == 0
    shown = manager.shown("User", "SubState", unit=UNIT)
    assert shown == {"User": "firstlight", "SubState": "running"}

    hold(world, SECONDS / 2)
    assert "button: held" not in device.said(before)
    assert device.saved() == {HOME.ssid.decode()}
    hold(world, SECONDS + 2)
    eventually(
        lambda: device.said(before),
        lambda said: f"button: held for {SECONDS} s" in said,
        what="it has counted",
    )
    eventually(device.saved, lambda saved: saved == set(), what="the network is forgotten")
    eventually(lambda: device.status()["network"]["apEnabled"], what="its hotspot is up")
    eventually(
        lambda: device.said(before),
        lambda said: "The device is as new." in said,
        what="the command has heard the end",
    )
    assert manager.shown("SubState", "NRestarts", unit=UNIT) == {
        "SubState": "running",
        "NRestarts": "0",
    }


def hold(world: World, seconds: float) -> None:
    """Hold the button; returns when it is let go."""
    world.inside.write(WISHES, f"{seconds}")
    eventually(lambda: not world.inside.exists(WISHES), what="it is held")
    world.inside.must("sleep", f"{seconds}", timeout=seconds + 60)
