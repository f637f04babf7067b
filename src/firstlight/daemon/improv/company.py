"""What Improv works with."""

from collections.abc import Callable
from typing import NamedTuple

from firstlight.clock import Clock
from firstlight.daemon.hub import Hub
from firstlight.web.service import DeviceService


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

    device: DeviceService
    hub: Hub
    clock: Clock
    own: Self
    had_network: Callable[[], bool]
    can_identify: Callable[[], bool]
    page: Callable[[str], str]
