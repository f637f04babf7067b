"""What the guards hold a request against."""

import ipaddress
from typing import Self

import msgspec

from firstlight.clock import Clock, SystemClock
from firstlight.errors import ConfigError
from firstlight.web.rates import Rates
from firstlight.web.service import DeviceService
from firstlight.web.settings import WebSettings

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """``networks`` empty: every address may ask. ``service`` is ``None`` while not enabled.

    ``tls_port``: where plain HTTP leads; 0 where there is nothing else.
    """

    networks: tuple[Network, ...]
    hosts: frozenset[str]
    token: bytes | None
    trust_local: bool
    code_on_hotspot: bool
    tls_port: int
    service: DeviceService | None
    rates: Rates

    @classmethod
    def of(
        cls, settings: WebSettings, service: DeviceService | None, clock: Clock | None = None
    ) -> Self:
        """Raises ``ConfigError`` for an address range that is none."""
        name = settings.hostname.lower().rstrip(".")
        own = {name, f"{name}.local", name.partition(".")[0]} if name else set[str]()
        further = (other.lower().rstrip(".") for other in settings.host_names)
        return cls(
            networks=tuple(_network(text) for text in settings.allowed_cidrs),
            hosts=frozenset({"localhost", *own, *further}),
            token=settings.token.encode() if settings.token else None,
            trust_local=settings.trust_local,
            code_on_hotspot=settings.code_on_hotspot,
            tls_port=settings.tls_port if settings.secure else 0,
            service=service,
            rates=Rates((clock or SystemClock()).monotonic),
        )


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise ConfigError(
            "web.allowed_cidrs",
            f"{text!r} is not an address range",
            hint="Write it like 192.168.1.0/24 or fd00::/8.",
        ) from error
