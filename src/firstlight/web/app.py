"""The web application: guards at the door, the device API, and the page."""

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from firstlight.clock import Clock, SystemClock
from firstlight.errors import FirstlightError
from firstlight.web.api.endpoint import Context
from firstlight.web.api.routes import api_routes
from firstlight.web.attendance import Attendance
from firstlight.web.captive.door import CaptiveDoor, captive_route
from firstlight.web.gate import Gate
from firstlight.web.guards import GUARDS, Guard
from firstlight.web.policy import Policy
from firstlight.web.portal.page import page_routes
from firstlight.web.portal.rendering import Renderer
from firstlight.web.portal.trouble import TroublePages
from firstlight.web.problems import Refusal
from firstlight.web.service import DeviceService
from firstlight.web.settings import WebSettings


def create_app(
    service: DeviceService | None,
    settings: WebSettings,
    *,
    clock: Clock | None = None,
    guards: Sequence[Guard] = GUARDS,
) -> Starlette:
    """Without a service, or not enabled, the application is inert and says how to enable it.

    Raises ``ConfigError`` for a bad address range in the settings.
    """
    enabled = settings.enabled and service is not None
    context = Context(service if enabled else None, settings, clock or SystemClock())
    policy = Policy.of(settings, context.service, context.clock)
    trouble = TroublePages(Renderer(settings))
    middleware = [Middleware(Gate, guards=guards, policy=policy, answer=trouble.answer)]
    routes = [*api_routes(context), *page_routes(context)]
    if context.service is not None and settings.portal:
        door = Middleware(
            CaptiveDoor, service=context.service, policy=policy, portal=settings.portal
        )
        middleware.insert(0, door)
        routes.append(captive_route(context.service, settings.portal))
    if context.service is not None:
        middleware.append(Middleware(Attendance, attended=context.service.attended))

    async def answer(request: Request, error: Exception) -> Response:
        return trouble.answer(request, error)

    app = Starlette(
        routes=routes,
        middleware=middleware,
        exception_handlers=dict.fromkeys((FirstlightError, HTTPException, Refusal), answer),
    )
    app.router.redirect_slashes = False
    return app
