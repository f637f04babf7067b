"""``org.freedesktop.NetworkManager``: activation, checkpoints, permissions."""

import math
from typing import Any

from dbus_fast import Variant

from firstlight.errors import NotFound
from firstlight.radio.nm.bus import Bus
from firstlight.radio.nm.mirror import NAME, Mirror, Properties

INTERFACE = NAME
PATH = "/org/freedesktop/NetworkManager"
NONE = "/"
_AGENTS = f"{PATH}/AgentManager"
_AGENT = "firstlight"

NEEDED_PERMISSIONS = (
    f"{NAME}.network-control",
    f"{NAME}.settings.modify.system",
    f"{NAME}.checkpoint-rollback",
)

Settings = dict[str, dict[str, Variant]]


class Manager:
    """The methods that Firstlight uses, with their documented signatures."""

    def __init__(self, bus: Bus, mirror: Mirror) -> None:
        self._bus = bus
        self._mirror = mirror

    @property
    def properties(self) -> Properties:
        """``WirelessEnabled``, ``WirelessHardwareEnabled``, ``Version`` and so on."""
        return self._mirror.properties(PATH, INTERFACE)

    @property
    def checks_connectivity(self) -> bool:
        """Whether it looks for the internet itself: built in, configured, and not switched off."""
        said = self.properties
        return bool(said.get("ConnectivityCheckAvailable") and said.get("ConnectivityCheckEnabled"))

    async def missing_permissions(self) -> tuple[str, ...]:
        """Those of ``NEEDED_PERMISSIONS`` that this user has not, without asking anybody."""
        granted: dict[str, str] = await self._call("GetPermissions")
        return tuple(name for name in NEEDED_PERMISSIONS if granted.get(name, "yes") != "yes")

    async def activate(self, connection: str, device: str) -> str:
        """``ActivateConnection``; returns the active connection's path."""
        return str(await self._call("ActivateConnection", "ooo", connection, device, NONE))

    async def add_and_activate_volatile(self, settings: Settings, device: str) -> tuple[str, str]:
        """``AddAndActivateConnection2`` of a profile that ends with its activation, unsaved.

        Returns the paths of the connection and of the active connection.
        """
        options = {"persist": Variant("s", "volatile")}
        path, active, _ = await self._call(
            "AddAndActivateConnection2", "a{sa{sv}}ooa{sv}", settings, device, NONE, options
        )
        return str(path), str(active)

    async def deactivate(self, active: str) -> None:
        """``DeactivateConnection``; gone already is gone."""
        try:
            await self._call("DeactivateConnection", "o", active)
        except NotFound:
            return

    async def checkpoint(self, device: str, seconds: float) -> str:
        """``CheckpointCreate`` over one device; rolls back by itself after ``seconds``."""
        return str(await self._call("CheckpointCreate", "aouu", [device], math.ceil(seconds), 0))

    async def roll_back(self, checkpoint: str) -> bool:
        """``CheckpointRollback``. Returns whether every device is back; not when it was over."""
        try:
            results: dict[str, int] = await self._call("CheckpointRollback", "o", checkpoint)
        except NotFound:
            return False
        return not any(results.values())

    async def drop_checkpoint(self, checkpoint: str) -> None:
        """``CheckpointDestroy``: keep everything as it is now. Over already is over."""
        try:
            await self._call("CheckpointDestroy", "o", checkpoint)
        except NotFound:
            return

    async def offer_secrets(self) -> None:
        """``AgentManager.Register`` and ``Unregister``: somebody new who might know a secret.

        NetworkManager then connects by itself again what it had given up for want of one.
        """
        peer = self._mirror.peer
        await self._bus.call(peer, _AGENTS, f"{NAME}.AgentManager", "Register", "s", _AGENT)
        await self._bus.call(peer, _AGENTS, f"{NAME}.AgentManager", "Unregister")

    async def _call(self, member: str, signature: str = "", *arguments: object) -> Any:
        return await self._bus.call(
            self._mirror.peer, PATH, INTERFACE, member, signature, *arguments
        )
