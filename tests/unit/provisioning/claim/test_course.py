"""The course of a claim: the good one, and what each failure leads to."""

import pytest
from tests.unit.provisioning.claim.driving import (
    ORDER,
    OWN,
    START,
    WEAKER,
    Driven,
    answered,
    good_course,
    reported,
    searched,
    seen,
)
from tests.unit.target.controller import BSSID, FINGERPRINT, answer

from firstlight.errors import Code
from firstlight.model.access_point import Security
from firstlight.model.claim import ClaimCause, ClaimState, ClaimStepName, Role
from firstlight.model.mac import MacAddress
from firstlight.model.passphrase import Passphrase
from firstlight.model.profile import KeyManagement
from firstlight.model.radio import LinkReason, LinkStage
from firstlight.provisioning import protocol
from firstlight.provisioning.claim import machine
from firstlight.provisioning.claim.messages import (
    Ask,
    Cancelled,
    EffectFailed,
    Expired,
    Join,
    Leave,
    Left,
    Limit,
    Limited,
    Protect,
    Protected,
    Restore,
    Restored,
    Search,
    Started,
    Store,
    Stored,
    Unanswered,
)
from firstlight.provisioning.claim.phases import Phase
from firstlight.provisioning.protocol import Asked

IN_VAIN = ORDER[2:10]


@pytest.mark.parametrize("role", Role)
def test_the_good_course(role: Role) -> None:
    driven = Driven(role).take(*good_course(role))
    assert tuple(driven.phases) == ORDER
    assert driven.told.state is ClaimState.SUCCEEDED
    assert [step.name for step in driven.told.steps] == list(ClaimStepName)
    assert (driven.told.bssid, driven.told.tries, driven.told.tx_power) == (BSSID, (), 2.0)
    kinds = [type(work) for work in driven.done]
    assert kinds == [Search, Limit, Protect, Join, Ask, Ask, Ask, Store, Limit, Leave, Restore]


def test_what_it_joins_and_asks() -> None:
    driven = Driven(present_as=MacAddress("02:ee:00:00:00:09")).take(*good_course())
    [join] = [work for work in driven.done if isinstance(work, Join)]
    plan = join.plan
    assert plan.request.passphrase == Passphrase("A6B5C4D3E2F1")
    assert (plan.key_management, plan.bssid) == (KeyManagement.WPA_PSK, BSSID)
    assert plan.present_as == "02:ee:00:00:00:09"
    asked = [work.request for work in driven.done if isinstance(work, Ask)]
    assert [request.path for request in asked] == [
        "/api/provisioning/nonce",
        "/api/provisioning/client",
        "/api/provisioning/certs",
    ]
    assert ("mac-address", "02:ee:00:00:00:09") in asked[1].headers
    assert ("x-nonce", "3405691582") in asked[1].headers


def test_channel_one_is_looked_at_first_then_everywhere() -> None:
    driven = Driven()
    assert driven.work == Search(ssid=seen().ssid, frequencies=(2412,))
    driven.take(searched())
    assert driven.work == Search(ssid=seen().ssid, frequencies=())
    driven.take(searched())
    assert driven.work == Restore()
    driven.take(Restored())
    assert driven.told.cause is ClaimCause.NOTHING_FOUND
    assert driven.told.message
    assert driven.told.hint


@pytest.mark.parametrize(
    "stranger",
    [
        seen(ssid=b"FireFly-Provisioning2"),
        seen(ssid=b"firefly-provisioning"),
        seen(security=Security.OPEN),
        seen(security=Security.WPA3),
        seen(last_seen=START.monotonic - 30),
    ],
)
def test_what_is_no_controller(stranger: object) -> None:
    assert Driven().take(searched(stranger)).phase is Phase.SEARCHING  # type: ignore[arg-type]


@pytest.mark.unguarded("A false controller with an open network")
@pytest.mark.attack(
    "A false controller with an open network",
    guard="a target joins WPA2 only, with the password of the BSSID",
)
def test_an_open_network_of_that_name_is_an_attack(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stronger than the controller, and without a password: it would hear address and nonce."""
    trap = seen(WEAKER, signal=100, security=Security.OPEN)
    assert Driven().take(searched(trap, seen())).told.bssid == BSSID
    monkeypatch.setattr(machine, "_WPA2", frozenset(Security))
    assert Driven().take(searched(trap, seen())).told.bssid == WEAKER


@pytest.mark.unguarded("A false CA certificate for the target")
@pytest.mark.attack(
    "A false CA certificate for the target",
    guard="it must match the fingerprint, or nothing is stored",
)
def test_another_certificate_is_an_attack(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who stands in between puts in a CA of their own: the broker would be theirs."""
    swapped = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    told = answered(
        Asked.CERTIFICATE, "certs", answer({"fingerprint": FINGERPRINT, "pem": swapped})
    )
    assert Driven().until(Phase.ASKING_CERTIFICATE).take(told).phase is Phase.LEAVING
    monkeypatch.setattr(protocol, "fingerprint_of", lambda _pem: FINGERPRINT)
    assert Driven().until(Phase.ASKING_CERTIFICATE).take(told).phase is Phase.STORING


def test_the_strongest_comes_first_then_the_next() -> None:
    driven = Driven().take(searched(seen(WEAKER, signal=30), seen(), seen(last_seen=1000.0)))
    driven.take(Limited(None), Protected(), reported(LinkStage.FAILED, LinkReason.NO_SECRETS))
    assert driven.work == Leave()
    driven.take(Left(), Protected())
    assert isinstance(driven.work, Join)
    assert driven.work.plan.bssid == WEAKER
    driven.take(reported(LinkStage.CONNECTED), *good_course()[6:])
    assert driven.told.state is ClaimState.SUCCEEDED
    assert driven.told.bssid == WEAKER
    assert [(one.bssid, one.cause) for one in driven.told.tries] == [
        (BSSID, ClaimCause.COULD_NOT_JOIN)
    ]


def test_after_channel_one_was_in_vain_the_others_are_looked_at() -> None:
    driven = Driven().until(Phase.LINKING).take(Expired(Phase.LINKING), Left())
    assert driven.work == Search(ssid=seen().ssid, frequencies=())
    assert driven.told.bssid == BSSID
    again = driven.take(searched(seen()))
    assert again.work == Restore()
    assert again.take(Restored()).told.cause is ClaimCause.COULD_NOT_JOIN


def test_where_all_channels_were_looked_at_there_is_nothing_more_to_look_for() -> None:
    driven = Driven().take(searched(), searched(seen()), Limited(None), Protected(), Started())
    assert driven.take(Expired(Phase.LINKING), Left()).work == Restore()


def test_another_channel_has_another_controller() -> None:
    driven = Driven().until(Phase.LINKING).take(Expired(Phase.LINKING), Left())
    driven.take(searched(seen(), seen(WEAKER)))
    assert driven.phase is Phase.LIMITING
    assert driven.told.bssid == WEAKER


def test_a_long_round_tries_no_further_controller() -> None:
    driven = Driven().take(searched(seen(), seen(WEAKER)), Limited(None), Protected(), Started())
    driven.take(Expired(Phase.LINKING), after=50.0).take(Left())
    assert driven.work == Restore()


def test_of_several_the_one_that_came_farthest_is_told() -> None:
    driven = Driven().take(
        searched(seen(), seen(WEAKER, signal=30)), Limited(None), Protected(), Started()
    )
    driven.take(reported(LinkStage.CONNECTED), answered(Asked.NONCE, "nonce"))
    driven.take(answered(Asked.CONFIGURATION, "client", answer({}, 404)), Left(), Protected())
    driven.take(Started(), Expired(Phase.LINKING), Left(), searched(), Restored())
    assert [one.cause for one in driven.told.tries] == [
        ClaimCause.NOT_REGISTERED,
        ClaimCause.COULD_NOT_JOIN,
    ]
    assert driven.told.cause is ClaimCause.NOT_REGISTERED


@pytest.mark.parametrize(
    ("phase", "cause"),
    [
        (Phase.SEARCHING, ClaimCause.RADIO_FAILED),
        (Phase.PROTECTING, ClaimCause.RADIO_FAILED),
        (Phase.STARTING, ClaimCause.RADIO_FAILED),
        (Phase.LINKING, ClaimCause.COULD_NOT_JOIN),
        (Phase.ADDRESSING, ClaimCause.NO_ADDRESS),
        (Phase.ASKING_NONCE, ClaimCause.TIMEOUT),
        (Phase.ASKING_CONFIGURATION, ClaimCause.TIMEOUT),
        (Phase.ASKING_CERTIFICATE, ClaimCause.TIMEOUT),
        (Phase.STORING, ClaimCause.STORE_FAILED),
    ],
)
def test_what_silence_means(phase: Phase, cause: ClaimCause) -> None:
    assert Driven().until(phase).end().told.cause is cause


@pytest.mark.parametrize(
    ("phase", "cause"),
    [
        (Phase.SEARCHING, ClaimCause.RADIO_FAILED),
        (Phase.PROTECTING, ClaimCause.RADIO_FAILED),
        (Phase.STARTING, ClaimCause.RADIO_FAILED),
        (Phase.ASKING_NONCE, ClaimCause.UNREACHABLE),
        (Phase.STORING, ClaimCause.STORE_FAILED),
    ],
)
def test_what_a_failure_means(phase: Phase, cause: ClaimCause) -> None:
    driven = Driven().until(phase).take(EffectFailed(phase, Code.INTERNAL, "why"))
    assert driven.end().told.cause is cause


@pytest.mark.parametrize(
    ("phase", "reason", "cause"),
    [
        (Phase.STARTING, LinkReason.NO_SECRETS, ClaimCause.COULD_NOT_JOIN),
        (Phase.STARTING, LinkReason.DHCP_FAILED, ClaimCause.NO_ADDRESS),
        (Phase.LINKING, LinkReason.NO_SECRETS, ClaimCause.COULD_NOT_JOIN),
        (Phase.LINKING, LinkReason.ASSOCIATION_REJECTED, ClaimCause.COULD_NOT_JOIN),
        (Phase.LINKING, LinkReason.DHCP_FAILED, ClaimCause.NO_ADDRESS),
        (Phase.ADDRESSING, LinkReason.DHCP_FAILED, ClaimCause.NO_ADDRESS),
        (Phase.ADDRESSING, LinkReason.RADIO_GONE, ClaimCause.RADIO_FAILED),
        (Phase.ASKING_CONFIGURATION, LinkReason.SUPPLICANT_TIMEOUT, ClaimCause.UNREACHABLE),
    ],
)
def test_what_a_broken_link_means(phase: Phase, reason: LinkReason, cause: ClaimCause) -> None:
    driven = Driven().until(phase).take(reported(LinkStage.FAILED, reason))
    assert driven.phase is Phase.LEAVING
    assert driven.end().told.cause is cause


def test_what_is_our_own_fault_is_not_tried_elsewhere() -> None:
    driven = Driven().take(searched(seen(), seen(WEAKER)), *good_course()[1:9])
    assert driven.phase is Phase.STORING
    driven.take(EffectFailed(Phase.STORING, Code.STORE_FAILURE, "no space"), Left())
    assert driven.work == Restore()
    assert driven.take(Restored()).told.cause is ClaimCause.STORE_FAILED


def test_a_driver_that_obeys_no_limit_is_no_reason_to_stop() -> None:
    for phase, after in (
        (Phase.LIMITING, Phase.PROTECTING),
        (Phase.MEASURING, Phase.LEAVING),
    ):
        for event in (Expired(phase), EffectFailed(phase, Code.RADIO_FAILURE, "")):
            driven = Driven().until(phase).take(event)
            assert driven.phase is after
            assert driven.told.tx_power is None


def test_what_is_stored_stays_whatever_comes_afterwards() -> None:
    driven = Driven().until(Phase.LEAVING).take(Cancelled())
    assert driven.end().told.state is ClaimState.SUCCEEDED
    failed = Driven().until(Phase.LEAVING).take(EffectFailed(Phase.LEAVING, Code.TIMEOUT, ""))
    failed.take(EffectFailed(Phase.RESTORING, Code.TIMEOUT, ""))
    assert failed.told.state is ClaimState.SUCCEEDED


def test_a_link_that_breaks_while_storing_is_of_no_matter() -> None:
    driven = Driven().until(Phase.STORING)
    driven.take(reported(LinkStage.FAILED, LinkReason.SUPPLICANT_TIMEOUT), Cancelled())
    assert driven.phase is Phase.STORING
    driven.take(Stored(), Cancelled(), Limited(None), Left(), Cancelled())
    assert driven.phase is Phase.RESTORING


@pytest.mark.parametrize("phase", [one for one in ORDER[:9] if one is not Phase.STORING])
def test_it_can_be_cancelled(phase: Phase) -> None:
    driven = Driven().until(phase).take(Cancelled())
    assert driven.phase in {Phase.LEAVING, Phase.RESTORING}
    assert driven.end().told.cause is ClaimCause.CANCELLED


def test_cancelled_while_leaving_no_other_is_tried() -> None:
    driven = Driven().take(searched(seen(), seen(WEAKER)), Limited(None), Protected(), Started())
    driven.take(Expired(Phase.LINKING), Cancelled(), Left())
    assert driven.work == Restore()
    assert driven.take(Restored()).told.cause is ClaimCause.CANCELLED
    twice = Driven().until(Phase.LINKING).take(Cancelled(), Cancelled(), Left(), Restored())
    assert twice.told.cause is ClaimCause.CANCELLED


def test_leaving_that_fails_ends_it_with_the_cause_of_before() -> None:
    driven = Driven().until(Phase.LINKING).take(Expired(Phase.LINKING), Expired(Phase.LEAVING))
    assert driven.take(Restored()).told.cause is ClaimCause.COULD_NOT_JOIN


def test_an_answer_to_another_question_is_none() -> None:
    driven = Driven().until(Phase.ASKING_NONCE)
    driven.take(answered(Asked.CERTIFICATE, "certs"))
    driven.take(Unanswered(Asked.CONFIGURATION, ClaimCause.TIMEOUT, ""))
    assert driven.phase is Phase.ASKING_NONCE


def test_no_answer_to_the_question_is_held_against_this_controller() -> None:
    driven = Driven().until(Phase.ASKING_NONCE)
    driven.take(Unanswered(Asked.NONCE, ClaimCause.TIMEOUT, "no answer within 5 s"))
    assert driven.phase is Phase.LEAVING
    [tried] = driven.told.tries
    assert (tried.cause, tried.detail) == (ClaimCause.TIMEOUT, "no answer within 5 s")


@pytest.mark.parametrize("nonce", [-1, 2**32, "7", None])
def test_what_is_no_nonce_is_not_sent_back(nonce: object) -> None:
    driven = Driven().until(Phase.ASKING_NONCE)
    driven.take(answered(Asked.NONCE, "nonce", answer({"nonce": nonce})))
    assert driven.phase is Phase.LEAVING
    assert driven.told.tries[0].cause is ClaimCause.BAD_ANSWER
    assert driven.state.nonce == 0


def test_progress_of_the_link_is_no_news_later() -> None:
    driven = Driven().until(Phase.ADDRESSING)
    driven.take(reported(LinkStage.AUTHENTICATED), reported(LinkStage.ASSOCIATED))
    assert driven.phase is Phase.ADDRESSING
    driven.take(*good_course()[5:7]).take(reported(LinkStage.CONNECTED))
    assert driven.phase is Phase.ASKING_CONFIGURATION


def test_a_mismatch_is_a_failure_of_its_own_and_stores_nothing() -> None:
    pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    wrong = answer({"fingerprint": "AA:BB", "pem": pem})
    driven = Driven().until(Phase.ASKING_CERTIFICATE)
    driven.take(answered(Asked.CERTIFICATE, "certs", wrong))
    assert (driven.state.content, driven.state.ca, driven.state.nonce) == (None, None, 0)
    driven.end()
    assert driven.told.cause is ClaimCause.FINGERPRINT_MISMATCH
    assert not any(isinstance(work, Store) for work in driven.done)


def test_without_a_certificate() -> None:
    driven = Driven().until(Phase.ASKING_CERTIFICATE)
    driven.take(answered(Asked.CERTIFICATE, "certs", answer({}, 404)))
    assert isinstance(driven.work, Store)
    assert driven.work.ca is None
    assert ClaimStepName.CERTIFICATE not in [step.name for step in driven.told.steps]


def test_who_it_is_for_is_its_own_address() -> None:
    assert Driven().state.wish.mac == OWN
