"""Machines with one broken part each, to show that the rules can fail."""

import asyncio

import msgspec

from firstlight.errors import RadioFailure
from firstlight.model.kept import Kept
from firstlight.model.profile import HotspotSettings, Profile, ProfileKind, TrialPlan
from firstlight.radio.port import Report
from firstlight.radio.simulated.radio import SimulatedRadio
from firstlight.simulation.life import Life
from firstlight.simulation.machine import Machine
from firstlight.simulation.watched import WatchedRadio
from firstlight.store.provisioning import ProvisioningStore


class _OtherRadio(Machine):
    """With a radio of another kind."""

    kind: type[WatchedRadio]

    def make_radio(self, life: Life) -> WatchedRadio:
        return self.kind(
            SimulatedRadio(self._world, self._true),
            life,
            booted_at=self.clock.booted_at,
            called=self._audience.called,
        )


class _NeverUp(WatchedRadio):
    async def hotspot_up(self, settings: HotspotSettings) -> None:
        await asyncio.sleep(2)
        raise RadioFailure("The driver fails to become an access point.")


class _Forgetful(WatchedRadio):
    async def activate_trial(self, plan: TrialPlan, report: Report) -> str:
        for old in await self.profiles():
            if old.kind is ProfileKind.STATION and old.ssid == plan.request.ssid:
                await self.forget(old.uuid)
        return await super().activate_trial(plan, report)


class _Faulty(WatchedRadio):
    async def profiles(self) -> tuple[Profile, ...]:
        raise ValueError("a mistake in the adapter")


class HotspotNeverUp(_OtherRadio):
    kind = _NeverUp


class ForgetsBeforeTrying(_OtherRadio):
    """The classic: the old profile goes before the new one is proven."""

    kind = _Forgetful


class FaultyAdapter(_OtherRadio):
    kind = _Faulty


class _HalfStore(ProvisioningStore):
    def save(self, kept: Kept) -> None:
        content = msgspec.json.encode(kept)
        with self.path.open("wb") as file:
            file.write(content[: len(content) // 2])
            file.flush()
            self.path.exists()  # a use of the path: here a process can die
            file.write(content[len(content) // 2 :])


class WritesHalf(Machine):
    """Writes in place, without a temporary file."""

    def make_store(self) -> ProvisioningStore:
        return _HalfStore(self.disk.folder)
