"""The diagnostic ladder in a simulated world."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace
from tests.unit.daemon.lamp import network
from tests.unit.daemon.proxies import ReachInBetween

from firstlight.config import Config
from firstlight.config.shape import Mqtt, Reachability
from firstlight.core.ladder.clock import RELEASED
from firstlight.daemon.diagnosis import CLIMB_SECONDS, Diagnosis
from firstlight.model.claimed import ClaimedBroker
from firstlight.model.ladder import Diagnostics, Rung, RungName, RungState
from firstlight.model.passphrase import Passphrase
from firstlight.model.profile import HotspotSettings
from firstlight.model.regulation import Regulation, Switch
from firstlight.model.ssid import Ssid
from firstlight.radio.simulated.clock import VirtualClock
from firstlight.radio.simulated.description import (
    AccessPointTable,
    Description,
    Durations,
    SavedTable,
)
from firstlight.radio.simulated.faults import Blocked, Outage, Upstream, UpstreamChanged
from firstlight.radio.simulated.radio import SimulatedRadio
from firstlight.radio.simulated.reach import SimulatedReach
from firstlight.radio.simulated.world import World

HOME = Ssid(b"home")
PROMISED_SECONDS = 8.0


class Patient:
    """A radio that has joined ``home``, and its diagnosis."""

    def __init__(self, table: AccessPointTable, config: Config, *, silence: float = 3.0) -> None:
        self.clock = VirtualClock(wall=RELEASED + 1000.0)
        self.world = World(
            Description(
                access_points=(table,),
                saved=(SavedTable(ssid=HOME, passphrase=Passphrase("correct-horse")),),
                durations=Durations(probe_silent=silence),
            )
        )
        self.radio = SimulatedRadio(self.world, self.clock)
        self.reach = ReachInBetween(SimulatedReach(self.world, self.clock))
        self.asked: list[str] = []
        self.regulation = Regulation()
        self.claimed: ClaimedBroker | None = None
        self.diagnosis = Diagnosis(
            self.radio,
            self.reach,
            self.clock,
            config,
            regulation=self._regulation,
            claimed_broker=lambda: self.claimed,
        )

    def _regulation(self, interface: str) -> Regulation:
        self.asked.append(interface)
        return self.regulation

    async def climb(self, seconds: float = PROMISED_SECONDS) -> Diagnostics:
        """The ladder; fails unless it is there within that time."""
        task = asyncio.create_task(self.diagnosis.climb())
        await self.clock.advance(seconds)
        assert task.done()
        return task.result()


@pytest.fixture
async def patients() -> AsyncIterator[list[Patient]]:
    made: list[Patient] = []
    yield made
    for patient in made:
        await patient.diagnosis.close()
        await patient.radio.close()


async def joined(patients: list[Patient], patient: Patient) -> Patient:
    patients.append(patient)
    await patient.radio.open()
    await patient.clock.advance(30)
    assert patient.radio.state.online
    return patient


def rung(found: Diagnostics, name: RungName) -> Rung:
    return next(rung for rung in found.ladder.rungs if rung.name is name)


async def test_a_device_in_order(patients: list[Patient]) -> None:
    patient = await joined(patients, Patient(network(b"home"), Config()))
    found = await patient.climb()
    assert found.ladder.verdict is None
    assert found.connected
    assert found.internet_reachable
    assert found.ladder.elapsed_ms == 150
    assert rung(found, RungName.BROKER).state is RungState.SKIPPED
    assert patient.asked == ["wlan0"]


@pytest.mark.parametrize(
    ("upstream", "verdict"),
    [
        (Upstream.NO, RungName.INTERNET),
        (Upstream.NO_NAMES, RungName.DNS),
        (Upstream.PORTAL, RungName.NO_PORTAL),
        (Upstream.DEAD, RungName.GATEWAY),
    ],
)
async def test_the_verdict_names_what_lies_behind(
    patients: list[Patient], upstream: Upstream, verdict: RungName
) -> None:
    patient = await joined(patients, Patient(network(b"home", internet=upstream), Config()))
    found = await patient.climb()
    assert found.ladder.verdict is verdict
    assert found.connected


async def test_silence_ends_within_the_promised_time(patients: list[Patient]) -> None:
    silent = network(b"home", internet=Upstream.DEAD)
    patient = await joined(patients, Patient(silent, Config(), silence=600.0))
    assert (await patient.climb()).ladder.elapsed_ms == CLIMB_SECONDS * 1000


async def test_the_configured_broker_is_looked_for(patients: list[Patient]) -> None:
    config = Config(mqtt=Mqtt(host="broker.example", port=8883), reach=Reachability(targets=()))
    no_internet = network(b"home", internet=Upstream.NO)
    patient = await joined(patients, Patient(no_internet, config))
    found = await patient.climb()
    assert found.ladder.verdict is RungName.BROKER
    assert "broker.example" in found.ladder.summary


async def test_an_offline_radio_looks_at_nothing(patients: list[Patient]) -> None:
    patient = await joined(patients, Patient(network(b"home"), Config()))
    patient.world.begin(Blocked())
    patient.regulation = Regulation(
        switches=(Switch(name="phy0", soft_blocked=True, hard_blocked=False),)
    )
    await patient.clock.advance(5)
    found = await patient.climb(0)
    assert found.ladder.verdict is RungName.UNBLOCKED
    assert "soft-blocked" in rung(found, RungName.UNBLOCKED).evidence
    assert patient.reach.climbs == 0
    assert not found.connected


async def test_a_device_that_is_a_hotspot_says_so(patients: list[Patient]) -> None:
    patient = await joined(patients, Patient(network(b"home"), Config()))
    settings = HotspotSettings(
        profile_name="Hotspot",
        ssid=Ssid(b"Firstlight-NODE"),
        passphrase=Passphrase("hotspot-passphrase"),
        channel=6,
    )
    task = asyncio.create_task(patient.radio.hotspot_up(settings))
    await patient.clock.advance(10)
    await task
    found = await patient.climb(0)
    assert found.ladder.verdict is RungName.ASSOCIATED
    assert found.ladder.summary == "The device is offering its hotspot Firstlight-NODE."


async def test_a_network_that_goes_away_meanwhile_is_the_verdict(patients: list[Patient]) -> None:
    silent = network(b"home", internet=Upstream.DEAD)
    patient = await joined(patients, Patient(silent, Config(), silence=600.0))
    patient.world.timeline.after(1, lambda: patient.world.begin(Outage(ssid=HOME)))
    found = await patient.climb()
    assert found.ladder.verdict is RungName.ASSOCIATED
    assert not found.connected


async def test_a_network_that_becomes_another_one_meanwhile_is_not_judged(
    patients: list[Patient],
) -> None:
    silent = network(b"home", internet=Upstream.DEAD)
    patient = await joined(patients, Patient(silent, Config(), silence=600.0))
    task = asyncio.create_task(patient.diagnosis.climb())
    await patient.clock.advance(1)
    device = patient.world.device
    assert device.ipv4 is not None
    device.ipv4 = replace(device.ipv4, address="192.168.20.51")
    await patient.clock.advance(7)
    found = await task
    assert found.ladder.verdict is None
    assert "look again" in rung(found, RungName.GATEWAY).evidence


async def test_everybody_who_asks_at_once_shares_one_climb(patients: list[Patient]) -> None:
    patient = await joined(patients, Patient(network(b"home"), Config()))
    tasks = [asyncio.create_task(patient.diagnosis.climb()) for _ in range(8)]
    await patient.clock.advance(0.1)
    tasks += [asyncio.create_task(patient.diagnosis.climb()) for _ in range(8)]
    await patient.clock.advance(1)
    found = await asyncio.gather(*tasks)
    assert len(set(map(id, found))) == 1
    assert patient.reach.climbs == 1


async def test_later_it_looks_again(patients: list[Patient]) -> None:
    patient = await joined(patients, Patient(network(b"home"), Config()))
    assert (await patient.climb()).ladder.verdict is None
    patient.world.begin(UpstreamChanged(ssid=HOME, internet=Upstream.PORTAL))
    assert (await patient.climb()).ladder.verdict is RungName.NO_PORTAL


async def test_who_goes_away_does_not_spoil_it_for_the_others(patients: list[Patient]) -> None:
    patient = await joined(patients, Patient(network(b"home"), Config()))
    gone, staying = (asyncio.create_task(patient.diagnosis.climb()) for _ in range(2))
    await patient.clock.advance(0.1)
    gone.cancel()
    await patient.clock.advance(1)
    assert gone.cancelled()
    assert (await staying).internet_reachable
    assert patient.reach.climbs == 1


async def test_a_claimed_broker_is_looked_for_where_none_is_configured(
    patients: list[Patient],
) -> None:
    no_internet = network(b"home", internet=Upstream.NO)
    config = Config(reach=Reachability(targets=()))
    patient = await joined(patients, Patient(no_internet, config))
    patient.claimed = ClaimedBroker(host="claimed.example")
    found = await patient.climb()
    assert "claimed.example" in found.ladder.summary


async def test_closing_ends_the_climb(patients: list[Patient]) -> None:
    patient = await joined(patients, Patient(network(b"home"), Config()))
    asking = asyncio.create_task(patient.diagnosis.climb())
    await patient.clock.advance(0.1)
    await patient.diagnosis.close()
    await patient.clock.advance(0)
    assert asking.cancelled()
    await patient.diagnosis.close()


async def test_a_simulated_radio_has_no_regulation() -> None:
    """Nothing of this machine's own switches gets into it."""
    clock = VirtualClock(wall=RELEASED + 1.0)
    world = World(Description())
    radio = SimulatedRadio(world, clock)
    await radio.open()
    found = await Diagnosis(radio, SimulatedReach(world, clock), clock, Config()).climb()
    assert rung(found, RungName.UNBLOCKED).evidence == "The radio is switched on."
    assert found.ladder.verdict is RungName.ASSOCIATED
    await radio.close()


async def test_a_fault_that_nobody_waits_for_any_more_is_nobodys_news(
    patients: list[Patient], caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(SimulatedReach):
        async def climb(self, *_: object, **__: object) -> None:  # type: ignore[override]
            await asyncio.sleep(0)
            raise ValueError("a fault")

    patient = await joined(patients, Patient(network(b"home"), Config()))
    patient.reach.inner = Broken(patient.world, patient.clock)
    asker = asyncio.create_task(patient.diagnosis.climb())
    await asyncio.sleep(0)
    asker.cancel()
    await patient.clock.advance(1)
    assert [record for record in caplog.records if record.name == "asyncio"] == []
    with pytest.raises(ValueError, match="a fault"):
        await patient.diagnosis.climb()
