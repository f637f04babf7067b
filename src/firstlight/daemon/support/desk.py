"""Puts a support bundle together, one at a time."""

import asyncio
import secrets
from collections.abc import Callable
from datetime import UTC, datetime

from firstlight.clock import Clock
from firstlight.config import Config
from firstlight.daemon.support.live import Told, live_parts, secrets_of
from firstlight.daemon.support.machine import machine_parts
from firstlight.errors import Busy
from firstlight.support.archive import bundle
from firstlight.support.redaction import Redactor

SALT_BYTES = 16


class SupportDesk:
    """``log``: the newest lines of the daemon's log."""

    def __init__(
        self, device: Told, config: Config, clock: Clock, log: Callable[[], tuple[str, ...]]
    ) -> None:
        self._device, self._config, self._clock, self._log = device, config, clock, log
        self._busy = asyncio.Lock()

    async def bundle(self) -> bytes:
        """A ZIP file. Raises ``Busy`` while another one is made."""
        if self._busy.locked():
            raise Busy("A support bundle is being made already.", retry_after=30)
        async with self._busy:
            salt = secrets.token_bytes(SALT_BYTES)
            live, machine, known = await asyncio.gather(
                live_parts(self._device, self._config, self._log(), salt),
                machine_parts(self._config.state_path, logs=False),
                secrets_of(self._device, self._config),
            )
            made = f"{datetime.fromtimestamp(self._clock.wall(), UTC):%Y-%m-%d %H:%M:%S} UTC"
            title = f"Support bundle of {self._config.brand.name}"
            redactor = Redactor(known)
            return await asyncio.to_thread(bundle, title, made, [*live, *machine], redactor)
