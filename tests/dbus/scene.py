"""A radio between its two daemons, and one trial after the other."""

from tests.dbus.fake_networkmanager import FakeNetworkManager
from tests.dbus.fake_supplicant import FakeSupplicant
from tests.dbus.nm_interfaces import CHECKPOINT, DEVICE
from tests.dbus.waiting import until

from firstlight.model.passphrase import Passphrase
from firstlight.model.profile import JoinRequest, KeyManagement, TrialPlan
from firstlight.model.radio import LinkReport, LinkStage
from firstlight.model.ssid import Ssid
from firstlight.radio.nm.codes import ConnectionFlags
from firstlight.radio.nm.radio import NetworkManagerRadio

DOES = (
    "CheckpointCreate",
    "CheckpointRollback",
    "CheckpointDestroy",
    "AddAndActivateConnection2",
    "ActivateConnection",
    "DeactivateConnection",
    "Update2",
    "Delete",
)
VOLATILE = ConnectionFlags.VOLATILE | ConnectionFlags.UNSAVED
UP = ("authenticating", "associating", "associated", "4way_handshake", "completed")
STAGES = [
    LinkStage.ASSOCIATING,
    LinkStage.ASSOCIATED,
    LinkStage.AUTHENTICATED,
    LinkStage.CONNECTED,
]


def plan(
    ssid: bytes = b"new",
    management: KeyManagement = KeyManagement.WPA_PSK,
    *,
    secret: str = "a new secret",
    hidden: bool = False,
) -> TrialPlan:
    passphrase = None if management is KeyManagement.NONE else Passphrase(secret)
    return TrialPlan(
        attempt="attempt-1",
        request=JoinRequest(ssid=Ssid(ssid), passphrase=passphrase, hidden=hidden),
        key_management=management,
    )


class Scene:
    """A radio, its two daemons, and the reports of the trial."""

    def __init__(
        self, nm: FakeNetworkManager, supplicant: FakeSupplicant, radio: NetworkManagerRadio
    ) -> None:
        self.nm = nm
        self.supplicant = supplicant
        self.radio = radio
        self.device = nm.add_device()
        self.wlan0 = supplicant.add_interface("wlan0")
        self.reports: list[LinkReport] = []

    async def activate(self, tried: TrialPlan | None = None) -> str:
        return await self.radio.activate_trial(tried or plan(), self.reports.append)

    async def joined(self) -> str:
        """A trial that goes well at once; returns its UUID."""
        self.nm.on_activation = self.nm.come_up
        uuid = await self.activate()
        await self.told(LinkStage.CONNECTED)
        return uuid

    async def old(self, ssid: bytes = b"old") -> str:
        """A saved network that is up; returns its UUID."""
        uuid = self.nm.uuid_of(self.nm.joined(self.device, ssid))
        await self.online_with(uuid)
        return uuid

    async def online_with(self, uuid: str) -> None:
        """Return once that profile is known to be up."""

        def known() -> bool:
            profile = self.radio.state.profile
            return self.radio.state.online and profile is not None and profile.uuid == uuid

        await until(known, f"{uuid} is up")

    async def told(self, stage: LinkStage) -> None:
        await until(lambda: stage in self.stages, f"it tells of {stage}")

    async def all_has_come(self) -> None:
        """Return once every signal up to now has been heard."""
        await self.supplicant.passed_on()
        mark = f"mark {self.nm.number()}"
        self.nm.set(self.device, DEVICE, Driver=mark)
        await until(lambda: self.radio.state.driver == mark, "all has come")

    @property
    def stages(self) -> list[LinkStage]:
        return [report.stage for report in self.reports]

    @property
    def done(self) -> list[str]:
        return [call.member for call in self.nm.made(*DOES)]

    @property
    def checkpoints(self) -> list[str]:
        return [path for path, has in self.nm.objects.items() if CHECKPOINT in has]
