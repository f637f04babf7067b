"""Looks behind the link: every adapter of the ReachProbe port."""

import pytest
from tests.contract.reach_harness import (
    BROKER,
    BROKER_BY_ADDRESS,
    BY_ADDRESS,
    BY_NAME,
    HARNESSES,
    behind,
)

from firstlight.model.reach import Broker, Findings, Internet, ReachTarget
from firstlight.radio.simulated.faults import Upstream

pytestmark = pytest.mark.parametrize("probe", HARNESSES)


def told(found: Findings) -> tuple[bool, bool | None, Internet | None, bool | None]:
    """Gateway, names, internet, broker."""
    return (
        found.gateway.holds,
        found.names and found.names.holds,
        found.internet and found.internet.internet,
        found.broker and found.broker.holds,
    )


@pytest.mark.parametrize(
    ("upstream", "expected"),
    [
        (Upstream.YES, (True, True, Internet.REACHABLE, True)),
        (Upstream.NO, (True, True, Internet.UNREACHABLE, False)),
        (Upstream.NO_NAMES, (True, False, Internet.NO_NAMES, False)),
        (Upstream.PORTAL, (True, True, Internet.PORTAL, False)),
    ],
)
async def test_everything_at_once(
    probe: str, upstream: Upstream, expected: tuple[bool, bool, Internet, bool]
) -> None:
    async with behind(probe, upstream) as harness:
        assert told(await harness.climb((BY_NAME,), BROKER)) == expected
        found = await harness.look((BY_NAME,))
        assert (found.gateway, found.internet) == (expected[0], expected[2])


async def test_nothing_answers(probe: str) -> None:
    async with behind(probe, Upstream.DEAD) as harness:
        gateway, names, internet, broker = told(await harness.climb((BY_NAME,), BROKER))
        assert (gateway, names, broker) == (False, False, False)
        assert internet in {Internet.UNREACHABLE, Internet.NO_NAMES}
        assert not (await harness.look((BY_NAME,))).gateway


async def test_a_lease_without_a_gateway_is_told(probe: str) -> None:
    async with behind(probe, Upstream.YES, gateway=False) as harness:
        found = await harness.climb((), None)
        assert not found.gateway.holds
        assert found.gateway.evidence == "The lease names no gateway."


@pytest.mark.parametrize("upstream", [Upstream.YES, Upstream.NO])
async def test_without_targets_nobody_is_asked(probe: str, upstream: Upstream) -> None:
    async with behind(probe, upstream) as harness:
        assert told(await harness.climb((), None)) == (True, None, None, None)
        found = await harness.look(())
        assert (found.gateway, found.internet) == (True, Internet.REACHABLE)
        assert found.evidence == "No target is set."


async def test_addresses_need_no_names(probe: str) -> None:
    async with behind(probe, Upstream.NO_NAMES) as harness:
        found = await harness.climb((BY_ADDRESS,), BROKER_BY_ADDRESS)
        assert told(found) == (True, None, Internet.REACHABLE, True)


@pytest.mark.parametrize(
    ("targets", "broker"),
    [((), BROKER), ((BY_ADDRESS,), BROKER), ((BY_NAME, BY_ADDRESS), None)],
)
async def test_a_name_is_a_question_of_names(
    probe: str, targets: tuple[ReachTarget, ...], broker: Broker | None
) -> None:
    async with behind(probe, Upstream.NO_NAMES) as harness:
        found = await harness.climb(targets, broker)
        assert found.names is not None
        assert not found.names.holds
        if broker is not None:
            assert found.broker is not None
            assert (found.broker.holds, found.broker.address) == (False, None)


async def test_a_broker_is_looked_for_at_an_address(probe: str) -> None:
    async with behind(probe, Upstream.NO) as harness:
        by_name = (await harness.climb((), BROKER)).broker
        by_address = (await harness.climb((), BROKER_BY_ADDRESS)).broker
        assert by_name is not None
        assert by_name.address is not None
        assert by_address is not None
        assert by_address.address == BROKER_BY_ADDRESS.host


@pytest.mark.parametrize("upstream", [Upstream.YES, Upstream.NO_NAMES, Upstream.PORTAL])
async def test_evidence_is_a_sentence(probe: str, upstream: Upstream) -> None:
    async with behind(probe, upstream) as harness:
        found = await harness.climb((BY_NAME,), BROKER)
        for one in (found.gateway, found.names, found.internet, found.broker):
            assert one is not None
            assert one.evidence.endswith(".")
            assert one.elapsed_ms >= 0
