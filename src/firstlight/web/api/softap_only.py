"""What is handed out inside the SoftAP of Provisioning Mode, and refused to everybody here.

Whatever address a request came to, it came by another interface: the SoftAP has its own listener
(``web.softap``), bound to its interface, and no request of it ever gets here.
"""

from firstlight.errors import Busy, Code, NotFound, Unauthorized
from firstlight.model.provisioning_mode import Bundle, NonceAnswer
from firstlight.model.records import Client
from firstlight.model.registry import ClientCa
from firstlight.web.api.endpoint import Call, Endpoint, Reply, Taken
from firstlight.web.guards import PREFIX
from firstlight.web.problems import Refusal

MAC_HEADER = "mac-address"
NONCE_HEADER = "x-nonce"
UUID_HEADER = "x-device-uuid"

_MAC = Taken(name=MAC_HEADER, words="The caller's own MAC address.", required=True)
_NONCE = Taken(name=NONCE_HEADER, words="The nonce that the caller was given.", required=True)
_UUID = Taken(name=UUID_HEADER, words="The UUID that the caller believes to have.")
_REFUSED = (Busy, Unauthorized, NotFound)


async def refuse(call: Call) -> Reply:
    """Not here."""
    raise Refusal(
        403,
        Code.SOFTAP_ONLY,
        "Only accessible via provisioning network",
        hint="Join the SoftAP of Provisioning Mode, and ask there.",
    )


SOFTAP = (
    Endpoint(
        method="GET",
        path=f"{PREFIX}/nonce",
        summary="A new nonce for the caller, in place of its last one; inside the SoftAP only",
        handle=refuse,
        name="nonce",
        answer=NonceAnswer,
        errors=_REFUSED,
    ),
    Endpoint(
        method="GET",
        path=f"{PREFIX}/client",
        summary="The calling client's own record; inside the SoftAP only",
        handle=refuse,
        name="own_record",
        answer=Client,
        errors=_REFUSED,
        takes=(_MAC, _NONCE),
    ),
    Endpoint(
        method="GET",
        path=f"{PREFIX}/controller",
        summary="Everything that the calling controller needs; inside the SoftAP only",
        handle=refuse,
        name="bundle",
        answer=Bundle,
        errors=_REFUSED,
        takes=(_MAC, _NONCE, _UUID),
    ),
    Endpoint(
        method="GET",
        path=f"{PREFIX}/certs",
        summary="The designated client CA; inside the SoftAP only",
        handle=refuse,
        name="client_ca",
        answer=ClientCa,
        errors=_REFUSED,
        takes=(_MAC,),
    ),
)
