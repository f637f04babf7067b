"""Certificates: kept, shown, and designated for what controllers and clients are given."""

from functools import partial
from urllib.parse import quote

from firstlight.errors import (
    Code,
    Conflict,
    FirstlightError,
    InvalidInput,
    NotFound,
    StoreFailure,
)
from firstlight.model.records import RecordKind
from firstlight.model.registry import CertificateDetails, CertificateEntry
from firstlight.model.wire import CertificateUse, Ok
from firstlight.web.api.endpoint import TEXT, Call, Endpoint, Place, Reply, Taken, Upload
from firstlight.web.bodies import MAX_BYTES, READ_SECONDS
from firstlight.web.multipart import MEDIA, read_multipart
from firstlight.web.problems import Refusal
from firstlight.web.service import DeviceService
from firstlight.web.visit import CERTIFICATES

TYPE_HEADER = "x-cert-type"

_USES = {
    CertificateUse.CONTROLLER: (RecordKind.CONTROLLER,),
    CertificateUse.CLIENT: (RecordKind.CLIENT,),
    CertificateUse.BOTH: (RecordKind.CONTROLLER, RecordKind.CLIENT),
}
_FILE = Taken(name="file", words="Its name.", place=Place.PATH)
_TYPE = Taken(
    name=TYPE_HEADER,
    words="What it is designated for at once.",
    kind=CertificateUse,
    form="one of: controller, client, both",
)
_LONGEST = 31


async def list_certificates(call: Call) -> Reply:
    """All of them."""
    return Reply(await call.service.registry.certificates())


async def get_certificate(call: Call) -> Reply:
    """Its PEM text."""
    return Reply(await call.service.registry.certificate(call.path["file"]))


async def certificate_details(call: Call) -> Reply:
    """What it says of itself."""
    return Reply(await call.service.registry.certificate_details(call.path["file"]))


async def add_certificate(call: Call) -> Reply:
    """Keep a new one, and designate it where that is asked for."""
    part = read_multipart(call.headers.get("content-type", ""), call.body).file("file")
    use: CertificateUse | None = call.taken.get(TYPE_HEADER)
    try:
        await keep_certificate(call.service, part.name, part.content, use)
    except Conflict as error:
        if error.code is not Code.ALREADY_EXISTS:
            raise
        raise Refusal(403, error.code, error.message, hint=error.hint) from error
    return Reply(Ok(), {"Location": f"{call.visit.root}{CERTIFICATES}/{quote(part.name, safe='')}"})


async def delete_certificate(call: Call) -> Reply:
    """It is gone."""
    await call.service.registry.delete_certificate(call.path["file"])
    return Reply(None)


async def designate(kind: RecordKind, call: Call) -> Reply:
    """It is *the* certificate for that kind now."""
    await call.service.registry.designate(kind, call.path["file"])
    return Reply(None)


async def keep_certificate(
    service: DeviceService, name: str, pem: bytes, use: CertificateUse | None
) -> None:
    """Add it and designate it, or nothing of both.

    Raises ``InvalidInput``, ``Conflict``, ``StoreFailure``.
    """
    _check_name(name)
    registry = service.registry
    await registry.add_certificate(name, pem)
    try:
        for kind in _USES[use] if use else ():
            await registry.designate(kind, name)
    except FirstlightError:
        await registry.delete_certificate(name)
        raise


def _check_name(name: str) -> None:
    """Raises ``InvalidInput`` for a name that no address can hold."""
    if not 0 < len(name) <= _LONGEST:
        raise InvalidInput("file", f"its name must be 1 to {_LONGEST} characters long")
    if name in {".", ".."} or not name.isprintable() or {"/", "\\"} & {*name}:
        raise InvalidInput("file", "its name must be printable, without / and \\")


_ONE = f"{CERTIFICATES}/{{file}}"

CERTS = (
    Endpoint(
        method="GET",
        path=CERTIFICATES,
        summary="All certificates, and what they are designated for",
        handle=list_certificates,
        answer=tuple[CertificateEntry, ...],
        errors=(StoreFailure,),
    ),
    Endpoint(
        method="POST",
        path=CERTIFICATES,
        summary="Add a certificate; its name, 31 characters at most, is that of the file",
        handle=add_certificate,
        answer=Ok,
        status=201,
        upload=Upload(
            media=MEDIA,
            schema={
                "type": "object",
                "properties": {"file": {"type": "string", "format": "binary"}},
                "required": ["file"],
            },
            most=MAX_BYTES,
            seconds=READ_SECONDS,
        ),
        takes=(_TYPE,),
        headers={"Location": "Where it is now"},
        errors=(InvalidInput, Conflict, StoreFailure),
        refusals=(415,),
    ),
    Endpoint(
        method="GET",
        path=_ONE,
        summary="A certificate as PEM",
        handle=get_certificate,
        answer=str,
        media=(TEXT,),
        takes=(_FILE,),
        errors=(NotFound, StoreFailure),
    ),
    Endpoint(
        method="DELETE",
        path=_ONE,
        summary="Remove a certificate",
        handle=delete_certificate,
        answer=None,
        status=204,
        takes=(_FILE,),
        errors=(NotFound, StoreFailure),
    ),
    Endpoint(
        method="GET",
        path=f"{_ONE}/details",
        summary="What a certificate says of itself",
        handle=certificate_details,
        answer=CertificateDetails,
        takes=(_FILE,),
        errors=(NotFound, StoreFailure),
    ),
    *(
        Endpoint(
            method="PUT",
            path=f"{_ONE}/{word}",
            summary=f"Designate a certificate for {kind}, in place of any other",
            handle=partial(designate, kind),
            name=f"designate_{word}_certificate",
            answer=None,
            status=204,
            takes=(_FILE,),
            errors=(InvalidInput, NotFound, StoreFailure),
        )
        for word, kind in (("client", RecordKind.CLIENT), ("controller", RecordKind.CONTROLLER))
    ),
)
