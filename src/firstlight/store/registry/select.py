"""Chooses where the registry is kept, and imports only that."""

import os
from functools import partial
from pathlib import Path

from firstlight.errors import StoreFailure
from firstlight.store.registry.port import Registry

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
