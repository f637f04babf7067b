"""What is told to the networks, and by whom."""

from typing import Protocol

import msgspec


class Advert(msgspec.Struct, frozen=True, kw_only=True):
    """``host``: the name before ``.local``; ``port``: where the pages are. Nothing secret."""

    host: str
    device_id: str
    brand: str
    version: str
    port: int
    secure: bool = False


class Advertiser(Protocol):
    """Tells an advert on some of this machine's addresses, until it is told others."""

    async def tell(self, advert: Advert, addresses: frozenset[str]) -> None:
        """Tell it there and nowhere else; with no addresses, nowhere. Raises ``OSError``."""
        ...

    async def close(self) -> None:
        """Take it back."""
        ...
