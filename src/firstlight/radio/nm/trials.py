"""Trials on NetworkManager: a volatile second profile, with a checkpoint as the dead-man's switch.

The profile is added with ``persist=volatile``: never on disk, and gone when it stops being active.
The checkpoint restores the device by itself when its time is over, so even a killed process, never
started again, leaves the old network behind. ``docs/decisions/0002-join-as-a-transaction.md``
weighs the two.
"""

import asyncio
import logging
import uuid
from typing import Any

from firstlight.errors import Busy, Code, FirstlightError, NotFound, RadioFailure
from firstlight.model.profile import KeyManagement, ProfileKind, TrialPlan
from firstlight.model.radio import SWITCH_SECONDS
from firstlight.radio.nm.codes import ActiveState, ConnectionFlags, DeviceState, StateReason
from firstlight.radio.nm.device import WifiDevice
from firstlight.radio.nm.durable import made_durable
from firstlight.radio.nm.following import Following
from firstlight.radio.nm.manager import Settings
from firstlight.radio.nm.profiles import TYPE, Mark, mark_of, read_profile, station_settings
from firstlight.radio.nm.session import Session
from firstlight.radio.port import Report

log = logging.getLogger(__name__)

RETURN_SECONDS = 35.0
END_SECONDS = 10.0
IDLE_SECONDS = 2.0
_CHECKPOINT = "org.freedesktop.NetworkManager.Checkpoint"


class Trials:
    """At most one trial at a time."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._checkpoint = ""
        self._old = ""
        self._uuid = ""
        self._path = ""
        self._following: Following | None = None
        self._arming: asyncio.Task[None] | None = None
        self._adding: asyncio.Task[None] | None = None
        self._disarming: asyncio.Task[None] | None = None
        self._may_be_armed_yet = False

    async def close(self) -> None:
        """Let go of a trial that is just being added, and watch none any more."""
        self._end_watch()
        tasks = (self._arming, self._adding, self._disarming)
        under_way = [task for task in tasks if task is not None]
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)

    def device_state(self, new: DeviceState, reason: StateReason) -> None:
        """``Device.StateChanged`` of our radio."""
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
        # The present one is told of before it is known which it is.
        arming = self._arming is not None and not self._arming.done()
        if self._may_be_armed_yet and not arming and self._left_behind():
            self._may_be_armed_yet = False
            self._disarming = asyncio.create_task(self._disarm(), name="late-switch")

    async def settle(self) -> tuple[str, ...]:
        """Undo trials whose process is gone; disarm the switch of one that was already saved."""
        done: list[str] = []
        ours = [
            (path, mark, profile)
            for path, settings in (await self._session.settings()).items()
            if (mark := mark_of(settings)) is not None
            and (profile := self._session.profile(path, settings)) is not None
        ]
        # Those on trial first: a saved one's mark is of old times, and may name the same switch.
        for path, mark, profile in ours:
            if profile.trial:
                self._checkpoint, self._old = mark
                self._uuid, self._path = profile.uuid, path
                await self.abandon()
                done.append(f"An unfinished attempt to join {profile.name} was undone.")
        for _, mark, profile in ours:
            if not profile.trial and mark.checkpoint in self._left_behind():
                await self._session.manager.drop_checkpoint(mark.checkpoint)
                done.append(f"{profile.name} had been saved; its safety net was taken away.")
        for checkpoint in self._left_behind():
            # Armed, and killed before the trial began: at most a hotspot had gone down.
            await self._session.manager.drop_checkpoint(checkpoint)
            done.append("The safety net of an attempt that had hardly begun was taken away.")
        return tuple(done)

    def _left_behind(self) -> list[str]:
        """Switches as only Firstlight arms them, but for that of the present attempt."""
        mirror = self._session.mirror
        return [
            path
            for path in mirror.paths(_CHECKPOINT)
            if path != self._checkpoint
            and self._is_ours(path)
            and mirror.properties(path, _CHECKPOINT).get("RollbackTimeout") == SWITCH_SECONDS
        ]

    async def protect(self, seconds: float) -> None:
        """See the port."""
        device = self._session.usable_device()
        self._forget_trial()
        await self._armed()
        await self.release()
        self._old = device.active.uuid if device.state is DeviceState.ACTIVATED else ""
        # Whoever is cancelled here abandons next, and must then know what to disarm: NetworkManager
        # arms the switch once polkit has answered, whether or not anybody waits for it.
        self._arming = asyncio.create_task(self._arm(device, seconds), name="trial-switch")
        await asyncio.shield(self._arming)

    async def _arm(self, device: WifiDevice, seconds: float) -> None:
        try:
            self._checkpoint = await self._session.manager.checkpoint(device.path, seconds)
        except (RadioFailure, NotFound) as error:
            if error.code is Code.TIMEOUT:
                self._may_be_armed_yet = True
                raise
            raise Busy(
                f"Another program is changing {device.interface} too: {error.message}",
                hint="Wait until its checkpoint is over, and try again.",
            ) from error

    async def _armed(self) -> None:
        """Return once no switch is being armed any more, nor one disarmed that came too late."""
        for task in (self._arming, self._disarming):
            await _over(task)

    async def _disarm(self) -> None:
        for checkpoint in self._left_behind():
            try:
                await self._session.manager.drop_checkpoint(checkpoint)
            except FirstlightError as error:
                log.warning("a switch that was armed too late stays armed: %s", error)

    async def activate(self, plan: TrialPlan, report: Report) -> str:
        """See the port."""
        device = self._session.usable_device()
        self._forget_trial()
        self._uuid = str(uuid.uuid4())
        sae = plan.key_management is KeyManagement.SAE
        following = Following(
            self._session,
            self._uuid,
            report,
            simultaneous_authentication=sae,
            brief=plan.brief,
        )
        self._following = following
        settings = station_settings(
            plan,
            self._uuid,
            interface=self._session.wanted_interface,
            mark=Mark(checkpoint=self._checkpoint, before=self._old),
        )
        # Whoever is cancelled here may abandon next, and must then know what to take back.
        self._adding = asyncio.create_task(
            self._add(settings, device.path, following), name="trial-profile"
        )
        await asyncio.shield(self._adding)
        return self._uuid

    async def _add(self, settings: Settings, device: str, following: Following) -> None:
        manager = self._session.manager
        self._path, active = await manager.add_and_activate_volatile(settings, device)
        following.accepted(active)

    async def promote(self, uuid_tried: str) -> None:
        """See the port.

        Nothing in the profile changes: NetworkManager denies its own rollback the secrets of a
        profile that is another one than when it was activated.
        """
        if not self._path or uuid_tried != self._uuid:
            raise _unknown(uuid_tried)
        await self._session.connections.save(self._path, {})
        if self._session.connections.flags(self._path) & ConnectionFlags.VOLATILE:
            await self._session.mirror.until(self._is_saved, 2)
        await made_durable(await self._session.connections.file(self._path))
        self._forget_trial()

    async def release(self) -> None:
        """See the port."""
        checkpoint, self._checkpoint = self._checkpoint, ""
        if checkpoint and self._is_ours(checkpoint):
            await self._session.manager.drop_checkpoint(checkpoint)

    async def retire(self, uuid_kept: str) -> tuple[str, ...]:
        """See the port. Profiles bound to another radio stay."""
        settings = await self._session.settings()
        kept = next(
            (one for one in settings.values() if one["connection"].get("uuid") == uuid_kept), None
        )
        if kept is None:
            raise _unknown(uuid_kept)
        removed: list[str] = []
        for path, other in settings.items():
            profile = read_profile(other, self._session.connections.flags(path), active=False)
            if profile is None or profile.uuid == uuid_kept or profile.kind is ProfileKind.HOTSPOT:
                continue
            bound = other["connection"].get("interface-name", "")
            same_name = bytes(other[TYPE]["ssid"]) == bytes(kept[TYPE]["ssid"])
            if same_name and bound in {"", self._session.state().interface}:
                await self._session.connections.delete(path)
                removed.append(profile.name)
        return tuple(removed)

    async def abandon(self) -> None:
        """See the port."""
        self._end_watch()
        device = self._session.usable_device()
        await self._armed()
        await _over(self._adding)
        if self._uuid and not self._path:  # perhaps added, but the answer got lost
            self._path = await self._session.path_of(self._uuid) or ""
        if not self._path and self._is_back(device):
            self._forget_trial()
            await self.release()
            return
        if self._old:
            await self._roll_back()
        else:
            await self.release()
        tried = self._uuid
        await self._remove_trial()
        if self._old:
            await self._return(device)
        elif tried:
            await self._session.mirror.until(lambda: device.active.uuid != tried, END_SECONDS)

    async def _roll_back(self) -> None:
        checkpoint, self._checkpoint = self._checkpoint, ""
        if not checkpoint or not self._is_ours(checkpoint):
            return
        try:
            await self._session.manager.roll_back(checkpoint)
        except RadioFailure as error:
            log.warning("the checkpoint could not be rolled back: %s", error)

    async def _return(self, device: WifiDevice) -> None:
        """Wait for the old network; ask for it by name where the rollback did not do it."""
        if await self._comes_back(device):
            return
        path = await self._session.path_of(self._old)
        if path is None:
            raise RadioFailure("The network of before has been deleted meanwhile.")
        await self._session.manager.activate(path, device.path)
        if not await self._comes_back(device):
            raise RadioFailure("The network of before did not come back.", code=Code.TIMEOUT)

    async def _comes_back(self, device: WifiDevice) -> bool:
        """Wait for the old network, but not while the radio does nothing for it."""
        mirror = self._session.mirror

        def idle() -> bool:
            return device.active.state is ActiveState.DEACTIVATED

        try:
            async with asyncio.timeout(RETURN_SECONDS / 2):
                while not self._is_back(device):
                    await mirror.until(lambda: self._is_back(device) or idle(), RETURN_SECONDS)
                    if idle() and not await mirror.until(lambda: not idle(), IDLE_SECONDS):
                        break
        except TimeoutError:
            log.info("the network of before takes its time")
        return self._is_back(device)

    async def _remove_trial(self) -> None:
        path = self._path
        self._forget_trial()
        if not path:
            return
        try:
            await self._session.connections.delete(path)
        except FirstlightError as error:
            log.warning("the trial profile could not be removed: %s", error)

    def _is_back(self, device: WifiDevice) -> bool:
        if not self._old:
            return device.active.state is ActiveState.DEACTIVATED
        active = device.active
        return active.uuid == self._old and active.state is ActiveState.ACTIVATED

    def _is_saved(self) -> bool:
        return not self._session.connections.flags(self._path) & ConnectionFlags.VOLATILE

    def _is_ours(self, checkpoint: str) -> bool:
        """Whether the checkpoint still stands, and covers our radio alone."""
        device = self._session.device
        devices = self._session.mirror.properties(checkpoint, _CHECKPOINT).get("Devices", [])
        return device is not None and list(devices) == [device.path]

    def _forget_trial(self) -> None:
        self._end_watch()
        self._uuid, self._path = "", ""

    def _end_watch(self) -> None:
        if self._following is not None:
            self._following.end()
            self._following = None


def _unknown(uuid_asked: str) -> NotFound:
    return NotFound(f"There is no profile {uuid_asked}.", code=Code.UNKNOWN_PROFILE)


async def _over(task: asyncio.Task[None] | None) -> None:
    """Wait for its end, whatever that is; it goes on when the waiting is cancelled."""
    if task is not None:
        await asyncio.wait([task])
        if not task.cancelled():
            task.exception()  # told to whoever began it
