"""The list of networks: fresh, without a scan too many."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from tests.unit.daemon.lamp import network, world
from tests.unit.daemon.proxies import FailingRadio

from firstlight.daemon.lookout import FRESH_SECONDS, Lookout
from firstlight.errors import Busy, RadioFailure, RadioUnavailable
from firstlight.model.radio import AccessPointsChanged, RadioEvent
from firstlight.radio.simulated.clock import VirtualClock
from firstlight.radio.simulated.radio import SimulatedRadio


class Looking:
    """A lookout, its radio, and the clock of both."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.world = world(network(b"home"), network(b"pier"))
        self.radio = FailingRadio(SimulatedRadio(self.world, self.clock))
        self.lookout = Lookout(self.radio, self.clock)

    def heard(self, event: RadioEvent) -> None:
        if isinstance(event, AccessPointsChanged):
            self.lookout.scanned()

    async def renew(self) -> None:
        task = asyncio.create_task(self.lookout.renew())
        await self.clock.advance(3)
        assert task.done()
        await task

    @property
    def scans(self) -> int:
        return self.radio.asked.count("scan")

    @property
    def listed(self) -> list[str]:
        return [one.ssid for one in self.lookout.entries(())]


@pytest.fixture
async def looking() -> AsyncIterator[Looking]:
    made = Looking()
    await made.radio.open()
    with made.radio.subscribe(made.heard):
        yield made
        await made.lookout.close()
    await made.radio.close()


async def test_an_old_list_is_renewed_and_a_fresh_one_is_not(looking: Looking) -> None:
    await looking.renew()
    assert looking.listed == ["home", "pier"]
    assert looking.scans == 1
    await looking.renew()
    assert looking.scans == 1
    await looking.clock.advance(FRESH_SECONDS)
    await looking.renew()
    assert looking.scans == 2


async def test_a_scan_by_others_counts(looking: Looking) -> None:
    scan = asyncio.create_task(looking.radio.inner.scan())
    await looking.clock.advance(3)
    await scan
    await looking.renew()
    assert looking.scans == 0


async def test_everybody_who_asks_at_once_shares_one_scan(looking: Looking) -> None:
    askers = [asyncio.create_task(looking.lookout.renew()) for _ in range(8)]
    await looking.clock.advance(1)
    askers += [asyncio.create_task(looking.lookout.renew()) for _ in range(8)]
    assert not any(asker.done() for asker in askers)
    await looking.clock.advance(2)
    await asyncio.gather(*askers)
    assert looking.scans == 1


async def test_who_goes_away_does_not_spoil_it_for_the_others(looking: Looking) -> None:
    gone, staying = (asyncio.create_task(looking.lookout.renew()) for _ in range(2))
    await looking.clock.advance(1)
    gone.cancel()
    await looking.clock.advance(2)
    await staying
    assert gone.cancelled()
    assert looking.scans == 1
    assert looking.listed == ["home", "pier"]


@pytest.mark.parametrize("error", [Busy("It is busy."), RadioFailure("It failed.")])
async def test_the_list_of_before_is_better_than_none(
    looking: Looking, error: Busy | RadioFailure
) -> None:
    looking.radio.fails["scan"] = error
    with pytest.raises(type(error)):
        await looking.renew()
    looking.radio.fails.clear()
    await looking.renew()
    looking.radio.fails["scan"] = error
    await looking.clock.advance(FRESH_SECONDS)
    await looking.renew()
    assert looking.listed == ["home", "pier"]


async def test_a_radio_that_is_gone_is_told_with_and_without_a_list(looking: Looking) -> None:
    await looking.renew()
    await looking.clock.advance(FRESH_SECONDS)
    looking.radio.fails["scan"] = RadioUnavailable("It is gone.")
    with pytest.raises(RadioUnavailable):
        await looking.renew()


async def test_looking_round_before_the_radio_goes_deaf_unless_the_list_is_fresh(
    looking: Looking,
) -> None:
    task = asyncio.create_task(looking.lookout.look_round())
    await looking.clock.advance(3)
    await task
    assert looking.listed == ["home", "pier"]
    await looking.lookout.look_round()
    assert looking.scans == 1
    await looking.clock.advance(60)
    task = asyncio.create_task(looking.lookout.look_round())
    await looking.clock.advance(3)
    await task
    assert looking.scans == 2


async def test_looking_round_in_vain_is_no_failure(looking: Looking) -> None:
    looking.radio.fails["scan"] = RadioUnavailable("It is gone.")
    await looking.lookout.look_round()
    assert looking.listed == []


async def test_closing_ends_the_scan(looking: Looking) -> None:
    asker = asyncio.create_task(looking.lookout.renew())
    await looking.clock.advance(1)
    await looking.lookout.close()
    await looking.clock.advance(0)
    assert asker.cancelled()
    await looking.lookout.close()


async def test_a_scan_that_fails_after_everybody_has_gone_is_nobodys_fault(
    looking: Looking, caplog: pytest.LogCaptureFixture
) -> None:
    asker = asyncio.create_task(looking.lookout.renew())
    await looking.clock.advance(1)
    asker.cancel()
    await looking.clock.advance(0)
    looking.world.scanner.abort(RadioFailure("It failed."))
    await looking.clock.advance(1)
    await looking.renew()
    assert looking.scans == 2
    assert [record for record in caplog.records if record.name == "asyncio"] == []
