"""Chooses where the registry is kept, and imports only that."""

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from firstlight.errors import StoreFailure
from firstlight.store.files import remove_durably
from firstlight.store.registry.port import Registry

if TYPE_CHECKING:
    from firstlight.store.vault import Vault

FILE = "registry.db"


def open_registry(folder: Path, *, url: str | None, key_file: str | None) -> Registry:
    """PostgreSQL at ``url``, else SQLite in ``folder``, which also holds the key by default.

    Raises ``StoreFailure``.
    """
    from firstlight.store.keyring import key_file as chosen
    from firstlight.store.vault import Vault, sealed_files

    key = chosen(folder, key_file, os.environ)

    def vault_of(in_use: bool) -> Vault:
        return Vault(key, in_use=in_use or bool(sealed_files(folder)))

    if url is None:
        from firstlight.store.registry.sqlite import open_sqlite

        opened = partial(open_sqlite, folder / FILE)
    else:
        try:
            from firstlight.store.registry.postgres import open_postgres
        except ImportError as error:
            raise StoreFailure(
                "registry.url asks for PostgreSQL, and psycopg is not installed.",
                hint="Install it: pip install 'firstlight[postgresql]'.",
            ) from error
        opened = partial(open_postgres, url)
    return opened(vault_of)


def remove_registry(folder: Path) -> None:
    """Remove the embedded database, for good; fine if there is none. It must be closed.

    A database elsewhere is not this device's alone, and stays. Raises ``StoreFailure``.
    """
    for name in (FILE, f"{FILE}-wal", f"{FILE}-shm"):
        if (folder / name).exists():
            remove_durably(folder / name)


def seal_files_anew(folder: Path, *, key_file: str | None) -> None:
    """Every sealed file in ``folder``, with the current key. Raises ``StoreFailure``."""
    from firstlight.store.keyring import key_file as chosen
    from firstlight.store.vault import SealedFile, Vault, sealed_files

    files = sealed_files(folder)
    if files:
        vault = Vault(chosen(folder, key_file, os.environ), in_use=True)
        for path in files:
            SealedFile(path, vault).seal_anew()


def open_vault(folder: Path, *, key_file: str | None) -> "Vault":
    """The vault for what is sealed beside the registry. Raises ``StoreFailure``.

    A key is made only where neither a registry nor a sealed file is there that needed another one.
    """
    from firstlight.store.keyring import key_file as chosen
    from firstlight.store.vault import Vault, sealed_files

    in_use = (folder / FILE).exists() or bool(sealed_files(folder))
    return Vault(chosen(folder, key_file, os.environ), in_use=in_use)
