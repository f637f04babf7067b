"""The radio suite: one boot of the laboratory, many cases."""

import os
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.radio.lab.device import NO_HOTSPOT_AT_START, Device
from tests.radio.lab.inside import Inside
from tests.radio.lab.journal import Journal
from tests.radio.lab.results import Results
from tests.radio.lab.vm import Machine, unavailable
from tests.radio.lab.world import World

HERE = Path(__file__).parent
ARTIFACTS = HERE / "artifacts"
CASE_SECONDS = 240
RESULTS = pytest.StashKey[Results]()
LAB = pytest.StashKey["Lab"]()


@dataclass(frozen=True)
class Lab:
    """The running laboratory."""

    machine: Machine
    world: World
    device: Device
    journal: Journal


def pytest_configure(config: pytest.Config) -> None:
    config.stash[RESULTS] = Results()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.timeout(CASE_SECONDS), append=False)


@pytest.fixture(scope="session")
def lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """The laboratory, booted and settled."""
    if missing := unavailable():
        if os.environ.get("CI") == "true":
            pytest.fail(missing, pytrace=False)
        pytest.skip(missing)
    logs = ARTIFACTS / "lab"
    for old in logs.glob("*.log"):
        old.unlink()
    machine = Machine(logs)
    machine.boot()
    try:
        started = time.monotonic()
        inside = Inside(machine.channel)
        world = World(inside)
        world.build()
        request.config.stash[RESULTS].notes.append(
            f"Boot {machine.boot_seconds:.1f} s, the world {time.monotonic() - started:.1f} s; both"
            " stand in the first case's time."
        )
        running = Lab(machine, world, Device(inside), Journal(logs, ARTIFACTS))
        request.config.stash[LAB] = running
        yield running
    finally:
        machine.stop()


@pytest.fixture
def world(lab: Lab) -> World:
    """The world as usual, and no daemon."""
    lab.journal.begin()
    lab.device.clear()
    lab.world.as_usual()
    return lab.world


@pytest.fixture
def device(lab: Lab, world: World) -> Device:
    """The daemon, not started yet."""
    return lab.device


@pytest.fixture
def online(device: Device, world: World) -> Device:
    """The daemon, running, on the network of the router "home"."""
    device.configure(NO_HOTSPOT_AT_START)
    device.start()
    home = world["home"].spec
    attempt = device.join(home.ssid, home.psk)
    assert attempt["state"] == "succeeded", attempt
    return device


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.config.stash[RESULTS].add(
        f"{item.path.stem}: {item.name}", report.outcome, report.duration
    )
    running = item.config.stash.get(LAB, None)
    if report.skipped and running is None:
        # From one place, so that the summary says it in one line.
        report.longrepr = (__file__, 1, str(unavailable()))
    if report.failed and running is not None:
        folder, tails = running.journal.keep(item.name, running.world.inside)
        report.sections.append((f"what was said inside; all of it in {folder}", tails))
    return report


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    results = config.stash[RESULTS]
    if LAB in config.stash:
        results.write(ARTIFACTS / "cases.md")
        terminalreporter.section("radio lab")
        terminalreporter.write(results.table())
