"""The page at ``/devices/import``: a file is looked at first, and imported after a yes."""

import asyncio
import secrets

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from firstlight.errors import FirstlightError, NotFound
from firstlight.model.registry import ImportPreview
from firstlight.model.wire import ExchangeForm
from firstlight.web.bodies import Bulk, read_body
from firstlight.web.multipart import read_multipart
from firstlight.web.portal.forms import chosen_file, read_form
from firstlight.web.portal.landing import Fact, told
from firstlight.web.portal.rendering import Reader, Renderer
from firstlight.web.portal.words import N_, Say
from firstlight.web.problems import status_of
from firstlight.web.service import DeviceService

PAGE = "/devices/import"
MOST_BYTES = 4 * 1024 * 1024
"""Some ten thousand devices; more than that is for ``POST /api/registry/import``."""

KEEP_SECONDS = 600.0
_READ_SECONDS = 60.0
_DONE = {"imported": N_("Imported.")}


class _Pending(msgspec.Struct, frozen=True):
    """What somebody was shown, and has not yet said yes to."""

    id: str
    text: bytes
    form: ExchangeForm
    expiry: asyncio.TimerHandle

    def __repr__(self) -> str:
        return f"_Pending(form={self.form.value})"


class ImportPage:
    """Its handlers. One file is kept at a time, in memory, for ten minutes."""

    def __init__(self, service: DeviceService, renderer: Renderer, bulk: Bulk) -> None:
        self._service = service
        self._renderer = renderer
        self._bulk = bulk
        self._pending: _Pending | None = None

    async def show(self, request: Request) -> Response:
        """``GET /devices/import``."""
        return self._page(Reader.of(request), done=request.query_params.get("done"))

    async def look(self, request: Request) -> Response:
        """``POST /devices/import`` with ``file``: what it would do."""
        reader = Reader.of(request)
        try:
            async with self._bulk.place():
                raw = await read_body(request, most=MOST_BYTES, seconds=_READ_SECONDS)
                part = chosen_file(read_multipart(request.headers.get("content-type", ""), raw))
                form = form_of_file(part.name)
                preview = await self._service.registry.preview_import(part.content, form)
        except FirstlightError as error:
            return self._page(reader, failure=error)
        if not preview.faults:
            self._keep(part.content, form)
        return self._page(reader, preview=preview)

    async def confirm(self, request: Request) -> Response:
        """``POST /devices/import/confirm`` with the ``id`` of what was looked at."""
        reader, form = Reader.of(request), await read_form(request)
        try:
            kept = self._taken(form.get("id", ""))
            preview = await self._service.registry.import_all(kept.text, kept.form)
        except FirstlightError as error:
            return self._page(reader, failure=error)
        if preview.faults:
            return self._page(reader, preview=preview)
        return self._renderer.go(reader, f"{PAGE}?done=imported")

    def _keep(self, text: bytes, form: ExchangeForm) -> None:
        self._drop()
        expiry = asyncio.get_running_loop().call_later(KEEP_SECONDS, self._drop)
        self._pending = _Pending(secrets.token_urlsafe(16), text, form, expiry)

    def _taken(self, wanted: str) -> _Pending:
        """Raises ``NotFound`` once it is gone: imported, replaced by another, or too old."""
        kept = self._pending
        if kept is None or not secrets.compare_digest(kept.id.encode(), wanted.encode()):
            raise NotFound("That file is no longer kept.", hint="Choose it once more.")
        self._drop()
        return kept

    def _drop(self) -> None:
        if self._pending is not None:
            self._pending.expiry.cancel()
        self._pending = None

    def _page(
        self,
        reader: Reader,
        *,
        preview: ImportPreview | None = None,
        done: str | None = None,
        failure: FirstlightError | None = None,
    ) -> Response:
        say = reader.language.words.gettext
        faulty = preview is not None and preview.faults
        return self._renderer.page(
            reader,
            "import.html",
            status=status_of(type(failure)) if failure else 400 if faulty else 200,
            preview=preview,
            counts=_counts(preview, say) if preview else [],
            pending=self._pending.id if self._pending else "",
            done=say(_DONE[done]) if done in _DONE else "",
            trouble=told(failure, reader) if failure else None,
        )


def form_of_file(name: str) -> ExchangeForm:
    """By the end of its name; CSV where that says nothing."""
    return ExchangeForm.JSON if name.lower().endswith(".json") else ExchangeForm.CSV


def _counts(preview: ImportPreview, say: Say) -> list[Fact]:
    return [
        Fact(say(N_("Added")), str(preview.added)),
        Fact(say(N_("Changed")), str(preview.changed)),
        Fact(say(N_("Unchanged")), str(preview.unchanged)),
        Fact(say(N_("Wrong")), str(len(preview.faults) + preview.more_faults)),
    ]
