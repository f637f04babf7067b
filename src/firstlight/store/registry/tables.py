"""The registry in tables: one implementation over every ``Database``."""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager

from firstlight.errors import Code, Conflict, NotFound, StoreFailure
from firstlight.model.mac import MacAddress
from firstlight.model.records import Record, RecordKind, mac_of
from firstlight.model.registry import Certificate, CertificateEntry, Entry, Registered
from firstlight.store.registry import sql
from firstlight.store.registry.database import Database, Row, Run, Stream
from firstlight.store.registry.opening import prepare
from firstlight.store.registry.rotation import rotation
from firstlight.store.registry.sealing import Sealing, mac_matches
from firstlight.store.vault import Vault

VaultOf = Callable[[bool], Vault]
"""The vault, told whether something was sealed with it already."""


class TableRegistry:
    """Satisfies ``Registry``."""

    def __init__(self, database: Database, vault_of: VaultOf) -> None:
        """Make or migrate the tables. Raises ``StoreFailure``; the database is closed then."""
        self._database = database
        try:
            self._vault = prepare(database, vault_of)
        except BaseException:
            database.close()
            raise
        self._sealing = Sealing(self._vault)

    def close(self) -> None:
        """As ``Registry.close``."""
        self._database.close()

    def uuids(self, kind: RecordKind) -> tuple[str, ...]:
        """As ``Registry.uuids``."""
        with self._database.reading() as run:
            return tuple(uuid for (uuid,) in run(sql.UUIDS, kind))

    def get(self, kind: RecordKind, uuid: str) -> Entry:
        """As ``Registry.get``."""
        with self._database.reading() as run:
            rows = run(sql.GET, kind, uuid)
        if not rows:
            raise _no_record(kind, uuid)
        return self._sealing.entry(rows[0])

    def find(self, kind: RecordKind, mac: MacAddress) -> Entry | None:
        """As ``Registry.find``; one look-up, two while a key is being rotated."""
        entry, newest = self._filed(kind, mac)
        if entry is None and newest != self._vault.generation:  # filed anew by another process
            self._vault.reload()
            entry, _ = self._filed(kind, mac)
        if entry is not None and not mac_matches(entry, mac):
            raise StoreFailure(
                f"The record {entry.uuid} is filed under a MAC address that isn't its own: "
                "somebody changed the database.",
                hint="Restore the registry from a backup.",
            )
        return entry

    def put(
        self, kind: RecordKind, uuid: str, record: Record, *, expected: int | None = None
    ) -> Entry:
        """As ``Registry.put``."""
        with self._writing() as run:
            seen = run(sql.VERSION_OF, kind, uuid)
            there = seen[0][0] if seen else 0
            if expected is not None and expected != there:
                raise _other_version(uuid, there)
            for owner, _ in self._owners(run, kind, record):
                if owner != uuid:
                    raise _mac_taken(owner)
            version = _counted(run) + 1
            self._write(run, kind, uuid, version, record)
            run(sql.COUNT, version)
        return Entry(kind=kind, uuid=uuid, version=version, record=record)

    def put_all(
        self,
        entries: Iterable[tuple[RecordKind, str, Record]],
        certificates: Iterable[Certificate] = (),
    ) -> None:
        """As ``Registry.put_all``.

        Who loses a MAC address to another record of the import has to get a new one from it, too.
        """
        with self._writing() as run:
            start = version = _counted(run)
            robbed: dict[tuple[RecordKind, str], None] = {}
            for kind, uuid, record in entries:
                for owner, written in self._owners(run, kind, record):
                    if owner == uuid:
                        continue
                    if written > start:
                        raise _mac_taken(owner)
                    robbed[kind, owner] = None
                    run(sql.TAKE_MAC, kind, owner)
                version += 1
                self._write(run, kind, uuid, version, record)
                robbed.pop((kind, uuid), None)
            for _, owner in robbed:
                raise _mac_taken(owner)
            run(sql.COUNT, version)
            for certificate in certificates:
                self._restore(run, certificate)

    def entries(self, kind: RecordKind, *, after: str = "", count: int = 100) -> tuple[Entry, ...]:
        """As ``Registry.entries``."""
        with self._database.reading() as run:
            rows = run(sql.PAGE, kind, after, count)
        return tuple(map(Sealing(self._vault.lasting()).entry, rows))

    def delete(self, kind: RecordKind, uuid: str) -> None:
        """As ``Registry.delete``."""
        with self._writing() as run:
            if not run(sql.DELETE, kind, uuid):
                raise _no_record(kind, uuid)

    def each(self, *kinds: RecordKind) -> Iterator[Entry]:
        """As ``Registry.each``. The moment is that of the first item."""
        with self._snapshot() as (stream, sealing):
            for kind in kinds:
                yield from map(sealing.entry, stream(sql.EACH, kind))

    def everything(self) -> Iterator[Entry | Certificate]:
        """As ``Registry.everything``. The moment is that of the first item."""
        with self._snapshot() as (stream, sealing):
            for kind in RecordKind:
                yield from map(sealing.entry, stream(sql.EACH, kind))
            designated = _designations(stream(sql.DESIGNATIONS), sealing)
            for file, sealed in stream(sql.PEMS):
                yield Certificate(
                    file=file,
                    pem=sealing.open_pem(file, bytes(sealed)),
                    controller=designated.get(RecordKind.CONTROLLER) == file,
                    client=designated.get(RecordKind.CLIENT) == file,
                )

    def macs(self) -> Iterator[Registered]:
        """As ``Registry.macs``. The moment is that of the first item."""
        with self._snapshot() as (stream, sealing):
            for entry in map(sealing.entry, stream(sql.MACS)):
                mac = mac_of(entry.record)
                if mac is not None:
                    yield Registered(mac, entry.kind, entry.uuid, entry.record.name)

    def certificates(self) -> tuple[CertificateEntry, ...]:
        """As ``Registry.certificates``."""
        with self._database.reading() as run:
            rows = run(sql.CERTIFICATES)
            designated = _designations(run(sql.DESIGNATIONS), self._sealing)
        return tuple(_certificate_entry(file, size, designated) for file, size in rows)

    def certificate(self, file: str) -> str:
        """As ``Registry.certificate``."""
        with self._database.reading() as run:
            rows = run(sql.CERTIFICATE, file)
        if not rows:
            raise _no_certificate(file)
        return self._sealing.open_pem(file, bytes(rows[0][1]))

    def add_certificate(self, file: str, pem: str) -> None:
        """As ``Registry.add_certificate``."""
        with self._writing() as run:
            if run(sql.CERTIFICATE, file):
                raise _exists(file)
            self._add_certificate(run, file, pem)

    def delete_certificate(self, file: str) -> None:
        """As ``Registry.delete_certificate``; it then is designated for nothing."""
        with self._writing() as run:
            if not run(sql.DELETE_CERTIFICATE, file):
                raise _no_certificate(file)

    def designate(self, kind: RecordKind, file: str) -> None:
        """As ``Registry.designate``."""
        with self._writing() as run:
            if not run(sql.CERTIFICATE, file):
                raise _no_certificate(file)
            self._designate(run, kind, file)

    def designated(self, kind: RecordKind) -> CertificateEntry | None:
        """As ``Registry.designated``."""
        with self._database.reading() as run:
            designated = _designations(run(sql.DESIGNATIONS), self._sealing)
            file = designated.get(kind)
            rows = () if file is None else run(sql.CERTIFICATE, file)
        return _certificate_entry(file, rows[0][0], designated) if file and rows else None

    def rotate(self, also: Callable[[], None] = lambda: None) -> Iterator[int]:
        """As ``Registry.rotate``."""
        return rotation(self._database, self._vault, also)

    @contextmanager
    def _snapshot(self) -> Generator[tuple[Stream, Sealing]]:
        """Rows, and what opens them even when a rotation drops their key meanwhile."""
        sealing = Sealing(self._vault.lasting())
        with self._database.snapshot() as stream:
            yield stream, sealing

    def _filed(self, kind: RecordKind, mac: MacAddress) -> tuple[Entry | None, int]:
        """Who is filed under it by the keys at hand, and the newest key that the database knows."""
        with self._database.reading() as run:
            for digest in self._sealing.macs(kind, mac):
                if rows := run(sql.FIND, kind, digest):
                    return self._sealing.entry(rows[0]), self._vault.generation
            return None, run(sql.NEWEST_KEY)[0][0]

    @contextmanager
    def _writing(self) -> Generator[Run]:
        """A transaction that makes sure of the key first.

        Where several processes share a database, one of them may have rotated: what is sealed with
        the old key then could soon be read by nobody.
        """
        with self._database.writing() as run:
            newest = run(sql.NEWEST_KEY)[0][0]
            if newest != self._vault.generation:
                self._vault.reload()
            if newest > self._vault.generation:
                raise StoreFailure(
                    f"The registry was sealed anew with key number {newest}, and the key file has "
                    f"number {self._vault.generation}.",
                    code=Code.KEY_LOST,
                    hint="Give this Firstlight the key file of the one that rotated the key.",
                )
            if newest < self._vault.generation:
                run(sql.ADD_KEY, self._vault.generation, self._sealing.key_check())
            yield run

    def _owners(self, run: Run, kind: RecordKind, record: Record) -> Iterator[tuple[str, int]]:
        """Who is filed under the record's MAC address, whichever key it was filed with."""
        mac = mac_of(record)
        if mac is not None:
            for digest in self._sealing.macs(kind, mac):
                yield from run(sql.OWNER, kind, digest)

    def _write(self, run: Run, kind: RecordKind, uuid: str, version: int, record: Record) -> None:
        digest = self._sealing.mac(kind, record)
        sealed = self._sealing.record(kind, uuid, version, record)
        run(sql.PUT, kind, uuid, version, digest, sealed, self._vault.generation)

    def _restore(self, run: Run, certificate: Certificate) -> None:
        if there := run(sql.CERTIFICATE, certificate.file):
            if self._sealing.open_pem(certificate.file, bytes(there[0][1])) != certificate.pem:
                raise _exists(certificate.file)
        else:
            self._add_certificate(run, certificate.file, certificate.pem)
        for kind in certificate.designations:
            self._designate(run, kind, certificate.file)

    def _add_certificate(self, run: Run, file: str, pem: str) -> None:
        sealed = self._sealing.pem(file, pem)
        run(sql.ADD_CERTIFICATE, file, len(pem.encode()), sealed, self._vault.generation)

    def _designate(self, run: Run, kind: RecordKind, file: str) -> None:
        sealed = self._sealing.designation(kind, file)
        run(sql.DESIGNATE, kind, file, sealed, self._vault.generation)


def _designations(rows: Iterable[Row], sealing: Sealing) -> dict[RecordKind, str]:
    found: dict[RecordKind, str] = {}
    for kind, file, sealed in rows:
        sealing.check_designation(RecordKind(kind), file, bytes(sealed))
        found[RecordKind(kind)] = file
    return found


def _counted(run: Run) -> int:
    return run(sql.READ_COUNTER)[0][0]


def _certificate_entry(file: str, size: int, designated: dict[RecordKind, str]) -> CertificateEntry:
    return CertificateEntry(
        file=file,
        size=size,
        controller=designated.get(RecordKind.CONTROLLER) == file,
        client=designated.get(RecordKind.CLIENT) == file,
    )


def _no_record(kind: RecordKind, uuid: str) -> NotFound:
    return NotFound(f"There is no record {uuid} of {kind}.", code=Code.UNKNOWN_RECORD)


def _no_certificate(file: str) -> NotFound:
    return NotFound(f"There is no certificate {file}.", code=Code.UNKNOWN_CERTIFICATE)


def _exists(file: str) -> Conflict:
    return Conflict(
        f"There is another certificate {file} already.",
        code=Code.ALREADY_EXISTS,
        hint="Delete it first, or choose another name.",
    )


def _mac_taken(owner: str) -> Conflict:
    return Conflict(
        f"The record {owner} has that MAC address already.",
        code=Code.MAC_TAKEN,
        hint="Each MAC address belongs to one record of a kind.",
    )


def _other_version(uuid: str, there: int) -> Conflict:
    found = f"it is at version {there} now" if there else "it is not there any more"
    return Conflict(
        f"The record {uuid} was changed in the meantime: {found}.",
        code=Code.VERSION_CONFLICT,
        hint="Look at it again, and repeat the change.",
    )
