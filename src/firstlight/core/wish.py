"""What somebody wishes to join, held against what is in sight."""

from collections.abc import Sequence

from firstlight.core.networks import find, resolve
from firstlight.core.security import key_management
from firstlight.errors import InvalidInput
from firstlight.model.access_point import AccessPoint
from firstlight.model.passphrase import Passphrase
from firstlight.model.profile import JoinRequest
from firstlight.model.ssid import Ssid
from firstlight.model.wire import ConnectBody


def join_request(body: ConnectBody, seen: Sequence[AccessPoint]) -> JoinRequest:
    """The wish, ready to be carried out.

    Raises ``InvalidInput`` when it names no network or two, when a field has no valid form, or when
    the password and the network in sight don't fit together.
    """
    if (body.ssid is None) == (body.ssid_hex is None):
        raise InvalidInput("ssid", "give exactly one of ssid and ssidHex")
    ssid = (
        Ssid.from_hex(body.ssid_hex)
        if body.ssid_hex is not None
        else resolve(body.ssid or "", seen)
    )
    passphrase = Passphrase.parse(body.password) if body.password else None
    access_point = find(ssid, seen)
    if access_point is not None:
        key_management(access_point, passphrase)
    return JoinRequest(ssid=ssid, passphrase=passphrase, hidden=body.hidden)
