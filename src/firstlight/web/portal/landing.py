"""The page at ``/``: it follows the device from the list of networks to the result."""

from enum import StrEnum

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from firstlight.errors import FirstlightError, InvalidInput, NotFound
from firstlight.model.attempt import Attempt, AttemptState
from firstlight.model.ssid import Ssid
from firstlight.model.status import DeviceStatus, Mode, RuntimePhase
from firstlight.model.wire import ConnectBody, NetworkEntry
from firstlight.web.access import Right
from firstlight.web.portal import pictures, words
from firstlight.web.portal.forms import read_form
from firstlight.web.portal.rendering import Reader, Renderer, Verbatim
from firstlight.web.portal.words import N_
from firstlight.web.problems import status_of
from firstlight.web.service import DeviceService
from firstlight.web.settings import WebSettings

SEEN_COOKIE = "firstlight-seen"
"""The attempt whose failure this browser has shown and left."""

_FIELDS = {
    "password": N_("The password {rest}"),
    "ssid": N_("The network name {rest}"),
    "ssidHex": N_("The network name {rest}"),
}


class Scene(StrEnum):
    """Which page ``/`` is."""

    LIST = "list"
    FORM = "form"
    JOINING = "joining"
    FAILED = "failed"
    CONNECTED = "connected"


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One network in the list."""

    name: str
    ssid_hex: str
    in_use: bool
    secured: bool
    bars: tuple[bool, ...]
    tags: tuple[str, ...]
    spoken: str


class Fact(msgspec.Struct, frozen=True):
    """A line of a table; one without a value is left out."""

    name: str
    value: str
    href: str = ""


class Trouble(msgspec.Struct, frozen=True):
    """What went wrong, for the place on a page that has room for it."""

    message: str
    hint: str = ""


def scene(status: DeviceStatus, attempt: Attempt | None, query: set[str], seen: str) -> Scene:
    """Which page fits the device, and what its reader asks for. ``seen``: a failure left behind."""
    if query & {"ssid", "other"}:
        return Scene.FORM
    if "list" in query:
        return Scene.LIST
    if attempt is not None and attempt.state is AttemptState.RUNNING:
        return Scene.JOINING
    if attempt is not None and attempt.state is AttemptState.FAILED:
        asked = "attempt" in query
        if asked or seen != attempt.id:
            return Scene.FAILED
    return Scene.CONNECTED if status.network.connected else Scene.LIST


class Landing:
    """Its handlers."""

    def __init__(self, service: DeviceService, settings: WebSettings, renderer: Renderer) -> None:
        self._service = service
        self._settings = settings
        self._renderer = renderer

    async def show(self, request: Request) -> Response:
        """``GET /``, with ``?attempt=ID``, ``list``, ``look`` (scan), ``ssid=HEX``, ``other``."""
        reader = Reader.of(request)
        if not reader.may(Right.LOOK):
            return self._renderer.go(reader, "/pair")
        attempt = self._attempt(request.query_params.get("attempt"))
        status = self._service.status()
        seen = reader.visit.cookie(SEEN_COOKIE)
        match scene(status, attempt, set(request.query_params), seen):
            case Scene.FORM:
                return await self._form(reader, request.query_params.get("ssid", ""))
            case Scene.JOINING if attempt is not None:
                return await self._joining(reader, attempt, status)
            case Scene.FAILED if attempt is not None:
                return self._failed(reader, attempt)
            case Scene.CONNECTED:
                return self._connected(reader, status, attempt)
            case _:
                return await self._list(reader, status, attempt, set(request.query_params))

    async def connect(self, request: Request) -> Response:
        """``POST /connect``: begin, and go where the attempt is told."""
        reader = Reader.of(request)
        form = await read_form(request)
        body = ConnectBody(
            ssid=form.get("ssid") if "ssidHex" not in form else None,
            ssid_hex=form.get("ssidHex"),
            password=form.get("password") or None,
            hidden="hidden" in form,
        )
        try:
            attempt = await self._service.connect(body)
        except FirstlightError as error:
            trouble = told(error, reader)
            typed = form.get("ssid", "")
            return await self._form(
                reader, body.ssid_hex or "", typed=typed, trouble=trouble, failure=error
            )
        return self._renderer.go(reader, f"/?attempt={attempt.id}")

    async def finish(self, request: Request) -> Response:
        """``POST /finish``: the setup is over."""
        reader = Reader.of(request)
        try:
            await self._service.complete_onboarding()
        except FirstlightError as error:
            status, attempt = self._service.status(), self._attempt(None)
            return self._connected(reader, status, attempt, told(error, reader), error)
        return self._renderer.go(reader, "/")

    def _attempt(self, attempt_id: str | None) -> Attempt | None:
        """That one, or the newest; a link to one that is forgotten leads to the device as it is."""
        try:
            return self._service.attempt(attempt_id)
        except NotFound:
            return None if attempt_id is None else self._attempt(None)

    async def _list(
        self, reader: Reader, status: DeviceStatus, attempt: Attempt | None, query: set[str]
    ) -> Response:
        say, trouble, code = reader.language.words.gettext, None, 200
        entries: tuple[NetworkEntry, ...] = ()
        try:
            entries = await self._service.known_networks()
            if "look" in query or not entries:
                entries = await self._service.networks()
        except FirstlightError as error:
            trouble, code = told(error, reader), status_of(type(error))
        ages = [one.age for one in entries if one.age is not None]
        seen = None
        if attempt is not None and attempt.state is AttemptState.FAILED:
            root = reader.visit.root or "/"
            seen = {"Set-Cookie": f"{SEEN_COOKIE}={attempt.id}; Path={root}; SameSite=Strict"}
        return self._renderer.page(
            reader,
            "list.html",
            status=code,
            headers=seen,
            where=words.whereabouts(status, say),
            condition=words.condition(status, say, reader.language.told),
            heard=words.heard(min(ages), say) if ages else "",
            rows=[_row(one, reader) for one in entries],
            look="/?list&look" if "list" in query else "/?look",
            trouble=trouble,
        )

    async def _form(
        self,
        reader: Reader,
        ssid_hex: str,
        *,
        typed: str = "",
        trouble: Trouble | None = None,
        failure: FirstlightError | None = None,
    ) -> Response:
        say = reader.language.words.gettext
        network = await self._network(ssid_hex)
        name = network.ssid if network else _name(ssid_hex)
        kind = network.security if network else ""
        closed = words.obstacle(kind, say)
        status = self._service.status()
        return self._renderer.page(
            reader,
            "form.html",
            status=status_of(type(failure)) if failure else 200,
            name=name,
            ssid_hex=ssid_hex if name else "",
            hidden=network is None,
            typed=Verbatim(typed),
            obstacle=closed,
            summary=closed or _form_summary(name, kind, say),
            takes_password=not words.is_open(kind),
            hint=_password_hint(network, say, manages=reader.may(Right.MANAGE)),
            condition=words.condition(status, say, reader.language.told),
            trouble=trouble,
        )

    async def _network(self, ssid_hex: str) -> NetworkEntry | None:
        if not ssid_hex:
            return None
        try:
            known = await self._service.known_networks()
        except FirstlightError:
            return None
        return next((one for one in known if one.ssid_hex == ssid_hex), None)

    async def _joining(self, reader: Reader, attempt: Attempt, status: DeviceStatus) -> Response:
        network = await self._network(attempt.ssid_hex)
        say = reader.language.words.gettext
        return self._renderer.page(
            reader,
            "joining.html",
            attempt=attempt,
            lines=words.step_lines(
                attempt, say, open_=network is not None and words.is_open(network.security)
            ),
            blinks=status.network.hotspot_ssid if status.network.ap_enabled else "",
        )

    def _failed(self, reader: Reader, attempt: Attempt) -> Response:
        lines = words.step_lines(attempt, reader.language.words.gettext)
        return self._renderer.page(reader, "failed.html", attempt=attempt, lines=lines)

    def _connected(
        self,
        reader: Reader,
        status: DeviceStatus,
        attempt: Attempt | None,
        trouble: Trouble | None = None,
        failure: FirstlightError | None = None,
    ) -> Response:
        say = reader.language.words.gettext
        network = status.network
        mine = attempt is not None and attempt.ssid == network.last_ssid
        missing = words.warning(attempt.warning, say) if mine and attempt is not None else ""
        unfinished = status.mode is Mode.ONBOARDING
        address = page_address(self._settings, network.ipv4_address)
        return self._renderer.page(
            reader,
            "connected.html",
            status=status_of(type(failure)) if failure else 200,
            network=network.last_ssid or network.active_connection,
            ailing=status.runtime.phase is RuntimePhase.DEGRADED,
            summary=missing or say(N_("The device is on your network.")),
            condition=words.condition(status, say, reader.language.told),
            advice=list(_advice(status, say, missing=bool(missing), unfinished=unfinished)),
            facts=self._facts(status, say),
            address=address,
            unfinished=unfinished,
            trouble=trouble,
        )

    def _facts(self, status: DeviceStatus, say: words.Say) -> list[Fact]:
        network, name = status.network, status.hostname
        there = page_address(self._settings, f"{name}.local") if name else ""
        return [
            Fact(say(N_("Device")), name),
            Fact(say(N_("Device ID")), self._service.device_id),
            Fact(say(N_("Address")), network.ipv4_address),
            Fact(say(N_("On your network")), there, there),
        ]


def told(error: FirstlightError, reader: Reader) -> Trouble:
    """An error in a person's words. A field is named as its form names it."""
    language = reader.language
    message = error.message
    if isinstance(error, InvalidInput) and error.field in _FIELDS:
        rest = message.removeprefix(f"{error.field}: ")
        message = language.words.gettext(_FIELDS[error.field]).format(rest=language.told(rest))
    else:
        message = language.told(message)
    ends = message[-1:].isalnum()
    return Trouble(f"{message}." if ends else message, language.told(error.hint or ""))


def page_address(settings: WebSettings, host: str) -> str:
    """Where the pages are on the device's network; empty where they are not served there."""
    if not host or not settings.page_port:
        return ""
    scheme, usual = ("https", 443) if settings.secure else ("http", 80)
    port = "" if settings.page_port == usual else f":{settings.page_port}"
    return f"{scheme}://{host}{port}/"


def _row(network: NetworkEntry, reader: Reader) -> Row:
    say = reader.language.words.gettext
    secured = not words.is_open(network.security)
    saved = network.saved and reader.may(Right.MANAGE)
    tags = (
        say(N_("In use")) if network.in_use else "",
        say(N_("Saved")) if saved else "",
        words.security_words(network.security, say),
    )
    spoken = (say(N_("secured")) if secured else "", words.strength(network.signal, say))
    return Row(
        name=network.ssid,
        ssid_hex=network.ssid_hex,
        in_use=network.in_use,
        secured=secured,
        bars=pictures.bars(network.signal),
        tags=tuple(filter(None, tags)),
        spoken="".join(f", {one}" for one in spoken if one),
    )


def _name(ssid_hex: str) -> str:
    """What a network out of sight is called; empty for what is no name."""
    try:
        return Ssid.from_hex(ssid_hex).text
    except InvalidInput:
        return ""


def _form_summary(name: str, security: str, say: words.Say) -> str:
    if not name:
        return say(N_("Its name must be spelt exactly."))
    if not security:
        return ""
    if words.is_open(security):
        return say(N_("Open: no password needed, and others may listen."))
    how = words.security_words(security, say)
    return say(N_("Secured with {security}.")).format(security=how)


def _password_hint(network: NetworkEntry | None, say: words.Say, *, manages: bool) -> str:
    if network is None:
        return say(N_("Leave it empty for an open network."))
    if network.saved and manages:
        return say(N_("This network is saved. Type its password again to connect anew."))
    return say(N_("8 to 63 characters, as on the router's label."))


def _advice(status: DeviceStatus, say: words.Say, *, missing: bool, unfinished: bool) -> list[str]:
    found: list[str] = []
    if missing:
        found.append(
            say(N_("The device stays connected. Whatever needs the internet will not work yet."))
        )
    if unfinished:
        words_ = N_("If all is well, finish the setup. You can still choose another network later.")
        found.append(say(words_))
    if status.network.ap_enabled or unfinished:
        found.append(
            say(N_("Your phone will leave the device's hotspot now; join your own network again."))
        )
    return found
