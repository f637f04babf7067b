import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstlight.radio.nm import codes
from firstlight.radio.nm.codes import ActiveState, DeviceState, DeviceType, StateReason, WifiMode

ENUMS = [DeviceType, DeviceState, StateReason, ActiveState, WifiMode, codes.Pmf]
KINDS = st.sampled_from(ENUMS)


@given(kind=KINDS, number=st.integers(0, 0xFFFFFFFF))
def test_every_number_survives(kind: type[codes._Open], number: int) -> None:
    found = kind(number)
    assert found == number
    assert isinstance(found, kind)
    assert found.name
    assert str(found)
    assert {found: "kept"}[kind(number)] == "kept"


@given(kind=KINDS, number=st.integers(0, 0xFFFFFFFF))
def test_an_unknown_number_is_never_taken_for_a_known_one(
    kind: type[codes._Open], number: int
) -> None:
    if number not in list(kind):
        assert kind(number).name == f"UNKNOWN_{number}"
        assert kind(number) not in list(kind)


def test_unknown_states_keep_their_place_in_the_order() -> None:
    between = DeviceState(75)
    assert DeviceState.IP_CONFIG < between < DeviceState.IP_CHECK
    assert between is not DeviceState.IP_CONFIG


def test_known_numbers_are_the_very_members() -> None:
    assert DeviceState(100) is DeviceState.ACTIVATED
    assert StateReason(53) is StateReason.SSID_NOT_FOUND


@pytest.mark.parametrize("kind", ENUMS)
def test_what_is_no_number_is_refused(kind: type[codes._Open]) -> None:
    with pytest.raises(ValueError, match="valid"):
        kind("up")
