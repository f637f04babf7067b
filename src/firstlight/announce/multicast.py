"""The adverts over multicast DNS (RFC 6762, RFC 6763), by the zeroconf library.

``<host>.local`` comes with the services: it is their host. Where Avahi runs it answers for the same
name with the same addresses, and answers that are alike are no conflict (RFC 6762, 9).
"""

import logging
import socket
from typing import Any

from zeroconf import IPVersion, NonUniqueNameException
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from firstlight.announce.port import Advert

# A network that goes before a goodbye is sent is nobody's fault; what counts is told by the caller.
logging.getLogger("zeroconf").setLevel(logging.ERROR)

OWN_TYPE = "_firstlight._tcp.local."
HTTP_TYPES = {False: "_http._tcp.local.", True: "_https._tcp.local."}


class MulticastAdvertiser:
    """Satisfies ``Advertiser``."""

    def __init__(self) -> None:
        self._open: AsyncZeroconf | None = None

    async def tell(self, advert: Advert, addresses: frozenset[str]) -> None:
        """Begin anew on these addresses: those of before have been taken back."""
        await self.close()
        if not addresses:
            return
        told = sorted(addresses)
        self._open = AsyncZeroconf(interfaces=told, ip_version=IPVersion.V4Only)
        for info in services(advert, told):
            try:
                opened: Any = self._open  # its types are incomplete
                register = opened.async_register_service
                await (await register(info, allow_name_change=True, cooperating_responders=True))
            except NonUniqueNameException as error:
                raise OSError(f"the name {info.name} is taken on this network") from error

    async def close(self) -> None:
        """Say goodbye, and leave."""
        if self._open is not None:
            leaving, self._open = self._open, None
            await leaving.async_unregister_all_services()
            await leaving.async_close()


def services(advert: Advert, addresses: list[str]) -> list[AsyncServiceInfo]:
    """Firstlight's own service, and the web page for those who only look for such."""
    told = {"id": advert.device_id, "version": advert.version, "path": "/", "txtvers": "1"}
    names = ((OWN_TYPE, advert.device_id), (HTTP_TYPES[advert.secure], _instance(advert)))
    return [
        AsyncServiceInfo(
            kind,
            f"{name}.{kind}",
            addresses=[socket.inet_aton(one) for one in addresses],
            port=advert.port,
            properties=told if kind == OWN_TYPE else {"path": "/"},
            server=f"{advert.host}.local.",
        )
        for kind, name in names
    ]


def _instance(advert: Advert) -> str:
    """For people: at most 63 bytes, and no dot, which would end it (RFC 6763, 4.1.1)."""
    words = f"{advert.brand} {advert.device_id}".replace(".", " ").split()
    return " ".join(words).encode()[:63].decode(errors="ignore")
