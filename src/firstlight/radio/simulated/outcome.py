"""How the world answers somebody who waits."""

import asyncio

from firstlight.errors import FirstlightError


class Outcome:
    """One answer for one waiter. Made inside a running event loop; ``settle`` counts once."""

    def __init__(self) -> None:
        self._future: asyncio.Future[FirstlightError | None] = (
            asyncio.get_running_loop().create_future()
        )

    def settle(self, error: FirstlightError | None = None) -> None:
        """Answer: done, or failed with ``error``."""
        if not self._future.done():
            self._future.set_result(error)

    async def wait(self) -> None:
        """Return when it is done; raise the error if it failed."""
        error = await self._future
        if error is not None:
            raise error
