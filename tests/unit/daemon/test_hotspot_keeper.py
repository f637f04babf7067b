"""The hotspot's identity, and that it is up when it should be."""

import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.daemon.lamp import Lamp, network, wish, world
from tests.unit.daemon.proxies import FailingRadio

from firstlight.config import Brand, Config, Hotspot
from firstlight.core.hotspot import PASSWORD_ALPHABET, PASSWORD_LENGTH, default_ssid
from firstlight.daemon.hotspot_keeper import HotspotKeeper
from firstlight.daemon.memory import Memory
from firstlight.errors import RadioFailure
from firstlight.model.attempt import AttemptState
from firstlight.model.kept import Kept
from firstlight.model.mac import MacAddress
from firstlight.model.passphrase import Passphrase
from firstlight.model.profile import HotspotSettings
from firstlight.model.radio import Link
from firstlight.radio.simulated.clock import VirtualClock
from firstlight.radio.simulated.faults import HotspotFails
from firstlight.radio.simulated.radio import SimulatedRadio
from firstlight.store.provisioning import ProvisioningStore

PHONE = MacAddress("02:f0:00:00:00:07")


async def identity(folder: Path, config: Config | None = None, hostname: str = "lamp07b3") -> Kept:
    """Of a keeper that has just started."""
    memory = Memory(ProvisioningStore(folder))
    memory.load()
    clock = VirtualClock()
    radio = SimulatedRadio(world(), clock)
    await HotspotKeeper(config or Config(), hostname, radio, memory, clock).identify()
    return memory.kept


def settings(lamp: Lamp) -> HotspotSettings:
    active = lamp.world.device.active
    assert active is not None
    assert active.settings is not None
    return active.settings


@pytest.mark.parametrize("shared", [False, True])
async def test_it_leads_nowhere_unless_it_is_to(tmp_path: Path, shared: bool) -> None:
    config = Config(state_dir=str(tmp_path), hotspot=Hotspot(share_internet=shared))
    lamp = Lamp(tmp_path, world(), config)
    await lamp.started()
    assert settings(lamp).share_internet is shared


async def test_every_device_has_a_password_of_its_own(tmp_path: Path) -> None:
    passwords = {(await identity(tmp_path / str(n))).hotspot_password for n in range(20)}
    assert len(passwords) == 20
    for password in passwords:
        assert len(password) == PASSWORD_LENGTH
        assert set(password) <= set(PASSWORD_ALPHABET)
        Passphrase.parse(password)


def test_the_alphabet_has_nothing_that_is_mistaken_for_something_else() -> None:
    assert not set(PASSWORD_ALPHABET) & set("0O1lIi")
    assert len(set(PASSWORD_ALPHABET)) == len(PASSWORD_ALPHABET)
    assert len(PASSWORD_ALPHABET) ** PASSWORD_LENGTH > 2**56


async def test_the_identity_is_the_same_at_every_start(tmp_path: Path) -> None:
    first = await identity(tmp_path)
    assert first.hotspot_ssid == "Firstlight-07B3"
    assert first.hotspot_profile == "Firstlight-Hotspot"
    assert await identity(tmp_path, hostname="renamed-9999") == first


async def test_configuration_beats_what_is_kept(tmp_path: Path) -> None:
    first = await identity(tmp_path)
    wished = Config(hotspot=Hotspot(ssid="Mine", password="my-password", profile="mine"))
    second = await identity(tmp_path, wished)
    assert (second.hotspot_ssid, second.hotspot_password) == ("Mine", "my-password")
    assert second.hotspot_profile == "mine"
    assert first.hotspot_password != second.hotspot_password


@pytest.mark.parametrize(
    ("kept", "is_kept"),
    [
        (Kept(hotspot_ssid="x" * 32, hotspot_password="x" * 63), True),
        (Kept(hotspot_ssid="x" * 33, hotspot_password="seven77"), False),
        (Kept(hotspot_ssid="", hotspot_password=""), False),
    ],
)
async def test_what_no_hotspot_can_have_is_replaced(
    tmp_path: Path, kept: Kept, *, is_kept: bool
) -> None:
    ProvisioningStore(tmp_path).save(kept)
    found = await identity(tmp_path)
    assert (found.hotspot_ssid == kept.hotspot_ssid) is is_kept
    assert (found.hotspot_password == kept.hotspot_password) is is_kept


@given(brand=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=27))
async def test_any_brand_makes_a_hotspot(
    tmp_path_factory: pytest.TempPathFactory, brand: str
) -> None:
    folder = tmp_path_factory.mktemp("brand")
    found = await identity(folder, Config(brand=Brand(name=brand)))
    assert found.hotspot_ssid.encode() == default_ssid(brand, "lamp07b3")


async def test_what_the_hotspot_is_made_of(tmp_path: Path) -> None:
    config = Config(
        state_dir=str(tmp_path),
        country="DE",
        hotspot=Hotspot(channel=13, address="10.9.0.1/24", password="own-password"),
    )
    lamp = Lamp(tmp_path, world(), config)
    await lamp.started()
    made = settings(lamp)
    assert (made.channel, made.address, made.country) == (13, "10.9.0.1/24", "DE")
    assert made.passphrase == Passphrase("own-password")
    assert made.management_frame_protection
    assert lamp.world.let_station_join(PHONE, Passphrase("own-password"))
    assert not lamp.world.let_station_join(PHONE, Passphrase("wrong-password"))


async def test_the_channel_stays_while_it_is_up(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"one"), network(b"two")))
    device = await lamp.started()
    channel = settings(lamp).channel
    assert channel == 11, "the access points are on 1 and 6"
    lamp.world.remove_access_point(lamp.world.air.access_points[0].ssid)
    await lamp.clock.advance(300)
    lamp.links.clear()
    await lamp.do(device.enable_hotspot())
    assert lamp.links == []
    assert settings(lamp).channel == channel


async def test_a_failure_is_loud_once_and_ends_loudly(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="firstlight.daemon.hotspot_keeper")
    lamp = Lamp(tmp_path, world())
    broken = HotspotFails()
    lamp.world.begin(broken)
    await lamp.start()
    await lamp.clock.advance(150)
    [failure] = caplog.records
    assert failure.levelno == logging.ERROR
    assert "Try another channel" in failure.getMessage()
    lamp.world.end(broken)
    await lamp.wait(lambda: lamp.link is Link.HOTSPOT, 40)
    await lamp.clock.advance(1)
    [_, end] = caplog.records
    assert end.levelno == logging.INFO
    assert "is up after" in end.getMessage()


async def test_it_tries_less_and_less_often(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world())
    await lamp.open()
    radio = FailingRadio(lamp.radio)
    radio.fails["hotspot_up"] = RadioFailure("It failed.")
    await lamp.start(radio)
    await lamp.clock.advance(5)
    tried = []
    for _ in range(10):
        before = radio.asked.count("hotspot_up")
        await lamp.clock.advance(60)
        tried.append(radio.asked.count("hotspot_up") - before)
    assert tried[0] > tried[-1] == 2


async def test_it_leaves_the_radio_to_an_attempt(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"home")))
    device = await lamp.started()
    await device.connect(wish(b"home", "wrong-horse"))
    lamp.links.clear()
    await lamp.ended(device.attempt(None).id)
    assert lamp.links.count(Link.HOTSPOT_STARTING) == 1, "it came back by the attempt's own work"
    assert lamp.links[-1] is Link.HOTSPOT


async def test_who_connects_while_it_is_rising_is_not_held_up(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lamp = Lamp(tmp_path, world(network(b"home")))
    await lamp.start()
    await lamp.wait(lambda: lamp.link is Link.HOTSPOT_STARTING)
    ended = await lamp.joined(wish(b"home"))
    assert ended.state is AttemptState.SUCCEEDED
    assert lamp.online
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []
