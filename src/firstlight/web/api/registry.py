"""The registry as a whole: by pages, in and out in bulk, and its key."""

from typing import Annotated, Any

from msgspec import Meta, to_builtins
from starlette.types import ASGIApp

from firstlight.errors import Busy, Conflict, InvalidInput, StoreFailure
from firstlight.model.records import RecordKind
from firstlight.model.registry import ImportPreview
from firstlight.model.wire import EntriesAnswer, ExchangeForm, Ok, RegistryEntry
from firstlight.web.api.endpoint import Call, Endpoint, Place, Reply, Taken, Upload
from firstlight.web.streaming import Streamed

API = "/api/registry"
MOST_IMPORTED = 32 * 1024 * 1024
MEDIA = {
    ExchangeForm.CSV: "text/csv; charset=utf-8",
    ExchangeForm.JSON: "application/json",
}

_IMPORT_SECONDS = 60.0
_PAGE = 100
_KINDS = ", ".join(RecordKind)
_FORMS = ", ".join(ExchangeForm)

_KIND = Taken(
    name="kind",
    words="Of which kind.",
    place=Place.QUERY,
    kind=RecordKind,
    form=f"one of: {_KINDS}",
    required=True,
)
_AFTER = Taken(name="after", words="The last UUID of the page before.", place=Place.QUERY)
_COUNT = Taken(
    name="count",
    words=f"How many at most; {_PAGE} where it is left out.",
    place=Place.QUERY,
    kind=Annotated[int, Meta(ge=1, le=1000)],
    form="a whole number from 1 to 1000",
)
_FORM = Taken(
    name="form",
    words="How it is written.",
    place=Place.QUERY,
    kind=ExchangeForm,
    form=f"one of: {_FORMS}",
    required=True,
)
_BULK = Upload(
    media="application/octet-stream",
    schema={"type": "string", "format": "binary"},
    most=MOST_IMPORTED,
    seconds=_IMPORT_SECONDS,
    alone=True,
)


async def registry_entries(call: Call) -> Reply:
    """A page of one kind."""
    found = await call.service.registry.entries(
        call.taken["kind"],
        after=call.taken.get("after", "").lower(),
        count=call.taken.get("count", _PAGE),
    )
    entries = tuple(
        RegistryEntry(
            kind=one.kind, uuid=one.uuid, version=one.version, record=to_builtins(one.record)
        )
        for one in found
    )
    return Reply(EntriesAnswer(entries))


async def preview_import(call: Call) -> Reply:
    """What an import would do, with all that is wrong."""
    return Reply(await call.service.registry.preview_import(call.body, call.taken["form"]))


async def import_registry(call: Call) -> Reply:
    """All of it, or nothing."""
    done = await call.service.registry.import_all(call.body, call.taken["form"])
    if done.faults:
        raise first_fault(done)
    return Reply(done)


async def export_registry(call: Call) -> ASGIApp:
    """Everything, in a form that the import takes."""
    form: ExchangeForm = call.taken["form"]
    return await exported(call.service.registry.export(form), form).begun()


async def rotate_key(call: Call) -> Reply:
    """Everything is encrypted anew."""
    await call.service.registry.rotate_key()
    return Reply(Ok())


def exported(pieces: Any, form: ExchangeForm) -> Streamed:
    """An export as a file to keep."""
    named = f'attachment; filename="registry.{form}"'
    return Streamed(pieces, MEDIA[form], headers={"Content-Disposition": named})


def first_fault(preview: ImportPreview) -> InvalidInput:
    """Why nothing was imported."""
    fault = preview.faults[0]
    more = len(preview.faults) - 1 + preview.more_faults
    where = f"line {fault.line}, {fault.field}" if fault.line else fault.field
    also = f" {more} more are wrong." if more > 1 else " One more is wrong." if more else ""
    return InvalidInput(
        where.removesuffix(", "),
        f"{fault.message.rstrip('.')}.{also} Nothing was imported.",
        hint="POST /api/registry/preview lists everything that is wrong.",
    )


REGISTRY = (
    Endpoint(
        method="GET",
        path=API,
        summary="Records of one kind, page by page",
        handle=registry_entries,
        answer=EntriesAnswer,
        takes=(_KIND, _AFTER, _COUNT),
        errors=(StoreFailure,),
    ),
    Endpoint(
        method="POST",
        path=f"{API}/preview",
        summary="What an import would do, and what is wrong with it; changes nothing",
        handle=preview_import,
        answer=ImportPreview,
        upload=_BULK,
        takes=(_FORM,),
        errors=(InvalidInput, Busy, StoreFailure),
    ),
    Endpoint(
        method="POST",
        path=f"{API}/import",
        summary="Add and replace many records at once: all of them, or none",
        handle=import_registry,
        answer=ImportPreview,
        upload=_BULK,
        takes=(_FORM,),
        errors=(InvalidInput, Busy, Conflict, StoreFailure),
    ),
    Endpoint(
        method="GET",
        path=f"{API}/export",
        summary="The whole registry, in a form that the import takes",
        handle=export_registry,
        answer=Any,
        media=tuple(MEDIA.values()),
        takes=(_FORM,),
        errors=(StoreFailure,),
    ),
    Endpoint(
        method="POST",
        path=f"{API}/rotate-key",
        summary="Encrypt the registry with a new key",
        handle=rotate_key,
        answer=Ok,
        errors=(StoreFailure,),
    ),
)
