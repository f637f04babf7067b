"""Key rotation: everything is sealed anew, in batches, and may be cut short anywhere.

1. The new key joins the old one in the key file. From here on everything is sealed with it.
2. The database learns that the new key is in use.
3. Batch by batch, what the old key sealed is sealed with the new one. Every row names its key, so a
   rotation that was cut short goes on with what is left.
4. When nothing is left, the database forgets the old key, and the key file drops it.

Between any two of these, and inside them, both keys are at hand and every row can be read.
"""

from collections.abc import Callable, Iterator

from firstlight.errors import StoreFailure
from firstlight.model.records import RecordKind
from firstlight.store.registry import sql
from firstlight.store.registry.database import Database, Row, Run
from firstlight.store.registry.sealing import Sealing
from firstlight.store.vault import Vault

BATCH = 200
"""Rows in one transaction."""


def rotation(database: Database, vault: Vault, also: Callable[[], None]) -> Iterator[int]:
    """As ``Registry.rotate``."""
    sealing, current = Sealing(vault), vault.begin_rotation()
    with database.writing() as run:
        if current not in {generation for generation, _ in run(sql.KEYS)}:
            run(sql.ADD_KEY, current, sealing.key_check())
    yield 0
    done, position = 0, -1
    while True:
        with database.writing() as run:
            rows = run(sql.OLD_RECORDS, position, current, BATCH)
            for row in rows:
                _reseal_record(run, sealing, row, current)
        if not rows:
            break
        done, position = done + len(rows), rows[-1][0]
        yield done
    while changed := _reseal_certificates(database, sealing, current):
        done += changed
        yield done
    also()
    with database.writing() as run:
        _reseal_designations(run, sealing, current)
        if run(sql.LEFT_OVER, current, current, current):
            raise StoreFailure(
                "While the key was being changed, something was put under an old one.",
                hint="Change the key again: it goes on with what is left.",
            )
        run(sql.DROP_KEYS, current)
    vault.finish_rotation()
    yield done


def _reseal_record(run: Run, sealing: Sealing, row: Row, generation: int) -> None:
    position, *rest = row
    entry = sealing.entry(tuple(rest))
    sealed = sealing.record(entry.kind, entry.uuid, entry.version, entry.record)
    run(sql.RESEAL_RECORD, sealing.mac(entry.kind, entry.record), sealed, generation, position)


def _reseal_certificates(database: Database, sealing: Sealing, generation: int) -> int:
    with database.writing() as run:
        rows = run(sql.OLD_CERTIFICATES, generation, BATCH)
        for file, sealed in rows:
            pem = sealing.open_pem(file, bytes(sealed))
            run(sql.RESEAL_CERTIFICATE, sealing.pem(file, pem), generation, file)
    return len(rows)


def _reseal_designations(run: Run, sealing: Sealing, generation: int) -> None:
    for kind, file, sealed in run(sql.OLD_DESIGNATIONS, generation):
        sealing.check_designation(RecordKind(kind), file, bytes(sealed))
        anew = sealing.designation(RecordKind(kind), file)
        run(sql.DESIGNATE, kind, file, anew, generation)
