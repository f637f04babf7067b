"""The registry as the daemon has it: asynchronous, opened at its first use, in one thread."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from functools import partial
from typing import TypeVar

from firstlight.config import Config
from firstlight.daemon.blocking import OneThread
from firstlight.daemon.certificates import (
    checked_name,
    checked_pem,
    details,
    require_certificate,
)
from firstlight.errors import Code, FirstlightError, InvalidInput, NotFound
from firstlight.model.mac import MacAddress
from firstlight.model.records import Record, RecordKind
from firstlight.model.registry import (
    CertificateDetails,
    CertificateEntry,
    ClientCa,
    Entry,
    ImportPreview,
    Registered,
)
from firstlight.store.registry.port import Registry

log = logging.getLogger(__name__)

T = TypeVar("T")

LARGEST_PAGE = 1000


class RegistryKeeper:
    """Satisfies ``web.registry_service.RegistryService``, and serves Provisioning Mode.

    ``opening`` blocks, and is called at the first use, again at the next one if it failed: a
    device that uses no registry has no key and no database, and starts without PostgreSQL. Every
    method may raise ``StoreFailure``.
    """

    def __init__(
        self,
        opening: Callable[[], Registry],
        seal_anew: Callable[[], None] = lambda: None,
        remove: Callable[[], None] = lambda: None,
        *,
        thread: OneThread | None = None,
    ) -> None:
        """``seal_anew``: what a rotation has to seal beside the registry; ``remove``: a reset."""
        self._opening = opening
        self._remove = remove
        self._seal_anew = seal_anew
        self._thread = thread or OneThread("registry")
        self._registry: Registry | None = None

    async def close(self) -> None:
        """Let go of the database. Streams that are still open end with an error."""
        await self._thread.run(self._close)
        self._thread.end()

    async def forget(self) -> None:
        """Remove everything that is kept on this device. Raises ``StoreFailure``."""
        await self._thread.run(self._forget)

    async def trouble(self) -> str:
        """Why it can't be used at the moment, in a sentence; empty when it can. Opens it."""
        try:
            await self._do(lambda registry: registry.designated(RecordKind.CLIENT))
        except FirstlightError as error:
            return error.message
        return ""

    async def uuids(self, kind: RecordKind) -> tuple[str, ...]:
        """As ``RegistryService.uuids``."""
        return await self._do(lambda registry: registry.uuids(kind))

    async def entries(self, kind: RecordKind, *, after: str = "", count: int = 100) -> list[Entry]:
        """As ``RegistryService.entries``; by UUID, at most a thousand."""
        page = min(max(count, 1), LARGEST_PAGE)
        return list(
            await self._do(lambda registry: registry.entries(kind, after=after.lower(), count=page))
        )

    async def get(self, kind: RecordKind, uuid: str) -> Entry:
        """As ``RegistryService.get``."""
        _readable(kind, uuid)
        return await self._do(lambda registry: registry.get(kind, uuid.lower()))

    async def find(self, kind: RecordKind, mac: MacAddress) -> Entry | None:
        """The record with that MAC address."""
        return await self._do(lambda registry: registry.find(kind, mac))

    async def put(
        self, kind: RecordKind, uuid: str, record: Record, *, expected: int | None = None
    ) -> Entry:
        """As ``RegistryService.put``. Raises ``InvalidInput`` for what is no UUID."""
        from firstlight.provisioning.transfer.reading import uuid_of

        known = uuid_of(uuid)
        if not known:
            raise InvalidInput("uuid", "is missing; it is required")
        return await self._do(lambda registry: registry.put(kind, known, record, expected=expected))

    async def delete(self, kind: RecordKind, uuid: str) -> None:
        """As ``RegistryService.delete``."""
        _readable(kind, uuid)
        await self._do(lambda registry: registry.delete(kind, uuid.lower()))

    def each(self, *kinds: RecordKind) -> AsyncGenerator[Entry, None]:
        """All of those kinds, one kind after another, of one moment, a few in memory at a time."""
        return self._each(lambda registry: registry.each(*kinds))

    def registered(self) -> AsyncGenerator[Registered, None]:
        """Everybody who has a MAC address, of one moment, a few in memory at a time."""
        return self._each(lambda registry: registry.macs())

    async def certificates(self) -> tuple[CertificateEntry, ...]:
        """As ``RegistryService.certificates``."""
        return await self._do(lambda registry: registry.certificates())

    async def certificate(self, file: str) -> str:
        """As ``RegistryService.certificate``."""
        return await self._do(lambda registry: registry.certificate(_findable(file)))

    async def certificate_details(self, file: str) -> CertificateDetails:
        """As ``RegistryService.certificate_details``."""
        return await self._do(lambda registry: details(file, registry.certificate(_findable(file))))

    async def add_certificate(self, file: str, pem: bytes) -> None:
        """As ``RegistryService.add_certificate``."""
        name, text = checked_name(file), checked_pem(pem)
        await self._do(lambda registry: registry.add_certificate(name, text))

    async def delete_certificate(self, file: str) -> None:
        """As ``RegistryService.delete_certificate``; it then is designated for nothing."""
        await self._do(lambda registry: registry.delete_certificate(_findable(file)))

    async def designate(self, kind: RecordKind, file: str) -> None:
        """As ``RegistryService.designate``."""
        require_certificate(await self.certificate_details(file))
        await self._do(lambda registry: registry.designate(kind, file))

    async def client_ca(self) -> ClientCa | None:
        """The certificate that is designated for clients, if there is one."""
        return await self._do(_client_ca)

    async def fill(
        self, records: Sequence[tuple[RecordKind, str, Record]], ca: ClientCa | None
    ) -> None:
        """Put a claimed bundle into it: all records or none."""
        from firstlight.store.claimed import fill

        await self._do(lambda registry: fill(registry, records, ca))

    async def preview_import(self, text: bytes, form: str) -> ImportPreview:
        """As ``RegistryService.preview_import``. Raises ``InvalidInput`` for another form."""
        return await self._transfer(text, form, keep=False)

    async def import_all(self, text: bytes, form: str) -> ImportPreview:
        """As ``RegistryService.import_all``. Raises as ``preview_import``."""
        return await self._transfer(text, form, keep=True)

    def export(self, form: str) -> AsyncIterator[bytes]:
        """As ``RegistryService.export``. Raises ``InvalidInput`` for another form, at once."""
        from firstlight.daemon.transfer import exported
        from firstlight.provisioning.transfer.reading import form_of

        wanted = form_of(form)
        return self._joined(lambda registry: exported(registry, wanted))

    async def rotate_key(self) -> int:
        """Seal everything with a new key; others get their turn between batches.

        Returns how many rows were sealed anew. An interrupted one is taken up by the next call.
        """
        done = 0
        async for some in self._stream(lambda registry: registry.rotate(self._seal_anew)):
            done = some[-1]
        return done

    async def _transfer(self, text: bytes, form: str, *, keep: bool) -> ImportPreview:
        from firstlight.daemon import transfer
        from firstlight.provisioning.transfer.reading import form_of

        found = await asyncio.to_thread(transfer.read, text, form_of(form))
        comparison = transfer.Comparison(found)
        async for _ in self._stream(comparison.steps):  # others get their turn in between
            pass
        seen = comparison.preview()
        if keep and not seen.faults:
            await self._do(lambda registry: transfer.import_all(registry, found))
        return seen

    async def _each(self, begin: Callable[[Registry], Iterator[T]]) -> AsyncGenerator[T, None]:
        stream = self._stream(begin)
        try:
            async for some in stream:
                for one in some:
                    yield one
        finally:
            await stream.aclose()

    async def _joined(
        self, begin: Callable[[Registry], Iterator[bytes]]
    ) -> AsyncGenerator[bytes, None]:
        stream = self._stream(begin)
        try:
            async for some in stream:
                yield b"".join(some)
        finally:
            await stream.aclose()

    def _stream(self, begin: Callable[[Registry], Iterator[T]]) -> AsyncGenerator[list[T], None]:
        return self._thread.stream(lambda: begin(self._opened()))

    async def _do(self, work: Callable[[Registry], T]) -> T:
        return await self._thread.run(lambda: work(self._opened()))

    def _opened(self) -> Registry:
        if self._registry is None:
            self._registry = self._opening()
        return self._registry

    def _forget(self) -> None:
        self._close()
        self._remove()

    def _close(self) -> None:
        if self._registry is not None:
            self._registry.close()
            self._registry = None


def open_registry(config: Config, *, thread: OneThread | None = None) -> RegistryKeeper:
    """The registry of that configuration. Nothing is opened, made or imported before it is used."""

    def opening() -> Registry:
        from firstlight.store.registry import select

        kept = config.registry
        return select.open_registry(config.state_path, url=kept.url, key_file=kept.key_file)

    return RegistryKeeper(
        opening, partial(_seal_files_anew, config), partial(_remove, config), thread=thread
    )


def _remove(config: Config) -> None:
    from firstlight.store.registry.select import remove_registry

    remove_registry(config.state_path)


def _seal_files_anew(config: Config) -> None:
    from firstlight.store.registry.select import seal_files_anew

    seal_files_anew(config.state_path, key_file=config.registry.key_file)


def _client_ca(registry: Registry) -> ClientCa | None:
    designated = registry.designated(RecordKind.CLIENT)
    if designated is None:
        return None
    pem = registry.certificate(designated.file)
    found = require_certificate(details(designated.file, pem))
    return ClientCa(found.fingerprint, pem)


def _readable(kind: RecordKind, uuid: str) -> None:
    """What is no UUID is nobody's, and no database needs to be asked."""
    from firstlight.provisioning.transfer.reading import uuid_of

    try:
        uuid_of(uuid)
    except InvalidInput as error:
        raise NotFound(f"There is no record {uuid} of {kind}.", code=Code.UNKNOWN_RECORD) from error


def _findable(file: str) -> str:
    try:
        return checked_name(file)
    except InvalidInput as error:
        raise NotFound("There is no such certificate.", code=Code.UNKNOWN_CERTIFICATE) from error
