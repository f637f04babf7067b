"""The page at ``/devices/certificates``."""

from datetime import UTC, datetime

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from firstlight.clock import Clock
from firstlight.errors import FirstlightError, InvalidInput
from firstlight.model.registry import CertificateDetails, CertificateEntry
from firstlight.model.wire import CertificateUse
from firstlight.web.api.certificates import keep_certificate
from firstlight.web.bodies import read_body
from firstlight.web.multipart import read_multipart
from firstlight.web.portal.devices_page import kind_of
from firstlight.web.portal.forms import chosen_file, read_form
from firstlight.web.portal.landing import told
from firstlight.web.portal.rendering import Reader, Renderer
from firstlight.web.portal.words import N_, Say
from firstlight.web.problems import status_of
from firstlight.web.service import DeviceService

PAGE = "/devices/certificates"

_DONE = {"added": N_("Added."), "used": N_("Done."), "deleted": N_("Deleted.")}
_SOON_MS = 30 * 86_400_000
_FAR_MS = 253_402_300_799_000


class CertificateRow(msgspec.Struct, frozen=True, kw_only=True):
    """One certificate. ``until`` as ISO 8601, in UTC; empty where it says none."""

    file: str
    valid: bool
    subject: str
    uses: tuple[str, ...]
    validity: str
    until: str


class CertificatesPage:
    """Its handlers."""

    def __init__(self, service: DeviceService, renderer: Renderer, clock: Clock) -> None:
        self._service = service
        self._renderer = renderer
        self._clock = clock

    async def show(self, request: Request) -> Response:
        """``GET /devices/certificates``."""
        return await self._page(Reader.of(request), done=request.query_params.get("done"))

    async def add(self, request: Request) -> Response:
        """``POST /devices/certificates`` with ``file`` and ``use``."""
        reader, raw = Reader.of(request), await read_body(request)
        form = read_multipart(request.headers.get("content-type", ""), raw)
        try:
            part = chosen_file(form)
            use = form.fields.get("use", "")
            if use not in {"", *CertificateUse}:
                raise InvalidInput("use", f"must be one of: {', '.join(CertificateUse)}")
            wanted = CertificateUse(use) if use else None
            await keep_certificate(self._service, part.name, part.content, wanted)
        except FirstlightError as error:
            return await self._page(reader, failure=error)
        return self._renderer.go(reader, f"{PAGE}?done=added")

    async def use(self, request: Request) -> Response:
        """``POST /devices/certificates/use`` with ``file`` and ``kind``."""
        reader, form = Reader.of(request), await read_form(request)
        try:
            kind = kind_of(form.get("kind", ""))
            await self._service.registry.designate(kind, form.get("file", ""))
        except FirstlightError as error:
            return await self._page(reader, failure=error)
        return self._renderer.go(reader, f"{PAGE}?done=used")

    async def delete(self, request: Request) -> Response:
        """``POST /devices/certificates/delete`` with ``file``."""
        reader, form = Reader.of(request), await read_form(request)
        try:
            await self._service.registry.delete_certificate(form.get("file", ""))
        except FirstlightError as error:
            return await self._page(reader, failure=error)
        return self._renderer.go(reader, f"{PAGE}?done=deleted")

    async def _page(
        self, reader: Reader, *, done: str | None = None, failure: FirstlightError | None = None
    ) -> Response:
        say, registry = reader.language.words.gettext, self._service.registry
        now_ms = self._clock.wall() * 1000
        rows = [
            certificate_row(one, await registry.certificate_details(one.file), say, now_ms)
            for one in await registry.certificates()
        ]
        return self._renderer.page(
            reader,
            "certificates.html",
            status=status_of(type(failure)) if failure else 200,
            rows=rows,
            done=say(_DONE[done]) if done in _DONE else "",
            trouble=told(failure, reader) if failure else None,
        )


def certificate_row(
    entry: CertificateEntry, details: CertificateDetails, say: Say, now_ms: float
) -> CertificateRow:
    """At ``now_ms``, Unix time in milliseconds as this device believes."""
    uses = (
        say(N_("for clients")) if entry.client else "",
        say(N_("for controllers")) if entry.controller else "",
    )
    end = details.not_after
    return CertificateRow(
        file=entry.file,
        valid=details.valid,
        subject=details.subject,
        uses=tuple(filter(None, uses)),
        validity=say(_validity(details, now_ms)),
        until="" if end is None else _iso(end),
    )


def _validity(details: CertificateDetails, now_ms: float) -> str:
    if not details.valid:
        return N_("not a certificate")
    end = details.not_after
    if end is None:
        return N_("valid")
    if end <= now_ms:
        return N_("expired since")
    return N_("expires soon:") if end - now_ms < _SOON_MS else N_("valid until")


def _iso(unix_ms: int) -> str:
    moment = datetime.fromtimestamp(min(max(unix_ms, 0), _FAR_MS) / 1000, UTC)
    return moment.isoformat(timespec="seconds")
