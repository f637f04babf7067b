"""What Improv works with."""

from collections.abc import Callable
from typing import NamedTuple, Protocol

from firstlight.clock import Clock
from firstlight.daemon.hub import Hub
from firstlight.model.attempt import Attempt
from firstlight.model.status import DeviceStatus
from firstlight.model.wire import ConnectBody, NetworkEntry


class Networks(Protocol):
    """What is asked of the device; see ``web.service.DeviceService``."""

    def status(self) -> DeviceStatus:
        """As of now."""
        ...

    async def networks(self) -> tuple[NetworkEntry, ...]:
        """Networks in sight."""
        ...

    async def known_networks(self) -> tuple[NetworkEntry, ...]:
        """What was heard so far."""
        ...

    async def connect(self, body: ConnectBody) -> Attempt:
        """Start joining."""
        ...

    def attempt(self, attempt_id: str | None) -> Attempt:
        """That attempt."""
        ...

    def attended(self) -> None:
        """A person is at it."""
        ...


class Self(NamedTuple):
    """What the device says of itself to whoever asks, authorized or not."""

    firmware: str
    version: str
    hardware: str
    name: str


class Company(NamedTuple):
    """``had_network``: whether the device has ever been set up.

    ``can_identify``: whether there is anything that would make it noticed. ``page``: where the
    pages are at that address, for a browser on the new network; empty where they are not.
    """

    device: Networks
    hub: Hub
    clock: Clock
    own: Self
    had_network: Callable[[], bool]
    can_identify: Callable[[], bool]
    page: Callable[[str], str]
