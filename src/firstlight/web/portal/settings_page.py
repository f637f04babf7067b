"""The pages at ``/settings`` and ``/factory-reset``, for those who are signed in."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from firstlight.clock import Clock
from firstlight.errors import FirstlightError, InvalidInput
from firstlight.model.event import DeviceEvent, Level
from firstlight.model.ladder import Ladder, RungName, RungState
from firstlight.model.status import DeviceStatus, Mode, RecoveryResult
from firstlight.model.wire import HotspotAnswer, RestartScope, SavedNetwork
from firstlight.web.portal import words
from firstlight.web.portal.forms import read_form
from firstlight.web.portal.landing import Fact, Trouble, told
from firstlight.web.portal.language import Language
from firstlight.web.portal.rendering import Reader, Renderer
from firstlight.web.portal.words import N_
from firstlight.web.problems import status_of
from firstlight.web.service import DeviceService

Form = Mapping[str, str]

_RUNGS = {
    RungName.RADIO: N_("Radio"),
    RungName.UNBLOCKED: N_("Switched on"),
    RungName.ASSOCIATED: N_("Joined"),
    RungName.ADDRESS: N_("Address"),
    RungName.GATEWAY: N_("Router"),
    RungName.DNS: N_("Names"),
    RungName.INTERNET: N_("Internet"),
    RungName.NO_PORTAL: N_("No sign-in page"),
    RungName.CLOCK: N_("Clock"),
    RungName.BROKER: N_("MQTT broker"),
}
_MARKS = {
    RungState.OK: ("✓", N_("holds")),
    RungState.FAILED: ("✕", N_("broken")),
    RungState.SKIPPED: ("-", N_("not looked at")),
}
_RESULTS = {
    RecoveryResult.IDLE: N_("Never needed"),
    RecoveryResult.PENDING: N_("Under way"),
    RecoveryResult.COOLDOWN: N_("Put off"),
    RecoveryResult.HOTSPOT_RESTORED: N_("Ended in the hotspot"),
    RecoveryResult.REJOIN_SUCCEEDED: N_("Back in the network"),
    RecoveryResult.REJOIN_FAILED: N_("The network could not be joined"),
    RecoveryResult.FAILED: N_("Failed"),
}
_LEVELS = {
    Level.INFO: "",
    Level.SUCCESS: N_("Good: "),
    Level.WARNING: N_("Warning: "),
    Level.ERROR: N_("Error: "),
}
_DONE = {
    "forget": N_("Forgotten."),
    "hotspot": N_("Done."),
    "recover": N_("Recovery has begun."),
    "maintenance": N_("Done."),
    "restart": N_("The restart was asked for. What comes of it is told below."),
}
_LOG_LINES = 25
_LADDER_SECONDS = 600.0
_FAR = 253_402_300_799_000


class RungRow(msgspec.Struct, frozen=True, kw_only=True):
    """One rung of the ladder, as it is drawn. ``time`` is empty where nothing was looked at."""

    name: str
    state: str
    mark: str
    spoken: str
    time: str
    evidence: str
    hint: str


class LadderView(msgspec.Struct, frozen=True):
    """All rungs, and what they come to."""

    rungs: tuple[RungRow, ...]
    summary: str


class LogLine(msgspec.Struct, frozen=True, kw_only=True):
    """One event. ``at`` as ISO 8601, in UTC."""

    at: str
    level: str
    spoken: str
    words: str


class SettingsPage:
    """Its handlers."""

    def __init__(self, service: DeviceService, renderer: Renderer, clock: Clock) -> None:
        self._service = service
        self._renderer = renderer
        self._clock = clock
        self._climbed: Ladder | None = None
        self._climbed_at = 0.0

    async def show(self, request: Request) -> Response:
        """``GET /settings``."""
        return await self._page(Reader.of(request), done=request.query_params.get("done", ""))

    async def forget(self, request: Request) -> Response:
        """``POST /settings/forget`` with ``name``."""
        return await self._do(
            request, "forget", lambda form: self._service.forget(form.get("name", ""))
        )

    async def hotspot(self, request: Request) -> Response:
        """``POST /settings/hotspot`` with ``to``: on or off."""

        async def switch(form: Form) -> None:
            if _switched(form):
                await self._service.enable_hotspot()
            else:
                await self._service.disable_hotspot()

        return await self._do(request, "hotspot", switch)

    async def recover(self, request: Request) -> Response:
        """``POST /settings/recover``."""
        return await self._do(request, "recover", lambda _: self._service.trigger_recovery())

    async def maintenance(self, request: Request) -> Response:
        """``POST /settings/maintenance`` with ``to``: on or off."""

        async def switch(form: Form) -> None:
            if _switched(form):
                await self._service.enter_maintenance()
            else:
                await self._service.exit_maintenance()

        return await self._do(request, "maintenance", switch)

    async def restart(self, request: Request) -> Response:
        """``POST /settings/restart`` with ``scope``."""

        async def begin(form: Form) -> None:
            scope = form.get("scope", "")
            if scope not in {*RestartScope}:
                raise InvalidInput("scope", f"must be one of: {', '.join(RestartScope)}")
            await self._service.restart("asked for on the page", RestartScope(scope))

        return await self._do(request, "restart", begin)

    async def diagnose(self, request: Request) -> Response:
        """``POST /settings/diagnose``: climb, and show."""
        reader = Reader.of(request)
        try:
            found = await self._service.diagnose()
        except FirstlightError as error:
            return await self._page(reader, failure=error)
        self._climbed, self._climbed_at = found.ladder, self._clock.monotonic()
        return self._renderer.go(reader, "/settings")

    async def ask_reset(self, request: Request) -> Response:
        """``GET /factory-reset``: asks for the device ID."""
        return self._reset_page(Reader.of(request))

    async def reset(self, request: Request) -> Response:
        """``POST /factory-reset`` with ``confirm``."""
        reader = Reader.of(request)
        form = await read_form(request)
        say = reader.language.words.gettext
        if not confirms(form.get("confirm", ""), self._service.device_id):
            wrong = Trouble(
                say(N_("That is not the device ID.")), say(N_("It stands below, and on the label."))
            )
            return self._reset_page(reader, wrong, 400)
        try:
            await self._service.factory_reset()
        except FirstlightError as error:
            return self._reset_page(reader, told(error, reader), status_of(type(error)))
        hotspot = self._service.status().network.hotspot_ssid
        return self._renderer.page(reader, "resetting.html", status=202, hotspot=hotspot)

    def _reset_page(
        self, reader: Reader, trouble: Trouble | None = None, status: int = 200
    ) -> Response:
        return self._renderer.page(
            reader,
            "reset.html",
            status=status,
            hotspot=self._service.status().network.hotspot_ssid,
            device_id=self._service.device_id,
            trouble=trouble,
        )

    async def _do(
        self, request: Request, name: str, work: Callable[[Form], Awaitable[None]]
    ) -> Response:
        reader = Reader.of(request)
        form = await read_form(request)
        try:
            await work(form)
        except FirstlightError as error:
            return await self._page(reader, failure=error)
        return self._renderer.go(reader, f"/settings?done={name}")

    async def _page(
        self,
        reader: Reader,
        *,
        done: str = "",
        failure: FirstlightError | None = None,
    ) -> Response:
        say, service = reader.language.words.gettext, self._service
        status = service.status()
        trouble = told(failure, reader) if failure else None
        saved: tuple[SavedNetwork, ...] = ()
        try:
            saved = await service.saved()
        except FirstlightError as error:
            trouble = trouble or told(error, reader)
        hotspot = await service.hotspot()
        return self._renderer.page(
            reader,
            "settings.html",
            status=status_of(type(failure)) if failure else 200,
            device=status,
            done=say(_DONE[done]) if done in _DONE else "",
            trouble=trouble,
            condition=words.condition(status, say, reader.language.told),
            facts=_facts(status, say),
            saved=saved,
            hotspot=hotspot,
            hotspot_facts=_hotspot_facts(hotspot, say),
            ladder=self._ladder(reader),
            recovery_facts=_recovery_facts(status, reader.language),
            cooldown=cooldown_left(status, self._clock.wall()),
            log=[log_line(one, reader) for one in await self._recent()],
            device_id=service.device_id,
            maintenance=status.mode is Mode.MAINTENANCE,
        )

    def _ladder(self, reader: Reader) -> LadderView | None:
        """The one that was climbed last, while it still says something."""
        age = self._clock.monotonic() - self._climbed_at
        if self._climbed is None or age > _LADDER_SECONDS:
            return None
        return ladder_view(self._climbed, reader)

    async def _recent(self) -> list[DeviceEvent]:
        """The newest events, the newest first."""
        return list(reversed(self._service.events.recent(_LOG_LINES)))


def cooldown_left(status: DeviceStatus, wall: float) -> int:
    """Whole seconds until recovery may be asked for again."""
    recovery = status.recovery
    if not recovery.in_cooldown:
        return 0
    return max(1, round(min(recovery.cooldown_until / 1000 - wall, recovery.cooldown_ms / 1000)))


def confirms(typed: str, device_id: str) -> bool:
    """Whether it is the device ID, however it was spaced and in whatever case."""
    wanted = _letters(device_id)
    return bool(wanted) and _letters(typed) == wanted


def ladder_view(ladder: Ladder, reader: Reader) -> LadderView:
    """From the internet down to the radio would be the wrong way: it is climbed from the radio."""
    say, tell = reader.language.words.gettext, reader.language.told
    rows = tuple(
        RungRow(
            name=say(_RUNGS[rung.name]),
            state=rung.state.value,
            mark=_MARKS[rung.state][0],
            spoken=say(_MARKS[rung.state][1]),
            time="" if rung.state is RungState.SKIPPED else words.seconds(rung.elapsed_ms),
            evidence=tell(rung.evidence),
            hint=tell(rung.hint or ""),
        )
        for rung in ladder.rungs
    )
    return LadderView(rows, tell(ladder.summary))


def log_line(event: DeviceEvent, reader: Reader) -> LogLine:
    """One line of what happened."""
    moment = datetime.fromtimestamp(min(event.ts, _FAR) / 1000, UTC)
    spoken = _LEVELS[event.level]
    return LogLine(
        at=moment.isoformat(timespec="seconds"),
        level=event.level.value,
        spoken=reader.language.words.gettext(spoken) if spoken else "",
        words=reader.language.told(event.message),
    )


def _letters(text: str) -> str:
    return "".join(char for char in text.upper() if char.isalnum())


def _switched(form: Form) -> bool:
    to = form.get("to", "")
    if to not in {"on", "off"}:
        raise InvalidInput("to", "must be one of: on, off")
    return to == "on"


def _facts(status: DeviceStatus, say: words.Say) -> list[Fact]:
    network = status.network
    return [
        Fact(say(N_("Network")), network.active_connection if network.connected else ""),
        Fact(say(N_("Address")), network.ipv4_address),
        Fact(say(N_("Router")), network.gateway),
        Fact(say(N_("Radio")), network.interface_name),
    ]


def _hotspot_facts(hotspot: HotspotAnswer, say: words.Say) -> list[Fact]:
    return [
        Fact(say(N_("Name")), hotspot.ssid),
        Fact(say(N_("Password")), hotspot.password),
        Fact(say(N_("Address")), hotspot.address),
    ]


def _recovery_facts(status: DeviceStatus, language: Language) -> list[Fact]:
    recovery, say = status.recovery, language.words.gettext
    streak = f"{recovery.degraded_network_streak} / {recovery.failure_threshold}"
    return [
        Fact(say(N_("Automatic")), say(N_("on")) if recovery.enabled else say(N_("off"))),
        Fact(say(N_("Failed checks")), streak),
        Fact(say(N_("Last result")), say(_RESULTS[recovery.last_result])),
        Fact(say(N_("Last reason")), language.told(recovery.last_reason)),
    ]
