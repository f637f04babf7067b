import asyncio
import logging
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from tests.dbus.fake_networkmanager import FakeNetworkManager
from tests.dbus.fake_service import ACCESS_DENIED, OBJECTS, PROPERTIES
from tests.dbus.nm_interfaces import ACCESS_POINT, CONNECTION, DEVICE, MANAGER, NAME, WIRELESS
from tests.dbus.waiting import until

from firstlight.radio.nm import mirror as module
from firstlight.radio.nm.bus import Bus
from firstlight.radio.nm.mirror import Mirror


class Watch:
    """A mirror, and everything it tells."""

    def __init__(self, address: str) -> None:
        self.bus = Bus(address)
        self.changes = 0
        self.signals: list[tuple[str, str, list[Any]]] = []
        self.mirror = Mirror(self.bus, self._changed, self._signal)

    def _changed(self) -> None:
        self.changes += 1

    def _signal(self, path: str, _: str, member: str, body: list[Any]) -> None:
        self.signals.append((path, member, body))

    async def close(self) -> None:
        self.bus.mute()
        await self.mirror.close()
        await self.bus.close()


@pytest.fixture
async def watch(address: str) -> AsyncGenerator[Watch]:
    watch = Watch(address)
    yield watch
    await watch.close()


@pytest.fixture
def mirror(watch: Watch) -> Mirror:
    return watch.mirror


async def opened(watch: Watch) -> Mirror:
    await watch.bus.open()
    await until(lambda: watch.mirror.ready, "the snapshot is taken")
    return watch.mirror


async def test_the_snapshot_holds_everything(nm: FakeNetworkManager, watch: Watch) -> None:
    device = nm.add_device()
    nm.add_access_point(device, b"caf\xe9")
    mirror = await opened(watch)
    assert mirror.properties(MANAGER, NAME)["Version"] == "1.42.4"
    assert mirror.paths(DEVICE) == [device]
    (access_point,) = mirror.properties(device, WIRELESS)["AccessPoints"]
    assert mirror.properties(access_point, ACCESS_POINT)["Ssid"] == b"caf\xe9"
    assert mirror.properties("/nowhere", DEVICE) == {}


async def test_it_follows_what_appears_changes_and_vanishes(
    nm: FakeNetworkManager, watch: Watch
) -> None:
    mirror = await opened(watch)
    device = nm.add_device()
    await until(lambda: mirror.paths(DEVICE) == [device], "the device has appeared")
    nm.set(device, DEVICE, State=100, Driver="other")
    await until(lambda: mirror.properties(device, DEVICE)["State"] == 100, "it has changed")
    assert mirror.properties(device, DEVICE)["Driver"] == "other"
    assert mirror.properties(device, DEVICE)["Interface"] == "wlan0"
    nm.remove(device)
    await until(lambda: device not in mirror.objects, "it has vanished")


async def test_an_object_loses_single_interfaces_and_properties(
    nm: FakeNetworkManager, watch: Watch
) -> None:
    device = nm.add_device()
    mirror = await opened(watch)
    nm.signal("/org/freedesktop", OBJECTS, "InterfacesRemoved", "oas", device, [WIRELESS])
    await until(lambda: not mirror.paths(WIRELESS), "the interface has gone")
    assert mirror.paths(DEVICE) == [device]
    nm.signal(device, PROPERTIES, "PropertiesChanged", "sa{sv}as", DEVICE, {}, ["Driver", "Odd"])
    await until(lambda: "Driver" not in mirror.properties(device, DEVICE), "the property has gone")
    assert mirror.properties(device, DEVICE)["Interface"] == "wlan0"


async def test_changes_of_what_was_never_announced_make_no_ghosts(
    nm: FakeNetworkManager, watch: Watch
) -> None:
    mirror = await opened(watch)
    ghost = f"{MANAGER}/Settings/99"
    nm.signal(ghost, PROPERTIES, "PropertiesChanged", "sa{sv}as", CONNECTION, {}, [])
    device = nm.add_device()
    await until(lambda: mirror.paths(DEVICE) == [device], "all signals have come")
    assert ghost not in mirror.objects
    assert mirror.paths(CONNECTION) == []


async def test_signals_around_the_snapshot_are_applied_once_and_in_order(
    nm: FakeNetworkManager, watch: Watch
) -> None:
    device = nm.add_device()
    held = nm.hold("GetManagedObjects")
    await watch.bus.open()
    await until(lambda: held, "the snapshot is asked for")
    nm.state(device, 40)
    removed = nm.add_device("wlan1")
    nm.set(device, DEVICE, Driver="before")
    nm.remove(removed)
    nm.answer_held("GetManagedObjects")
    nm.set(device, DEVICE, Driver="after")
    nm.state(device, 50, 7)
    added = nm.add_device("wlan2")
    mirror = watch.mirror
    await until(lambda: mirror.ready and added in mirror.objects, "snapshot and signals have come")
    assert mirror.properties(device, DEVICE)["Driver"] == "after"
    assert mirror.properties(device, DEVICE)["State"] == 50
    assert removed not in mirror.objects
    # The snapshot tells of PREPARE already; the change that came after it is told.
    assert watch.signals == [(device, "StateChanged", [50, 40, 7])]


async def test_an_older_change_never_overwrites_the_snapshot(
    nm: FakeNetworkManager, watch: Watch
) -> None:
    device = nm.add_device()
    held = nm.hold("GetManagedObjects")
    await watch.bus.open()
    await until(lambda: held, "the snapshot is asked for")
    nm.set(device, DEVICE, Driver="old")
    nm.objects[device][DEVICE]["Driver"].value = "new"
    nm.answer_held("GetManagedObjects")
    await until(lambda: watch.mirror.ready, "the snapshot is taken")
    assert watch.mirror.properties(device, DEVICE)["Driver"] == "new"


async def test_signals_that_are_no_property_changes_are_passed_on(
    nm: FakeNetworkManager, watch: Watch
) -> None:
    device = nm.add_device()
    profile = nm.add_profile()
    await opened(watch)
    nm.state(device, 120, 53)
    nm.signal(profile, CONNECTION, "Updated")
    nm.signal(MANAGER, NAME, "CheckPermissions")
    await until(lambda: len(watch.signals) == 3, "they have come")
    assert watch.signals == [
        (device, "StateChanged", [120, 30, 53]),
        (profile, "Updated", []),
        (MANAGER, "CheckPermissions", []),
    ]


async def test_a_new_owner_means_that_everything_is_read_anew(
    address: str, nm: FakeNetworkManager, watch: Watch
) -> None:
    old = nm.add_device("old0")
    mirror = await opened(watch)
    await nm.close()
    await until(lambda: not mirror.ready, "its end is noticed")
    assert mirror.objects == {}
    successor = FakeNetworkManager()
    new = successor.add_device("new0")
    await successor.open(address)
    await until(lambda: mirror.ready, "the successor is read")
    assert mirror.properties(new, DEVICE)["Interface"] == "new0"
    assert old == new
    await successor.close()


async def test_an_owner_that_goes_while_it_is_read_is_let_go(
    address: str, nm: FakeNetworkManager, watch: Watch
) -> None:
    held = nm.hold("GetManagedObjects")
    await watch.bus.open()
    await until(lambda: held, "the snapshot is asked for")
    await nm.close()
    await until(lambda: not watch.mirror.peer.owner, "its end is noticed")
    assert not watch.mirror.ready
    nm.held.clear()
    await nm.open(address)
    await until(lambda: watch.mirror.ready, "it is read after all")


async def test_a_refusal_is_told_and_tried_again_quietly(
    nm: FakeNetworkManager,
    watch: Watch,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(module, "_REREAD_SECONDS", 0.001)
    caplog.set_level(logging.DEBUG, module.__name__)
    nm.refuse("GetManagedObjects", ACCESS_DENIED, "not for you")
    await watch.bus.open()
    await until(lambda: watch.mirror.refused, "the refusal is known")
    await until(lambda: len(nm.made("GetManagedObjects")) > 3, "it keeps asking")
    assert [record.levelno for record in caplog.records].count(logging.WARNING) == 1
    told = watch.changes
    nm.refusals.clear()
    await until(lambda: watch.mirror.ready, "it is let in")
    assert not watch.mirror.refused
    assert watch.changes == told + 1


async def test_until_waits_for_a_change_that_makes_it_true(
    nm: FakeNetworkManager, watch: Watch
) -> None:
    device = nm.add_device()
    mirror = await opened(watch)
    waiting = asyncio.create_task(
        mirror.until(lambda: mirror.properties(device, DEVICE).get("State") == 100, 5)
    )
    nm.state(device, 40)
    await until(lambda: mirror.properties(device, DEVICE)["State"] == 40, "a change has come")
    assert not waiting.done()
    nm.state(device, 70)
    nm.set(device, DEVICE, State=100)
    assert await waiting is True


async def test_until_gives_up_at_its_deadline(nm: FakeNetworkManager, watch: Watch) -> None:
    mirror = await opened(watch)
    assert await mirror.until(lambda: False, 0.01) is False
    assert await mirror.until(lambda: True, 0) is True


async def test_closing_ends_the_reading(nm: FakeNetworkManager, address: str) -> None:
    watch = Watch(address)
    held = nm.hold("GetManagedObjects")
    await watch.bus.open()
    await until(lambda: held, "the snapshot is asked for")
    await watch.close()
    assert asyncio.all_tasks() == {asyncio.current_task()}
