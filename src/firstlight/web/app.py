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
from firstlight.web.gate import Gate
from firstlight.web.guards import GUARDS, Guard
from firstlight.web.policy import Policy
from firstlight.web.portal.page import page_routes
from firstlight.web.problems import Refusal, answer_to
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
    middleware = [Middleware(Gate, guards=guards, policy=policy)]
    if context.service is not None:
        middleware.append(Middleware(Attendance, attended=context.service.attended))
    app = Starlette(
        routes=[*api_routes(context), *page_routes(settings, enabled=enabled)],
        middleware=middleware,
        exception_handlers=dict.fromkeys((FirstlightError, HTTPException, Refusal), _answer),
    )
    app.router.redirect_slashes = False
    return app


async def _answer(request: Request, error: Exception) -> Response:
    return answer_to(error)
