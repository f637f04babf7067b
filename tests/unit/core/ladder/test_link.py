"""Radio, switches, network, address."""

import pytest
from msgspec.structs import replace
from tests.unit.core.ladder.sightings import HOME, OFFLINE, ONLINE, rungs, seen, states, verdict

from firstlight.core.ladder import diagnostics
from firstlight.model.ladder import Rung, RungName, RungState
from firstlight.model.profile import ProfileKind
from firstlight.model.radio import Availability, Link, RadioState
from firstlight.model.regulation import Regulation, Switch

SOFT = Switch(name="phy0", soft_blocked=True, hard_blocked=False)
HARD = Switch(name="phy0", soft_blocked=True, hard_blocked=True)
FREE = Switch(name="phy0", soft_blocked=False, hard_blocked=False)


def without(availability: Availability, *switches: Switch) -> dict[RungName, Rung]:
    radio = RadioState(availability=availability)
    return rungs(
        seen(radio=radio, findings=None, regulation=Regulation(switches=switches, country="DE"))
    )


@pytest.mark.parametrize(
    ("availability", "evidence", "hint"),
    [
        (Availability.NO_NETWORK_MANAGER, "NetworkManager is not running", "systemctl"),
        (Availability.NOT_PERMITTED, "does not let", "root"),
        (Availability.NO_WIFI_DEVICE, "no WiFi device", "Plug one in"),
        (Availability.UNKNOWN_INTERFACE, "configured", "interface"),
        (Availability.UNMANAGED, "does not manage", "nmcli device set wlan0 managed yes"),
        (Availability.SUPPLICANT_GONE, "wpa_supplicant", "systemctl restart"),
    ],
)
def test_no_radio_to_work_with(availability: Availability, evidence: str, hint: str) -> None:
    rung = without(availability)[RungName.RADIO]
    assert rung.state is RungState.FAILED
    assert evidence in rung.evidence
    assert hint in (rung.hint or "")


def test_the_radio_that_is_not_managed_is_named() -> None:
    radio = RadioState(availability=Availability.UNMANAGED, interface="wlp2s0")
    found = rungs(seen(radio=radio, findings=None))[RungName.RADIO]
    assert "nmcli device set wlp2s0 managed yes" in (found.hint or "")


@pytest.mark.parametrize(
    ("radio", "evidence"),
    [
        (ONLINE, "wlan0 is there (driver brcmfmac)."),
        (OFFLINE, "wlan0 is there."),
        (RadioState(availability=Availability.READY), "The radio is there."),
    ],
)
def test_a_radio_is_named(radio: RadioState, evidence: str) -> None:
    assert rungs(seen(radio=radio))[RungName.RADIO].evidence == evidence


@pytest.mark.parametrize(
    ("switches", "evidence", "hint"),
    [
        ((), "The WiFi radio is switched off.", "the switch on the case"),
        ((FREE,), "The WiFi radio is switched off.", "the switch on the case"),
        ((SOFT,), "phy0 is soft-blocked", "Switch it on: rfkill unblock wifi"),
        ((HARD,), "phy0 is hard-blocked", "firmware's setup"),
    ],
)
def test_a_radio_that_is_switched_off(
    switches: tuple[Switch, ...], evidence: str, hint: str
) -> None:
    found = without(Availability.BLOCKED, *switches)
    assert found[RungName.RADIO].state is RungState.OK
    rung = found[RungName.UNBLOCKED]
    assert rung.state is RungState.FAILED
    assert evidence in rung.evidence
    assert hint in (rung.hint or "")


def test_a_switch_that_is_off_is_told_beside_a_missing_radio() -> None:
    found = without(Availability.NO_WIFI_DEVICE, HARD)
    assert found[RungName.RADIO].state is found[RungName.UNBLOCKED].state is RungState.FAILED
    assert without(Availability.NO_WIFI_DEVICE, FREE)[RungName.UNBLOCKED].state is RungState.OK
    assert without(Availability.NO_WIFI_DEVICE)[RungName.UNBLOCKED].evidence == (
        "Not judged: there is no radio that can be used."
    )


def test_networkmanagers_word_counts_before_the_switches() -> None:
    assert states(seen(regulation=Regulation(switches=(HARD,))))[RungName.UNBLOCKED] is RungState.OK


@pytest.mark.parametrize(
    ("kernel", "configured", "evidence"),
    [
        ("DE", None, "The kernel's country is DE."),
        ("00", None, "No country is configured"),
        ("", None, "No country is configured"),
        ("00", "FR", "The configured country is FR."),
        ("DE", "FR", "The configured country is FR."),
    ],
)
def test_the_country_is_told(kernel: str, configured: str | None, evidence: str) -> None:
    rung = rungs(seen(regulation=Regulation(country=kernel), country=configured))
    assert rung[RungName.UNBLOCKED].state is RungState.OK
    assert evidence in rung[RungName.UNBLOCKED].evidence


def test_nothing_is_told_of_a_country_that_is_not_known() -> None:
    found = rungs(seen(regulation=Regulation()))
    assert found[RungName.UNBLOCKED].evidence == "The radio is switched on."


def test_a_network_is_told_with_its_access_point() -> None:
    assert rungs(seen())[RungName.ASSOCIATED].evidence == (
        "Joined home (access point 02:00:00:00:00:01, 2412 MHz)."
    )
    bare = replace(ONLINE, profile=None, bssid=None, frequency=None)
    assert rungs(seen(radio=bare))[RungName.ASSOCIATED].evidence == "Joined a network."


@pytest.mark.parametrize(
    ("link", "words"),
    [
        (Link.HOTSPOT, "The device is offering its hotspot home"),
        (Link.HOTSPOT_STARTING, "The device is starting its hotspot home"),
    ],
)
def test_a_hotspot_ends_the_ladder(link: Link, words: str) -> None:
    profile = replace(HOME, kind=ProfileKind.HOTSPOT)
    sight = seen(radio=replace(ONLINE, link=link, profile=profile), findings=None)
    assert verdict(sight) is RungName.ASSOCIATED
    rung = rungs(sight)[RungName.ASSOCIATED]
    assert rung.evidence == f"{words}, so it has joined no network."
    assert diagnostics(sight).ladder.summary == f"{words}."
    assert states(sight)[RungName.ADDRESS] is RungState.SKIPPED


def test_a_hotspot_without_a_name() -> None:
    radio = replace(OFFLINE, link=Link.HOTSPOT)
    assert diagnostics(seen(radio=radio, findings=None)).ladder.summary == (
        "The device is offering its hotspot."
    )


def test_a_join_under_way_is_told() -> None:
    sight = seen(radio=replace(OFFLINE, link=Link.JOINING, profile=HOME), findings=None)
    assert rungs(sight)[RungName.ASSOCIATED].evidence == (
        "The radio is joining home at the moment."
    )
    assert "Wait" in (rungs(sight)[RungName.ASSOCIATED].hint or "")


def test_a_radio_that_hands_out_configuration_is_told() -> None:
    radio = replace(ONLINE, link=Link.SOFTAP, profile=replace(HOME, kind=ProfileKind.HOTSPOT))
    sight = seen(radio=radio, findings=None)
    assert verdict(sight) is RungName.ASSOCIATED
    assert diagnostics(sight).ladder.summary == ("The radio hands out configuration at the moment.")


def test_no_address() -> None:
    sight = seen(radio=replace(ONLINE, ipv4=None), findings=None)
    assert verdict(sight) is RungName.ADDRESS
    assert rungs(sight)[RungName.ADDRESS].evidence == (
        "home accepted the device but gave it no address."
    )
    assert "DHCP" in (rungs(sight)[RungName.ADDRESS].hint or "")


def test_an_address_is_told() -> None:
    assert rungs(seen())[RungName.ADDRESS].evidence == "The address is 10.1.0.2/24."
