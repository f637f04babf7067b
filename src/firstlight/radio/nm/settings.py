"""``org.freedesktop.NetworkManager.Settings`` and ``.Settings.Connection``: profiles on disk."""

from functools import partial
from typing import Any

from dbus_fast import Message

from firstlight.errors import FirstlightError, NotFound, NotPermitted
from firstlight.radio.nm.bus import Bus
from firstlight.radio.nm.codes import UpdateFlags
from firstlight.radio.nm.manager import Settings
from firstlight.radio.nm.mirror import NAME, Mirror

PATH = "/org/freedesktop/NetworkManager/Settings"
INTERFACE = f"{NAME}.Settings"
CONNECTION = f"{NAME}.Settings.Connection"

_SECRET = frozenset({"802-11-wireless-security", "802-1x"})

Plain = dict[str, dict[str, Any]]
"""Settings as NetworkManager returns them: section to key to value, secrets left out."""


class Connections:
    """The methods that Firstlight uses, with their documented signatures."""

    def __init__(self, bus: Bus, mirror: Mirror) -> None:
        self._bus = bus
        self._mirror = mirror

    def paths(self) -> list[str]:
        """Every connection's path."""
        return self._mirror.paths(CONNECTION)

    def flags(self, path: str) -> int:
        """NMSettingsConnectionFlags."""
        return int(self._mirror.properties(path, CONNECTION).get("Flags", 0))

    async def get(self, path: str) -> Plain | None:
        """``GetSettings``; ``None`` when it has vanished meanwhile, or is another user's own."""
        try:
            return await self._call(path, CONNECTION, "GetSettings")
        except (NotFound, NotPermitted):
            return None

    async def all(self) -> dict[str, Plain]:
        """Settings of every connection, by path."""
        found = {path: await self.get(path) for path in self.paths()}
        return {path: settings for path, settings in found.items() if settings is not None}

    async def whole(self, path: str) -> Settings:
        """Settings and secrets together, as they can be given back."""
        call = partial(
            Message, destination=self._mirror.peer.owner, path=path, interface=CONNECTION
        )
        reply = await self._bus.reply(call(member="GetSettings"))
        found: Settings = reply.body[0]
        for section in _SECRET & set(found):
            asked = call(member="GetSecrets", signature="s", body=[section])
            try:
                secrets: Settings = (await self._bus.reply(asked)).body[0]
            except FirstlightError:
                continue  # none are stored
            found[section].update(secrets.get(section, {}))
        return found

    async def psk(self, path: str) -> str | None:
        """The stored WPA secret, if there is one and it may be read."""
        section = "802-11-wireless-security"
        try:
            secrets: Plain = await self._call(path, CONNECTION, "GetSecrets", "s", section)
        except FirstlightError:
            return None
        return secrets.get(section, {}).get("psk")

    async def add(self, settings: Settings) -> str:
        """``AddConnection2`` to disk, without activating it; returns the path."""
        path, _ = await self._call(
            PATH, INTERFACE, "AddConnection2", "a{sa{sv}}ua{sv}", settings, UpdateFlags.TO_DISK, {}
        )
        return str(path)

    async def file(self, path: str) -> str:
        """Where it is kept, asked anew; empty where it is kept nowhere, or that is not told."""
        try:
            found = await self._bus.get_all(self._mirror.peer, path, CONNECTION)
        except FirstlightError:
            return ""
        return str(found.get("Filename", ""))

    async def save(self, path: str, settings: Settings) -> None:
        """``Update2`` to disk, leaving what is active as it is; empty: what it is, secrets too."""
        flags = UpdateFlags.TO_DISK | UpdateFlags.NO_REAPPLY
        await self._call(path, CONNECTION, "Update2", "a{sa{sv}}ua{sv}", settings, flags, {})

    async def delete(self, path: str) -> None:
        """``Delete``; gone already is gone."""
        try:
            await self._call(path, CONNECTION, "Delete")
        except NotFound:
            return

    async def _call(
        self, path: str, interface: str, member: str, signature: str = "", *arguments: object
    ) -> Any:
        return await self._bus.call(
            self._mirror.peer, path, interface, member, signature, *arguments
        )
