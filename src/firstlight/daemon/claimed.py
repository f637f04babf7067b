"""Where a claimed configuration is kept, opened when it is needed: most devices never claim one."""

import asyncio
import os
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING

import msgspec

from firstlight.config import Config
from firstlight.model.claimed import Claimed
from firstlight.model.records import RecordKind
from firstlight.provisioning.claim.messages import Store
from firstlight.provisioning.protocol import ClientContent
from firstlight.store.claimed import NAME, ClaimedStore, fill
from firstlight.store.files import remove_durably
from firstlight.store.registry.port import Registry

if TYPE_CHECKING:
    from firstlight.store.vault import SealedFile


class ClaimArchive:
    """Satisfies ``target.claiming.Keeper``. ``claimed`` is what was last read or written.

    ``registry`` opens a controller's; it is closed again. Everything raises ``StoreFailure``.
    """

    def __init__(self, config: Config, registry: Callable[[], Registry] | None = None) -> None:
        self._config = config
        self._registry = registry or self._own_registry
        self._path = config.state_path / NAME
        self._store: ClaimedStore | None = None
        self.claimed: Claimed | None = None

    async def read(self) -> Claimed | None:
        """What was claimed before. Touches no key where there is nothing."""
        self.claimed = await asyncio.to_thread(self._read)
        return self.claimed

    async def keep(self, store: Store) -> None:
        """All of it is on disk when this returns, or nothing."""
        self.claimed = await asyncio.to_thread(self._keep, store)

    async def drop(self) -> None:
        """Forget it; fine if there is nothing. A controller's registry stays."""
        await asyncio.to_thread(self._drop)
        self.claimed = None

    def _read(self) -> Claimed | None:
        return self._opened().read() if self._path.exists() else None

    def _drop(self) -> None:
        remove_durably(self._path)

    def _keep(self, store: Store) -> Claimed:
        content = store.content
        claimed = Claimed(
            role=store.role, at=store.at, controller=str(store.controller), ca=store.ca
        )
        if isinstance(content, ClientContent):
            claimed = msgspec.structs.replace(claimed, record=msgspec.Raw(content.record))
        else:
            with closing(self._registry()) as registry:
                fill(registry, content.records, store.ca)
            kinds = [kind for kind, _, _ in content.records]
            claimed = msgspec.structs.replace(
                claimed,
                controllers=kinds.count(RecordKind.CONTROLLER),
                clients=kinds.count(RecordKind.CLIENT),
            )
        self._opened().write(claimed)
        return claimed

    def _opened(self) -> ClaimedStore:
        if self._store is None:
            self._store = ClaimedStore(self._sealed())
        return self._store

    def _sealed(self) -> "SealedFile":
        from firstlight.store.keyring import key_file
        from firstlight.store.registry.select import FILE
        from firstlight.store.vault import SealedFile, Vault, sealed_files

        folder = self._config.state_path
        if (folder / FILE).exists() or self._config.registry.url is not None:
            # What is encrypted there must open with the same key: it says so if that is lost.
            self._registry().close()
        key = key_file(folder, self._config.registry.key_file, os.environ)
        return SealedFile(self._path, Vault(key, in_use=bool(sealed_files(folder))))

    def _own_registry(self) -> Registry:
        from firstlight.store.registry.select import open_registry

        wish = self._config.registry
        return open_registry(self._config.state_path, url=wish.url, key_file=wish.key_file)
