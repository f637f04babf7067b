"""The registry: controllers and clients, one at a time and in bulk, and certificates."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from firstlight.client.operation import operation
from firstlight.client.request import (
    JSON,
    Reply,
    Request,
    as_bytes,
    as_json,
    as_text,
    decoded,
    get,
    granted,
    not_unicode,
    segment,
    wish,
)
from firstlight.model.records import TYPE_OF, Record, RecordKind
from firstlight.model.registry import (
    CertificateDetails,
    CertificateEntry,
    Entry,
    ImportPreview,
)
from firstlight.model.wire import CertificateUse, EntriesAnswer, ExchangeForm, RegistryEntry

PAGE: Final = 200
"""Records that ``entries`` asks for at once."""

MEDIA_OF: Final = {ExchangeForm.CSV: "text/csv", ExchangeForm.JSON: JSON}

_LONG_SECONDS = 900.0
"""A hundred thousand records take a PC half a minute, and a small board ten times that."""

_REGISTRY = "/api/registry"
_CERTIFICATES = "/certs"


class RegistryOperations:
    """For those who are signed in. All but the last few raise ``StoreFailure`` without its key."""

    @operation
    def uuids(self, kind: RecordKind) -> Request[tuple[str, ...]]:
        """The UUIDs of all records of that kind."""
        return get(f"/api/{kind}", tuple[str, ...])

    @operation
    def entries(
        self, kind: RecordKind, *, after: str = "", count: int = PAGE
    ) -> Request[tuple[RegistryEntry, ...]]:
        """A page of records by UUID, those behind ``after``; a page that is not full is the last.

        ``count``: 1 to 1000. A record is plain data here, with whatever a newer daemon knows.
        """
        params = {"kind": str(kind), "count": str(count)} | ({"after": after} if after else {})
        return Request(
            method="GET",
            path=_REGISTRY,
            params=params,
            read=lambda reply: decoded(EntriesAnswer)(reply).entries,
        )

    @operation
    def record(self, kind: RecordKind, uuid: str) -> Request[Entry]:
        """One record and its version. Raises ``NotFound``.

        Raises ``NotUnderstood`` for one with fields that this version does not know: putting it
        back would lose them. ``entries`` has it as plain data.
        """

        def read(reply: Reply) -> Entry:
            record = msgspec.json.decode(reply.body, type=TYPE_OF[kind])
            version = _version(reply)
            return Entry(kind=kind, uuid=uuid.lower(), version=version, record=record)

        return Request(method="GET", path=_record(kind, uuid), read=read)

    @operation
    def put_record(
        self,
        kind: RecordKind,
        uuid: str,
        record: Record | Mapping[str, Any] | msgspec.Raw,
        *,
        seen: int | None = None,
    ) -> Request[int]:
        """Add or replace a record; returns its new version.

        ``seen``: only if that is still its version, 0 for one that is not there yet; ``Conflict``
        is raised otherwise. Raises ``InvalidInput`` naming the field.
        """
        sent = as_json(record)
        if seen is not None:
            sent["headers"] |= {"if-match": f'"{seen}"'}
        return Request(method="PUT", path=_record(kind, uuid), read=_version, **sent)

    @operation
    def delete_record(self, kind: RecordKind, uuid: str) -> Request[None]:
        """Remove a record. Raises ``NotFound``."""
        return wish("DELETE", _record(kind, uuid))

    @operation
    def preview_import(self, content: bytes, form: ExchangeForm) -> Request[ImportPreview]:
        """What an import would do, and all that is wrong with it; changes nothing."""
        return _upload("preview", content, form)

    @operation
    def import_registry(self, content: bytes, form: ExchangeForm) -> Request[ImportPreview]:
        """Add and replace many records: all of them, or none. Raises ``InvalidInput``."""
        return _upload("import", content, form)

    @operation
    def export_registry(self, form: ExchangeForm) -> Request[bytes]:
        """The whole registry, passwords included, in a form that the import takes."""
        return Request(
            method="GET",
            path=f"{_REGISTRY}/export",
            params={"form": str(form)},
            read=as_bytes,
            expects=MEDIA_OF[form],
        )

    @operation
    def rotate_key(self) -> Request[None]:
        """Encrypt all of it with a new key."""
        return replace(wish("POST", f"{_REGISTRY}/rotate-key"), seconds=_LONG_SECONDS)

    @operation
    def certificates(self) -> Request[tuple[CertificateEntry, ...]]:
        """All certificates, and what they are designated for."""
        return get(_CERTIFICATES, tuple[CertificateEntry, ...])

    @operation
    def certificate(self, file: str) -> Request[str]:
        """A certificate as PEM text. Raises ``NotFound``."""
        return Request(method="GET", path=_certificate(file), read=as_text, expects="text/plain")

    @operation
    def certificate_details(self, file: str) -> Request[CertificateDetails]:
        """What a certificate says of itself. Raises ``NotFound``."""
        return get(f"{_certificate(file)}/details", CertificateDetails)

    @operation
    def add_certificate(
        self, file: str, pem: bytes, use: CertificateUse | None = None
    ) -> Request[None]:
        """Keep a new certificate, and designate it. Raises ``InvalidInput``, ``Conflict``.

        ``file``: its name, 31 characters at most.
        """
        try:
            file.encode()
        except UnicodeEncodeError as error:
            raise not_unicode() from error
        headers = {} if use is None else {"x-cert-type": str(use)}
        return Request(
            method="POST", path=_CERTIFICATES, headers=headers, file=(file, pem), read=granted
        )

    @operation
    def delete_certificate(self, file: str) -> Request[None]:
        """Remove a certificate. Raises ``NotFound``."""
        return wish("DELETE", _certificate(file))

    @operation
    def designate_certificate(self, file: str, kind: RecordKind) -> Request[None]:
        """Make it *the* certificate that records of that kind are handed."""
        word = CertificateUse.CLIENT if kind is RecordKind.CLIENT else CertificateUse.CONTROLLER
        return wish("PUT", f"{_certificate(file)}/{word}")


def _upload(what: str, content: bytes, form: ExchangeForm) -> Request[ImportPreview]:
    return Request(
        method="POST",
        path=f"{_REGISTRY}/{what}",
        params={"form": str(form)},
        headers={"content-type": "application/octet-stream"},
        content=content,
        read=decoded(ImportPreview),
        seconds=_LONG_SECONDS,
    )


def _version(reply: Reply) -> int:
    return int(reply.headers.get("etag", "").strip('"'))


def _record(kind: RecordKind, uuid: str) -> str:
    return f"/api/{kind}/{segment(uuid)}"


def _certificate(file: str) -> str:
    return f"{_CERTIFICATES}/{segment(file)}"
