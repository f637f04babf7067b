"""What an attempt does on the way: search, plan, steps, proof, end."""

import pytest
from msgspec.structs import replace
from tests.unit.core.join.driving import (
    ASSOCIATED,
    AUTHENTICATED,
    CONNECTED,
    FOUND,
    GOOD_COURSE,
    HOME,
    LEASE,
    PROTECTED,
    REQUEST,
    START,
    Driven,
    failed,
    later,
    reported,
    searched,
    seen,
)

from firstlight.core.join import messages
from firstlight.core.join.machine import Policy
from firstlight.core.join.phases import TRIAL_SECONDS, Phase
from firstlight.errors import Code
from firstlight.model.access_point import Security
from firstlight.model.attempt import AttemptState, Cause, StepName
from firstlight.model.profile import JoinRequest, KeyManagement
from firstlight.model.radio import SWITCH_SECONDS, LinkReason, LinkStage
from firstlight.model.reach import Internet, Reach
from firstlight.model.ssid import Ssid

OPEN = JoinRequest(ssid=HOME)


def test_what_is_told_at_the_beginning() -> None:
    request = JoinRequest(ssid=Ssid(b"caf\xe9"))
    told = Driven(request).attempt
    assert (told.id, told.ssid, told.ssid_hex) == ("a1", r"caf\xe9", "636166e9")
    assert (told.state, told.started_at) == (AttemptState.RUNNING, 1_700_000_000_000)
    assert (told.steps, told.ended_at, told.cause) == ((), None, None)


def test_the_switch_is_armed_first() -> None:
    assert Driven().work == messages.Protect(SWITCH_SECONDS)


def test_a_network_not_seen_yet_is_looked_for_everywhere() -> None:
    search = Driven().take(PROTECTED).work
    assert search == messages.Search(request=REQUEST, frequencies=())


def test_a_network_in_sight_is_looked_for_where_it_was() -> None:
    driven = Driven(access_points=(seen(b"else"), seen(frequency=5180)))
    search = driven.take(PROTECTED).work
    assert search == messages.Search(request=REQUEST, frequencies=(5180,))


def test_a_network_that_has_moved_is_looked_for_everywhere_twice() -> None:
    driven = Driven(access_points=(seen(),)).take(PROTECTED, searched())
    assert driven.phase is Phase.SEARCHING
    assert driven.work == messages.Search(request=REQUEST, frequencies=())
    assert driven.take(searched()).phase is Phase.SEARCHING
    assert driven.work == messages.Search(request=REQUEST, frequencies=())
    assert driven.take(searched()).attempt.cause is Cause.NETWORK_NOT_FOUND


def test_one_scan_that_misses_an_unlisted_network_is_not_the_last_word() -> None:
    driven = Driven(access_points=()).take(PROTECTED, searched())
    assert driven.phase is Phase.SEARCHING
    assert driven.take(searched(seen())).phase is Phase.LINKING


def test_a_moved_network_is_found_where_it_is_now() -> None:
    driven = Driven(access_points=(seen(),)).take(PROTECTED, searched())
    activate = driven.take(searched(seen(frequency=2462))).work
    assert isinstance(activate, messages.Activate)
    assert activate.plan.frequency == 2462


@pytest.mark.parametrize(
    ("last_seen", "found"), [(None, True), (1000.0, True), (999.0, True), (998.9, False)]
)
def test_only_what_this_scan_heard_counts(last_seen: float | None, *, found: bool) -> None:
    driven = Driven().take(PROTECTED, searched(seen(last_seen=last_seen), began=1000.0))
    assert (driven.phase is Phase.LINKING) is found


def test_the_plan_of_the_trial() -> None:
    request = replace(REQUEST, hidden=True)
    driven = Driven(request).take(PROTECTED, searched(seen(security=Security.WPA3, frequency=2437)))
    assert isinstance(driven.work, messages.Activate)
    plan = driven.work.plan
    assert (plan.attempt, plan.request, plan.frequency) == ("a1", request, 2437)
    assert plan.key_management is KeyManagement.SAE


def test_a_sign_in_that_does_not_fit_is_told_in_the_words_of_the_network() -> None:
    driven = Driven().take(PROTECTED, searched(seen(security=Security.OPEN)))
    assert driven.attempt.cause is Cause.AUTH_MISMATCH
    assert driven.attempt.message == "password: home is an open network, so it takes none"
    assert driven.attempt.hint is not None
    assert "password" in driven.attempt.hint


def test_a_refusal_without_a_hint_gets_the_hint_of_its_cause() -> None:
    driven = Driven(OPEN).take(PROTECTED, searched(seen(security=Security.WPA2)))
    assert driven.attempt.message == "password: is missing; home is secured with wpa2"
    assert driven.attempt.hint is not None
    assert driven.attempt.hint.startswith("An open network takes no password")


def test_all_steps_of_a_secured_network() -> None:
    driven = Driven().take(PROTECTED, FOUND, ASSOCIATED, AUTHENTICATED, *GOOD_COURSE[3:])
    assert driven.steps == [
        StepName.FOUND,
        StepName.ASSOCIATED,
        StepName.PASSWORD_ACCEPTED,
        StepName.ADDRESS,
        StepName.GATEWAY,
        StepName.INTERNET,
        StepName.SAVED,
    ]
    elapsed = [reached.elapsed_ms for reached in driven.attempt.steps]
    assert elapsed == [2000, 3000, 4000, 5000, 6000, 6000, 7000]
    assert driven.attempt.steps[0].at == 1_700_000_002_000


def test_an_open_network_accepts_no_password() -> None:
    found = searched(seen(security=Security.OPEN))
    driven = Driven(OPEN).take(PROTECTED, found, *GOOD_COURSE[2:])
    assert driven.phase is Phase.SUCCEEDED
    assert StepName.PASSWORD_ACCEPTED not in driven.steps


def test_a_link_that_comes_up_at_once() -> None:
    driven = Driven().take(PROTECTED, FOUND, CONNECTED)
    assert driven.phase is Phase.PROVING
    assert driven.steps[-3:] == [
        StepName.ASSOCIATED,
        StepName.PASSWORD_ACCEPTED,
        StepName.ADDRESS,
    ]
    assert driven.work == messages.Look(LEASE)


def test_reports_that_lead_nowhere_change_no_phase() -> None:
    driven = Driven().take(PROTECTED, FOUND, reported(LinkStage.PREPARING))
    driven.take(reported(LinkStage.ASSOCIATING), ASSOCIATED, ASSOCIATED)
    assert driven.phase is Phase.LINKING
    assert driven.effects == ()
    driven.take(AUTHENTICATED, AUTHENTICATED)
    assert driven.phase is Phase.ADDRESSING
    driven.take(CONNECTED, CONNECTED)
    assert driven.phase is Phase.PROVING
    assert len(driven.attempt.steps) == len(set(driven.steps))


def test_a_report_before_the_trial_is_none_of_it() -> None:
    driven = Driven().take(PROTECTED, failed(LinkReason.NO_SECRETS))
    assert driven.phase is Phase.SEARCHING
    assert driven.attempt.cause is None


def test_success() -> None:
    told = Driven().take(*GOOD_COURSE).attempt
    assert (told.state, told.ended_at) == (AttemptState.SUCCEEDED, 1_700_000_008_000)
    assert (told.cause, told.message, told.hint, told.warning) == (None, None, None, None)


def test_failure_ends_with_the_old_state_back() -> None:
    driven = Driven().take(PROTECTED, FOUND, failed(LinkReason.NO_SECRETS))
    assert driven.phase is Phase.RETURNING
    assert driven.attempt.state is AttemptState.RUNNING
    driven.take(messages.Restored())
    told = driven.attempt
    assert (told.state, told.cause) == (AttemptState.FAILED, Cause.WRONG_PASSWORD)
    assert told.message == "The password for home was not accepted."
    assert told.ended_at == 1_700_000_004_000
    assert driven.steps == [StepName.FOUND, StepName.RESTORED]


def test_the_way_back_failing_is_not_the_cause() -> None:
    driven = Driven().take(PROTECTED, FOUND, failed(LinkReason.NO_SECRETS))
    driven.take(messages.EffectFailed(Phase.RETURNING, Code.RADIO_GONE))
    assert driven.phase is Phase.FAILED
    assert driven.attempt.cause is Cause.WRONG_PASSWORD
    assert StepName.RESTORED not in driven.steps


@pytest.mark.parametrize(
    ("reach", "warning"),
    [
        (Reach(gateway=True, internet=Internet.NO_NAMES), Cause.DNS_FAILURE),
        (Reach(gateway=True, internet=Internet.PORTAL), Cause.CAPTIVE_PORTAL),
        (Reach(gateway=True, internet=Internet.UNREACHABLE), Cause.NO_INTERNET),
    ],
)
def test_what_is_missing_but_not_required_is_a_warning(reach: Reach, warning: Cause) -> None:
    driven = Driven().until(Phase.PROVING).take(messages.Looked(reach))
    assert driven.phase is Phase.PROMOTING
    assert driven.attempt.warning is warning
    assert driven.steps[-1] is StepName.GATEWAY
    demanding = Driven(policy=Policy(require_internet=True)).until(Phase.PROVING)
    demanding.take(messages.Looked(reach))
    assert demanding.phase is Phase.RETURNING
    assert demanding.attempt.cause is warning
    assert demanding.attempt.warning is None


def test_a_network_without_a_gateway_is_enough_when_none_is_required() -> None:
    nobody = messages.Looked(Reach(gateway=False, internet=Internet.UNREACHABLE))
    assert Driven().until(Phase.PROVING).take(nobody).attempt.cause is Cause.NO_GATEWAY
    modest = Driven(policy=Policy(require_gateway=False)).until(Phase.PROVING).take(nobody)
    assert modest.phase is Phase.PROMOTING
    assert modest.attempt.warning is Cause.NO_GATEWAY
    assert StepName.GATEWAY not in modest.steps


def test_a_lease_without_an_address_can_not_be_proven() -> None:
    driven = Driven().take(PROTECTED, FOUND, reported(LinkStage.CONNECTED))
    assert driven.phase is Phase.PROVING
    assert [type(effect) for effect in driven.effects] == [messages.Arm]
    assert driven.take(messages.Expired(Phase.PROVING)).phase is Phase.RETURNING


@pytest.mark.parametrize("phase", [Phase.PROMOTING, Phase.RELEASING, Phase.RETIRING])
def test_what_is_proven_is_not_cancelled_any_more(phase: Phase) -> None:
    driven = Driven().until(phase).take(messages.Cancelled())
    assert driven.phase is phase
    assert driven.attempt.cause is None


def test_a_profile_that_can_not_be_saved_fails_the_attempt() -> None:
    driven = Driven().until(Phase.PROMOTING)
    driven.take(messages.EffectFailed(Phase.PROMOTING, Code.RADIO_FAILURE), messages.Restored())
    assert driven.phase is Phase.FAILED
    assert driven.attempt.cause is Cause.UNAVAILABLE
    assert StepName.SAVED not in driven.steps


@pytest.mark.parametrize("phase", [Phase.RELEASING, Phase.RETIRING])
@pytest.mark.parametrize("broken", [messages.Expired, messages.EffectFailed])
def test_tidying_up_that_fails_spoils_nothing(phase: Phase, broken: type) -> None:
    event = broken(phase) if broken is messages.Expired else broken(phase, Code.TIMEOUT)
    driven = Driven().until(phase).take(event)
    assert driven.phase in {Phase.RETIRING, Phase.SUCCEEDED}
    assert driven.attempt.cause is None


def test_the_time_for_a_trial_is_bounded_as_a_whole() -> None:
    driven = Driven(access_points=(seen(),)).take(PROTECTED, searched(), after=7)
    driven.take(FOUND, after=24)
    driven.take(AUTHENTICATED, after=34)
    spent = driven.now.since(START)
    assert spent == 72
    assert driven.effects == (messages.Arm(Phase.ADDRESSING, TRIAL_SECONDS - spent),)
    driven.take(CONNECTED, after=20)
    assert driven.effects[0] == messages.Arm(Phase.PROVING, 0.0)


def test_a_station_that_falls_back_had_still_come_that_far() -> None:
    driven = Driven().take(PROTECTED, FOUND, AUTHENTICATED, ASSOCIATED)
    driven.take(failed(LinkReason.SUPPLICANT_TIMEOUT))
    assert StepName.PASSWORD_ACCEPTED in driven.steps
    assert driven.attempt.cause is Cause.TIMEOUT


def test_moments_are_told_in_unix_time() -> None:
    assert later(START, 1.5).unix_ms == 1_700_000_001_500
