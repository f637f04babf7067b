"""Provisioning Mode with the whole device around it, on a simulated radio."""

from pathlib import Path

import pytest
from tests.unit.daemon.book import FAN_MAC, HOUSE, LAMP, LAMP_MAC, household
from tests.unit.daemon.controlling import HOME, STRANGER, Controlling
from tests.unit.daemon.lamp import PASSWORD, Lamp, network, wish, world

from firstlight.config import Config, Provisioning
from firstlight.daemon.provisioning.visitors import Visitors
from firstlight.errors import Busy, Code
from firstlight.model.access_point import channel_of
from firstlight.model.event import Action, ActionPhase
from firstlight.model.passphrase import Passphrase
from firstlight.model.provisioning_mode import ModeEnd, ModeState
from firstlight.model.radio import Link
from firstlight.model.records import Controller, RecordKind
from firstlight.model.ssid import Ssid
from firstlight.provisioning import session
from firstlight.provisioning.softap import SSID
from firstlight.radio.simulated.description import Description, RadioTable, SavedTable
from firstlight.radio.simulated.faults import NoFirewall, Unplugged
from firstlight.radio.simulated.radio import SimulatedRadio
from firstlight.radio.simulated.world import World


async def test_from_the_wish_to_the_end(house: Controlling) -> None:
    assert house.link is Link.HOTSPOT
    assert not house.mode.answer().enabled
    await house.on()
    assert house.link is Link.SOFTAP
    answer = house.mode.answer()
    assert (answer.enabled, answer.ssid) == (True, "FireFly-Provisioning")
    told = house.mode.session()
    assert told.expected == 3
    assert told.tx_power_actual == 2.0

    address = house.comes(LAMP_MAC)
    nonce = await house.here.nonce(address)
    entry = await house.here.client(address, LAMP_MAC, str(nonce))
    assert entry.uuid == LAMP
    await house.clock.advance(1)
    ports = house.book.entries[RecordKind.CONTROLLER, HOUSE].record
    assert isinstance(ports, Controller)
    assert isinstance(ports.ports, dict)
    assert ports.ports["1"].clientUUID == LAMP

    await house.mode.switch_off()
    await house.off()
    assert house.end() is ModeEnd.ASKED
    assert house.closed == 1
    # The hotspot of before comes back.
    await house.wait(lambda: house.link is Link.HOTSPOT)
    actions = [(one.action, one.phase) for one in house.hub.recent(256) if one.action]
    assert (Action.PROVISIONING_START, ActionPhase.COMPLETED) in actions
    assert (Action.PROVISIONING_CONFIGURED, ActionPhase.COMPLETED) in actions
    assert actions[-1] == (Action.PROVISIONING_STOP, ActionPhase.COMPLETED)


@pytest.mark.attack(
    "An unregistered device that joins the SoftAP",
    guard="Provisioning Mode ends at once",
)
async def test_a_stranger_ends_it(house: Controlling) -> None:
    await house.on()
    house.comes(STRANGER)
    assert house.mode.session().state is ModeState.STOPPING
    await house.off()
    ended = house.mode.session().ended
    assert ended is not None
    assert (ended.reason, ended.mac) == (ModeEnd.ROGUE_STATION, STRANGER)
    rogue = [one for one in house.hub.recent(64) if one.action is Action.PROVISIONING_ROGUE]
    assert rogue[0].details == {"mac": STRANGER, "reason": "rogue_station"}
    await house.wait(lambda: house.link is Link.HOTSPOT)


@pytest.mark.unguarded("An unregistered device that joins the SoftAP")
async def test_whoever_is_taken_for_registered_may_stay(
    house: Controlling, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "ended", lambda state, _end: (state, ()))
    await house.on()
    house.comes(STRANGER)
    assert house.mode.session().state is ModeState.ACTIVE


async def test_its_time_ends_it(tmp_path: Path) -> None:
    config = Config(state_dir=str(tmp_path), provisioning=Provisioning(ttl_seconds=60))
    house = Controlling(tmp_path, world(network(HOME)), household(), config)
    await house.started()
    await house.on()
    await house.clock.advance(58)
    assert house.mode.session().state is ModeState.ACTIVE
    await house.clock.advance(3)
    await house.off()
    assert house.end() is ModeEnd.EXPIRED
    await house.kill()


@pytest.mark.attack(
    "A second controller of the same name",
    guard="Provisioning Mode does not begin beside it",
)
async def test_another_controller_in_the_air_is_refused(tmp_path: Path) -> None:
    house = Controlling(tmp_path, world(network(bytes(SSID))), household())
    await house.started()
    await house.do(house.mode.switch_on())
    await house.wait(lambda: house.end() is ModeEnd.ANOTHER_CONTROLLER)
    await house.off()
    await house.wait(lambda: house.link is Link.HOTSPOT)
    await house.kill()


@pytest.mark.unguarded("A second controller of the same name")
async def test_who_does_not_look_begins_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = session._surveyed
    monkeypatch.setattr(session, "_surveyed", lambda state, _others, now: real(state, (), now))
    house = Controlling(tmp_path, world(network(bytes(SSID))), household())
    await house.started()
    await house.on()
    assert house.link is Link.SOFTAP
    await house.kill()


async def test_nobody_else_works_with_the_radio_meanwhile(house: Controlling) -> None:
    await house.on()
    for work in (
        house.device.connect(wish(HOME)),
        house.device.enable_hotspot(),
        house.device.trigger_recovery(),
        house.device.rollback(""),
    ):
        with pytest.raises(Busy, match="Provisioning Mode"):
            await work
    await house.do(house.mode.switch_on())  # fine: it is on already
    await house.clock.advance(600)
    assert house.link is Link.SOFTAP


async def test_whoever_uses_the_hotspot_makes_way_before_it_goes(house: Controlling) -> None:
    seen: list[tuple[bool, Link]] = []

    async def make_way() -> None:
        seen.append((house.mode.under_way, house.link))

    house.mode.making_way = make_way
    await house.on()
    assert seen == [(True, Link.HOTSPOT)]


async def test_while_it_stops_it_can_not_begin(house: Controlling) -> None:
    await house.on()
    await house.mode.switch_off()
    with pytest.raises(Busy):
        await house.mode.switch_on()
    await house.mode.switch_off()
    await house.off()
    await house.on()


async def test_a_wish_to_end_it_counts_while_it_begins(house: Controlling) -> None:
    await house.do(house.mode.switch_on())
    await house.mode.switch_off()
    await house.off()
    assert house.link is not Link.SOFTAP
    await house.wait(lambda: house.link is Link.HOTSPOT)


async def test_a_broken_registry_is_told(house: Controlling) -> None:
    house.book.broken = True
    await house.do(house.mode.switch_on())
    await house.off()
    ended = house.mode.session().ended
    assert ended is not None
    assert ended.reason is ModeEnd.REGISTRY_FAILED
    assert ended.message == "The registry can't be read."
    await house.wait(lambda: house.link is Link.HOTSPOT)


async def test_a_broken_firewall_is_told(house: Controlling) -> None:
    house.world.begin(NoFirewall())
    await house.do(house.mode.switch_on())
    await house.off()
    assert house.end() is ModeEnd.RADIO_FAILED
    await house.wait(lambda: house.link is Link.HOTSPOT)


async def test_a_radio_in_use_is_kept_unless_forced(tmp_path: Path) -> None:
    house = Controlling(tmp_path, world(network(HOME), saved=[HOME]), household())
    await house.started()
    assert house.online
    with pytest.raises(Busy) as refused:
        await house.do(house.mode.switch_on())
    assert refused.value.code is Code.RADIO_IN_USE
    await house.on(force=True)
    assert house.link is Link.SOFTAP
    await house.mode.switch_off()
    await house.off()
    await house.wait(lambda: house.online)
    await house.kill()


def both() -> World:
    """A radio that can be a SoftAP beside its network, on the one channel that it has."""
    home, radio = network(HOME), RadioTable(join_while_hotspot=True, one_channel=True)
    saved = SavedTable(ssid=Ssid(HOME), passphrase=Passphrase(PASSWORD))
    return World(Description(radio=radio, access_points=(home,), saved=(saved,)))


async def test_a_radio_that_can_do_both_keeps_its_network(tmp_path: Path) -> None:
    house = Controlling(tmp_path, both(), household())
    await house.started()
    await house.on()
    assert house.online
    told = house.mode.session()
    assert told.interface == "fl-softap"
    assert told.channel == channel_of(house.radio.state.frequency or 0)
    address = house.comes(FAN_MAC)
    nonce = await house.here.nonce(address)
    await house.here.client(address, FAN_MAC, str(nonce))
    await house.mode.switch_off()
    await house.off()
    assert house.online
    await house.kill()


async def test_when_that_network_is_lost_it_ends_to_come_back(tmp_path: Path) -> None:
    house = Controlling(tmp_path, both(), household())
    await house.started()
    await house.on()
    house.world.remove_access_point(Ssid(HOME))
    await house.off()
    assert house.end() is ModeEnd.RADIO_FAILED
    await house.wait(lambda: house.link is Link.HOTSPOT)
    await house.kill()


async def test_a_radio_that_is_pulled_out_ends_it(house: Controlling) -> None:
    await house.on()
    pulled_out = Unplugged()
    house.world.begin(pulled_out)
    await house.off()
    assert house.end() is ModeEnd.RADIO_FAILED
    with pytest.raises(Exception, match="WiFi"):
        await house.do(house.mode.switch_on())
    house.world.end(pulled_out)
    await house.wait(lambda: house.link is Link.HOTSPOT)


async def test_a_factory_reset_ends_it(house: Controlling) -> None:
    await house.on()
    await house.device.factory_reset()
    await house.off()
    with pytest.raises(Busy, match="factory reset"):
        await house.do(house.mode.switch_on())
    await house.wait(lambda: house.link is Link.HOTSPOT)


async def test_the_end_of_the_service_ends_it(house: Controlling) -> None:
    await house.on()
    await house.do(house.device.stop())
    assert house.link is not Link.SOFTAP


async def test_killed_it_leaves_nothing_behind(house: Controlling) -> None:
    await house.on()
    await house.kill()
    assert house.world.device.link is Link.SOFTAP
    await house.start()
    await house.wait(lambda: house.link is Link.HOTSPOT)
    assert not house.mode.answer().enabled
    assert any("SoftAP" in one for one in house.said())


async def test_simulated_devices_come_claim_and_go(tmp_path: Path) -> None:
    around, records = world(network(HOME)), household()
    house = Lamp(tmp_path, around, records=records)
    await house.open()
    assert isinstance(house.radio, SimulatedRadio)
    house.open_door = Visitors(house.radio, records, house.clock)
    await house.start(house.radio)
    await house.wait(lambda: house.link is Link.HOTSPOT)
    await house.clock.advance(5)
    mode = house.device.provisioning_mode
    await house.do(mode.switch_on())
    await house.wait(lambda: mode.session().configured == 3)
    assert not mode.session().refused
    await house.do(house.device.stop())
    await house.kill()


async def test_a_factory_reset_forgets_who_was_registered(house: Controlling) -> None:
    await house.device.factory_reset()
    await house.wait(lambda: not house.book.entries)


async def test_a_registry_that_can_not_be_forgotten_is_tried_again(house: Controlling) -> None:
    house.book.broken = True
    await house.device.factory_reset()
    await house.clock.advance(30)
    assert house.book.entries
    assert house.link is Link.HOTSPOT  # reachable all the same
    house.book.broken = False
    await house.wait(lambda: not house.book.entries)
