"""Gateway, names, internet, sign-in page, broker."""

import pytest
from msgspec.structs import replace
from tests.unit.core.ladder.sightings import (
    BROKER,
    BY_ADDRESS,
    FOUND,
    LEASE,
    ONLINE,
    SILENT,
    met,
    rungs,
    seen,
    states,
    verdict,
)

from firstlight.core.ladder import diagnostics
from firstlight.model.ladder import RungName, RungState
from firstlight.model.reach import Broker, BrokerFinding, Internet

ROUTERLESS = replace(ONLINE, ipv4=replace(LEASE, gateway=None))


def test_a_silent_gateway() -> None:
    sight = seen(findings=replace(FOUND, gateway=SILENT, internet=met(Internet.UNREACHABLE)))
    assert verdict(sight) is RungName.GATEWAY
    rung = rungs(sight)[RungName.GATEWAY]
    assert (rung.evidence, rung.elapsed_ms) == ("Silence.", 4000)
    assert "Restart the router" in (rung.hint or "")
    assert diagnostics(sight).ladder.summary == (
        "home gave an address, but its gateway does not answer."
    )
    assert states(sight)[RungName.DNS] is RungState.OK
    assert states(sight)[RungName.INTERNET] is RungState.SKIPPED


def test_a_lease_without_a_gateway_is_fine_where_none_is_required() -> None:
    findings = replace(FOUND, gateway=SILENT)
    assert verdict(seen(radio=ROUTERLESS, findings=findings)) is RungName.GATEWAY
    sight = seen(radio=ROUTERLESS, findings=findings, gateway_required=False)
    assert verdict(sight) is None
    assert states(sight)[RungName.GATEWAY] is RungState.SKIPPED
    assert "join.require_gateway" in rungs(sight)[RungName.GATEWAY].evidence


def test_a_gateway_that_is_named_has_to_answer() -> None:
    sight = seen(findings=replace(FOUND, gateway=SILENT), gateway_required=False)
    assert verdict(sight) is RungName.GATEWAY


def test_names_that_do_not_resolve() -> None:
    dead = replace(FOUND, names=SILENT, internet=met(Internet.NO_NAMES))
    sight = seen(findings=dead)
    assert verdict(sight) is RungName.DNS
    assert "DNS" in (rungs(sight)[RungName.DNS].hint or "")
    assert rungs(sight)[RungName.INTERNET].evidence == "Not judged: names can't be looked up."
    assert not diagnostics(sight).dns_resolved


def test_a_page_by_its_address_is_broken_in_its_own_right() -> None:
    """DNS being broken as well explains nothing about it."""
    found = states(seen(findings=replace(FOUND, names=SILENT, internet=met(Internet.UNREACHABLE))))
    assert found[RungName.DNS] is found[RungName.INTERNET] is RungState.FAILED


def test_pages_by_address_need_no_names() -> None:
    sight = seen(targets=BY_ADDRESS, broker=None, findings=replace(FOUND, names=None, broker=None))
    assert verdict(sight) is None
    assert states(sight)[RungName.DNS] is RungState.SKIPPED
    assert "by its address" in rungs(sight)[RungName.DNS].evidence


def test_a_broker_by_name_is_a_question_of_names() -> None:
    sight = seen(targets=(), findings=replace(FOUND, internet=None))
    assert states(sight)[RungName.DNS] is RungState.OK


def test_a_closed_network_without_targets() -> None:
    findings = replace(FOUND, names=None, internet=None, broker=None)
    sight = seen(targets=(), broker=None, findings=findings)
    found = rungs(sight)
    assert verdict(sight) is None
    for name in (RungName.DNS, RungName.INTERNET, RungName.NO_PORTAL):
        assert found[name].state is RungState.SKIPPED
        assert "No target is set" in found[name].evidence
    assert not diagnostics(sight).internet_reachable


def test_no_internet() -> None:
    sight = seen(findings=replace(FOUND, internet=met(Internet.UNREACHABLE)))
    assert verdict(sight) is RungName.INTERNET
    assert rungs(sight)[RungName.NO_PORTAL].evidence == (
        "Not judged: the internet can't be reached."
    )
    assert "reach.targets" in (rungs(sight)[RungName.INTERNET].hint or "")


def test_a_sign_in_page_is_its_own_rung() -> None:
    sight = seen(findings=replace(FOUND, internet=met(Internet.PORTAL)))
    assert verdict(sight) is RungName.NO_PORTAL
    assert states(sight)[RungName.INTERNET] is RungState.SKIPPED
    assert "somebody else answers" in rungs(sight)[RungName.INTERNET].evidence
    assert "MAC address" in (rungs(sight)[RungName.NO_PORTAL].hint or "")
    assert not diagnostics(sight).internet_reachable
    assert diagnostics(sight).connected


@pytest.mark.parametrize("internet", [Internet.NO_NAMES, Internet.UNREACHABLE])
def test_without_any_page_a_sign_in_page_is_not_judged(internet: Internet) -> None:
    found = rungs(seen(findings=replace(FOUND, internet=met(internet))))
    assert found[RungName.NO_PORTAL].state is RungState.SKIPPED


def lost(address: str | None) -> BrokerFinding:
    return BrokerFinding(holds=False, evidence="It is lost.", address=address)


def test_no_broker_is_configured() -> None:
    rung = rungs(seen(broker=None))[RungName.BROKER]
    assert rung.state is RungState.SKIPPED
    assert "mqtt.host" in rung.evidence


@pytest.mark.parametrize("address", [None, "10.1.0.9", "203.0.113.81"])
def test_a_broker_that_is_lost(address: str | None) -> None:
    sight = seen(findings=replace(FOUND, broker=lost(address)))
    assert verdict(sight) is RungName.BROKER
    assert diagnostics(sight).ladder.summary == ("The MQTT broker broker.example can't be reached.")
    assert "mqtt.port" in (rungs(sight)[RungName.BROKER].hint or "")


@pytest.mark.parametrize(
    ("address", "state"),
    [
        (None, RungState.FAILED),
        ("10.1.0.9", RungState.FAILED),
        ("203.0.113.81", RungState.SKIPPED),
    ],
)
def test_a_broker_beyond_a_dead_internet(address: str | None, state: RungState) -> None:
    """Only a broker out there is explained by it: names resolve, and the network is up."""
    findings = replace(FOUND, internet=met(Internet.UNREACHABLE), broker=lost(address))
    assert states(seen(findings=findings))[RungName.BROKER] is state


def test_a_broker_in_the_network_needs_no_gateway() -> None:
    findings = replace(FOUND, gateway=SILENT, internet=None, broker=lost("10.1.0.9"))
    near = Broker(host="10.1.0.9", port=1883)
    assert states(seen(findings=findings, broker=near))[RungName.BROKER] is RungState.FAILED
    far = replace(findings, broker=lost("203.0.113.81"))
    assert states(seen(findings=far, broker=BROKER))[RungName.BROKER] is RungState.SKIPPED


def test_a_broker_whose_name_is_lost_with_all_others() -> None:
    findings = replace(FOUND, names=SILENT, internet=met(Internet.NO_NAMES), broker=lost(None))
    assert states(seen(findings=findings))[RungName.BROKER] is RungState.SKIPPED
