"""What the device remembers, in memory and on disk."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from firstlight.clock import Clock
from firstlight.core.reset import as_new
from firstlight.daemon.owing import keep_paying
from firstlight.errors import StoreFailure
from firstlight.model.kept import Kept
from firstlight.store.provisioning import ProvisioningStore

log = logging.getLogger(__name__)


class Memory:
    """``kept`` is the truth; the disk follows. A full disk is a warning, never the end.

    Until it has space again, what was changed meanwhile does not outlive the process.
    """

    def __init__(self, store: ProvisioningStore) -> None:
        self._store = store
        self._writing = asyncio.Lock()
        self._saves: set[asyncio.Task[None]] = set()
        self._unsaved = ""
        self._owing = asyncio.Event()
        self._forgets = False
        self._set_aside: tuple[str, ...] = ()
        self.kept = Kept()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should know about the file."""
        return (*self._set_aside, *([self._unsaved] if self._unsaved else []))

    @property
    def is_unwritten(self) -> bool:
        """Whether the disk did not take what was last given to it."""
        return bool(self._unsaved)

    def load(self) -> tuple[str, ...]:
        """Read the file. Returns a sentence for everything that was wrong with it."""
        self.kept, said = self._store.load()
        # What a newer version has left there is kept, so nobody needs to do anything about it.
        self._set_aside = said[:1] if self._store.was_damaged else ()
        return said

    async def change(self, **fields: Any) -> None:
        """Remember. Returns once it is on disk, or known not to be; nothing new writes nothing."""
        changed = replace(self.kept, **fields)
        if changed == self.kept and not self._unsaved:
            return
        self.kept = changed
        await self._saved()

    async def reset(self) -> None:
        """Forget all but what the factory gave. Raises ``StoreFailure`` if the disk has not yet."""
        self.kept = as_new(self.kept)
        self._forgets = True
        await self._saved()
        if self._unsaved:
            raise StoreFailure(self._unsaved)

    async def keep_trying(self, clock: Clock, written: Callable[[], None]) -> None:
        """For ever: what the disk did not take is written again until it does; then ``written``."""

        async def pay() -> None:
            if await self._paid():
                written()

        await keep_paying(self._owing, clock, pay)

    async def close(self) -> None:
        """Waits for what is being written; then a last try, if the disk did not take something."""
        while self._saves:
            await asyncio.wait(self._saves)
        await self._paid()

    async def _paid(self) -> bool:
        """Whether something was owed to the disk, and is not any more."""
        if not self._unsaved:
            return False
        await self._saved()
        return not self._unsaved

    async def _saved(self) -> None:
        saving = asyncio.create_task(self._save(), name="save")
        self._saves.add(saving)
        saving.add_done_callback(self._saves.discard)
        await asyncio.shield(saving)

    async def _save(self) -> None:
        # A task of its own: a thread that writes can't be cancelled, and there must not be two.
        async with self._writing:
            forgets = self._forgets
            save = self._store.reset if forgets else self._store.save
            try:
                await asyncio.to_thread(save, self.kept)
            except StoreFailure as error:
                if not self._unsaved:
                    log.warning("%s", error)
                self._unsaved = error.message
                self._owing.set()
            else:
                if forgets:
                    self._forgets = False
                if self._unsaved:
                    log.info("the state can be written again")
                self._unsaved = ""
                self._owing.clear()
