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
    config.addinivalue_line("markers", "configuration(toml): of the daemon that is ``running``")
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
def world(lab: Lab, request: pytest.FixtureRequest) -> World:
    """The world as usual. The daemon is stopped and empty, unless the case wants it ``running``."""
    lab.journal.begin()
    wanted = "running" in request.fixturenames
    if not (wanted and lab.device.runs_with(configuration(request)) and lab.device.let_go()):
        lab.device.clear()
    lab.world.as_usual()
    return lab.world


@pytest.fixture
def device(lab: Lab, world: World) -> Device:
    """The daemon, not started yet."""
    return lab.device


@pytest.fixture
def running(lab: Lab, world: World, request: pytest.FixtureRequest) -> Device:
    """The daemon, running, with nothing saved and no hotspot; maybe since an earlier case.

    Its configuration is ``NO_HOTSPOT_AT_START``, or what the mark ``configuration`` says.
    """
    if not lab.device.runs():
        lab.device.configure(configuration(request))
        lab.device.start()
    return lab.device


@pytest.fixture
def online(running: Device, world: World) -> Device:
    """As ``running``, on the network of the router "home"."""
    home = world["home"].spec
    attempt = running.join(home.ssid, home.psk)
    assert attempt["state"] == "succeeded", attempt
    return running


def configuration(request: pytest.FixtureRequest) -> str:
    """The configuration file that the case asks for."""
    marker = request.node.get_closest_marker("configuration")
    return str(marker.args[0]) if marker else NO_HOTSPOT_AT_START


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
        running.device.distrust()
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
