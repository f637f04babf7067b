"""The radio suite: one boot of the laboratory, many cases."""

import os
import signal
import time
from collections.abc import AsyncGenerator, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.radio.contract_harness import LabHarness
from tests.radio.lab.device import API, IMPATIENT, OK, REQUIRE_INTERNET, Device
from tests.radio.lab.inside import Inside
from tests.radio.lab.journal import Journal
from tests.radio.lab.relay import Relay
from tests.radio.lab.results import Results
from tests.radio.lab.second import Second
from tests.radio.lab.vm import Machine, unavailable
from tests.radio.lab.waiting import eventually
from tests.radio.lab.world import World

HERE = Path(__file__).parent
ARTIFACTS = HERE / "artifacts"
BUS_INSIDE = "/run/dbus/system_bus_socket"
CASE_SECONDS = 360
RESULTS = pytest.StashKey[Results]()
LAB = pytest.StashKey["Lab"]()


@dataclass
class Lab:
    """The running laboratory."""

    machine: Machine
    world: World
    device: Device
    journal: Journal

    def cut_power(self, when: str | None = None, until: str = "") -> None:
        """Cut the power, as ``Inside.cut_power``, and build the world anew; the daemon is off."""
        self.world.inside.cut_power(when, until)
        self.machine.boot_again()
        self.world = World(self.world.inside)
        self.world.build()
        self.device.after_power_cut()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[RESULTS] = Results()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.timeout(CASE_SECONDS), append=False)
    items.sort(key=_place)
    left_out = [item for item in items if item.get_closest_marker("lengthy")]
    if left_out and os.environ.get("LAB") != "all":
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)
        config.stash[RESULTS].notes.append(
            f"{len(left_out)} lengthy cases are left out; LAB=all runs them too."
        )


def _place(item: pytest.Item) -> int:
    """The lab proves itself first; who cuts its power comes last, for it has to warm up again."""
    return {"test_lab.py": 0, "test_power_cut.py": 2}.get(item.path.name, 1)


@pytest.fixture(scope="session")
def lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """The laboratory, booted and settled."""
    if missing := unavailable():
        if os.environ.get("CI") == "true":
            pytest.fail(missing, pytrace=False)
        pytest.skip(missing)
    logs = ARTIFACTS / "lab"
    machine = Machine(logs)
    machine.boot()
    try:
        started = time.monotonic()
        inside = Inside(machine)
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
    """Routers and phones as usual. The device may be in any state."""
    lab.journal.begin()
    lab.world.as_usual()
    return lab.world


@pytest.fixture
def device(lab: Lab, world: World) -> Device:
    """The daemon, not started yet, without state or configuration; the device has no profile."""
    lab.device.clear()
    world.system.forget_everything()
    return lab.device


@pytest.fixture(scope="module")
def second(lab: Lab) -> Iterator[Second]:
    """The second box, switched on for the cases of one file."""
    box = Second(lab.world.inside)
    box.open()
    yield box
    box.close()


@pytest.fixture
def target(second: Second, world: World) -> Iterator[Device]:
    """Its daemon, as ``device``."""
    daemon = Device(second)
    daemon.clear()
    second.system.start_networkmanager()
    second.system.forget_everything()
    yield daemon
    daemon.clear()


@pytest.fixture(scope="module")
def bus_address(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The machine's system bus, as an address on the host."""
    outside: Path = tmp_path_factory.mktemp("bus") / "socket"
    relay = Relay(lab.machine.channel, outside, BUS_INSIDE)
    yield f"unix:path={outside}"
    relay.close()


@pytest.fixture
async def harness(device: Device, world: World, bus_address: str) -> AsyncGenerator[LabHarness]:
    """The adapter alone, on a device without profiles, and without a daemon."""
    assert not device.runs()
    opened = LabHarness(world, bus_address)
    await opened.settle_in()
    try:
        yield opened
    finally:
        await opened.close()


# A daemon takes several seconds to start here. So the next four take it as an earlier case left
# it, as long as no case has failed since it started, and start anew only where that does not serve.


@pytest.fixture
def running(lab: Lab, world: World) -> Device:
    """The daemon, running, in whatever state. It requires the internet of a network."""
    if not lab.device.is_trusted(REQUIRE_INTERNET):
        start_anew(lab.device, world, REQUIRE_INTERNET)
    return lab.device


@pytest.fixture
def offline(running: Device, world: World) -> Device:
    """As ``running``, without any network, its hotspot up."""
    if running.saved():
        start_anew(running, world, REQUIRE_INTERNET)
    eventually(lambda: running.status()["network"]["apEnabled"], what="the hotspot is up")
    return running


@pytest.fixture
def online(running: Device, world: World) -> Device:
    """As ``running``, on the network of the router "home", and knowing no other."""
    return at_home(running, world)


@pytest.fixture
def impatient(lab: Lab, world: World) -> Device:
    """As ``online``, but it does not require the internet, and looks and recovers more often."""
    if not lab.device.is_trusted(IMPATIENT):
        start_anew(lab.device, world, IMPATIENT)
    return at_home(lab.device, world)


def at_home(device: Device, world: World) -> Device:
    """Bring the running daemon to the network of "home"."""
    home = world["home"]
    if world.system.linked_to() != home.bssid:
        attempt = device.join(home.spec.ssid, home.spec.psk)
        assert attempt["state"] == "succeeded", attempt
    for name in device.saved() - {home.spec.ssid.decode()}:
        assert device.api("POST", f"{API}/network/forget", {"name": name}).status == OK
    return device


def start_at_home(device: Device, world: World, toml: str = "") -> None:
    """Start the cleared daemon, configured so, and bring it to the network of "home"."""
    device.configure(toml)
    device.start()
    at_home(device, world)


def start_anew(device: Device, world: World, toml: str) -> None:
    """Start the daemon on a device that knows no network, so that it offers its hotspot."""
    device.clear()
    world.system.forget_everything()
    device.configure(toml)
    device.start()
    eventually(lambda: device.status()["network"]["apEnabled"], what="the hotspot is up")


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
        # The case's own limit would otherwise end the whole run while its traces are kept.
        signal.setitimer(signal.ITIMER_REAL, 0)
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
