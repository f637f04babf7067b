"""Every way to fail, and the one cause that is told."""

import pytest
from tests.unit.core.join.driving import (
    ASSOCIATED,
    AUTHENTICATED,
    CONNECTED,
    FOUND,
    HOME,
    PROTECTED,
    Driven,
    failed,
    searched,
    seen,
)

from firstlight.core.causes import WORDS, cause_of_link
from firstlight.core.join import messages
from firstlight.core.join.machine import Policy
from firstlight.core.join.phases import BEFORE_PROOF, Phase
from firstlight.errors import Code
from firstlight.model.access_point import Security
from firstlight.model.attempt import Cause
from firstlight.model.profile import JoinRequest
from firstlight.model.radio import LinkReason, LinkStage
from firstlight.model.reach import Internet, Reach

STRICT = Policy(require_internet=True)
LINKING = (PROTECTED, FOUND)
ABSENT = (searched(seen(b"another")), searched(), searched())
PROVING = (*LINKING, AUTHENTICATED, CONNECTED)


def behind(internet: Internet, *, gateway: bool = True) -> messages.Looked:
    return messages.Looked(Reach(gateway=gateway, internet=internet))


def broke(phase: Phase, code: Code) -> messages.EffectFailed:
    return messages.EffectFailed(phase, code)


WAYS_TO_FAIL: list[tuple[Cause, tuple[messages.Event, ...]]] = [
    (Cause.WRONG_PASSWORD, (*LINKING, failed(LinkReason.NO_SECRETS))),
    (Cause.WRONG_PASSWORD, (*LINKING, failed(LinkReason.HANDSHAKE_FAILED))),
    (Cause.WRONG_PASSWORD, (*LINKING, ASSOCIATED, failed(LinkReason.SUPPLICANT_TIMEOUT))),
    (Cause.NETWORK_NOT_FOUND, (PROTECTED, *ABSENT)),
    (Cause.NETWORK_NOT_FOUND, (*LINKING, failed(LinkReason.SSID_NOT_FOUND))),
    (Cause.AUTH_MISMATCH, (PROTECTED, searched(seen(security=Security.WPA2_ENTERPRISE)))),
    (Cause.AUTH_MISMATCH, (*LINKING, failed(LinkReason.ASSOCIATION_REJECTED))),
    (Cause.NO_ADDRESS, (*LINKING, AUTHENTICATED, failed(LinkReason.DHCP_FAILED))),
    (Cause.NO_ADDRESS, (*LINKING, AUTHENTICATED, failed(LinkReason.UNKNOWN))),
    (Cause.NO_ADDRESS, (*LINKING, AUTHENTICATED, messages.Expired(Phase.ADDRESSING))),
    (Cause.NO_GATEWAY, (*PROVING, behind(Internet.UNREACHABLE, gateway=False))),
    (Cause.DNS_FAILURE, (*PROVING, behind(Internet.NO_NAMES))),
    (Cause.CAPTIVE_PORTAL, (*PROVING, behind(Internet.PORTAL))),
    (Cause.NO_INTERNET, (*PROVING, behind(Internet.UNREACHABLE))),
    (Cause.RADIO_BLOCKED, (*LINKING, failed(LinkReason.RADIO_BLOCKED))),
    (Cause.RADIO_BLOCKED, (broke(Phase.PROTECTING, Code.RADIO_BLOCKED),)),
    (Cause.RADIO_GONE, (*LINKING, failed(LinkReason.RADIO_GONE))),
    (Cause.RADIO_GONE, (PROTECTED, broke(Phase.SEARCHING, Code.RADIO_GONE))),
    (Cause.RADIO_GONE, (PROTECTED, broke(Phase.SEARCHING, Code.NO_WIFI_DEVICE))),
    (Cause.BUSY, (*PROVING, failed(LinkReason.REPLACED))),
    (Cause.BUSY, (PROTECTED, broke(Phase.SEARCHING, Code.BUSY))),
    (Cause.TIMEOUT, (*LINKING, failed(LinkReason.SUPPLICANT_TIMEOUT))),
    (Cause.TIMEOUT, (*LINKING, failed(LinkReason.UNKNOWN))),
    (Cause.TIMEOUT, (*LINKING, failed(LinkReason.NONE))),
    (Cause.TIMEOUT, (PROTECTED, broke(Phase.SEARCHING, Code.TIMEOUT))),
    (Cause.TIMEOUT, (messages.Expired(Phase.PROTECTING),)),
    (Cause.TIMEOUT, (PROTECTED, messages.Expired(Phase.SEARCHING))),
    (Cause.TIMEOUT, (*LINKING, messages.Expired(Phase.LINKING))),
    (Cause.TIMEOUT, (*PROVING, messages.Expired(Phase.PROVING))),
    (Cause.UNAVAILABLE, (*LINKING, failed(LinkReason.SUPPLICANT_FAILED))),
    (Cause.UNAVAILABLE, (*LINKING, failed(LinkReason.MANAGER_GONE))),
    (Cause.UNAVAILABLE, (*LINKING, broke(Phase.LINKING, Code.NOT_PERMITTED))),
    (Cause.UNAVAILABLE, (*PROVING, broke(Phase.PROVING, Code.INTERNAL))),
    (Cause.CANCELLED, (messages.Cancelled(),)),
]


@pytest.mark.parametrize(("cause", "events"), WAYS_TO_FAIL)
def test_one_cause_for_every_way_to_fail(cause: Cause, events: tuple[messages.Event, ...]) -> None:
    driven = Driven(policy=STRICT).take(*events)
    assert driven.phase is Phase.RETURNING
    assert driven.attempt.cause is cause
    assert driven.attempt.message
    assert driven.attempt.hint


def test_every_cause_can_come_up() -> None:
    assert {cause for cause, _ in WAYS_TO_FAIL} == set(Cause)


def test_every_cause_has_words() -> None:
    assert set(WORDS) == set(Cause)
    for words in WORDS.values():
        told = words.message.format(ssid="home")
        assert told[0].isupper() or told.startswith("home")
        assert told.endswith(".")
        assert words.hint.format(ssid="home").endswith(".")


def test_braces_in_a_name_are_only_braces() -> None:
    request = JoinRequest(ssid=type(HOME)(b"{ssid}{0}"))
    driven = Driven(request).take(PROTECTED, *ABSENT)
    assert driven.attempt.message == "The network {ssid}{0} was not found."


@pytest.mark.parametrize("phase", sorted(BEFORE_PROOF))
def test_cancelling_leads_back_from_anywhere_before_the_proof(phase: Phase) -> None:
    driven = Driven().until(phase).take(messages.Cancelled())
    assert driven.phase is Phase.RETURNING
    assert driven.attempt.cause is Cause.CANCELLED


@pytest.mark.parametrize(
    "second",
    [
        failed(LinkReason.RADIO_GONE),
        messages.Cancelled(),
        messages.Expired(Phase.RETURNING),
        broke(Phase.RETURNING, Code.RADIO_GONE),
    ],
)
def test_the_first_cause_is_the_one_that_is_told(second: messages.Event) -> None:
    driven = Driven().take(*LINKING, failed(LinkReason.NO_SECRETS), second)
    assert driven.attempt.cause is Cause.WRONG_PASSWORD


@pytest.mark.parametrize("reason", LinkReason)
@pytest.mark.parametrize("reached", LinkStage)
def test_an_open_network_has_no_wrong_password(reason: LinkReason, reached: LinkStage) -> None:
    assert cause_of_link(reason, reached, secured=False) is not Cause.WRONG_PASSWORD


def test_an_open_network_that_asks_for_secrets_is_not_open() -> None:
    found = searched(seen(security=Security.OPEN))
    driven = Driven(JoinRequest(ssid=HOME)).take(PROTECTED, found, failed(LinkReason.NO_SECRETS))
    assert driven.attempt.cause is Cause.AUTH_MISMATCH
