"""Sequences of signals as NetworkManager 1.42 and wpa_supplicant 2.10 send them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstlight.model.radio import Ipv4, LinkReason, LinkReport, LinkStage
from firstlight.radio.nm.codes import DeviceState, StateReason
from firstlight.radio.nm.trial import TrialWatch

LEASE = Ipv4(address="192.168.7.23", prefix=24, gateway="192.168.7.1")
ORDER = list(LinkStage)
START = [
    (DeviceState.PREPARE, StateReason.NONE),
    (DeviceState.CONFIG, StateReason.NONE),
    (DeviceState.NEED_AUTH, StateReason.NONE),
    (DeviceState.PREPARE, StateReason.NONE),
    (DeviceState.CONFIG, StateReason.NONE),
]
OLD_ENDS = [
    (DeviceState.DEACTIVATING, StateReason.NEW_ACTIVATION),
    (DeviceState.DISCONNECTED, StateReason.NEW_ACTIVATION),
]
ADDRESSING = [
    (DeviceState.IP_CONFIG, StateReason.NONE),
    (DeviceState.IP_CHECK, StateReason.NONE),
    (DeviceState.SECONDARIES, StateReason.NONE),
    (DeviceState.ACTIVATED, StateReason.NONE),
]
HANDSHAKE = ["authenticating", "associating", "associated", "4way_handshake"]
UP = [*HANDSHAKE, "group_handshake", "completed"]
WHOLE = [
    LinkStage.ASSOCIATING,
    LinkStage.ASSOCIATED,
    LinkStage.AUTHENTICATED,
    LinkStage.CONNECTED,
]

Said = tuple[DeviceState, StateReason] | str | int


class Played:
    """A watch, and what it reports. A string is a supplicant state, a number an 802.11 status."""

    def __init__(self, *, sae: bool = False) -> None:
        self.reports: list[LinkReport] = []
        self.watch = TrialWatch(self.reports.append, simultaneous_authentication=sae)

    def play(self, *said: Said) -> None:
        for one in said:
            match one:
                case (state, reason):
                    self.watch.device_state(state, reason)
                case str(state):
                    self.watch.supplicant({"State": state})
                case int(status):
                    self.watch.supplicant({"AuthStatusCode": status})

    @property
    def stages(self) -> list[LinkStage]:
        return [report.stage for report in self.reports]

    @property
    def reason(self) -> LinkReason:
        assert self.stages.count(LinkStage.FAILED) == 1
        assert self.stages[-1] is LinkStage.FAILED
        return self.reports[-1].reason


@pytest.fixture
def played() -> Played:
    return Played()


def test_wpa2_goes_well(played: Played) -> None:
    played.play(*START, *UP, *ADDRESSING)
    played.watch.address(LEASE)
    assert played.stages == WHOLE
    assert played.reports[-1].ipv4 == LEASE
    assert played.watch.connected


def test_an_open_network_goes_well(played: Played) -> None:
    played.play(*START[:2], "authenticating", "associating", "associated", "completed", *ADDRESSING)
    played.watch.address(LEASE)
    assert played.stages == WHOLE


def test_sae_goes_well() -> None:
    played = Played(sae=True)
    played.play(*START, "authenticating", 0, *UP[1:], *ADDRESSING)
    played.watch.address(LEASE)
    assert played.stages == WHOLE


def test_without_the_supplicant_networkmanager_tells_the_rest(played: Played) -> None:
    played.play(*START, *ADDRESSING)
    played.watch.address(LEASE)
    assert played.stages == [LinkStage.AUTHENTICATED, LinkStage.CONNECTED]


def test_the_old_connections_end_is_not_the_trials(played: Played) -> None:
    played.play("disconnected", "completed", 1, 1, *OLD_ENDS)
    assert played.reports == []
    played.play(*START)
    played.play((DeviceState.FAILED, StateReason.SSID_NOT_FOUND))
    assert played.reason is LinkReason.SSID_NOT_FOUND


def test_a_wrong_wpa2_password_is_told_when_networkmanager_asks_again(played: Played) -> None:
    played.play(*START, *HANDSHAKE, "disconnected")
    assert LinkStage.FAILED not in played.stages
    played.play((DeviceState.NEED_AUTH, StateReason.SUPPLICANT_DISCONNECT))
    assert played.reason is LinkReason.HANDSHAKE_FAILED
    played.play((DeviceState.FAILED, StateReason.NO_SECRETS))
    played.play((DeviceState.DISCONNECTED, StateReason.NONE))
    assert played.stages == [LinkStage.ASSOCIATING, LinkStage.ASSOCIATED, LinkStage.FAILED]


def test_two_broken_handshakes_are_enough(played: Played) -> None:
    played.play(*START, *HANDSHAKE, "disconnected", "scanning", *HANDSHAKE, "disconnected")
    assert played.reason is LinkReason.HANDSHAKE_FAILED


def test_once_a_handshake_was_completed_it_is_not_the_password(played: Played) -> None:
    """As an overloaded access point does: it begins anew, and throws the station out."""
    again = ("4way_handshake", "disconnected")
    played.play(*START, *UP, *again, *HANDSHAKE, *again)
    assert LinkStage.FAILED not in played.stages
    played.play((DeviceState.NEED_AUTH, StateReason.SUPPLICANT_DISCONNECT))
    assert played.reason is LinkReason.SUPPLICANT_TIMEOUT


def test_a_password_asked_for_in_vain_is_missing(played: Played) -> None:
    played.play(*START[:3], (DeviceState.FAILED, StateReason.NO_SECRETS))
    assert played.reason is LinkReason.NO_SECRETS


def test_needing_secrets_at_the_start_is_no_failure(played: Played) -> None:
    played.play(*START)
    assert played.reports == []


def test_sae_refused_twice_is_the_password() -> None:
    played = Played(sae=True)
    played.play(*START, "authenticating", 1, "disconnected", "scanning", "authenticating")
    assert LinkStage.FAILED not in played.stages
    played.play(1)
    assert played.reason is LinkReason.HANDSHAKE_FAILED


def test_sae_refused_once_and_then_silence_is_the_password_too() -> None:
    played = Played(sae=True)
    played.play(*START, "authenticating", 15)
    played.play((DeviceState.FAILED, StateReason.SUPPLICANT_TIMEOUT))
    assert played.reason is LinkReason.HANDSHAKE_FAILED


def test_a_status_code_means_the_password_only_with_sae(played: Played) -> None:
    played.play(*START, "authenticating", 1, 1, 1)
    assert played.stages == [LinkStage.ASSOCIATING]


def test_losing_contact_before_the_handshake_is_no_wrong_password(played: Played) -> None:
    played.play(*START)
    for _ in range(3):
        played.play("authenticating", "associating", "associated", "disconnected", "scanning")
    assert LinkStage.FAILED not in played.stages
    played.play((DeviceState.FAILED, StateReason.SUPPLICANT_TIMEOUT))
    assert played.reason is LinkReason.SUPPLICANT_TIMEOUT


@pytest.mark.parametrize(
    ("state", "reason", "meaning"),
    [
        (DeviceState.FAILED, StateReason.SSID_NOT_FOUND, LinkReason.SSID_NOT_FOUND),
        (DeviceState.FAILED, StateReason.SUPPLICANT_CONFIG_FAILED, LinkReason.SUPPLICANT_FAILED),
        (DeviceState.FAILED, StateReason.SUPPLICANT_DISCONNECT, LinkReason.SUPPLICANT_TIMEOUT),
        (DeviceState.FAILED, StateReason.UNKNOWN, LinkReason.UNKNOWN),
        (DeviceState.FAILED, StateReason(999), LinkReason.UNKNOWN),
        (DeviceState.UNAVAILABLE, StateReason.NONE, LinkReason.RADIO_BLOCKED),
        (DeviceState.UNAVAILABLE, StateReason.SUPPLICANT_FAILED, LinkReason.SUPPLICANT_FAILED),
        (DeviceState.UNAVAILABLE, StateReason.SLEEPING, LinkReason.RADIO_BLOCKED),
        (DeviceState.UNMANAGED, StateReason.REMOVED, LinkReason.RADIO_GONE),
        (DeviceState.DEACTIVATING, StateReason.NEW_ACTIVATION, LinkReason.REPLACED),
        (DeviceState.DEACTIVATING, StateReason.USER_REQUESTED, LinkReason.REPLACED),
        (DeviceState.DEACTIVATING, StateReason.CONNECTION_REMOVED, LinkReason.REPLACED),
        (DeviceState.DISCONNECTED, StateReason.NONE, LinkReason.UNKNOWN),
    ],
)
def test_reasons_are_told_apart(
    played: Played, state: DeviceState, reason: StateReason, meaning: LinkReason
) -> None:
    played.play(*START, "authenticating", (state, reason))
    assert played.reason is meaning
    assert played.reports[-1].detail == reason.name


@pytest.mark.parametrize(
    "reason",
    [
        StateReason.IP_CONFIG_UNAVAILABLE,
        StateReason.IP_CONFIG_EXPIRED,
        StateReason.IP_ADDRESS_DUPLICATE,
        StateReason.DHCP_START_FAILED,
        StateReason.DHCP_ERROR,
        StateReason.DHCP_FAILED,
    ],
)
def test_a_silent_dhcp_comes_after_the_password(played: Played, reason: StateReason) -> None:
    played.play(*START, *UP, ADDRESSING[0], (DeviceState.FAILED, reason))
    assert played.stages == [*WHOLE[:3], LinkStage.FAILED]
    assert played.reason is LinkReason.DHCP_FAILED


def test_a_link_that_is_lost_after_the_lease_is_told(played: Played) -> None:
    played.play(*START, *UP, *ADDRESSING)
    played.watch.address(LEASE)
    played.play((DeviceState.DEACTIVATING, StateReason.NEW_ACTIVATION))
    assert played.stages == [*WHOLE, LinkStage.FAILED]
    assert played.reason is LinkReason.REPLACED


@pytest.mark.parametrize("reason", [LinkReason.MANAGER_GONE, LinkReason.RADIO_GONE])
def test_the_ground_may_vanish_before_anything_began(played: Played, reason: LinkReason) -> None:
    played.watch.gone(reason)
    played.watch.gone(LinkReason.UNKNOWN)
    assert played.reason is reason


def test_nothing_is_reported_after_the_end(played: Played) -> None:
    played.watch.end()
    played.play(*START, *UP, *ADDRESSING, (DeviceState.FAILED, StateReason.NO_SECRETS))
    played.watch.address(LEASE)
    played.watch.gone(LinkReason.MANAGER_GONE)
    assert played.reports == []


def test_an_address_without_signals_is_enough(played: Played) -> None:
    played.watch.address(LEASE)
    played.watch.address(LEASE)
    assert played.stages == [LinkStage.AUTHENTICATED, LinkStage.CONNECTED]


SIGNALS = st.one_of(
    st.tuples(
        st.builds(DeviceState, st.sampled_from([*DeviceState, 75, 130])),
        st.builds(StateReason, st.sampled_from([*StateReason, 77, 1000])),
    ),
    st.sampled_from([*UP, "disconnected", "scanning", "inactive", "interface_disabled", "new"]),
    st.integers(0, 100),
)


@given(sae=st.booleans(), said=st.lists(SIGNALS, max_size=30), leased=st.integers(0, 30))
def test_whatever_is_said_stages_come_once_in_order_and_nothing_follows_the_end(
    sae: bool, said: list[Any], leased: int
) -> None:
    played = Played(sae=sae)
    played.play(*said[:leased])
    played.watch.address(LEASE)
    played.play(*said[leased:])
    stages = played.stages
    assert stages == sorted(set(stages), key=ORDER.index)
    for report in played.reports:
        assert (report.ipv4 is not None) == (report.stage is LinkStage.CONNECTED)
        assert (report.reason is not LinkReason.NONE) == (report.stage is LinkStage.FAILED)
