"""A device in memory, for what a real daemon can't be asked to do: fail on demand, in every way."""

import atexit
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import msgspec
from tests.api.fake_registry import FakeMode, FakeRegistry

from firstlight.clock import Clock, SystemClock
from firstlight.config import Config
from firstlight.core.pairing.lockout import TriesNote
from firstlight.daemon.hub import Hub
from firstlight.daemon.memory import Memory
from firstlight.daemon.pairing import Company, Pairing
from firstlight.errors import Code, Conflict, FirstlightError, InvalidInput, NotFound
from firstlight.model.attempt import Attempt, AttemptState, Cause
from firstlight.model.claim import Claim, ClaimAnswer, ClaimBody, ClaimState, Role
from firstlight.model.event import Action, ActionPhase, EventType, Level
from firstlight.model.improv import ImprovAnswer, ImprovState
from firstlight.model.kept import Kept
from firstlight.model.ladder import Diagnostics, Ladder, Rung, RungName, RungState
from firstlight.model.status import (
    DeviceStatus,
    Health,
    Mode,
    NetworkStatus,
    RecoveryLock,
    RecoveryResult,
    RecoveryStatus,
    RuntimePhase,
    RuntimeStatus,
    ServicesStatus,
)
from firstlight.model.wire import (
    ConnectBody,
    HotspotAnswer,
    NetworkEntry,
    RestartScope,
    SavedNetwork,
)
from firstlight.store.notes import NoteFile
from firstlight.store.provisioning import ProvisioningStore
from firstlight.store.sessions import SessionFile

STATUS = DeviceStatus(
    mode=Mode.PROVISIONING,
    hostname="lamp",
    network=NetworkStatus(
        provisioned=False,
        connected=False,
        last_ssid="",
        hotspot_ssid="Firstlight-LAMP",
        hotspot_profile="Firstlight-Hotspot",
        interface_name="wlan0",
        ap_enabled=False,
        active_connection="",
        ipv4_address="",
        gateway="",
        internet_reachable=False,
        last_error="",
    ),
    runtime=RuntimeStatus(phase=RuntimePhase.PROVISIONING, health=Health.OK, summary="Waiting."),
    recovery=RecoveryStatus(
        enabled=True,
        failure_threshold=3,
        cooldown_ms=120_000,
        degraded_network_streak=0,
        last_attempt_at=0,
        last_recovered_at=0,
        last_result=RecoveryResult.IDLE,
        cooldown_until=0,
        active_lock=RecoveryLock.NONE,
        last_reason="",
        in_cooldown=False,
    ),
    restart_pending=False,
    last_restart_reason="",
    services=ServicesStatus(nmcli_available=False, network_manager_available=True),
)

LIGHTHOUSE = NetworkEntry(
    ssid="Lighthouse",
    ssid_hex=b"Lighthouse".hex(),
    signal=82,
    security="wpa2",
    in_use=False,
    saved=False,
    bssid="02:00:00:00:01:00",
    frequency=2412,
    channel=1,
    age=3,
)

HOTSPOT_PASSWORD = "hidden-harbour"

HOTSPOT = HotspotAnswer(
    ssid="Firstlight-LAMP",
    ssid_hex=b"Firstlight-LAMP".hex(),
    password=HOTSPOT_PASSWORD,
    profile="Firstlight-Hotspot",
    address="192.168.4.1",
    channel=None,
    up=False,
    stations=(),
)

LADDER = Ladder(
    rungs=(
        Rung(name=RungName.RADIO, state=RungState.OK, evidence="wlan0 is there."),
        Rung(
            name=RungName.GATEWAY,
            state=RungState.FAILED,
            elapsed_ms=2000,
            evidence="192.168.1.1 does not answer.",
            hint="Restart the router.",
        ),
        Rung(name=RungName.BROKER, state=RungState.SKIPPED),
    ),
    verdict=RungName.GATEWAY,
    summary="The router does not answer.",
    at=1_700_000_000_000,
    elapsed_ms=2010,
)

DIAGNOSTICS = Diagnostics(
    connected=True,
    internet_reachable=False,
    dns_resolved=False,
    nmcli_state="activated",
    active_connection="Lighthouse",
    ipv4_address="192.168.1.7",
    gateway="192.168.1.1",
    details=("wlan0 is there.", "192.168.1.1 does not answer."),
    ladder=LADDER,
)


DEVICE_ID = "LMP-2026-7KD4MXQP"


def _pairing(clock: Clock) -> Pairing:
    folder = Path(tempfile.mkdtemp(prefix="firstlight-test-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    memory = Memory(ProvisioningStore(folder))
    memory.kept = Kept(device_id=DEVICE_ID)
    tries = NoteFile(folder / "pairing.json", TriesNote)
    return Pairing(
        Config(), Company(memory, clock, SessionFile(folder), tries, lambda level, text: None)
    )


class FakeService:
    """Raises ``fault`` from every operation while it is set. ``now`` is its status.

    ``guests``: addresses that count as on the hotspot. ``pairing`` is the real one.
    """

    def __init__(self, clock: Clock | None = None) -> None:
        self.clock = clock or SystemClock()
        self.hub = Hub(self.clock)
        self.fault: Exception | None = None
        self.on_networks: Callable[[], None] = lambda: None
        self.changes: list[str] = []
        self.times_attended = 0
        self.now = STATUS
        self.guests: frozenset[str] = frozenset()
        self.waits = True
        self.pairing = _pairing(self.clock)
        self.registry = FakeRegistry(self._fail, self.changes)
        self.provisioning_mode = FakeMode(self._fail, self.changes)
        self._attempts: list[Attempt] = []
        self.claimed = ClaimAnswer(claim=Claim(state=ClaimState.NONE))

    @property
    def improv(self) -> "FakeService":
        return self

    def answer(self) -> ImprovAnswer:
        self._fail()
        return ImprovAnswer(enabled=True, state=ImprovState.AUTHORIZED, adapter="hci0")

    def authorize(self) -> None:
        self._change("authorize")

    @property
    def device_id(self) -> str:
        return DEVICE_ID

    def over_hotspot(self, peer: str, own: str) -> bool:
        return peer in self.guests

    def setting_up(self) -> bool:
        return self.waits

    @property
    def events(self) -> Hub:
        return self.hub

    def status(self) -> DeviceStatus:
        self._fail()
        return self.now

    async def networks(self) -> tuple[NetworkEntry, ...]:
        self._fail()
        self.on_networks()
        return (LIGHTHOUSE,)

    async def known_networks(self) -> tuple[NetworkEntry, ...]:
        self._fail()
        return (LIGHTHOUSE,)

    async def saved(self) -> tuple[SavedNetwork, ...]:
        self._fail()
        return (SavedNetwork(name="Home", uuid="u-1", type="wifi", autoconnect=True, active=False),)

    async def connect(self, body: ConnectBody) -> Attempt:
        self._fail()
        if body.ssid is None:
            raise InvalidInput("ssid", "is missing; give the network's name")
        self.changes.append("connect")
        attempt = Attempt(
            id=f"a{len(self._attempts) + 1}",
            ssid=body.ssid,
            ssid_hex=body.ssid.encode().hex(),
            state=AttemptState.RUNNING,
            started_at=1_700_000_000_000,
        )
        self._attempts.append(attempt)
        self.hub.publish(
            EventType.ACTION,
            Level.INFO,
            f"Joining {body.ssid}.",
            action=Action.NETWORK_CONNECT,
            phase=ActionPhase.STARTED,
            details=msgspec.to_builtins({"attempt": attempt}),
        )
        return attempt

    def end_attempt(self, *, failed: bool) -> None:
        """The newest one is over, and everybody is told."""
        ended = msgspec.structs.replace(
            self._attempts[-1],
            state=AttemptState.FAILED if failed else AttemptState.SUCCEEDED,
            cause=Cause.WRONG_PASSWORD if failed else None,
            message="The password for Lighthouse was not accepted." if failed else None,
            hint="Check the password." if failed else None,
        )
        self._attempts[-1] = ended
        phase = ActionPhase.FAILED if failed else ActionPhase.COMPLETED
        self.hub.publish(
            EventType.ACTION, Level.INFO, "Over.", action=Action.NETWORK_CONNECT, phase=phase
        )

    def attempt(self, attempt_id: str | None) -> Attempt:
        self._fail()
        found = [a for a in self._attempts if attempt_id in {None, a.id}]
        if not found:
            raise NotFound("There is no such attempt.")
        return found[-1]

    def claim(self) -> ClaimAnswer:
        self._fail()
        return self.claimed

    async def begin_claim(self, body: ClaimBody) -> ClaimAnswer:
        self._fail()
        if self.claimed.stored and not body.again:
            raise Conflict("It was claimed already.", code=Code.ALREADY_EXISTS)
        self.changes.append("claim")
        running = Claim(state=ClaimState.RUNNING, role=body.role or Role.CLIENT)
        self.claimed = ClaimAnswer(claim=running)
        return self.claimed

    async def end_claim(self) -> ClaimAnswer:
        self._change("claim ended")
        return self.claimed

    async def forget(self, name: str) -> None:
        self._fail()
        if name != "Home":
            raise NotFound(f"No saved network is called {name}.")
        self.changes.append("forget")

    async def hotspot(self) -> HotspotAnswer:
        self._fail()
        return HOTSPOT

    async def enable_hotspot(self) -> None:
        self._fail()
        self.changes.append("hotspot on")

    async def disable_hotspot(self) -> None:
        self._fail()
        self.changes.append("hotspot off")

    async def diagnose(self) -> Diagnostics:
        self._fail()
        return DIAGNOSTICS

    async def complete_onboarding(self) -> None:
        self._change("onboarding complete")

    async def enter_maintenance(self) -> None:
        self._change("maintenance on")

    async def exit_maintenance(self) -> None:
        self._change("maintenance off")

    async def trigger_recovery(self) -> None:
        self._change("recovery")

    async def rollback(self, reason: str) -> None:
        self._change(f"rollback: {reason}")

    async def restart(self, reason: str, scope: RestartScope) -> None:
        self._change(f"restart {scope}: {reason}")

    async def factory_reset(self) -> None:
        self._change("factory reset")

    async def metrics(self) -> bytes:
        self._fail()
        return b"# TYPE firstlight_mode gauge\n"

    async def support_bundle(self) -> bytes:
        self._fail()
        return b"PK"

    def attended(self) -> None:
        self.times_attended += 1

    def say(self, message: str) -> str:
        """Publish something; returns its ID."""
        return self.hub.publish(EventType.SYSTEM, Level.INFO, message).id

    def _change(self, what: str) -> None:
        self._fail()
        self.changes.append(what)

    def _fail(self) -> None:
        if self.fault is not None:
            raise self.fault


EVERY_ERROR = tuple(FirstlightError.__subclasses__())
