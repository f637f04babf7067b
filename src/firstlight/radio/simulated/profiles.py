"""The profiles that the simulated NetworkManager holds."""

import itertools
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from firstlight.errors import Code, NotFound
from firstlight.model.mac import MacAddress
from firstlight.model.passphrase import Passphrase
from firstlight.model.profile import (
    HotspotSettings,
    KeyManagement,
    Profile,
    ProfileKind,
    TrialPlan,
)
from firstlight.model.radio import LinkReason
from firstlight.model.ssid import Ssid
from firstlight.radio.simulated.air import Credentials

_TRIES = 4  # NetworkManager's connection.autoconnect-retries


@dataclass(eq=False)
class Kept:
    """One profile, with what NetworkManager remembers about it.

    ``bssid``: the one access point that it joins. ``used``: when it was last connected, for the
    order of joining by itself. ``settings``: a hotspot's. ``softap``: it is the provisioning
    SoftAP, and gone when it ends.
    """

    uuid: str
    name: str
    kind: ProfileKind
    ssid: Ssid
    passphrase: Passphrase | None = None
    key_management: KeyManagement = KeyManagement.NONE
    hidden: bool = False
    bssid: MacAddress | None = None
    autoconnect: bool = True
    trial: bool = False
    softap: bool = False
    most_stations: int | None = None
    priority: int = 0
    settings: HotspotSettings | None = None
    used: float = 0.0
    failures: int = field(default=0, init=False)
    paused_until: float = field(default=0.0, init=False)

    @property
    def credentials(self) -> Credentials:
        """What it brings to an access point."""
        return Credentials(self.key_management, self.passphrase)

    def told(self, *, active: bool) -> Profile:
        """As the port tells it."""
        return Profile(
            uuid=self.uuid,
            name=self.name,
            kind=self.kind,
            ssid=self.ssid,
            autoconnect=self.autoconnect,
            active=active,
            trial=self.trial,
            priority=self.priority,
            hidden=self.hidden,
        )


class ProfileBook:
    """Every profile. UUIDs follow from the order of creation, so a simulation repeats itself.

    ``on_remove`` is called with every profile that was deleted.
    """

    def __init__(self) -> None:
        self.on_remove: Callable[[Kept], None] = _nothing
        self._kept: dict[str, Kept] = {}
        self._count = itertools.count(1)

    def __iter__(self) -> Iterator[Kept]:
        return iter(tuple(self._kept.values()))

    def __contains__(self, profile: Kept) -> bool:
        return self._kept.get(profile.uuid) is profile

    def get(self, profile_uuid: str) -> Kept:
        """The profile of that UUID. Raises ``NotFound``."""
        try:
            return self._kept[profile_uuid]
        except KeyError:
            raise NotFound(
                f"There is no profile with the UUID {profile_uuid!r}.",
                code=Code.UNKNOWN_PROFILE,
                hint="Ask for the saved networks again; it may have been removed meanwhile.",
            ) from None

    def station(self, profile_uuid: str) -> Kept:
        """The saved network of that UUID. Raises ``NotFound``, also for a hotspot or a trial."""
        profile = self.get(profile_uuid)
        if profile.kind is not ProfileKind.STATION or profile.trial:
            raise NotFound(f"{profile.name} is not a saved network.", code=Code.UNKNOWN_PROFILE)
        return profile

    def remove(self, profile: Kept) -> None:
        """Delete it; deleting twice is harmless."""
        if self._kept.pop(profile.uuid, None) is not None:
            self.on_remove(profile)

    def add_saved(
        self,
        ssid: Ssid,
        passphrase: Passphrase | None,
        *,
        hidden: bool = False,
        autoconnect: bool = True,
        priority: int = 0,
    ) -> Kept:
        """A network that was saved before; later ones count as used more lately."""
        return self._add(
            Kept(
                uuid=self._new_uuid(),
                name=ssid.text,
                kind=ProfileKind.STATION,
                ssid=ssid,
                passphrase=passphrase,
                key_management=KeyManagement.WPA_PSK if passphrase else KeyManagement.NONE,
                hidden=hidden,
                autoconnect=autoconnect,
                priority=priority,
                used=-1.0 / (1 + len(self._kept)),
            )
        )

    def add_trial(self, plan: TrialPlan) -> Kept:
        """A new station profile that is gone when it ends."""
        request = plan.request
        return self._add(
            Kept(
                uuid=self._new_uuid(),
                name=request.ssid.text,
                kind=ProfileKind.STATION,
                ssid=request.ssid,
                passphrase=request.passphrase,
                key_management=plan.key_management,
                hidden=request.hidden,
                bssid=plan.bssid,
                autoconnect=False,
                trial=True,
            )
        )

    def put_hotspot(self, settings: HotspotSettings) -> Kept:
        """The hotspot profile of that name, made or brought up to date."""
        for profile in self:
            is_hotspot = profile.kind is ProfileKind.HOTSPOT and not profile.softap
            if is_hotspot and profile.name == settings.profile_name:
                profile.ssid, profile.passphrase = settings.ssid, settings.passphrase
                profile.settings = settings
                return profile
        return self._add_access_point(settings)

    def add_softap(self, settings: HotspotSettings, most: int) -> Kept:
        """The SoftAP's profile, for ``most`` stations; it is gone when it ends."""
        profile = self._add_access_point(settings)
        profile.softap, profile.most_stations = True, most
        return profile

    def joinable(self, now: float) -> list[Kept]:
        """Saved networks that may be joined by themselves: by priority, then the one used last."""
        ready = [
            profile
            for profile in self
            if profile.autoconnect
            and profile.kind is ProfileKind.STATION
            and not profile.trial
            and profile.paused_until <= now
        ]
        return sorted(ready, key=lambda profile: (profile.priority, profile.used), reverse=True)

    def forget_memory(self) -> None:
        """What a restart of NetworkManager loses: trials, and who had failed before."""
        for profile in self:
            profile.failures, profile.paused_until = 0, 0.0
            if profile.trial or profile.softap:
                self.remove(profile)

    def _add_access_point(self, settings: HotspotSettings) -> Kept:
        return self._add(
            Kept(
                uuid=self._new_uuid(),
                name=settings.profile_name,
                kind=ProfileKind.HOTSPOT,
                ssid=settings.ssid,
                passphrase=settings.passphrase,
                key_management=KeyManagement.WPA_PSK,
                autoconnect=False,
                settings=settings,
            )
        )

    def _new_uuid(self) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_OID, f"firstlight-simulated-{next(self._count)}"))

    def _add(self, profile: Kept) -> Kept:
        self._kept[profile.uuid] = profile
        return profile


def note_failure(profile: Kept, reason: LinkReason, now: float, pause: float) -> None:
    """After a refused passphrase no more tries by itself; after four other failures, a pause."""
    if reason is LinkReason.NO_SECRETS:
        profile.paused_until = float("inf")
        return
    profile.failures += 1
    if profile.failures >= _TRIES:
        profile.failures, profile.paused_until = 0, now + pause


def note_success(profile: Kept, now: float) -> None:
    """It was joined now."""
    profile.failures, profile.paused_until, profile.used = 0, 0.0, now


def _nothing(_profile: Kept) -> None:
    return None
