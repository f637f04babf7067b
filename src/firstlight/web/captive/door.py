"""What the hotspot's guests get who ask for anybody but this device.

On the hotspot every name leads here. A system's probe gets the portal while there is something to
set up, and what it expects once there is not; any other stranger's name leads to the portal, too.
Nothing of the device is shown under a name that is not its own, so a page that rebinds its name
learns nothing (``guards.meant_for_this_host``).
"""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from firstlight.web.access import SOFTAP_ONLY
from firstlight.web.captive.probes import Answer, probe_for
from firstlight.web.encoding import to_json
from firstlight.web.guards import from_allowed_address, host_of, not_too_fast
from firstlight.web.policy import Policy
from firstlight.web.problems import Refusal, answer_to
from firstlight.web.service import DeviceService
from firstlight.web.visit import Visit, address_of

# Cached answers keep the portal away after Cancel (WiFiManager #170, comitup #71).
_NEVER_KEPT = {"Cache-Control": "no-store", "Expires": "0"}
_READING = ("GET", "HEAD")

API = "/api/captive"
"""The Captive Portal API (RFC 8908); DHCP option 114 leads here (RFC 8910)."""


class CaptiveDoor:
    """ASGI middleware in front of the guards. ``portal``: the address of our page."""

    def __init__(self, app: ASGIApp, service: DeviceService, policy: Policy, portal: str) -> None:
        self._app = app
        self._service = service
        self._policy = policy
        self._portal = portal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        response = self._answer(scope) if scope["type"] == "http" else None
        await (response or self._app)(scope, receive, send)

    def _answer(self, scope: Scope) -> Response | None:
        visit = Visit.met(scope)
        if not self._service.over_hotspot(visit.caller, visit.own):
            return None
        host = host_of(visit.headers.get("host", ""))
        probe = probe_for(host, visit.path)
        foreign = host not in self._policy.hosts and address_of(host) is None
        ours = visit.path in SOFTAP_ONLY or (probe is None and not foreign)
        if ours or visit.method not in _READING:
            return None
        try:
            from_allowed_address(visit, self._policy)
            not_too_fast(visit, self._policy)
        except Refusal as refusal:
            return answer_to(refusal)
        if probe is None or probe.online is None or not is_online(self._service):
            return _to(self._portal)
        return _as(probe.online)


def is_online(service: DeviceService) -> bool:
    """Whether there is nothing to do here any more.

    A network is enough: with no internet behind it, a portal that stays open would not help.
    """
    return service.status().network.connected


def captive_route(service: DeviceService, portal: str) -> Route:
    """``GET /api/captive``, for whoever DHCP option 114 has sent."""

    async def tell(request: Request) -> Response:
        body = {"captive": not is_online(service), "user-portal-url": portal}
        return Response(to_json(body), headers=_NEVER_KEPT, media_type="application/captive+json")

    return Route(API, tell)


def _to(portal: str) -> Response:
    headers = {"Location": portal, **_NEVER_KEPT}
    body = f'<html><body><a href="{portal}">Sign in to the network</a></body></html>'
    return Response(body, 302, headers, "text/html")


def _as(answer: Answer) -> Response:
    headers: Mapping[str, str] = {**answer.headers, **_NEVER_KEPT}
    kind = answer.kind if answer.body else None
    return Response(answer.body, answer.status, headers, kind)
