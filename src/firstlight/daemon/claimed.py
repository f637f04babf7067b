"""Where a claimed configuration is kept, opened when it is needed: most devices never claim one."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from msgspec import Raw
from msgspec.structs import replace

from firstlight.config import Config
from firstlight.model.claimed import Claimed
from firstlight.model.records import Record, RecordKind
from firstlight.model.registry import ClientCa
from firstlight.provisioning.claim.messages import Store
from firstlight.provisioning.protocol import ClientContent
from firstlight.store.claimed import NAME, ClaimedStore
from firstlight.store.files import remove_durably


class Bundles(Protocol):
    """Where a controller's records go."""

    async def fill(
        self, records: Sequence[tuple[RecordKind, str, Record]], ca: ClientCa | None
    ) -> None:
        """All of them, or none. Raises ``StoreFailure``."""
        ...


class ClaimArchive:
    """Satisfies ``target.claiming.Keeper``. ``claimed`` is what was last read or written.

    Everything raises ``StoreFailure``.
    """

    def __init__(self, config: Config, bundles: Bundles) -> None:
        self._config = config
        self._bundles = bundles
        self._path = config.state_path / NAME
        self.claimed: Claimed | None = None

    async def read(self) -> Claimed | None:
        """What was claimed before. Touches no key where there is nothing."""
        self.claimed = await asyncio.to_thread(self._read)
        return self.claimed

    async def keep(self, store: Store) -> None:
        """All of it is on disk when this returns, or nothing."""
        content = store.content
        claimed = Claimed(
            role=store.role, at=store.at, controller=str(store.controller), ca=store.ca
        )
        if isinstance(content, ClientContent):
            claimed = replace(claimed, record=Raw(content.record))
        else:
            await self._bundles.fill(content.records, store.ca)
            kinds = [kind for kind, _, _ in content.records]
            claimed = replace(
                claimed,
                controllers=kinds.count(RecordKind.CONTROLLER),
                clients=kinds.count(RecordKind.CLIENT),
            )
        await asyncio.to_thread(self._write, claimed)
        self.claimed = claimed

    async def drop(self) -> None:
        """Forget it; fine if there is nothing. A controller's registry stays."""
        await asyncio.to_thread(remove_durably, self._path)
        self.claimed = None

    def _read(self) -> Claimed | None:
        return self._opened().read() if self._path.exists() else None

    def _write(self, claimed: Claimed) -> None:
        self._opened().write(claimed)

    def _opened(self) -> ClaimedStore:
        """With the key of the moment: it may have been rotated since."""
        from firstlight.store.registry.select import open_vault
        from firstlight.store.vault import SealedFile

        vault = open_vault(self._config.state_path, key_file=self._config.registry.key_file)
        return ClaimedStore(SealedFile(self._path, vault))
