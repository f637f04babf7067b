"""The page at ``/provisioning``: handing configuration to devices nearby."""

from collections.abc import Mapping

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from firstlight.clock import Clock
from firstlight.errors import Code, FirstlightError, InvalidInput
from firstlight.label.qr import svg, wifi_text
from firstlight.model.provisioning_mode import (
    DeviceProgress,
    ModeEnd,
    ModeEnded,
    ModeSession,
    ModeState,
    Progress,
)
from firstlight.web.portal.forms import read_form
from firstlight.web.portal.landing import Fact, told
from firstlight.web.portal.rendering import Reader, Renderer
from firstlight.web.portal.words import N_, Say
from firstlight.web.problems import status_of
from firstlight.web.service import DeviceService

_STATES = {
    ModeState.OFF: ("off", N_("Off. Nobody is handed anything.")),
    ModeState.STARTING: ("working", N_("Starting: the list is loaded, and the WiFi raised.")),
    ModeState.ACTIVE: ("waiting", N_("On. Bring a new device close, and switch it on.")),
    ModeState.STOPPING: ("working", N_("Stopping.")),
}
_PROGRESS = {
    Progress.EXPECTED: N_("expected"),
    Progress.JOINED: N_("joined"),
    Progress.CONFIGURED: N_("configured"),
    Progress.REFUSED: N_("refused"),
}
_KINDS = {"clients": N_("Client"), "controllers": N_("Controller")}
_ENDS: Mapping[ModeEnd, tuple[str, str]] = {
    ModeEnd.ASKED: (N_("It was switched off."), ""),
    ModeEnd.EXPIRED: (N_("Its time was over."), N_("Switch it on again for what is left to do.")),
    ModeEnd.ROGUE_STATION: (
        N_("Alarm: a device that nobody registered has joined, so everything was shut down."),
        N_(
            "If it is yours, register its MAC address under Devices. If not, look who is near "
            "before you switch it on again."
        ),
    ),
    ModeEnd.BAD_NONCES: (
        N_("Alarm: somebody guessed at one-time numbers, so everything was shut down."),
        N_("Restart the device that was being set up, and try again."),
    ),
    ModeEnd.ANOTHER_CONTROLLER: (
        N_("Another controller nearby is handing out configuration."),
        N_("Only one at a time: switch that one off first."),
    ),
    ModeEnd.RADIO_IN_USE: (
        N_("The radio is in use: it holds this device's own WiFi link."),
        N_("Connect this device by cable, or use the radio anyway."),
    ),
    ModeEnd.RADIO_FAILED: (
        N_("The radio did not do what was asked of it."),
        N_("Try again. If it stays so, firstlight doctor says what is in the way."),
    ),
    ModeEnd.REGISTRY_FAILED: (
        N_("The list of devices could not be read."),
        N_("The log under Settings says more."),
    ),
    ModeEnd.RESTARTED: (
        N_("This device was restarted meanwhile."),
        N_("Switch it on again for what is left to do."),
    ),
}
_ALARMS = frozenset({ModeEnd.ROGUE_STATION, ModeEnd.BAD_NONCES})
_QUIET = frozenset({ModeEnd.ASKED, ModeEnd.EXPIRED})


class DeviceRow(msgspec.Struct, frozen=True, kw_only=True):
    """One device of the session."""

    name: str
    mac: str
    state: str
    words: str
    kind: str
    reason: str


class EndView(msgspec.Struct, frozen=True, kw_only=True):
    """How the last session ended. ``look``: alarm, trouble or quiet."""

    look: str
    words: str
    hint: str
    mac: str


class ProvisioningPage:
    """Its handlers."""

    def __init__(self, service: DeviceService, renderer: Renderer, clock: Clock) -> None:
        self._service = service
        self._renderer = renderer
        self._clock = clock

    async def show(self, request: Request) -> Response:
        """``GET /provisioning``."""
        return self._page(Reader.of(request))

    async def switch(self, request: Request) -> Response:
        """``POST /provisioning`` with ``to``: on or off; ``force`` to use the radio anyway."""
        reader = Reader.of(request)
        form = await read_form(request)
        mode = self._service.provisioning_mode
        try:
            match form.get("to", ""):
                case "on":
                    await mode.switch_on(force="force" in form)
                case "off":
                    await mode.switch_off()
                case _:
                    raise InvalidInput("to", "must be one of: on, off")
        except FirstlightError as error:
            return self._page(reader, error)
        return self._renderer.go(reader, "/provisioning")

    async def code(self, request: Request) -> Response:
        """``GET /provisioning.svg``: joins the SoftAP."""
        session = self._service.provisioning_mode.session()
        text = wifi_text(session.ssid.encode(), session.password)
        headers = {"Cache-Control": "no-store"}
        return Response(svg(text), headers=headers, media_type="image/svg+xml")

    def _page(self, reader: Reader, failure: FirstlightError | None = None) -> Response:
        session = self._service.provisioning_mode.session()
        say = reader.language.words.gettext
        halo, summary = _STATES[session.state]
        ended = session.ended if session.state is ModeState.OFF else None
        alarmed = ended is not None and ended.reason in _ALARMS
        refused = failure is not None and failure.code is Code.RADIO_IN_USE
        forcible = refused or (ended is not None and ended.reason is ModeEnd.RADIO_IN_USE)
        return self._renderer.page(
            reader,
            "provisioning.html",
            status=status_of(type(failure)) if failure else 200,
            session=session,
            active=session.state is ModeState.ACTIVE,
            idle=session.state is ModeState.OFF,
            halo="trouble" if alarmed else halo,
            summary=say(summary),
            ended=end_view(ended, say) if ended and not failure else None,
            trouble=told(failure, reader) if failure else None,
            forcible=forcible,
            left=time_left(session, self._clock.wall()),
            warnings=[reader.language.told(one) for one in session.warnings],
            access=_access(session, say),
            counts=_counts(session, say),
            devices=[device_row(one, reader) for one in session.devices],
        )


def time_left(session: ModeSession, wall: float) -> int:
    """Whole seconds until it ends by itself; 0 where it does not."""
    if session.state is not ModeState.ACTIVE or session.expires_at is None:
        return 0
    return max(0, round(session.expires_at / 1000 - wall))


def end_view(ended: ModeEnded, say: Say) -> EndView:
    """In the page's own words, so that they are there in every language."""
    words, hint = _ENDS[ended.reason]
    alarm, quiet = ended.reason in _ALARMS, ended.reason in _QUIET
    return EndView(
        look="alarm" if alarm else "quiet" if quiet else "trouble",
        words=say(words),
        hint=say(hint) if hint else "",
        mac=ended.mac,
    )


def device_row(device: DeviceProgress, reader: Reader) -> DeviceRow:
    """A station that nobody knows has its MAC address for a name."""
    say = reader.language.words.gettext
    return DeviceRow(
        name=device.name or device.mac,
        mac=device.mac if device.name else "",
        state=device.state.value,
        words=say(_PROGRESS[device.state]),
        kind=say(_KINDS[device.kind]) if device.kind in _KINDS else "",
        reason=reader.language.told(device.reason),
    )


def _access(session: ModeSession, say: Say) -> list[Fact]:
    return [Fact(say(N_("Name")), session.ssid), Fact(say(N_("Password")), session.password)]


def _counts(session: ModeSession, say: Say) -> list[Fact]:
    return [
        Fact(say(N_("Devices expected")), str(session.expected)),
        Fact(say(N_("Joined")), str(session.joined)),
        Fact(say(N_("Configured")), str(session.configured)),
        Fact(say(N_("Refused")), str(session.refused)),
        Fact(say(N_("Channel")), str(session.channel or "")),
        Fact(say(N_("Transmit power asked for")), _power(session.tx_power_requested)),
        Fact(say(N_("Transmit power read back")), _power(session.tx_power_actual)),
    ]


def _power(dbm: float | None) -> str:
    return "" if dbm is None else f"{dbm:g} dBm"
