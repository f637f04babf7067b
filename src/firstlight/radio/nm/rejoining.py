"""Joining a saved network again, on NetworkManager: its own profile, activated by name.

Nothing of the profile is changed, and nothing protects what was before: whoever rejoins has lost
it. A failed activation has an effect of its own, though. When it was for want of the right secret,
NetworkManager (1.42, nm-policy.c) never again connects that profile by itself, until it is edited,
activated by hand, or somebody new offers secrets. ``forgive`` is that somebody, so that a router
whose password is changed back is found again without us.
"""

import asyncio
import logging
from typing import Any

from firstlight.errors import Code, FirstlightError, NotFound
from firstlight.model.profile import KeyManagement, ProfileKind
from firstlight.model.radio import LinkReason, LinkReport, LinkStage
from firstlight.radio.nm.codes import ActiveState, DeviceState, StateReason
from firstlight.radio.nm.device import Active
from firstlight.radio.nm.following import Following
from firstlight.radio.nm.profiles import SECURITY
from firstlight.radio.nm.session import Session
from firstlight.radio.port import Report

log = logging.getLogger(__name__)

END_SECONDS = 10.0


class Rejoining:
    """At most one at a time."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._following: Following | None = None
        self._activating: asyncio.Task[None] | None = None
        self._active = ""
        self._refused = False

    async def close(self) -> None:
        """Watch none any more; what is under way goes on."""
        self._end()
        if self._activating is not None:
            self._activating.cancel()
            await asyncio.gather(self._activating, return_exceptions=True)

    def device_state(self, new: DeviceState, reason: StateReason) -> None:
        """``Device.StateChanged`` of our radio, also in what NetworkManager does by itself."""
        self._refused = self._refused or reason is StateReason.NO_SECRETS
        if self._following is not None:
            self._following.device_state(new, reason)

    def supplicant(self, changed: dict[str, Any]) -> None:
        """Changed properties of wpa_supplicant's interface."""
        if self._following is not None:
            self._following.supplicant(changed)

    def updated(self) -> None:
        """Anything has changed."""
        if self._following is not None:
            self._following.updated()

    async def join(self, uuid: str, report: Report) -> None:
        """See the port."""
        device = self._session.usable_device()
        path, simultaneous = await station_profile(self._session, uuid)
        if self._following is not None:
            self._following.gone(LinkReason.REPLACED)
        self._end()

        def told(what: LinkReport) -> None:
            if what.stage is LinkStage.CONNECTED:
                following.end()
            report(what)

        following = Following(self._session, uuid, told, simultaneous_authentication=simultaneous)
        self._following, self._active = following, ""
        # Whoever is cancelled here may leave next, and must then know what to end.
        self._activating = asyncio.create_task(
            self._activate(path, device.path, following), name="rejoining"
        )
        try:
            await asyncio.shield(self._activating)
        except FirstlightError:
            self._end()
            raise

    async def leave(self) -> None:
        """See the port. NetworkManager then leaves that profile alone until its next activation."""
        following = self._following
        if following is None or following.connected:
            return
        self._session.usable_device()
        if self._activating is not None:
            await asyncio.gather(self._activating, return_exceptions=True)
        mirror, active = self._session.mirror, self._active
        if active and Active(mirror, active).state is not ActiveState.DEACTIVATED:
            await self._session.manager.deactivate(active)
            await mirror.until(
                lambda: Active(mirror, active).state is ActiveState.DEACTIVATED, END_SECONDS
            )
        following.gone(LinkReason.REPLACED)
        self._end()

    async def forgive(self) -> None:
        """Let NetworkManager connect by itself again what it gave up for want of a secret.

        To be called while the radio is taken: a free one would set out at once.
        """
        if not self._refused:
            return
        try:
            await self._session.manager.offer_secrets()
        except FirstlightError as error:
            log.warning("NetworkManager may not try a failed network by itself: %s", error)
        else:
            self._refused = False

    async def _activate(self, path: str, device: str, following: Following) -> None:
        self._active = await self._session.manager.activate(path, device)
        following.accepted(self._active)

    def _end(self) -> None:
        if self._following is not None:
            self._following.end()
            self._following = None


async def station_profile(session: Session, uuid: str) -> tuple[str, bool]:
    """The path of a saved network, and whether it is joined by SAE. Raises ``NotFound``."""
    for path, settings in (await session.settings()).items():
        profile = session.profile(path, settings)
        if profile is None or profile.uuid != uuid or profile.kind is not ProfileKind.STATION:
            continue
        management = settings.get(SECURITY, {}).get("key-mgmt")
        return path, management == KeyManagement.SAE
    raise NotFound(f"There is no saved network {uuid}.", code=Code.UNKNOWN_PROFILE)
