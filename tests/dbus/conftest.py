"""One private bus for the session; fakes and a radio for every test."""

import tempfile
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest
from tests.dbus.fake_iw import FakeIw
from tests.dbus.fake_networkmanager import FakeNetworkManager
from tests.dbus.fake_nft import FakeNft
from tests.dbus.fake_supplicant import FakeSupplicant
from tests.dbus.private_bus import PrivateBus
from tests.dbus.scene import Scene
from tests.dbus.waiting import until

from firstlight.radio.nm.radio import NetworkManagerRadio


@pytest.fixture(scope="session")
def shared_bus() -> Generator[PrivateBus]:
    # Not tmp_path: the path of a Unix socket has at most 107 bytes.
    with tempfile.TemporaryDirectory(prefix="firstlight-") as folder:
        bus = PrivateBus(Path(folder))
        bus.start()
        yield bus
        bus.stop()


@pytest.fixture
def own_bus() -> Generator[PrivateBus]:
    """A bus that a test may kill. It isn't started yet."""
    with tempfile.TemporaryDirectory(prefix="firstlight-") as folder:
        bus = PrivateBus(Path(folder))
        yield bus
        bus.stop()


@pytest.fixture
def address(shared_bus: PrivateBus) -> str:
    return shared_bus.address


@pytest.fixture
async def nm(address: str) -> AsyncGenerator[FakeNetworkManager]:
    fake = await FakeNetworkManager().open(address)
    yield fake
    await fake.close()


@pytest.fixture
async def supplicant(address: str) -> AsyncGenerator[FakeSupplicant]:
    fake = await FakeSupplicant().open(address)
    yield fake
    await fake.close()


@pytest.fixture
def iw(nm: FakeNetworkManager) -> FakeIw:
    """Without a wpa_supplicant, unless there is a scene."""
    return FakeIw(nm)


@pytest.fixture
def nft() -> FakeNft:
    return FakeNft()


@pytest.fixture
async def radio(
    address: str, nm: FakeNetworkManager, iw: FakeIw, nft: FakeNft
) -> AsyncGenerator[NetworkManagerRadio]:
    """For the first WiFi device; not open yet."""
    radio = NetworkManagerRadio(
        bus_address=address, run_iw=iw, run_nft=nft, read_neighbours=nft.neighbours
    )
    yield radio
    await radio.close()


@pytest.fixture
async def scene(
    nm: FakeNetworkManager, supplicant: FakeSupplicant, radio: NetworkManagerRadio, iw: FakeIw
) -> Scene:
    iw.supplicant = supplicant
    scene = Scene(nm, supplicant, radio)
    await radio.open()
    return scene


@pytest.fixture
async def usual(scene: Scene) -> Scene:
    """A radio that does as it is told, and nothing else."""
    scene.nm.on_activation = scene.nm.come_up
    await until(lambda: scene.radio.state.interface == "wlan0", "the radio is there")
    return scene
