"""What the web layer is handed by the daemon."""

from contextlib import AbstractContextManager
from typing import Protocol, Self

from firstlight.model.attempt import Attempt
from firstlight.model.claim import ClaimAnswer, ClaimBody
from firstlight.model.event import DeviceEvent
from firstlight.model.improv import ImprovAnswer
from firstlight.model.ladder import Diagnostics
from firstlight.model.pairing import CodeShown, Paired
from firstlight.model.session import SessionEntry
from firstlight.model.status import DeviceStatus
from firstlight.model.wire import (
    ConnectBody,
    HotspotAnswer,
    NetworkEntry,
    RestartScope,
    SavedNetwork,
)
from firstlight.web.registry_service import ProvisioningModeService, RegistryService


class EventFeed(Protocol):
    """Events for one reader, in order. Ends when the reader was too slow, or the daemon stops."""

    def __aiter__(self) -> Self:
        """Itself."""
        ...

    async def __anext__(self) -> DeviceEvent:
        """The next event. Nothing is lost when the wait is cancelled."""
        ...


class EventSource(Protocol):
    """Hands out feeds."""

    @property
    def cursor(self) -> str:
        """The ID of the newest event so far."""
        ...

    def recent(self, count: int) -> tuple[DeviceEvent, ...]:
        """The newest events, oldest first."""
        ...

    def follow(self, after: str | None) -> AbstractContextManager["Following"]:
        """Subscribe.

        ``after``: the ID seen last; what came since comes first, as far as it is kept (of an ID
        from an earlier run: all that is kept). Without an ID, or with one that was never given out,
        up to 25 recent events come first. Raises ``Busy`` when there are too many readers.
        """
        ...


class Following(Protocol):
    """One subscription: ``resumed_after`` is the ID just before the first event of ``feed``."""

    @property
    def resumed_after(self) -> str:
        """The resume point."""
        ...

    @property
    def feed(self) -> EventFeed:
        """The events."""
        ...


class PairingService(Protocol):
    """Who may come in. ``caller`` is always the peer's own address, never a header's claim."""

    async def code(self) -> CodeShown:
        """The code of the moment; a new one when the last has expired."""
        ...

    async def regenerate(self) -> CodeShown:
        """A new code. A delay after wrong tries goes on."""
        ...

    async def unlock(self) -> CodeShown:
        """End the delay after wrong tries."""
        ...

    async def pair(self, code: str, device_name: str, caller: str) -> Paired:
        """A token for the code. Raises ``Unauthorized`` (wrong), ``LockedOut`` (not looked at)."""
        ...

    async def admit(self, device_name: str) -> Paired:
        """A token for whoever has proven already who it is."""
        ...

    async def promote(self, code: str, caller: str) -> None:
        """The code is good as that caller's ``visual-token`` for an hour. Raises as ``pair``."""
        ...

    def authorize_bearer(self, token: str) -> SessionEntry | None:
        """The session of that token, if there is one."""
        ...

    def authorize_visual(self, value: str, caller: str) -> bool:
        """Whether that value is promoted for that caller."""
        ...

    def sessions(self) -> tuple[SessionEntry, ...]:
        """Everybody who is paired, the newest last."""
        ...

    async def revoke(self, session_id: str) -> None:
        """Sign one out. Raises ``NotFound``, ``StoreFailure``."""
        ...

    async def revoke_all(self) -> None:
        """Sign everybody out. Raises ``StoreFailure``."""
        ...


class ImprovService(Protocol):
    """Improv Wi-Fi over Bluetooth LE."""

    def answer(self) -> ImprovAnswer:
        """How it stands."""
        ...

    def authorize(self) -> None:
        """Somebody at the device lets a client hand a network over. Raises ``Busy`` while off."""
        ...


class DeviceService(Protocol):
    """The device's operations.

    They raise ``FirstlightError``; each docstring names what is particular.
    """

    @property
    def pairing(self) -> PairingService:
        """Codes and sessions."""
        ...

    @property
    def registry(self) -> RegistryService:
        """Controllers, clients and certificates."""
        ...

    @property
    def provisioning_mode(self) -> ProvisioningModeService:
        """Handing configuration out over the SoftAP."""
        ...

    @property
    def improv(self) -> ImprovService:
        """The way in over Bluetooth LE."""
        ...

    @property
    def device_id(self) -> str:
        """What stands on the label, such as ``LMP-2026-7KD4MXQP``."""
        ...

    def over_hotspot(self, peer: str, own: str) -> bool:
        """Whether a connection from ``peer`` to our address ``own`` came over the hotspot."""
        ...

    def setting_up(self) -> bool:
        """Whether the device waits to be set up, so that whoever is on its hotspot may do that."""
        ...

    @property
    def events(self) -> EventSource:
        """Everything that happens."""
        ...

    def status(self) -> DeviceStatus:
        """As of now; asks nobody."""
        ...

    async def networks(self) -> tuple[NetworkEntry, ...]:
        """Networks in sight, strongest first.

        Scans first where the radio can and the list is old.
        """
        ...

    async def known_networks(self) -> tuple[NetworkEntry, ...]:
        """What was heard so far, strongest first; asks nobody to listen."""
        ...

    async def saved(self) -> tuple[SavedNetwork, ...]:
        """Saved networks, without hotspots."""
        ...

    async def connect(self, body: ConnectBody) -> Attempt:
        """Start joining; returns at once with the attempt.

        Raises ``InvalidInput``, ``Busy``.
        """
        ...

    def attempt(self, attempt_id: str | None) -> Attempt:
        """That attempt, or the newest one for ``None``. Raises ``NotFound``."""
        ...

    def claim(self) -> ClaimAnswer:
        """The newest claim of configuration, and what came of it."""
        ...

    async def begin_claim(self, body: ClaimBody) -> ClaimAnswer:
        """Start claiming; returns at once.

        Raises ``Busy``, ``Conflict`` when something was claimed and it is not to be ``again``.
        """
        ...

    async def end_claim(self) -> ClaimAnswer:
        """End the claim; returns once the radio is as it was. Fine if there is none."""
        ...

    async def forget(self, name: str) -> None:
        """Raises ``NotFound`` for a name that is not saved."""
        ...

    async def hotspot(self) -> HotspotAnswer:
        """The hotspot with its password; down and without stations where there is no radio."""
        ...

    async def enable_hotspot(self) -> None:
        """Returns once it is up; fine if it is already."""
        ...

    async def disable_hotspot(self) -> None:
        """Fine if it is off already."""
        ...

    async def diagnose(self) -> Diagnostics:
        """Climb the diagnostic ladder; at most 8 s."""
        ...

    async def complete_onboarding(self) -> None:
        """From onboarding to ready; fine if it is ready already. Raises ``Busy`` (wrong mode)."""
        ...

    async def enter_maintenance(self) -> None:
        """Nothing is repaired by itself from now on; fine if it is so already."""
        ...

    async def exit_maintenance(self) -> None:
        """Back to normal. Raises ``Busy`` (wrong mode) when it is in another mode."""
        ...

    async def trigger_recovery(self) -> None:
        """Begin recovery now; returns once it has begun.

        Raises ``Busy`` while cooling down, already running, or with nothing saved to go back to.
        """
        ...

    async def rollback(self, reason: str) -> None:
        """Back to provisioning mode; returns once the hotspot is up. Saved networks stay saved."""
        ...

    async def restart(self, reason: str, scope: RestartScope) -> None:
        """Restart, or only say so where system control is not allowed. Returns before it happens.

        Raises ``RestartFailed`` where the system refuses.
        """
        ...

    async def factory_reset(self) -> None:
        """Begin; returns once it can't be lost any more, even by a power cut. Events tell the rest.

        Raises ``Busy`` when it is under way already.
        """
        ...

    async def metrics(self) -> bytes:
        """What was counted so far, in Prometheus' text form."""
        ...

    async def support_bundle(self) -> bytes:
        """A ZIP file of what helps somebody else to help, without secrets.

        Raises ``Busy`` while another one is made.
        """
        ...

    def attended(self) -> None:
        """A person is using the portal right now: nothing takes the hotspot away meanwhile."""
        ...
