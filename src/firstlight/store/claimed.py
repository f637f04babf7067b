"""What was claimed, kept whole or not at all, and encrypted.

One sealed file. A client's own record lies in it. A controller's records lie in its registry; the
file says that they were claimed, and is written last: whatever kills a claim, the next start finds
no file, and claims again what it then replaces.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

import msgspec

from firstlight.errors import Conflict, InvalidInput, NotFound, StoreFailure
from firstlight.model.claimed import Claimed
from firstlight.model.records import Record, RecordKind
from firstlight.model.registry import ClientCa
from firstlight.store.registry.port import Registry

NAME = "claimed.sealed"

CA_FILE = "claimed-ca.pem"
"""The name of the claimed client CA in a controller's registry."""


class Sealed(Protocol):
    """One encrypted file (``store.vault.SealedFile``). Both methods raise ``StoreFailure``."""

    @property
    def path(self) -> Path:
        """Where it is."""
        ...

    def read(self) -> bytes | None:
        """What it holds; ``None`` without a file."""
        ...

    def write(self, content: bytes) -> None:
        """Replace it; it then is as before when that fails."""
        ...


class ClaimedStore:
    """At most one claimed configuration. All methods block, and raise ``StoreFailure``."""

    def __init__(self, file: Sealed) -> None:
        self._file = file

    def read(self) -> Claimed | None:
        """What was claimed, if anything was."""
        content = self._file.read()
        if content is None:
            return None
        try:
            claimed = msgspec.json.decode(content, type=Claimed)
            _usable(claimed)
        except (msgspec.DecodeError, UnicodeDecodeError, InvalidInput) as error:
            raise StoreFailure(
                f"{self._file.path} holds no claimed configuration.",
                hint="Claim it again: firstlight claim --again.",
            ) from error
        return claimed

    def write(self, claimed: Claimed) -> None:
        """Put it in place of what was there; killed at any point, it is the old one or the new."""
        self._file.write(msgspec.json.encode(claimed))


def _usable(claimed: Claimed) -> None:
    """Raise for a record that holds what none can hold."""
    claimed.wifi()
    claimed.mqtt()


def fill(
    registry: Registry, records: Iterable[tuple[RecordKind, str, Record]], ca: ClientCa | None
) -> None:
    """Put a claimed bundle into the registry: the certificate first, then all records at once.

    Every step can be done again. Raises ``StoreFailure``, also for a record that the registry
    refuses.
    """
    try:
        if ca is not None:
            _put_certificate(registry, ca)
        registry.put_all(records)
    except Conflict as error:
        raise StoreFailure(
            f"What was claimed does not fit what is registered here: {error.message}",
            hint="Delete the records that are in the way, and claim again.",
        ) from error


def _put_certificate(registry: Registry, ca: ClientCa) -> None:
    try:
        known = registry.certificate(CA_FILE)
    except NotFound:
        registry.add_certificate(CA_FILE, ca.pem)
    else:
        if known != ca.pem:
            registry.delete_certificate(CA_FILE)
            registry.add_certificate(CA_FILE, ca.pem)
    registry.designate(RecordKind.CLIENT, CA_FILE)
