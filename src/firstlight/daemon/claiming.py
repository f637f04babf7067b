"""Claiming because somebody wishes it, or at boot: rounds, the pauses between, the outcome.

One claim at a time. Recovery and the hotspot are held for a round, and free between two: a device
that waits for a controller can still be reached.
"""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from firstlight.clock import Clock
from firstlight.config import Claim as Settings
from firstlight.daemon.announcer import Announcer
from firstlight.daemon.claimed import ClaimArchive
from firstlight.daemon.hotspot_keeper import HotspotKeeper
from firstlight.daemon.joining import Joining
from firstlight.daemon.operating import Operating
from firstlight.daemon.recovery import Recovery
from firstlight.daemon.tasks import Tasks
from firstlight.errors import Busy, Code, Conflict, FirstlightError, RadioUnavailable, StoreFailure
from firstlight.model.claim import Claim, ClaimAnswer, ClaimBody, ClaimCause, ClaimState, Role
from firstlight.model.mac import MacAddress
from firstlight.model.radio import Link
from firstlight.provisioning.claim import Wish, causes, pauses
from firstlight.radio.port import Radio
from firstlight.running import ended
from firstlight.store.notes import NoteFile
from firstlight.target.claiming import ClaimRun, Tools
from firstlight.target.http import Http

log = logging.getLogger(__name__)

_TRIES_NOTED = 4
_BUSY_SECONDS = 10.0

STOP_SECONDS = 15.0
"""The radio's own dead-man's switch brings back what takes longer."""

ROUND_SECONDS = 60.0
"""Longer than leaving a controller takes."""


class ClaimNote(msgspec.Struct, frozen=True, kw_only=True):
    """How the last claim ended; kept until the next one."""

    claim: Claim


class Company(NamedTuple):
    """Who has a part in it."""

    radio: Radio
    http: Http
    clock: Clock
    archive: ClaimArchive
    note: NoteFile[ClaimNote]
    operating: Operating
    hotspot: HotspotKeeper
    recovery: Recovery
    joining: Joining
    announce: Announcer
    tasks: Tasks
    tx_power_dbm: float


class Claiming:
    """At most one claim. ``is_elsewhere``: whether the radio is at something else for longer."""

    def __init__(self, settings: Settings, company: Company) -> None:
        self._settings = settings
        self._with = company
        self._claim = Claim(state=ClaimState.NONE, role=settings.role)
        self._run: ClaimRun | None = None
        self._task: asyncio.Task[None] | None = None
        self._stopping = False
        self.is_elsewhere: Callable[[], bool] = _never

    @property
    def operating(self) -> Operating:
        """What was claimed, at work."""
        return self._with.operating

    @property
    def under_way(self) -> bool:
        """Whether a round is running, so that nobody else may work with the radio."""
        return self._run is not None

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know: why the last claim failed, or what is wrong with it."""
        failed = self._claim.cause is not None
        told = f"No configuration was claimed: {self._claim.message}" if failed else ""
        return tuple(one for one in (told, self._with.operating.problem) if one)

    def told(self) -> ClaimAnswer:
        """The newest claim, and what came of it."""
        return ClaimAnswer(
            claim=self._claim,
            stored=self._with.archive.claimed is not None,
            problem=self._with.operating.problem,
        )

    def check_idle(self) -> None:
        """Raise ``Busy`` while a round is running."""
        if self._run is not None:
            raise Busy(
                "The device is claiming its configuration.",
                hint="Wait for the outcome: firstlight claim tells it.",
                retry_after=20,
            )

    async def load(self) -> None:
        """For the start: what was claimed before, and how the last claim ended. Never raises."""
        try:
            await self._with.archive.read()
        except StoreFailure as error:
            log.warning("%s", error)
            self._with.operating.problem = error.message
        try:
            note, wrong = await asyncio.to_thread(self._with.note.read)
        except StoreFailure as error:
            note, wrong = None, error.message
        if wrong:
            log.warning("%s", wrong)
        if note is not None:
            self._claim = note.claim
        await self._with.operating.load()

    async def at_boot(self) -> None:
        """For the start, before the hotspot goes up, while everybody else is held. Never raises."""
        claimed = self._with.archive.claimed
        if claimed is None and self._settings.at_boot and not self._with.radio.state.online:
            try:
                wish = self._wish(None)
            except FirstlightError as error:
                log.warning("no claim at boot: %s", error)
                return
            await self._round(wish)
        else:
            self._with.operating.begin()

    def begin(self, body: ClaimBody) -> ClaimAnswer:
        """Start. Raises ``Busy``, ``Conflict`` (something was claimed), ``RadioUnavailable``."""
        if self._task is not None and not self._task.done():
            raise Busy("A claim is under way already.", retry_after=20)
        self._with.joining.check_idle()
        if self._with.archive.claimed is not None and not body.again:
            raise Conflict(
                "This device has claimed its configuration.",
                code=Code.ALREADY_EXISTS,
                hint="To claim it anew: firstlight claim --again.",
            )
        wish = self._wish(body.role)
        self._stopping = False
        self._claim = Claim(state=ClaimState.RUNNING, role=wish.role)
        self._task = self._with.tasks.spawn(self._rounds(wish, wait=body.wait), "claim")
        return self.told()

    async def stop(self) -> None:
        """End everything, the radio back as it was."""
        await self.stop_claim(seconds=STOP_SECONDS)
        await self._with.operating.stop()

    async def stop_claim(self, *, seconds: float = ROUND_SECONDS) -> None:
        """End the claim; what was claimed before stays in use. Waits ``seconds`` at most."""
        self._stopping = True
        if self._run is not None:
            self._run.cancel()
            if self._task is not None:
                await asyncio.wait([self._task], timeout=seconds)
        else:
            await ended(self._task)
        if self._claim.state is ClaimState.WAITING:
            await self._tell_end(_cancelled(self._claim))

    async def forget(self) -> None:
        """For a factory reset. Raises ``StoreFailure``."""
        self._claim = Claim(state=ClaimState.NONE, role=self._settings.role)
        await self._with.operating.forget()
        await self._with.archive.drop()
        await asyncio.to_thread(self._with.note.remove)

    async def _rounds(self, wish: Wish, *, wait: bool) -> None:
        failed = 0
        while True:
            claim = await self._round(wish)
            if claim.state is ClaimState.SUCCEEDED or not wait or self._stopping:
                return
            failed += 1
            seconds = pauses.before_round(failed)
            await self._pause(seconds, claim)

    async def _pause(self, seconds: float, claim: Claim) -> None:
        """Wait, and longer while somebody uses the radio: a phone on the hotspot, or a network."""
        clock, radio = self._with.clock, self._with.radio
        at = round((clock.wall() + seconds) * 1000)
        self._tell(replace(claim, state=ClaimState.WAITING, next_at=at))
        await clock.sleep(seconds)
        while (
            radio.state.online
            or self._with.joining.under_way
            or self.is_elsewhere()
            or await self._has_guests()
        ):
            await clock.sleep(_BUSY_SECONDS)

    async def _has_guests(self) -> bool:
        if self._with.radio.state.link is not Link.HOTSPOT:
            return False
        try:
            return bool(await self._with.radio.stations())
        except FirstlightError:
            return False

    async def _round(self, wish: Wish) -> Claim:
        """One round, and after a good one the beginning of normal operation."""
        company = self._with
        tools = Tools(
            radio=company.radio,
            http=company.http,
            keeper=company.archive,
            clock=company.clock,
            on_change=self._tell,
        )
        self._run = ClaimRun.start(wish, tools)
        self._tell(self._run.claim)
        company.hotspot.hold()
        try:
            async with company.recovery.held():
                await company.operating.stop()
                await company.hotspot.idle()
                claim = await self._run.run()
                self._run = None
                await self._tell_end(claim)
                if claim.state is ClaimState.SUCCEEDED:
                    await company.operating.anew()
                else:
                    company.operating.begin()
        finally:
            self._run = None
            company.hotspot.resume()
        company.announce.status()
        return claim

    def _tell(self, claim: Claim) -> None:
        self._claim = claim
        self._with.announce.claim(claim)
        self._with.announce.status()

    async def _tell_end(self, claim: Claim) -> None:
        self._tell(claim)
        noted = replace(claim, tries=claim.tries[:_TRIES_NOTED])
        try:
            await asyncio.to_thread(self._with.note.write, ClaimNote(claim=noted))
        except StoreFailure as error:
            log.warning("how the claim ended is not on disk: %s", error)

    def _wish(self, role: Role | None) -> Wish:
        wired = self._settings.wired_mac
        state = self._with.radio.state
        # Said expressly, since NetworkManager shows made-up addresses while it scans.
        present_as = _address_of(wired) if wired else state.permanent_mac
        mac = present_as or state.mac
        if mac is None:
            raise RadioUnavailable(
                "There is no WiFi radio to claim with.",
                hint="Run firstlight doctor; it says what the system sees.",
            )
        return Wish(
            role=role or self._settings.role,
            mac=mac,
            present_as=present_as,
            tx_power_dbm=self._with.tx_power_dbm,
        )


def _never() -> bool:
    return False


def note_file(folder: Path) -> NoteFile[ClaimNote]:
    """The one that says how the last claim ended."""
    return NoteFile(folder / "claim.json", ClaimNote)


def _address_of(interface: str) -> MacAddress:
    """As the kernel has it. Raises ``RadioUnavailable`` for an interface that is not there."""
    try:
        return MacAddress(Path(f"/sys/class/net/{interface}/address").read_text("ascii").strip())
    except (OSError, ValueError, FirstlightError) as error:
        raise RadioUnavailable(
            f"claim.wired_mac names {interface!r}, and no such interface has a MAC address.",
            code=Code.UNKNOWN_INTERFACE,
            hint="ip link lists the interfaces.",
        ) from error


def _cancelled(claim: Claim) -> Claim:
    words = causes.WORDS[ClaimCause.CANCELLED]
    return replace(
        claim,
        state=ClaimState.FAILED,
        cause=ClaimCause.CANCELLED,
        message=words.message,
        hint=words.hint,
        next_at=None,
    )
