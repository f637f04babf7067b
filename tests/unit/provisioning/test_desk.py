"""Who gets what inside the SoftAP, and in which order that is checked."""

import pytest
from tests.unit.provisioning.driving import FAN, LAMP, ROGUE, Driven, active

from firstlight.errors import Busy, Code, InvalidInput, NotFound, Unauthorized
from firstlight.model.mac import MacAddress
from firstlight.model.provisioning_mode import ModeEnd, Progress
from firstlight.provisioning import desk, messages
from firstlight.provisioning.desk import Refused
from firstlight.provisioning.messages import News
from firstlight.provisioning.nonces import MOST_BAD, SECONDS, Nonces
from firstlight.provisioning.phases import Phase


def test_a_claim() -> None:
    driven = active()
    assert driven.nonce(LAMP, 4_294_967_295).error() is None
    assert driven.record(LAMP, LAMP.upper(), "4294967295").error() is None


@pytest.mark.parametrize("form", [str.upper, lambda mac: mac.replace(":", "-"), str])
def test_the_header_may_be_spelt_in_any_way(form) -> None:
    driven = active()
    driven.nonce(LAMP, 7)
    assert driven.record(LAMP, form(LAMP), "7").error() is None


def test_inactive_comes_first() -> None:
    off = Driven()
    for verdict in (
        off.nonce(None, 7),
        off.record(None, None, None),
        off.certificate(None, None),
    ):
        error = verdict.error()
        assert isinstance(error, Busy)
        assert error.code is Code.PROVISIONING_INACTIVE
        assert error.message == "Provisioning mode inactive"


def test_while_it_starts_nothing_is_given() -> None:
    driven = Driven()
    driven.take(messages.Wished(messages.Plan(beside=False, channel=1)))
    assert driven.nonce(LAMP, 7).refused is Refused.INACTIVE


def test_who_is_not_in_the_neighbour_table_is_a_stranger() -> None:
    driven = active()
    assert driven.nonce(None, 7).refused is Refused.STRANGER
    assert driven.record(None, LAMP, "7").refused is Refused.STRANGER


def test_who_is_not_registered_gets_nothing() -> None:
    driven = active()
    assert driven.nonce(ROGUE, 7).refused is Refused.UNREGISTERED
    assert driven.record(ROGUE, ROGUE, "7").refused is Refused.UNREGISTERED
    assert driven.certificate(ROGUE, ROGUE).refused is Refused.UNREGISTERED


@pytest.mark.parametrize("claimed", [None, ""])
def test_a_header_is_needed(claimed: str | None) -> None:
    driven = active()
    driven.nonce(LAMP, 7)
    verdict = driven.record(LAMP, claimed, "7")
    assert verdict.refused is Refused.NO_MAC
    assert isinstance(verdict.error(), Unauthorized)
    with pytest.raises(InvalidInput, match="mac-address"):
        driven.certificate(LAMP, claimed)


@pytest.mark.attack(
    "A `mac-address` header of another device",
    guard="it must be the address that the radio has seen",
)
@pytest.mark.parametrize("claimed", [str(FAN), "nonsense", "02:00:00:00:aa:01:00"])
def test_a_header_is_no_proof(claimed: str) -> None:
    """The kernel knows who it is; whoever says otherwise gets nothing, and it is told."""
    driven = active()
    driven.nonce(LAMP, 7)
    verdict = driven.record(LAMP, claimed, "7")
    assert verdict.refused is Refused.OTHER_MAC
    assert driven.told()[-1] is News.REFUSED
    assert driven.state.devices[LAMP].progress is Progress.REFUSED
    # It did not cost the nonce.
    assert driven.record(LAMP, LAMP, "7").error() is None


@pytest.mark.attack(
    "A nonce a second time (replay)",
    guard="a nonce is good once, for a minute, for its caller",
)
def test_a_nonce_is_good_once() -> None:
    driven = active()
    driven.nonce(LAMP, 7)
    assert driven.record(LAMP, LAMP, "7").error() is None
    error = driven.record(LAMP, LAMP, "7").error()
    assert isinstance(error, Unauthorized)
    assert error.hint is not None


@pytest.mark.unguarded("A nonce a second time (replay)")
def test_a_nonce_that_is_never_spent_is_good_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Nonces, "spent", lambda self, *_: (self, None))
    driven = active()
    driven.nonce(LAMP, 7)
    for _ in range(2):
        assert driven.record(LAMP, LAMP, "7").error() is None


def test_it_expires() -> None:
    driven = active()
    driven.nonce(LAMP, 7)
    driven.monotonic += SECONDS
    assert "expired" in driven.record(LAMP, LAMP, "7").message


def test_it_is_of_no_use_to_another() -> None:
    driven = active()
    driven.nonce(LAMP, 7)
    driven.nonce(FAN, 8)
    assert driven.record(FAN, FAN, "7").refused is Refused.BAD_NONCE


@pytest.mark.attack(
    "Guessing nonces",
    guard="five bad ones in a row end Provisioning Mode",
)
def test_five_bad_ones_in_a_row_end_the_mode() -> None:
    driven = active()
    for count in range(MOST_BAD):
        assert driven.state.phase is Phase.ACTIVE, count
        driven.nonce(LAMP, 7)
        assert driven.record(LAMP, LAMP, "8").refused is Refused.BAD_NONCE
    assert driven.state.phase is Phase.STOPPING
    assert driven.state.ended is not None
    assert driven.state.ended.reason is ModeEnd.BAD_NONCES
    assert driven.state.ended.mac == LAMP
    assert driven.told()[-1] is News.ROGUE


@pytest.mark.unguarded("Guessing nonces")
def test_where_bad_ones_are_not_counted_guessing_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "MOST_BAD", 2**32)
    driven = active()
    driven.nonce(LAMP, 1000)
    for guess in range(1000):
        assert driven.record(LAMP, LAMP, str(guess)).refused is Refused.BAD_NONCE
    assert driven.record(LAMP, LAMP, "1000").error() is None


def test_a_good_one_in_between_begins_the_count_anew() -> None:
    driven = active()
    for value in range(2 * MOST_BAD):
        driven.nonce(LAMP, value)
        driven.record(LAMP, LAMP, "4000000000")
        assert driven.record(LAMP, LAMP, str(value)).error() is None
    assert driven.state.phase is Phase.ACTIVE


def test_a_missing_nonce_is_a_refusal_and_no_guess() -> None:
    driven = active()
    for _ in range(2 * MOST_BAD):
        assert driven.record(LAMP, LAMP, None).refused is Refused.BAD_NONCE
    assert driven.state.phase is Phase.ACTIVE


def test_the_certificate_needs_no_nonce() -> None:
    assert active().certificate(LAMP, LAMP).error() is None
    assert active().certificate(LAMP, FAN).refused is Refused.OTHER_MAC


def test_a_record_that_is_not_there_is_told() -> None:
    driven = active()
    verdict = desk.not_found(driven.state, LAMP, "There is no such client.", driven.now)
    error = driven.judge(verdict).error()
    assert isinstance(error, NotFound)
    assert error.code is Code.UNKNOWN_RECORD
    assert driven.told()[-1] is News.REFUSED
    assert driven.state.devices[LAMP].reason == "There is no such client."


def test_what_is_configured_stays_so() -> None:
    driven = active()
    driven.take(messages.Configured(LAMP))
    driven.record(LAMP, FAN, "7")
    assert driven.state.devices[LAMP].progress is Progress.CONFIGURED


def test_the_caller_is_of_the_kernel_s_making() -> None:
    """Without that rule, a header alone would open another device's record."""
    driven = active()
    believed = MacAddress(str(FAN))  # what the header says, taken for the caller
    driven.nonce(believed, 7)
    assert driven.record(believed, FAN, "7").error() is None
    driven = active()
    driven.nonce(LAMP, 7)
    assert driven.record(LAMP, FAN, "7").error() is not None


def test_whoever_was_let_in_is_out_with_the_session() -> None:
    driven = active()
    turn = driven.state.turn
    assert desk.goes_on(driven.state, turn).error() is None
    assert desk.goes_on(driven.state, turn - 1).refused is Refused.INACTIVE
    driven.take(messages.Unwished())
    assert desk.goes_on(driven.state, driven.state.turn).refused is Refused.INACTIVE
