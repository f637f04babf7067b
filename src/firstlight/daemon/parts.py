"""The parts of a device, put together: who knows whom is written here and nowhere else."""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from firstlight.clock import Clock
from firstlight.config import Config
from firstlight.core import join, recovery
from firstlight.core.last_used import BootNote
from firstlight.core.mode import Turn
from firstlight.core.pairing.device_id import Identity
from firstlight.core.pairing.lockout import TriesNote
from firstlight.core.recovery.cooldown import CooldownNote
from firstlight.daemon import (
    claiming,
    forgetting,
    joining,
    last_used,
    meeting,
    operating,
    pairing,
    reset,
    wishes,
)
from firstlight.daemon.announcer import Announcer
from firstlight.daemon.attempts import Attempts
from firstlight.daemon.claimed import Bundles, ClaimArchive
from firstlight.daemon.claiming import Claiming
from firstlight.daemon.cooldown import Cooldown
from firstlight.daemon.diagnosis import Diagnosis
from firstlight.daemon.forgetting import Forgetting
from firstlight.daemon.home import Home
from firstlight.daemon.hotspot_keeper import HotspotKeeper
from firstlight.daemon.joining import Joining
from firstlight.daemon.last_used import LastUsed
from firstlight.daemon.lookout import Lookout
from firstlight.daemon.meeting import Meeting
from firstlight.daemon.memory import Memory
from firstlight.daemon.modes import Modes
from firstlight.daemon.operating import Operating
from firstlight.daemon.pairing import Pairing
from firstlight.daemon.provisioning import company as provisioning
from firstlight.daemon.provisioning.company import OpenDoor, Records
from firstlight.daemon.provisioning.mode import ProvisioningMode
from firstlight.daemon.recovery import Company, Recovery
from firstlight.daemon.regulation import RegulationOf
from firstlight.daemon.rejoining import Tools
from firstlight.daemon.reset import FactoryReset
from firstlight.daemon.sessions import Randomness
from firstlight.daemon.system_control import SystemControl
from firstlight.daemon.tasks import Tasks
from firstlight.daemon.wishes import Wishes
from firstlight.provisioning.protocol import HOST, PORT
from firstlight.radio.port import Radio
from firstlight.reach.port import ReachProbe
from firstlight.store.notes import NoteFile, reset_note
from firstlight.store.sessions import SessionFile
from firstlight.target.http import Http, SocketHttp


class Surroundings(NamedTuple):
    """What a device stands in. ``identity`` tells the machine from others.

    ``http``: how controllers are asked, in place of sockets.
    """

    config: Config
    hostname: str
    radio: Radio
    reach: ReachProbe
    memory: Memory
    clock: Clock
    regulation: RegulationOf
    identity: Callable[[], Identity]
    randomness: Randomness | None
    records: Records
    bundles: Bundles
    open_door: OpenDoor
    http: Http | None = None


class Parts(NamedTuple):
    """What a device is made of. Nothing runs yet."""

    tasks: Tasks
    attempts: Attempts
    announce: Announcer
    lookout: Lookout
    home: Home
    hotspot: HotspotKeeper
    turn: Callable[[Turn], Awaitable[None]]
    recovery: Recovery
    joining: Joining
    claiming: Claiming
    pairing: Pairing
    reset: FactoryReset
    wishes: Wishes
    diagnosis: Diagnosis
    forgetting: Forgetting
    provisioning: ProvisioningMode
    meeting: Meeting


def assembled(around: Surroundings, announce: Announcer) -> Parts:
    """All of them, each knowing those that it works with."""
    config, radio, memory, clock = around.config, around.radio, around.memory, around.clock
    tasks, attempts = Tasks(), Attempts()
    lookout, home = Lookout(radio, clock), Home(radio, clock)
    hotspot = HotspotKeeper(config, around.hostname, radio, memory, clock)
    turn = Modes(radio, memory, hotspot, announce.status).turn
    tools = _tools(around)
    repairing = _recovery(around, tools, hotspot, announce, turn)
    joins = Joining(
        join.Policy(
            require_gateway=config.join.require_gateway,
            require_internet=config.join.require_internet,
        ),
        tools,
        joining.Company(memory, hotspot, repairing, announce, attempts, tasks, turn),
    )
    pairs = _pairing(around, announce)
    claims = _claiming(around, Claimants(hotspot, repairing, joins, announce, tasks))
    resetting = FactoryReset(
        reset_note(config.state_path),
        reset.Company(
            radio, clock, memory, home, hotspot, pairs, claims, around.records, announce, turn
        ),
    )
    wishing = Wishes(
        wishes.Company(
            radio,
            memory,
            repairing,
            announce,
            SystemControl(allowed=config.allow_system_control),
            config.allow_system_control,
            turn,
        )
    )
    mode = ProvisioningMode(
        config,
        provisioning.Company(
            radio=radio,
            clock=clock,
            records=around.records,
            hotspot=hotspot,
            recovery=repairing,
            announce=announce,
            tasks=tasks,
            open_door=around.open_door,
            check_idle=_all_idle(joins, claims, resetting),
        ),
    )
    meets = Meeting(
        meeting.Company(
            radio=radio,
            memory=memory,
            home=home,
            last_used=LastUsed(
                NoteFile(config.state_path / "boot.json", BootNote),
                last_used.Company(tools, memory, home, lookout, announce),
            ),
            lookout=lookout,
            hotspot=hotspot,
            recovery=repairing,
            joining=joins,
            claiming=claims,
            attempts=attempts,
            reset=resetting,
            wishes=wishing,
            provisioning=mode,
            announce=announce,
            tasks=tasks,
            turn=turn,
        )
    )
    mode.clearing = meets.clearing
    claims.is_elsewhere = lambda: mode.under_way or resetting.under_way
    return Parts(
        tasks=tasks,
        attempts=attempts,
        announce=announce,
        lookout=lookout,
        home=home,
        hotspot=hotspot,
        turn=turn,
        recovery=repairing,
        joining=joins,
        claiming=claims,
        pairing=pairs,
        reset=resetting,
        wishes=wishing,
        provisioning=mode,
        diagnosis=Diagnosis(
            radio,
            around.reach,
            clock,
            config,
            regulation=around.regulation,
            claimed_broker=lambda: claims.operating.broker,
        ),
        forgetting=Forgetting(
            forgetting.Company(radio, memory, home, hotspot, repairing, announce, turn)
        ),
        meeting=meets,
    )


def _all_idle(joins: Joining, claims: Claiming, resetting: FactoryReset) -> Callable[[], None]:
    def check() -> None:
        joins.check_idle()
        claims.check_idle()
        resetting.check_idle()

    return check


def _recovery(
    around: Surroundings,
    tools: Tools,
    hotspot: HotspotKeeper,
    announce: Announcer,
    turn: Callable[[Turn], Awaitable[None]],
) -> Recovery:
    company = Company(
        memory=around.memory,
        hotspot=hotspot,
        turn=turn,
        tell=announce.recovery,
        warn=announce.warning,
        changed=announce.status,
    )
    note = NoteFile(around.config.state_path / "cooldown.json", CooldownNote)
    repairing = Recovery(tools, company, Cooldown(note, around.clock))
    hotspot.is_alone = lambda: repairing.wants_hotspot
    hotspot.goes_over_link = lambda: repairing.wants_it_over_link
    return repairing


class Claimants(NamedTuple):
    """Who has to leave the radio alone during a claim, and whom it tells."""

    hotspot: HotspotKeeper
    recovery: Recovery
    joining: Joining
    announce: Announcer
    tasks: Tasks


def _claiming(around: Surroundings, others: Claimants) -> Claiming:
    config, folder = around.config, around.config.state_path
    archive = ClaimArchive(config, around.bundles)
    operates = Operating(
        config.claim.after_failure,
        operating.Company(
            radio=around.radio,
            clock=around.clock,
            archive=archive,
            note=operating.note_file(folder),
            joining=others.joining,
            announce=others.announce,
            tasks=others.tasks,
        ),
    )
    company = claiming.Company(
        radio=around.radio,
        http=around.http or SocketHttp(HOST, PORT),
        clock=around.clock,
        archive=archive,
        note=claiming.note_file(folder),
        operating=operates,
        hotspot=others.hotspot,
        recovery=others.recovery,
        joining=others.joining,
        announce=others.announce,
        tasks=others.tasks,
        tx_power_dbm=config.provisioning.tx_power_dbm,
    )
    return Claiming(config.claim, company)


def _pairing(around: Surroundings, announce: Announcer) -> Pairing:
    folder = around.config.state_path
    company = pairing.Company(
        around.memory,
        around.clock,
        SessionFile(folder),
        NoteFile(folder / "pairing.json", TriesNote),
        announce.pairing,
        around.identity,
    )
    return Pairing(around.config, company, around.randomness)


def _tools(around: Surroundings) -> Tools:
    config, wish = around.config, around.config.recovery
    return Tools(
        radio=around.radio,
        reach=around.reach,
        clock=around.clock,
        targets=config.reach.targets,
        look_seconds=config.reach.seconds,
        settings=recovery.configured(
            recovery.Settings(
                check_seconds=wish.check_seconds,
                interval_seconds=config.reach.interval_seconds,
                internet_interval_seconds=config.reach.internet_interval_seconds,
                require_gateway=config.join.require_gateway,
                require_internet=config.join.require_internet,
            ),
            around.memory.kept,
            enabled=wish.enabled,
            failure_threshold=wish.failure_threshold,
            cooldown_ms=wish.cooldown_ms,
        ),
    )
