"""A registry, Provisioning Mode and a desk in memory, true to the protocols of the web layer."""

import csv
import io
from collections.abc import AsyncIterator, Callable

import msgspec

from firstlight.errors import (
    Busy,
    Code,
    Conflict,
    FirstlightError,
    InvalidInput,
    NotFound,
    Unauthorized,
)
from firstlight.model.mac import MacAddress
from firstlight.model.provisioning_mode import ModeAnswer, ModeSession, ModeState
from firstlight.model.records import TYPE_OF, Record, RecordKind, mac_of
from firstlight.model.registry import (
    CertificateDetails,
    CertificateEntry,
    ClientCa,
    Entry,
    ImportFault,
    ImportPreview,
)
from firstlight.model.validation import converted

PEM_HEAD = b"-----BEGIN CERTIFICATE-----"
PEM = PEM_HEAD + b"\nMIIB\n-----END CERTIFICATE-----\n"
KINDS = (RecordKind.CONTROLLER, RecordKind.CLIENT)


class FakeRegistry:
    """``before`` comes first in all operations, and may raise. ``changes`` tells what was done."""

    def __init__(self, before: Callable[[], None], changes: list[str]) -> None:
        self._before = before
        self._changes = changes
        self.records: dict[RecordKind, dict[str, Entry]] = {kind: {} for kind in KINDS}
        self.certs: dict[str, bytes] = {}
        self.uses: dict[RecordKind, str] = {}
        self.not_after: int | None = None

    async def uuids(self, kind: RecordKind) -> tuple[str, ...]:
        self._before()
        return tuple(self.records[kind])

    async def entries(self, kind: RecordKind, *, after: str = "", count: int = 100) -> list[Entry]:
        self._before()
        uuids = list(self.records[kind])
        start = uuids.index(after) + 1 if after in uuids else 0
        return [self.records[kind][uuid] for uuid in uuids[start : start + count]]

    async def get(self, kind: RecordKind, uuid: str) -> Entry:
        self._before()
        if uuid not in self.records[kind]:
            raise NotFound(f"There is no such entry: {uuid}.", code=Code.UNKNOWN_RECORD)
        return self.records[kind][uuid]

    async def put(
        self, kind: RecordKind, uuid: str, record: Record, *, expected: int | None = None
    ) -> Entry:
        self._before()
        old = self.records[kind].get(uuid)
        version = old.version if old else 0
        if expected is not None and expected != version:
            raise Conflict("The record was changed meanwhile.", hint="Read it again.")
        mac = mac_of(record)
        for other in self.records[kind].values():
            if mac is not None and other.uuid != uuid and mac_of(other.record) == mac:
                raise Conflict(f"{mac} belongs to {other.record.name}.", code=Code.MAC_TAKEN)
        entry = Entry(kind=kind, uuid=uuid, version=version + 1, record=record)
        self.records[kind][uuid] = entry
        self._changes.append(f"put {kind} {uuid}")
        return entry

    async def delete(self, kind: RecordKind, uuid: str) -> None:
        await self.get(kind, uuid)
        del self.records[kind][uuid]
        self._changes.append(f"delete {kind} {uuid}")

    async def certificates(self) -> tuple[CertificateEntry, ...]:
        self._before()
        return tuple(
            CertificateEntry(
                file=file,
                size=len(pem),
                controller=self.uses.get(RecordKind.CONTROLLER) == file,
                client=self.uses.get(RecordKind.CLIENT) == file,
            )
            for file, pem in sorted(self.certs.items())
        )

    async def certificate(self, file: str) -> str:
        self._before()
        if file not in self.certs:
            raise NotFound(f"There is no certificate {file}.", code=Code.UNKNOWN_CERTIFICATE)
        return self.certs[file].decode()

    async def certificate_details(self, file: str) -> CertificateDetails:
        valid = (await self.certificate(file)).encode().startswith(PEM_HEAD)
        return CertificateDetails(
            file=file,
            valid=valid,
            subject="CN=Harbour CA" if valid else "",
            not_after=self.not_after if valid else None,
        )

    async def add_certificate(self, file: str, pem: bytes) -> None:
        self._before()
        if len(file) > 31:
            raise InvalidInput("file", "must be at most 31 characters long")
        if file in self.certs:
            raise Conflict(f"There is a certificate {file} already.", code=Code.ALREADY_EXISTS)
        try:
            pem.decode("ascii")
        except UnicodeDecodeError as error:
            raise InvalidInput("file", "is not text", code=Code.NOT_A_CERTIFICATE) from error
        self.certs[file] = pem
        self._changes.append(f"add {file}")

    async def delete_certificate(self, file: str) -> None:
        await self.certificate(file)
        del self.certs[file]
        self._changes.append(f"delete {file}")

    async def designate(self, kind: RecordKind, file: str) -> None:
        if not (await self.certificate_details(file)).valid:
            raise InvalidInput("file", "is no certificate", code=Code.NOT_A_CERTIFICATE)
        self.uses[kind] = file
        self._changes.append(f"designate {file} for {kind}")

    async def preview_import(self, text: bytes, form: str) -> ImportPreview:
        self._before()
        return self._understood(text, form)[0]

    async def import_all(self, text: bytes, form: str) -> ImportPreview:
        self._before()
        preview, found = self._understood(text, form)
        for kind, uuid, record in found if not preview.faults else ():
            await self.put(kind, uuid, record)
        return preview

    async def rotate_key(self) -> None:
        self._before()
        self._changes.append("rotate key")

    async def export(self, form: str) -> AsyncIterator[bytes]:
        self._before()
        yield b"kind,uuid,name\n" if form == "csv" else b"["
        for kind in KINDS:
            for one in self.records[kind].values():
                yield f"{kind},{one.uuid},{one.record.name}\n".encode() if form == "csv" else b""
        yield b"" if form == "csv" else b"]"

    def _understood(
        self, text: bytes, form: str
    ) -> tuple[ImportPreview, list[tuple[RecordKind, str, Record]]]:
        faults: list[ImportFault] = []
        found: list[tuple[RecordKind, str, Record]] = []
        try:
            rows = self._rows(text, form)
        except ValueError:
            fault = ImportFault(line=0, field="", message=f"This is not {form.upper()}.")
            return ImportPreview(faults=(fault,)), []
        for line, row in enumerate(rows, 2):
            try:
                kind = RecordKind(row.pop("kind", ""))
                uuid = row.pop("uuid", "")
                found.append((kind, uuid, converted(row, TYPE_OF[kind])))
            except (FirstlightError, ValueError, AttributeError) as error:
                field = error.field if isinstance(error, InvalidInput) else "kind"
                faults.append(ImportFault(line=line, field=field, message=str(error)))
        changed = sum(uuid in self.records[kind] for kind, uuid, _ in found)
        return (
            ImportPreview(
                added=len(found) - changed,
                changed=changed,
                faults=tuple(faults[:100]),
                more_faults=max(0, len(faults) - 100),
            ),
            found,
        )

    @staticmethod
    def _rows(text: bytes, form: str) -> list[dict[str, str]]:
        if form == "csv":
            return list(csv.DictReader(io.StringIO(text.decode())))
        found = msgspec.json.decode(text)
        if not isinstance(found, list):
            raise ValueError("not a list")
        return found


class FakeMode:
    """Provisioning Mode whose session is set by the test."""

    def __init__(self, before: Callable[[], None], changes: list[str]) -> None:
        self._before = before
        self._changes = changes
        self.now = ModeSession(state=ModeState.OFF)
        self.radio_in_use = False

    def answer(self) -> ModeAnswer:
        self._before()
        if self.now.state is not ModeState.ACTIVE:
            return ModeAnswer(enabled=False)
        return ModeAnswer(
            enabled=True,
            ssid=self.now.ssid,
            password=self.now.password,
            expires_at=self.now.expires_at,
            sessions=self.now.devices,
        )

    def session(self) -> ModeSession:
        self._before()
        return self.now

    async def switch_on(self, *, force: bool = False) -> None:
        self._before()
        if self.radio_in_use and not force:
            raise Busy(
                "The radio is in use: the device is online over it.",
                code=Code.RADIO_IN_USE,
                hint="Use it anyway, and the device is offline meanwhile.",
            )
        self._changes.append("mode on, by force" if force else "mode on")
        self.now = msgspec.structs.replace(self.now, state=ModeState.STARTING)

    async def switch_off(self) -> None:
        self._before()
        self._changes.append("mode off")
        self.now = msgspec.structs.replace(self.now, state=ModeState.OFF)


class FakeDesk:
    """Gives to the station ``mac``, who is registered as ``entry``. Nonces count up from 7."""

    def __init__(self, mac: str, entry: Entry | None = None) -> None:
        self.active = True
        self.mac = MacAddress(mac)
        self.entry = entry
        self.ca: ClientCa | None = None
        self.pieces: list[bytes] = [b'{"controllers":[', b'],"clients":[]}']
        self.asked: list[tuple[str | None, ...]] = []
        self._nonce = 6
        self._good: str | None = None

    async def nonce(self, caller: str) -> int:
        self._check_active()
        self._nonce += 1
        self._good = str(self._nonce)
        return self._nonce

    async def client(self, caller: str, claimed: str | None, nonce: str | None) -> Entry:
        self._admit(claimed, nonce)
        return self._found()

    async def controller(
        self, caller: str, claimed: str | None, nonce: str | None, uuid: str | None
    ) -> AsyncIterator[bytes]:
        self._admit(claimed, nonce)
        self._found()
        self.asked.append((claimed, nonce, uuid))
        return self._bundle()

    async def certs(self, caller: str, claimed: str | None) -> ClientCa:
        self._check_active()
        if claimed is None:
            raise InvalidInput("mac-address", "is missing")
        self._check_mac(claimed)
        if self.ca is None:
            raise NotFound("No client CA is designated.", code=Code.UNKNOWN_CERTIFICATE)
        return self.ca

    async def _bundle(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            yield piece

    def _found(self) -> Entry:
        if self.entry is None:
            raise NotFound("No record has that MAC address.", code=Code.UNKNOWN_RECORD)
        return self.entry

    def _admit(self, claimed: str | None, nonce: str | None) -> None:
        self._check_active()
        self._check_mac(claimed or "")
        good, self._good = self._good, None
        if nonce is None or nonce != good:
            raise Unauthorized("The nonce is not good.")

    def _check_mac(self, claimed: str) -> None:
        try:
            same = MacAddress(claimed) == self.mac
        except InvalidInput:
            same = False
        if not same:
            raise Unauthorized("That is not your MAC address.")

    def _check_active(self) -> None:
        if not self.active:
            raise Busy("Provisioning mode inactive", code=Code.PROVISIONING_INACTIVE)
