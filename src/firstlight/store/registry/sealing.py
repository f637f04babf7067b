"""From records to rows and back: the one place that knows what is sealed, and for which place."""

from typing import cast

import msgspec

from firstlight.errors import StoreFailure
from firstlight.model.mac import MacAddress
from firstlight.model.records import TYPE_OF, Record, RecordKind, mac_of
from firstlight.model.registry import Entry
from firstlight.store.registry.database import Row
from firstlight.store.vault import Vault

_CHECK = b"firstlight registry"


class Sealing:
    """Seals rows with a vault, each for its kind, its name and its version."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    def record(self, kind: RecordKind, uuid: str, version: int, record: Record) -> bytes:
        """A record, as its row keeps it."""
        return self._vault.seal(_place(kind, uuid, version), msgspec.json.encode(record))

    def entry(self, row: Row) -> Entry:
        """The record of a row: kind, UUID, version, sealed. Raises ``StoreFailure``."""
        kind, uuid, version, sealed = RecordKind(row[0]), str(row[1]), int(row[2]), bytes(row[3])
        try:
            plain = self._vault.open(_place(kind, uuid, version), sealed)
            record = msgspec.json.decode(plain, type=TYPE_OF[kind])
        except (StoreFailure, msgspec.DecodeError) as error:
            code = error.code if isinstance(error, StoreFailure) else None
            hint = error.hint if isinstance(error, StoreFailure) else None
            raise StoreFailure(
                f"The record {uuid} of {kind} can't be read: it is damaged, somebody changed it, "
                "or its key is gone.",
                code=code,
                hint=hint,
            ) from error
        return Entry(kind=kind, uuid=uuid, version=version, record=record)

    def macs(self, kind: RecordKind, mac: MacAddress) -> tuple[bytes, ...]:
        """The digests that a MAC address may stand under, the newest first."""
        return self._vault.digests(f"mac/{kind}", mac)

    def mac(self, kind: RecordKind, record: Record) -> bytes | None:
        """The digest that this record's MAC address is stored under."""
        mac = mac_of(record)
        return None if mac is None else self.macs(kind, mac)[0]

    def pem(self, file: str, pem: str) -> bytes:
        """A certificate's text."""
        return self._vault.seal(f"certificate/{file}", pem.encode())

    def open_pem(self, file: str, sealed: bytes) -> str:
        """A certificate's text. Raises ``StoreFailure``."""
        return self._vault.open(f"certificate/{file}", sealed).decode()

    def designation(self, kind: RecordKind, file: str) -> bytes:
        """A seal that says: this certificate was designated for that kind."""
        return self._vault.seal(f"designation/{kind}/{file}", b"")

    def check_designation(self, kind: RecordKind, file: str, sealed: bytes) -> None:
        """Raises ``StoreFailure`` when nobody who has the key designated it."""
        self._vault.open(f"designation/{kind}/{file}", sealed)

    def key_check(self) -> bytes:
        """Something sealed with the current key, to know it again by."""
        return self._vault.seal("key check", _CHECK)

    def check_key(self, sealed: bytes) -> None:
        """Raises ``StoreFailure`` when another key sealed it."""
        self._vault.open("key check", sealed)


def mac_matches(entry: Entry, mac: MacAddress) -> bool:
    """Whether the record itself says so. A digest in a row proves nothing: rows can be changed."""
    return cast("str | None", mac_of(entry.record)) == mac


def _place(kind: RecordKind, uuid: str, version: int) -> str:
    return f"record/{kind}/{version}/{uuid}"
