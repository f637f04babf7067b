import pytest
from hypothesis import given
from hypothesis import strategies as st

from firstlight.errors import (
    Busy,
    Code,
    FirstlightError,
    NotFound,
    NotPermitted,
    RadioFailure,
    RadioUnavailable,
)
from firstlight.radio.nm.translate import translated

DBUS = "org.freedesktop.DBus.Error"
NM = "org.freedesktop.NetworkManager"
WPA = "fi.w1.wpa_supplicant1"


@pytest.mark.parametrize(
    ("name", "kind", "code"),
    [
        (f"{DBUS}.ServiceUnknown", RadioUnavailable, Code.NO_NETWORK_MANAGER),
        (f"{DBUS}.NameHasNoOwner", RadioUnavailable, Code.NO_NETWORK_MANAGER),
        (f"{DBUS}.Disconnected", RadioUnavailable, Code.NO_NETWORK_MANAGER),
        (f"{DBUS}.AccessDenied", NotPermitted, Code.NOT_PERMITTED),
        (f"{NM}.PermissionDenied", NotPermitted, Code.NOT_PERMITTED),
        (f"{NM}.Settings.PermissionDenied", NotPermitted, Code.NOT_PERMITTED),
        (f"{DBUS}.UnknownMethod", NotFound, Code.NOT_FOUND),
        (f"{NM}.UnknownConnection", NotFound, Code.NOT_FOUND),
        (f"{NM}.ConnectionNotActive", NotFound, Code.NOT_FOUND),
        (f"{WPA}.InterfaceUnknown", NotFound, Code.NOT_FOUND),
        (f"{WPA}.Interface.ScanError", Busy, Code.BUSY),
        (f"{NM}.Device.NotAllowed", Busy, Code.BUSY),
        (f"{DBUS}.NoReply", RadioFailure, Code.TIMEOUT),
        (f"{NM}.Settings.Connection.InvalidProperty", RadioFailure, Code.RADIO_FAILURE),
    ],
)
def test_each_name_has_its_error(name: str, kind: type[FirstlightError], code: Code) -> None:
    error = translated(name, "as told")
    assert type(error) is kind
    assert error.code is code


@pytest.mark.parametrize(
    "name", [f"{DBUS}.ServiceUnknown", f"{DBUS}.AccessDenied", f"{NM}.PermissionDenied"]
)
def test_what_a_person_can_put_right_says_how(name: str) -> None:
    assert translated(name, "").hint


@given(name=st.text(), text=st.text())
def test_any_name_makes_an_error(name: str, text: str) -> None:
    assert translated(name, text).message
