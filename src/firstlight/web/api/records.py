"""Controllers and clients, one record at a time."""

from typing import Annotated

from msgspec import Meta

from firstlight.errors import Code, Conflict, InvalidInput, NotFound, StoreFailure
from firstlight.model.records import TYPE_OF, RecordKind, Uuid
from firstlight.web.api.endpoint import Call, Endpoint, Place, Reply, Taken
from firstlight.web.problems import Refusal

ETag = Annotated[str, Meta(pattern=r'^"[0-9]{1,18}"$(?!\n)')]

_WORD = {RecordKind.CONTROLLER: "controller", RecordKind.CLIENT: "client"}

_UUID = Taken(
    name="uuid",
    words="Which one.",
    place=Place.PATH,
    kind=Uuid,
    form="a UUID such as 1b4e28ba-2fa1-41d2-883f-0016d3cca427",
)
_IF_MATCH = Taken(
    name="if-match",
    words="The ETag that was seen: it is replaced only if it is still that one.",
    kind=ETag,
    form='one ETag as it was given, such as "3"',
)


class _Records:
    """The handlers of one kind."""

    def __init__(self, kind: RecordKind) -> None:
        self._kind = kind

    async def uuids(self, call: Call) -> Reply:
        """All of them."""
        return Reply(await call.service.registry.uuids(self._kind))

    async def get(self, call: Call) -> Reply:
        """One, as it came."""
        entry = await call.service.registry.get(self._kind, uuid_of(call))
        return Reply(entry.record, {"ETag": etag(entry.version)})

    async def put(self, call: Call) -> Reply:
        """Add or replace it."""
        registry, uuid = call.service.registry, uuid_of(call)
        seen: str | None = call.taken.get(_IF_MATCH.name)
        expected = None if seen is None else int(seen.strip('"'))
        try:
            entry = await registry.put(self._kind, uuid, call.body, expected=expected)
        except Conflict as error:
            if error.code is not Code.VERSION_CONFLICT:
                raise
            raise Refusal(412, error.code, error.message, hint=error.hint) from error
        return Reply(None, {"ETag": etag(entry.version)})

    async def delete(self, call: Call) -> Reply:
        """It is gone."""
        await call.service.registry.delete(self._kind, uuid_of(call))
        return Reply(None)


def uuid_of(call: Call) -> str:
    """The one of the path; upper and lower case are one (RFC 9562, 4)."""
    return call.taken["uuid"].lower()


def etag(version: int) -> str:
    """A strong entity tag (RFC 9110, 8.8.3)."""
    return f'"{version}"'


def _endpoints(kind: RecordKind) -> tuple[Endpoint, ...]:
    records, word, root = _Records(kind), _WORD[kind], f"/api/{kind}"
    return (
        Endpoint(
            method="GET",
            path=root,
            summary=f"The UUIDs of all {kind}",
            handle=records.uuids,
            name=f"list_{kind}",
            answer=tuple[str, ...],
            errors=(StoreFailure,),
        ),
        Endpoint(
            method="GET",
            path=f"{root}/{{uuid}}",
            summary=f"One {word}",
            handle=records.get,
            name=f"get_{word}",
            answer=TYPE_OF[kind],
            takes=(_UUID,),
            headers={"ETag": "Its version; see If-Match"},
            errors=(NotFound, StoreFailure),
        ),
        Endpoint(
            method="PUT",
            path=f"{root}/{{uuid}}",
            summary=f"Add or replace a {word}",
            handle=records.put,
            name=f"put_{word}",
            answer=None,
            status=204,
            body=TYPE_OF[kind],
            takes=(_UUID, _IF_MATCH),
            headers={"ETag": "Its new version"},
            errors=(InvalidInput, Conflict, StoreFailure),
            refusals=(412,),
        ),
        Endpoint(
            method="DELETE",
            path=f"{root}/{{uuid}}",
            summary=f"Remove a {word}",
            handle=records.delete,
            name=f"delete_{word}",
            answer=None,
            status=204,
            takes=(_UUID,),
            errors=(NotFound, StoreFailure),
        ),
    )


RECORDS = (*_endpoints(RecordKind.CONTROLLER), *_endpoints(RecordKind.CLIENT))
