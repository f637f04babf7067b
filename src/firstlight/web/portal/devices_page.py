"""The pages under ``/devices``: controllers and clients, listed, added, changed, deleted."""

import re
import uuid as uuids
from collections.abc import Mapping

import msgspec
from msgspec import UNSET
from starlette.requests import Request
from starlette.responses import Response

from firstlight.errors import FirstlightError, InvalidInput, NotFound
from firstlight.model.records import Record, RecordKind, Uuid, mac_of
from firstlight.model.registry import Entry
from firstlight.web.portal.forms import read_form
from firstlight.web.portal.landing import told
from firstlight.web.portal.record_form import field_views, form_of, record_of, rest_names
from firstlight.web.portal.rendering import Reader, Renderer, Verbatim
from firstlight.web.portal.words import N_
from firstlight.web.problems import status_of
from firstlight.web.service import DeviceService

PAGE = 25
_VERSION = re.compile(r"[0-9]{1,18}")

_DONE = {"saved": N_("Saved."), "deleted": N_("Deleted.")}
_NEW = {RecordKind.CLIENT: N_("New client"), RecordKind.CONTROLLER: N_("New controller")}


class RecordRow(msgspec.Struct, frozen=True, kw_only=True):
    """One record in the list."""

    uuid: str
    name: str
    area: str
    mac: str


class DevicesPage:
    """Its handlers."""

    def __init__(self, service: DeviceService, renderer: Renderer) -> None:
        self._service = service
        self._renderer = renderer

    async def show(self, request: Request) -> Response:
        """``GET /devices`` with ``kind``, and ``after`` for a later page."""
        asked = request.query_params
        kind = kind_of(asked.get("kind", RecordKind.CLIENT))
        reader = Reader.of(request)
        return await self._list(reader, kind, after=asked.get("after", ""), done=asked.get("done"))

    async def edit(self, request: Request) -> Response:
        """``GET /devices/{kind}/{uuid}``: its form; an empty one for what is not there yet."""
        kind, uuid = _named(request)
        entry = await self._known(kind, uuid)
        record = entry.record if entry else None
        return self._form(Reader.of(request), (kind, uuid), entry, form_of(kind, record))

    async def save(self, request: Request) -> Response:
        """``POST /devices/{kind}/{uuid}`` with the form's fields."""
        kind, uuid = _named(request)
        reader, form = Reader.of(request), await read_form(request)
        entry = await self._known(kind, uuid)
        seen = form.get("version", "")
        try:
            record = record_of(kind, form, entry.record if entry else None)
            expected = int(seen) if _VERSION.fullmatch(seen) else 0
            await self._service.registry.put(kind, uuid, record, expected=expected)
        except FirstlightError as error:
            return self._form(reader, (kind, uuid), entry, form, error)
        return self._renderer.go(reader, f"/devices?kind={kind}&done=saved")

    async def delete(self, request: Request) -> Response:
        """``POST /devices/{kind}/{uuid}/delete``."""
        kind, uuid = _named(request)
        reader = Reader.of(request)
        try:
            await self._service.registry.delete(kind, uuid)
        except FirstlightError as error:
            return await self._list(reader, kind, failure=error)
        return self._renderer.go(reader, f"/devices?kind={kind}&done=deleted")

    async def _known(self, kind: RecordKind, uuid: str) -> Entry | None:
        try:
            return await self._service.registry.get(kind, uuid)
        except NotFound:
            return None

    async def _list(
        self,
        reader: Reader,
        kind: RecordKind,
        *,
        after: str = "",
        done: str | None = None,
        failure: FirstlightError | None = None,
    ) -> Response:
        found = await self._service.registry.entries(kind, after=after, count=PAGE + 1)
        say = reader.language.words.gettext
        return self._renderer.page(
            reader,
            "devices.html",
            status=status_of(type(failure)) if failure else 200,
            kind=kind.value,
            rows=[_row(one.uuid, one.record) for one in found[:PAGE]],
            after=after,
            next=found[PAGE - 1].uuid if len(found) > PAGE else "",
            fresh=str(uuids.uuid4()),
            done=say(_DONE[done]) if done in _DONE else "",
            trouble=told(failure, reader) if failure else None,
        )

    def _form(
        self,
        reader: Reader,
        where: tuple[RecordKind, str],
        entry: Entry | None,
        form: Mapping[str, str],
        failure: FirstlightError | None = None,
    ) -> Response:
        kind, uuid = where
        say = reader.language.words.gettext
        seen = form.get("version") or str(entry.version if entry else 0)
        return self._renderer.page(
            reader,
            "record.html",
            status=status_of(type(failure)) if failure else 200,
            kind=kind.value,
            uuid=uuid,
            title=entry.record.name if entry else say(_NEW[kind]),
            version=seen,
            fields=field_views(kind, form, say),
            rest=Verbatim(form.get("rest", "")),
            names=rest_names(kind),
            trouble=told(failure, reader) if failure else None,
        )


def kind_of(text: str) -> RecordKind:
    """Raises ``InvalidInput``."""
    try:
        return RecordKind(text)
    except ValueError as error:
        raise InvalidInput("kind", f"must be one of: {', '.join(RecordKind)}") from error


def _named(request: Request) -> tuple[RecordKind, str]:
    """Raises ``NotFound`` for an address that no record can have."""
    try:
        kind = RecordKind(request.path_params["kind"])
        uuid: str = msgspec.convert(request.path_params["uuid"], Uuid)
    except ValueError as error:
        raise NotFound("There is nothing at this address.") from error
    return kind, uuid.lower()


def _row(uuid: str, record: Record) -> RecordRow:
    area = "" if record.area is UNSET else record.area
    return RecordRow(uuid=uuid, name=record.name, area=area, mac=mac_of(record) or "")
