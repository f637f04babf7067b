"""The ladder as a whole."""

import pytest
from hypothesis import given
from msgspec.structs import replace
from tests.unit.core.ladder.sightings import (
    FOUND,
    NOW,
    OFFLINE,
    ONLINE,
    SILENT,
    TARGETS,
    met,
    rungs,
    seen,
    sightings,
    states,
    verdict,
)

from firstlight.core.ladder import Seen, diagnostics, nmcli_state
from firstlight.core.ladder.seen import below
from firstlight.model.ladder import RungName, RungState
from firstlight.model.radio import Availability, Link, RadioState
from firstlight.model.reach import Internet


def test_all_is_well() -> None:
    found = diagnostics(seen())
    assert found.ladder.verdict is None
    assert {rung.state for rung in found.ladder.rungs} == {RungState.OK}
    assert found.connected
    assert found.internet_reachable
    assert found.dns_resolved
    assert found.nmcli_state == "connected"
    assert found.active_connection == "home profile"
    assert (found.ipv4_address, found.gateway) == ("10.1.0.2", "10.1.0.1")
    assert found.ladder.summary == "Connected to home; everything that was looked at works."
    assert (found.ladder.at, found.ladder.elapsed_ms) == (NOW * 1000, 50)


def test_each_rung_keeps_its_own_time_and_evidence() -> None:
    found = rungs(seen())
    assert found[RungName.GATEWAY].elapsed_ms == 2
    assert found[RungName.DNS].elapsed_ms == 20
    assert found[RungName.INTERNET].elapsed_ms == 40
    assert found[RungName.BROKER].elapsed_ms == 30
    assert found[RungName.DNS].evidence == "page.example is 203.0.113.80."
    assert diagnostics(seen()).details == tuple(rung.evidence for rung in found.values())


def test_offline_there_is_nothing_to_tell() -> None:
    found = diagnostics(seen(radio=OFFLINE, findings=None))
    assert not found.connected
    assert (found.active_connection, found.ipv4_address, found.gateway) == ("", "", "")
    assert found.ladder.summary == "No network is joined."


def test_what_cannot_hold_is_skipped_and_says_why() -> None:
    found = rungs(seen(radio=OFFLINE, findings=None))
    above = [RungName.ADDRESS, RungName.GATEWAY, RungName.DNS, RungName.INTERNET]
    for name in [*above, RungName.NO_PORTAL, RungName.BROKER]:
        assert found[name].state is RungState.SKIPPED
        assert found[name].evidence == "Not judged: no network is joined."
        assert found[name].hint is None
    assert found[RungName.CLOCK].state is RungState.OK


def test_the_lowest_broken_rung_is_the_verdict() -> None:
    dead = replace(FOUND, gateway=SILENT, names=SILENT, internet=met(Internet.NO_NAMES))
    broken = seen(findings=dead, wall=0.0)
    assert verdict(broken) is RungName.GATEWAY
    found = states(broken)
    assert found[RungName.DNS] is found[RungName.INTERNET] is RungState.SKIPPED
    assert found[RungName.CLOCK] is RungState.FAILED
    assert found[RungName.BROKER] is RungState.OK


def test_a_wrong_clock_alone_is_no_lost_connection() -> None:
    found = diagnostics(seen(wall=0.0))
    assert found.ladder.verdict is RungName.CLOCK
    assert found.connected
    assert found.internet_reachable


def test_a_network_that_changed_during_the_look_is_no_fault() -> None:
    found = diagnostics(seen(findings=None))
    assert found.connected
    assert found.ladder.verdict is None
    gateway = found.ladder.rungs[list(RungName).index(RungName.GATEWAY)]
    assert gateway.state is RungState.SKIPPED
    assert "look again" in gateway.evidence


@pytest.mark.parametrize(
    ("availability", "link", "word"),
    [
        (Availability.READY, Link.CONNECTED, "connected"),
        (Availability.READY, Link.HOTSPOT, "connected"),
        (Availability.READY, Link.JOINING, "connecting"),
        (Availability.READY, Link.HOTSPOT_STARTING, "connecting"),
        (Availability.READY, Link.SOFTAP, "connected"),
        (Availability.READY, Link.DOWN, "disconnected"),
        (Availability.NOT_PERMITTED, Link.CONNECTED, "connected"),
        (Availability.UNMANAGED, Link.DOWN, "unmanaged"),
        (Availability.BLOCKED, Link.DOWN, "unavailable"),
        (Availability.SUPPLICANT_GONE, Link.DOWN, "unavailable"),
        (Availability.NO_WIFI_DEVICE, Link.DOWN, "unavailable"),
        (Availability.NO_NETWORK_MANAGER, Link.DOWN, "unavailable"),
    ],
)
def test_the_word_of_nmcli(availability: Availability, link: Link, word: str) -> None:
    assert nmcli_state(RadioState(availability=availability, link=link)) == word


@given(sightings)
def test_rungs_stand_in_order_each_once(sight: Seen) -> None:
    found = diagnostics(sight).ladder
    assert [rung.name for rung in found.rungs] == list(RungName)


@given(sightings)
def test_the_verdict_is_the_first_broken_rung(sight: Seen) -> None:
    found = diagnostics(sight).ladder
    broken = [rung.name for rung in found.rungs if rung.state is RungState.FAILED]
    assert found.verdict == (broken[0] if broken else None)
    assert found.summary.endswith(".")


@given(sightings)
def test_every_rung_says_something_and_a_broken_one_what_to_do(sight: Seen) -> None:
    for rung in diagnostics(sight).ladder.rungs:
        assert rung.evidence.endswith((".", '"DE".'))
        assert (rung.hint is not None) is (rung.state is RungState.FAILED)
        assert rung.hint is None or len(rung.hint) > 10
        assert "{" not in rung.evidence + (rung.hint or "")


@given(sightings)
def test_nothing_is_told_as_broken_that_is_a_mere_consequence(sight: Seen) -> None:
    """Above a broken rung only what is broken in its own right is told as such."""
    found = diagnostics(sight).ladder
    broken = {rung.name for rung in found.rungs if rung.state is RungState.FAILED}
    if found.verdict in below(RungName.GATEWAY):
        assert broken <= {found.verdict, RungName.UNBLOCKED, RungName.CLOCK}
    if RungName.GATEWAY in broken:
        assert not broken & {RungName.DNS, RungName.INTERNET, RungName.NO_PORTAL}
    if broken & {RungName.GATEWAY, RungName.INTERNET, RungName.NO_PORTAL}:
        assert RungName.BROKER not in broken or _broker_is_inside(sight)


def _broker_is_inside(sight: Seen) -> bool:
    found = sight.findings and sight.findings.broker
    return found is not None and found.address == "10.1.0.9"


@given(sightings)
def test_connected_is_the_radios_word_alone(sight: Seen) -> None:
    found = diagnostics(sight)
    assert found.connected is sight.radio.online
    assert found.internet_reachable <= bool(sight.targets)


@given(sightings)
def test_an_offline_radio_always_has_a_verdict(sight: Seen) -> None:
    if not sight.radio.online:
        assert diagnostics(sight).ladder.verdict is not None


@given(sightings)
def test_a_sound_link_is_never_the_verdict(sight: Seen) -> None:
    sound = replace(sight, radio=ONLINE, targets=TARGETS)
    assert verdict(sound) not in below(RungName.GATEWAY)
