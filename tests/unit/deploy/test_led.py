"""The LED example, as it stands, on a folder that looks like /sys/class/leds."""

import os
import subprocess
from pathlib import Path

import pytest
from tests.unit.daemon.hooking import Hooked
from tests.unit.daemon.waited import until

from firstlight.model.status import Mode, RuntimePhase

HOOK = Path(__file__).parents[3] / "deploy/hooks/50-led"


@pytest.fixture
def led(tmp_path: Path) -> Path:
    folder = tmp_path / "leds" / "ACT"
    folder.mkdir(parents=True)
    (folder / "trigger").write_text("none [mmc0] timer\n")
    for name in ("delay_on", "delay_off"):
        (folder / name).write_text("500\n")
    return folder


def told(
    led: Path, phase: str, kind: str = "status", *, event: str = "", path: str = "/usr/bin:/bin"
) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": path,
        "LEDS": str(led.parent),
        "FIRSTLIGHT_EVENT": event or kind,
        "FIRSTLIGHT_EVENT_TYPE": kind,
        "FIRSTLIGHT_RUNTIME_PHASE": phase,
    }
    return subprocess.run(
        [HOOK], env=environment, capture_output=True, text=True, check=False, timeout=30
    )


def shown(led: Path) -> tuple[str, ...]:
    return tuple((led / name).read_text().strip() for name in ("trigger", "delay_on", "delay_off"))


LOOKS = {
    RuntimePhase.PROVISIONING: ("timer", "1000", "1000"),
    RuntimePhase.CONNECTING: ("timer", "150", "150"),
    RuntimePhase.ONBOARDING: ("timer", "100", "1900"),
    RuntimePhase.READY: ("timer", "1", "0"),
    RuntimePhase.DEGRADED: ("timer", "1900", "100"),
    RuntimePhase.MAINTENANCE: ("timer", "2000", "2000"),
    RuntimePhase.RESTARTING: ("timer", "0", "1"),
    RuntimePhase.ERROR: ("timer", "60", "60"),
}


@pytest.mark.parametrize("phase", RuntimePhase)
def test_each_phase_has_a_look_of_its_own(led: Path, phase: RuntimePhase) -> None:
    done = told(led, phase.value)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    assert shown(led) == LOOKS[phase]
    assert len(set(LOOKS.values())) == len(RuntimePhase)


@pytest.mark.parametrize("phase", RuntimePhase)
def test_a_trigger_that_was_chosen_is_not_chosen_again(led: Path, phase: RuntimePhase) -> None:
    chosen = "none mmc0 [timer]"
    (led / "trigger").write_text(chosen)
    assert told(led, phase.value).returncode == 0
    assert shown(led) == (chosen, *LOOKS[phase][1:])


@pytest.mark.parametrize("phase", RuntimePhase)
def test_the_delay_that_must_not_be_0_goes_first(led: Path, phase: RuntimePhase) -> None:
    """Both at 0 would be half a second each (kernel, ``led_blink_setup``)."""
    written = led / "written"
    os.mkfifo(written)
    for name in ("delay_on", "delay_off"):
        (led / name).unlink()
        (led / name).symlink_to(written)
    reader = os.open(written, os.O_RDWR | os.O_NONBLOCK)
    try:
        assert told(led, phase.value).returncode == 0
        first, second = os.read(reader, 64).split()
    finally:
        os.close(reader)
    assert first != b"0"
    assert {first.decode(), second.decode()} == set(LOOKS[phase][1:])


def test_it_makes_itself_noticed_and_goes_on_as_before(led: Path, tmp_path: Path) -> None:
    sleep = tmp_path / "sleep"
    sleep.write_text(f"#!/bin/sh\ncat {led}/trigger {led}/delay_on > {tmp_path}/meanwhile\n")
    sleep.chmod(0o755)
    done = told(led, "ready", "action", event="identify", path=f"{tmp_path}:/usr/bin:/bin")
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "meanwhile").read_text().split() == ["timer", "50"]
    assert shown(led) == LOOKS[RuntimePhase.READY]


@pytest.mark.parametrize(
    ("phase", "kind"), [("ready", "action"), ("", "system"), ("new", "status")]
)
def test_what_says_nothing_about_the_device_changes_nothing(
    led: Path, phase: str, kind: str
) -> None:
    assert told(led, phase, kind).returncode == 0
    assert shown(led) == ("none [mmc0] timer", "500", "500")


def test_a_machine_without_that_led(led: Path) -> None:
    led.rename(led.with_name("PWR"))
    done = told(led, "ready")
    assert (done.returncode, "there is no LED ACT" in done.stderr) == (1, True)


def test_a_kernel_without_the_timer_trigger(led: Path) -> None:
    (led / "delay_on").unlink()
    done = told(led, "connecting")
    assert (done.returncode, "modprobe ledtrig-timer" in done.stderr) == (1, True)


async def test_it_follows_a_real_daemons_events(tmp_path: Path, led: Path) -> None:
    hooked = Hooked(tmp_path)
    hooked.hook("led", f"export LEDS={led.parent}\nexec {HOOK}")
    async with hooked.running():
        hooked.status(Mode.READY)
        await until(lambda: shown(led) == LOOKS[RuntimePhase.READY])
