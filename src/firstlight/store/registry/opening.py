"""What happens once, at opening: tables made or migrated, and the key known again."""

from collections.abc import Callable

from firstlight.errors import Code, StoreFailure
from firstlight.store.registry import sql
from firstlight.store.registry.database import Database
from firstlight.store.registry.sealing import Sealing
from firstlight.store.vault import Vault


def prepare(database: Database, vault_of: Callable[[bool], Vault]) -> Vault:
    """The vault for that database, whose tables are then of this version.

    Raises ``StoreFailure``: the database fails, is of a newer version, or has another key.
    """
    with database.writing() as run:
        run(sql.SCHEMA)
        found = run(sql.READ_SCHEMA)
        version = found[0][0] if found else 0
        if version > sql.NEWEST:
            raise StoreFailure(
                f"The registry was made by a newer Firstlight (its version is {version}, "
                f"and {sql.NEWEST} is the newest known here).",
                hint="Install that version again, or a newer one.",
            )
        for number in range(version + 1, sql.NEWEST + 1):
            for statement in sql.migration(number, database.words):
                run(statement)
        if version < sql.NEWEST:
            run(sql.CLEAR_SCHEMA)
            run(sql.WRITE_SCHEMA, sql.NEWEST)
        checks = {generation: bytes(sealed) for generation, sealed in run(sql.KEYS)}
        vault = vault_of(bool(checks or run(sql.IN_USE)))
        _know_again(Sealing(vault), checks)
        if vault.generation not in checks:
            if vault.generation < max(checks, default=0):
                raise _another_key()
            run(sql.ADD_KEY, vault.generation, Sealing(vault).key_check())
    return vault


def _know_again(sealing: Sealing, checks: dict[int, bytes]) -> None:
    for sealed in checks.values():
        try:
            sealing.check_key(sealed)
        except StoreFailure as error:
            raise _another_key() from error


def _another_key() -> StoreFailure:
    return StoreFailure(
        "The registry was encrypted with another key than the one in the key file.",
        code=Code.KEY_LOST,
        hint="Put the key back that was used before. Without it, nothing can be read any more.",
    )
