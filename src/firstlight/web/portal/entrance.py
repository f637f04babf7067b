"""The page at ``/pair``: signing in, and for those who are in, the code for the next one."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from firstlight.errors import FirstlightError, LockedOut, Unauthorized
from firstlight.model.pairing import Paired
from firstlight.model.session import SessionEntry
from firstlight.web.access import Right, Standing
from firstlight.web.portal.forms import read_form
from firstlight.web.portal.landing import Trouble, page_address, told
from firstlight.web.portal.rendering import Reader, Renderer
from firstlight.web.portal.words import N_
from firstlight.web.problems import status_of
from firstlight.web.service import DeviceService
from firstlight.web.settings import WebSettings
from firstlight.web.standing import is_token
from firstlight.web.visit import SESSION_COOKIE

_FAMILIES = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)
_LOCAL_PATH = re.compile(r"/(?![/\\])[A-Za-z0-9/._~-]*")
_FAR = 253_402_300_799_000


class SessionRow(msgspec.Struct, frozen=True):
    """A paired device. ``expires`` as ISO 8601, in UTC."""

    id: str
    device_name: str
    expires: str


class Entrance:
    """Its handlers."""

    def __init__(self, service: DeviceService, settings: WebSettings, renderer: Renderer) -> None:
        self._service = service
        self._settings = settings
        self._renderer = renderer

    async def show(self, request: Request) -> Response:
        """``GET /pair``: the way in, or the code."""
        reader = Reader.of(request)
        if reader.may(Right.MANAGE):
            done = _DONE.get(request.query_params.get("done", ""), "")
            return await self._code(
                reader, done=reader.language.words.gettext(done) if done else ""
            )
        return self._sign_in(reader, local_path(request.query_params.get("next", "/")))

    async def enter(self, request: Request) -> Response:
        """``POST /pair`` with ``code``, ``token`` or ``first``: sign in, and go to ``next``."""
        reader = Reader.of(request)
        form = await read_form(request)
        there = local_path(form.get("next", "/"))
        try:
            paired = await self._paired(reader, form, device_name(request))
        except FirstlightError as error:
            return self._sign_in(reader, there, failure=error, token="token" in form)
        return self._renderer.go(reader, there, {"Set-Cookie": self._cookie(reader, paired)})

    async def renew(self, request: Request) -> Response:
        """``POST /pair/new``: another code."""
        await self._service.pairing.regenerate()
        return self._renderer.go(Reader.of(request), "/pair?done=new")

    async def unlock(self, request: Request) -> Response:
        """``POST /pair/unlock``: the pause ends."""
        await self._service.pairing.unlock()
        return self._renderer.go(Reader.of(request), "/pair?done=unlocked")

    async def sign_out(self, request: Request) -> Response:
        """``POST /pair/sign-out`` with ``id`` or ``all``."""
        reader = Reader.of(request)
        form = await read_form(request)
        try:
            if "all" in form:
                await self._service.pairing.revoke_all()
            else:
                await self._service.pairing.revoke(form.get("id", ""))
        except FirstlightError as error:
            return await self._code(reader, failure=error)
        return self._renderer.go(reader, "/pair?done=out")

    async def _paired(self, reader: Reader, form: Mapping[str, str], name: str) -> Paired:
        pairing, caller = self._service.pairing, reader.visit.caller
        if "first" in form:
            # From here to the session nobody else gets a turn.
            if not self._is_first(reader):
                raise Unauthorized(
                    "Somebody is paired already, so a code is needed.",
                    hint="Whoever is paired finds it on the page Pairing.",
                )
            return await pairing.admit(name)
        if "token" in form:
            if not is_token(form["token"], self._settings.token):
                raise Unauthorized("That is not the token of this device.")
            return await pairing.admit(name)
        return await pairing.pair(form.get("code", ""), name, caller)

    def _is_first(self, reader: Reader) -> bool:
        """Whether this is the first one in front of a device that waits to be set up."""
        return reader.standing is Standing.SETTING_UP and not self._service.pairing.sessions()

    def _sign_in(
        self,
        reader: Reader,
        there: str,
        *,
        failure: FirstlightError | None = None,
        token: bool = False,
    ) -> Response:
        wait = failure.retry_after if isinstance(failure, LockedOut | Unauthorized) else None
        return self._renderer.page(
            reader,
            "pair.html",
            status=status_of(type(failure)) if failure else 200,
            headers={"Retry-After": str(round(wait))} if wait else None,
            next=there,
            first=self._is_first(reader),
            takes_token=self._settings.token is not None,
            token_open=token,
            wait=round(wait) if wait else 0,
            trouble=told(failure, reader) if failure else None,
        )

    async def _code(
        self, reader: Reader, *, done: str = "", failure: FirstlightError | None = None
    ) -> Response:
        status = self._service.status()
        trouble: Trouble | None = told(failure, reader) if failure else None
        return self._renderer.page(
            reader,
            "code.html",
            status=status_of(type(failure)) if failure else 200,
            shown=await self._service.pairing.code(),
            address=page_address(self._settings, status.network.ipv4_address)
            or (self._settings.portal if status.network.ap_enabled else ""),
            sessions=[session_row(one) for one in self._service.pairing.sessions()],
            done=done,
            trouble=trouble,
        )

    def _cookie(self, reader: Reader, paired: Paired) -> str:
        secure = "; Secure" if self._settings.secure else ""
        where = reader.visit.root or "/"
        return (
            f"{SESSION_COOKIE}={paired.token}; Path={where}; Max-Age={paired.seconds}; "
            f"HttpOnly; SameSite=Strict{secure}"
        )


_DONE = {
    "new": N_("There is a new code."),
    "unlocked": N_("The pause is over."),
    "out": N_("Signed out."),
}


def local_path(text: str) -> str:
    """A path on this very device, or its start: never another host's address."""
    return text if _LOCAL_PATH.fullmatch(text) else "/"


def device_name(request: Request) -> str:
    """What to call a browser in the list of paired devices."""
    agent = request.headers.get("user-agent", "")
    return next((name for sign, name in _FAMILIES if sign in agent), "Browser")


def session_row(session: SessionEntry) -> SessionRow:
    """As the page lists it."""
    moment = datetime.fromtimestamp(min(session.expires_at, _FAR) / 1000, UTC)
    return SessionRow(session.id, session.device_name, moment.isoformat(timespec="seconds"))
