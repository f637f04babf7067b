"""Everything else that a device can be asked, and what it meets meanwhile."""

import asyncio
from itertools import pairwise
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.unit.daemon.lamp import Lamp, network, wish, world
from tests.unit.daemon.proxies import FailingRadio

from firstlight.config import Config, Hotspot
from firstlight.errors import Code, NotFound, RadioFailure, RadioUnavailable
from firstlight.model.event import EventType, Level
from firstlight.model.mac import MacAddress
from firstlight.model.passphrase import Passphrase
from firstlight.model.profile import Profile, ProfileKind
from firstlight.model.radio import Link
from firstlight.model.ssid import Ssid
from firstlight.model.status import Health, Mode
from firstlight.radio.simulated.faults import Outage, Refused, Unplugged

PHONE = MacAddress("02:f0:00:00:00:07")


async def test_saved_networks(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"a"), network(b"new"), saved=[b"b", b"a"]))
    device = await lamp.started()
    listed = [(one.name, one.active, one.autoconnect) for one in await device.saved()]
    assert listed == [("b", False, True), ("a", True, True)]
    await device.connect(wish(b"new"))
    await lamp.wait(lambda: lamp.on == "new")
    assert [one.name for one in await device.saved()] == ["b", "a"], "a trial is not saved"


async def test_forgetting_the_network_in_use_raises_the_hotspot(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"home"), saved=[b"home"]))
    device = await lamp.started()
    await lamp.do(device.forget("home"))
    await lamp.wait(lambda: lamp.link is Link.HOTSPOT)
    kept = lamp.memory.kept
    assert (kept.provisioned, kept.last_ssid, kept.mode) == (False, "", Mode.PROVISIONING)
    assert await device.saved() == ()
    assert not lamp.status.network.internet_reachable
    assert lamp.said()[-8:].count("Forgetting home: done.") == 1


async def test_forgetting_the_network_in_use_joins_another_that_is_saved(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"a"), network(b"b"), saved=[b"b", b"a"]))
    device = await lamp.started()
    assert lamp.on == "a"
    await lamp.do(device.forget("a"))
    await lamp.clock.advance(5)
    assert lamp.on == "b"
    assert lamp.status.mode is Mode.ONBOARDING
    assert lamp.status.network.internet_reachable
    assert Link.HOTSPOT_STARTING not in lamp.links


async def test_forgetting_the_network_in_use_when_the_others_are_out_of_sight(
    tmp_path: Path,
) -> None:
    lamp = Lamp(tmp_path, world(network(b"a"), saved=[b"b", b"a"]))
    device = await lamp.started()
    await lamp.do(device.forget("a"))
    await lamp.wait(lambda: lamp.link is Link.HOTSPOT)
    assert lamp.memory.kept.provisioned
    assert lamp.status.mode is Mode.PROVISIONING


async def test_forgetting_another_network_changes_nothing_else(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"a"), saved=[b"b", b"a"]))
    device = await lamp.started()
    before = lamp.radio.state
    await lamp.do(device.forget("b"))
    assert lamp.radio.state == before
    assert [one.name for one in await device.saved()] == ["a"]
    assert lamp.memory.kept.last_ssid == "a"


async def test_a_name_is_forgotten_as_it_is_and_as_it_is_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lamp = Lamp(tmp_path, world(network(b"home"), saved=[b"a", b"home"]))
    device = await lamp.started()
    named = lamp.radio.profiles

    async def turned() -> tuple[Profile, ...]:
        """As NetworkManager may have them, whose profiles anybody may name."""
        return tuple(replace(one, name=f"\u202e{one.name}") for one in await named())

    monkeypatch.setattr(lamp.radio, "profiles", turned)
    with pytest.raises(NotFound) as refused:
        await device.forget("b")
    assert refused.value.hint is not None
    assert refused.value.hint.isprintable()
    await lamp.do(device.forget("\u202ea"))
    assert [one.name for one in await device.saved()] == ["\u202ehome"]
    await lamp.do(device.forget(r"\xe2\x80\xaehome"))
    assert await device.saved() == ()
    assert all(line.isprintable() for line in lamp.said())


async def test_forgetting_a_network_of_the_same_name_twice_saved(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(saved=[b"a", b"a"]))
    device = await lamp.started()
    await lamp.do(device.forget("a"))
    assert await device.saved() == ()


@pytest.mark.parametrize("name", ["nowhere", "", "Firstlight-Hotspot"])
async def test_forgetting_what_is_not_saved(tmp_path: Path, name: str) -> None:
    lamp = Lamp(tmp_path, world(saved=[b"b", b"a"]))
    device = await lamp.started()
    with pytest.raises(NotFound) as refusal:
        await device.forget(name)
    assert refusal.value.code is Code.UNKNOWN_PROFILE
    assert refusal.value.hint == "Saved networks: b, a."
    assert lamp.link is Link.HOTSPOT


async def test_forgetting_when_nothing_is_saved(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world())
    device = await lamp.started()
    with pytest.raises(NotFound) as refusal:
        await device.forget("home")
    assert refusal.value.hint == "Saved networks: none."


async def test_forgetting_that_fails_is_told(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"home"), saved=[b"home"]))
    await lamp.open()
    radio = FailingRadio(lamp.radio)
    device = await lamp.start(radio)
    await lamp.wait(lambda: lamp.online)
    radio.fails["forget"] = RadioFailure("It failed.")
    with pytest.raises(RadioFailure):
        await device.forget("home")
    failed = [event for event in lamp.hub.recent() if event.level is Level.ERROR]
    assert [(event.message, event.phase) for event in failed] == [("It failed.", "failed")]
    assert lamp.online


async def test_raising_the_hotspot_twice_is_raising_it_once(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"home"), saved=[b"home"]))
    device = await lamp.started()
    await lamp.do(device.enable_hotspot())
    assert lamp.link is Link.HOTSPOT
    assert lamp.status.mode is Mode.PROVISIONING
    assert lamp.status.network.ap_enabled
    lamp.links.clear()
    await lamp.do(device.enable_hotspot())
    await lamp.clock.advance(60)
    assert lamp.links == []
    hotspots = [one for one in await lamp.radio.profiles() if one.kind is ProfileKind.HOTSPOT]
    assert len(hotspots) == 1


async def test_taking_the_hotspot_down_twice_is_taking_it_down_once(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world())
    device = await lamp.started()
    await lamp.do(device.disable_hotspot())
    assert lamp.link is Link.DOWN
    assert not lamp.memory.kept.ap_enabled
    await lamp.do(device.disable_hotspot())
    await lamp.clock.advance(200)
    assert lamp.link is Link.DOWN, "it stays down until somebody wants it"
    await lamp.do(device.enable_hotspot())
    assert lamp.link is Link.HOTSPOT


async def test_after_the_hotspot_the_saved_network_is_joined_again(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"home"), saved=[b"home"]))
    device = await lamp.started()
    await lamp.do(device.enable_hotspot())
    await lamp.do(device.disable_hotspot())
    await lamp.wait(lambda: lamp.online)
    await lamp.clock.advance(5)
    assert lamp.status.mode is Mode.ONBOARDING
    assert lamp.status.network.internet_reachable


async def test_a_hotspot_that_can_not_be_raised_says_why(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"home"), saved=[b"home"]))
    device = await lamp.started()
    lamp.world.begin(Unplugged())
    with pytest.raises(RadioUnavailable):
        await device.enable_hotspot()
    with pytest.raises(RadioUnavailable):
        await device.disable_hotspot()
    failed = [event.message for event in lamp.hub.recent() if event.phase == "failed"]
    assert len(failed) == 2


async def test_the_hotspot_comes_back_after_network_manager_restarts(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world())
    await lamp.started()
    lamp.world.restart_manager()
    await lamp.clock.advance(0.5)
    assert lamp.status.runtime.summary == "NetworkManager is not running."
    await lamp.wait(lambda: lamp.link is Link.HOTSPOT, 30)
    assert lamp.status.runtime.health is Health.OK


@pytest.mark.parametrize("saved", [[], [b"home"]])
async def test_a_hotspot_that_was_up_comes_back_before_all_else(
    tmp_path: Path, saved: list[bytes]
) -> None:
    lamp = Lamp(tmp_path, world(network(b"home"), saved=saved))
    device = await lamp.started()
    await lamp.do(device.enable_hotspot())
    lamp.world.restart_manager()
    await lamp.clock.advance(0.5)
    await lamp.wait(lambda: lamp.link is Link.HOTSPOT, 30)


async def test_a_network_comes_back_after_network_manager_restarts(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"home"), saved=[b"home"]))
    await lamp.started()
    lamp.world.restart_manager()
    await lamp.clock.advance(0.5)
    await lamp.wait(lambda: lamp.online, 30)
    await lamp.clock.advance(10)
    assert lamp.status.mode is Mode.ONBOARDING
    assert Link.HOTSPOT_STARTING not in lamp.links


async def test_stations_are_told(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world())
    await lamp.started()
    password = Passphrase(lamp.memory.kept.hotspot_password)
    assert lamp.world.let_station_join(PHONE, password)
    lamp.world.device.guests.leave(PHONE)
    assert lamp.said()[-2:] == [
        f"A phone or computer joined the hotspot: {PHONE}.",
        f"A phone or computer left the hotspot: {PHONE}.",
    ]


async def test_a_damaged_file_is_told_as_long_as_the_device_runs(tmp_path: Path) -> None:
    (tmp_path / "provisioning.json").write_bytes(b"damage")
    lamp = Lamp(tmp_path, world())
    await lamp.started()
    [warning] = lamp.status.runtime.warnings
    assert "set aside as provisioning.json.damaged-1" in warning


@pytest.mark.parametrize(
    "content",
    [
        b'{"device.network.hotspotPassword": "short"}',
        b'{"device.network.hotspotPassword": "control\\u0000character"}',
        b'{"device.network.hotspotSsid": "' + b"x" * 33 + b'"}',
    ],
)
async def test_what_was_written_by_hand_does_not_keep_the_hotspot_down(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "provisioning.json").write_bytes(content)
    lamp = Lamp(tmp_path, world())
    await lamp.start()
    await lamp.wait(lambda: lamp.link is Link.HOTSPOT)
    Passphrase.parse(lamp.memory.kept.hotspot_password)
    Ssid.from_text(lamp.memory.kept.hotspot_ssid)


async def test_networks_in_sight(tmp_path: Path) -> None:
    around = world(network(b"a", signal=40), network(b"caf\xe9", signal=70), saved=[b"a"])
    lamp = Lamp(tmp_path, around)
    device = await lamp.started()
    first, second = await lamp.do(device.networks())
    assert (first.ssid, first.ssid_hex, first.signal) == (r"caf\xe9", "636166e9", 70)
    assert (first.in_use, first.saved, first.security) == (False, False, "wpa2")
    assert (second.ssid, second.in_use, second.saved, second.channel) == ("a", True, True, 1)
    assert second.age is not None
    assert second.age < 10


async def test_during_an_attempt_the_list_is_shown_as_it_is(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"home")))
    device = await lamp.started()
    await lamp.clock.advance(60)
    await device.connect(wish(b"home"))
    [entry] = await device.networks()
    assert entry.age is not None
    assert entry.age > 30


async def test_without_a_radio_there_is_no_list(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"home")))
    device = await lamp.started()
    lamp.world.begin(Unplugged())
    with pytest.raises(RadioUnavailable):
        await device.networks()
    with pytest.raises(RadioUnavailable):
        await device.saved()


async def test_a_router_that_goes_out_is_a_matter_of_health(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"home"), saved=[b"home"]))
    await lamp.started()
    outage = Outage(ssid=Ssid(b"home"))
    lamp.world.begin(outage)
    await lamp.wait(lambda: not lamp.online)
    assert lamp.status.runtime.health is Health.ERROR
    assert not lamp.status.network.internet_reachable
    lamp.world.end(outage)
    await lamp.wait(lambda: lamp.online)
    await lamp.clock.advance(5)
    assert lamp.status.runtime.health is Health.OK


async def test_a_user_who_may_not_is_told_at_every_request(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"home"), saved=[b"home"]))
    device = await lamp.started()
    lamp.world.begin(Refused())
    for work in (device.forget("home"), device.enable_hotspot(), device.disable_hotspot()):
        with pytest.raises(Exception, match="polkit") as refusal:
            await work
        assert getattr(refusal.value, "code", None) is Code.NOT_PERMITTED
    assert lamp.online


async def test_every_status_that_is_told_is_another_one(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world(network(b"home")))
    await lamp.started()
    await lamp.joined(wish(b"home"))
    told = [event.status for event in lamp.hub.recent(256) if event.type is EventType.STATUS]
    assert len(told) > 3
    assert all(one != after for one, after in pairwise(told))


async def test_what_was_wished_at_the_hotspot_stays_until_the_next_start(tmp_path: Path) -> None:
    config = Config(
        state_dir=str(tmp_path), hotspot=Hotspot(ssid="Own name", password="own-password")
    )
    lamp = Lamp(tmp_path, world(), config)
    await lamp.started()
    assert lamp.radio.state.profile is not None
    assert lamp.radio.state.profile.ssid == b"Own name"
    assert lamp.world.let_station_join(PHONE, Passphrase("own-password"))
    assert lamp.status.network.hotspot_ssid == "Own name"


async def test_what_happens_is_told_to_whoever_follows(tmp_path: Path) -> None:
    lamp = Lamp(tmp_path, world())
    device = await lamp.start()
    with device.events.follow(None) as following:
        await lamp.wait(lambda: lamp.link is Link.HOTSPOT)
        first = await anext(following.feed)
        assert first.message == "Firstlight has started."


async def test_no_task_outlives_a_device_that_was_stopped(tmp_path: Path) -> None:
    before = asyncio.all_tasks()
    lamp = Lamp(tmp_path, world(network(b"home"), saved=[b"home"]))
    device = await lamp.started()
    await lamp.do(device.networks())
    await lamp.do(device.stop())
    await lamp.radio.close()
    await lamp.clock.advance(1)
    assert {task.get_name() for task in asyncio.all_tasks() - before} == set()
