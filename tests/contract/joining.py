"""Steps that many cases share: plan a trial, follow it, keep it."""

from tests.contract.harness import PASSPHRASE, RadioHarness

from firstlight.model.mac import MacAddress
from firstlight.model.passphrase import Passphrase
from firstlight.model.profile import (
    HotspotSettings,
    JoinRequest,
    KeyManagement,
    Profile,
    TrialPlan,
)
from firstlight.model.radio import Link, LinkReport, LinkStage, RadioEvent
from firstlight.model.softap import SoftApSettings
from firstlight.model.ssid import Ssid

# Seconds that a machine without hardware virtualisation needs at most. Nothing is measured here.
SOON = 10.0
JOINED = 60.0
NO_ADDRESS = 90.0

HOTSPOT = HotspotSettings(
    profile_name="Contract-Hotspot",
    ssid=Ssid(b"Contract-Hotspot"),
    passphrase=Passphrase("hotspot-passphrase"),
    channel=6,
)


def _its_passphrase(bssid: MacAddress) -> Passphrase:
    return Passphrase(f"softap {bssid}")


SOFTAP = SoftApSettings(
    ssid=Ssid(b"Contract-SoftAP"),
    passphrase_of=_its_passphrase,
    profile_name="Contract-SoftAP",
)


def plan(
    ssid: bytes,
    passphrase: str | None = PASSPHRASE,
    key_management: KeyManagement = KeyManagement.WPA_PSK,
    *,
    hidden: bool = False,
) -> TrialPlan:
    return TrialPlan(
        attempt="contract",
        request=JoinRequest(
            ssid=Ssid(ssid),
            passphrase=Passphrase(passphrase) if passphrase is not None else None,
            hidden=hidden,
        ),
        key_management=key_management if passphrase is not None else KeyManagement.NONE,
    )


class Trial:
    """A trial, and everything the radio reports of it."""

    def __init__(self) -> None:
        self.uuid = ""
        self.reports: list[LinkReport] = []

    @property
    def stages(self) -> list[LinkStage]:
        return [report.stage for report in self.reports]

    @property
    def ended(self) -> bool:
        return bool({LinkStage.CONNECTED, LinkStage.FAILED} & set(self.stages))


async def begin(harness: RadioHarness, tried: TrialPlan) -> Trial:
    trial = Trial()
    trial.uuid = await harness.radio.activate_trial(tried, trial.reports.append)
    return trial


async def follow(harness: RadioHarness, tried: TrialPlan, deadline: float = JOINED) -> Trial:
    """Scan for it, try it, and wait until it is joined or has failed."""
    request = tried.request
    await harness.radio.scan([request.ssid] if request.hidden else [])
    trial = await begin(harness, tried)
    await harness.wait(lambda: trial.ended, deadline)
    return trial


async def join(harness: RadioHarness, tried: TrialPlan) -> str:
    """Join a network, and keep it; returns the profile's UUID."""
    trial = await follow(harness, tried)
    assert trial.stages[-1] is LinkStage.CONNECTED, trial.reports
    await harness.radio.promote(trial.uuid)
    await harness.radio.release()
    return trial.uuid


async def wait_for_link(harness: RadioHarness, link: Link, deadline: float = JOINED) -> None:
    await harness.wait(lambda: harness.radio.state.link is link, deadline)


async def find(harness: RadioHarness, uuid: str) -> Profile | None:
    kept = await harness.radio.profiles()
    return next((profile for profile in kept if profile.uuid == uuid), None)


class Heard:
    """Collects events."""

    def __init__(self) -> None:
        self.events: list[RadioEvent] = []

    def __call__(self, event: RadioEvent) -> None:
        self.events.append(event)

    def has(self, kind: type[RadioEvent]) -> bool:
        return any(isinstance(event, kind) for event in self.events)
