"""From the body of a wish to a request that can be carried out."""

import pytest

from firstlight.core.wish import join_request
from firstlight.errors import InvalidInput
from firstlight.model.access_point import AccessPoint, Security
from firstlight.model.mac import MacAddress
from firstlight.model.passphrase import Passphrase
from firstlight.model.profile import JoinRequest
from firstlight.model.ssid import Ssid
from firstlight.model.wire import ConnectBody

PASSWORD = "correct-horse"


def heard(ssid: bytes, security: Security = Security.WPA2) -> AccessPoint:
    return AccessPoint(
        ssid=Ssid(ssid),
        bssid=MacAddress("02:f1:00:00:00:01"),
        frequency=2412,
        signal=50,
        security=security,
    )


IN_SIGHT = [heard(b"Home"), heard(b"caf\xe9"), heard(b"Green", Security.OPEN)]


@pytest.mark.parametrize(
    ("body", "request_"),
    [
        (
            ConnectBody(ssid="Home", password=PASSWORD),
            JoinRequest(ssid=Ssid(b"Home"), passphrase=Passphrase(PASSWORD)),
        ),
        (
            ConnectBody(ssid=r"caf\xe9", password=PASSWORD),
            JoinRequest(ssid=Ssid(b"caf\xe9"), passphrase=Passphrase(PASSWORD)),
        ),
        (
            ConnectBody(ssid_hex="636166E9", password=PASSWORD),
            JoinRequest(ssid=Ssid(b"caf\xe9"), passphrase=Passphrase(PASSWORD)),
        ),
        (ConnectBody(ssid="Green", password=""), JoinRequest(ssid=Ssid(b"Green"))),
        (ConnectBody(ssid="Attic", hidden=True), JoinRequest(ssid=Ssid(b"Attic"), hidden=True)),
    ],
)
def test_a_wish_that_can_be_carried_out(body: ConnectBody, request_: JoinRequest) -> None:
    assert join_request(body, IN_SIGHT) == request_


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (ConnectBody(), "ssid"),
        (ConnectBody(ssid="Home", ssid_hex="486f6d65"), "ssid"),
        (ConnectBody(ssid=""), "ssid"),
        (ConnectBody(ssid_hex="zz"), "ssidHex"),
        (ConnectBody(ssid="Home", password="seven77"), "password"),
        (ConnectBody(ssid="Home"), "password"),
        (ConnectBody(ssid="Green", password=PASSWORD), "password"),
    ],
)
def test_a_wish_that_is_refused(body: ConnectBody, field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        join_request(body, IN_SIGHT)
    assert refusal.value.field == field
