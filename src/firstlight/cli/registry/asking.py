"""The registry's part of the daemon's HTTP interface."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import Any, Final
from urllib.parse import quote

import msgspec

from firstlight.cli.client import Answer, DaemonClient
from firstlight.cli.failures import Failure
from firstlight.errors import Code
from firstlight.model.records import RecordKind
from firstlight.model.registry import CertificateDetails, CertificateEntry, ImportPreview
from firstlight.model.wire import CertificateUse, EntriesAnswer, ExchangeForm, Ok, RegistryEntry

PAGE: Final = 200
"""Records that are asked for at once."""

_REGISTRY = "/api/registry"
_CERTIFICATES = "/certs"

Fields = dict[str, Any]


class Record(msgspec.Struct, frozen=True):
    """One record as it came, and the ETag that it came with."""

    kind: RecordKind
    uuid: str
    body: bytes
    etag: str

    @property
    def fields(self) -> Fields:
        """As plain data."""
        return msgspec.json.decode(self.body, type=Fields)


class RegistryClient:
    """One method a route. All raise as ``DaemonClient``."""

    def __init__(self, daemon: DaemonClient) -> None:
        self._daemon = daemon

    def entries(self, kind: RecordKind) -> Iterator[RegistryEntry]:
        """All of that kind by UUID, page by page."""
        after = ""
        while True:
            params = {"kind": str(kind), "count": str(PAGE)} | ({"after": after} if after else {})
            page = self._daemon.ask("GET", _REGISTRY, EntriesAnswer, params=params).value.entries
            yield from page
            if len(page) < PAGE:
                return
            after = page[-1].uuid

    def get(self, kind: RecordKind, uuid: str) -> Record | None:
        """The record, if there is one."""
        try:
            answer = self._daemon.request("GET", _record(kind, uuid))
        except Failure as error:
            if error.problem.code == Code.UNKNOWN_RECORD:
                return None
            raise
        return Record(kind, uuid.lower(), answer.content, answer.headers.get("etag", ""))

    def put(self, kind: RecordKind, uuid: str, body: bytes, etag: str | None = None) -> None:
        """Add or replace it; with ``etag`` only if it still has that one."""
        headers = {"content-type": "application/json"} | ({"if-match": etag} if etag else {})
        self._daemon.request("PUT", _record(kind, uuid), content=body, headers=headers)

    def delete(self, kind: RecordKind, uuid: str) -> None:
        """Remove it."""
        self._daemon.request("DELETE", _record(kind, uuid))

    def preview(self, content: bytes, form: ExchangeForm) -> Answer[ImportPreview]:
        """What an import would do."""
        return self._upload("preview", content, form)

    def import_all(self, content: bytes, form: ExchangeForm) -> Answer[ImportPreview]:
        """All of it, or nothing."""
        return self._upload("import", content, form)

    @contextmanager
    def export(self, form: ExchangeForm) -> Generator[Iterator[bytes]]:
        """Everything, piece by piece. What breaks off raises while it is read."""
        with self._daemon.download(f"{_REGISTRY}/export", {"form": str(form)}) as pieces:
            yield pieces

    def rotate_key(self) -> Answer[Ok]:
        """Encrypt all of it with a new key."""
        return self._daemon.ask("POST", f"{_REGISTRY}/rotate-key", Ok)

    def certificates(self) -> Answer[tuple[CertificateEntry, ...]]:
        """All of them."""
        return self._daemon.ask("GET", _CERTIFICATES, tuple[CertificateEntry, ...])

    def certificate(self, file: str) -> bytes:
        """Its PEM text."""
        return self._daemon.request("GET", _certificate(file), expected="text/plain").content

    def details(self, file: str) -> Answer[CertificateDetails]:
        """What it says of itself."""
        return self._daemon.ask("GET", f"{_certificate(file)}/details", CertificateDetails)

    def add_certificate(self, name: str, pem: bytes, use: CertificateUse | None) -> None:
        """Keep a new one, and designate it."""
        headers = {} if use is None else {"x-cert-type": str(use)}
        files = {"file": (name, pem, "application/x-pem-file")}
        self._daemon.request("POST", _CERTIFICATES, headers=headers, files=files)

    def delete_certificate(self, file: str) -> None:
        """Remove it."""
        self._daemon.request("DELETE", _certificate(file))

    def designate(self, file: str, use: CertificateUse) -> None:
        """It is *the* certificate for that kind now."""
        self._daemon.request("PUT", f"{_certificate(file)}/{use}")

    def _upload(self, what: str, content: bytes, form: ExchangeForm) -> Answer[ImportPreview]:
        return self._daemon.ask(
            "POST",
            f"{_REGISTRY}/{what}",
            ImportPreview,
            params={"form": str(form)},
            content=content,
            headers={"content-type": "application/octet-stream"},
        )


def _record(kind: RecordKind, uuid: str) -> str:
    return f"/api/{kind}/{quote(uuid, safe='')}"


def _certificate(file: str) -> str:
    return f"{_CERTIFICATES}/{quote(file, safe='')}"
