"""The daemon about itself: whether it is alive, what it understands, and what it has counted.

``ENDPOINTS`` is the whole table.
"""

from starlette.responses import Response

from firstlight.model.wire import HealthAnswer
from firstlight.web.api.auth import AUTH
from firstlight.web.api.certificates import CERTS
from firstlight.web.api.claim import CLAIM
from firstlight.web.api.device import DEVICE
from firstlight.web.api.endpoint import Call, Endpoint, Reply
from firstlight.web.api.hotspot import HOTSPOT
from firstlight.web.api.improv import IMPROV
from firstlight.web.api.mode import MODE
from firstlight.web.api.network import NETWORK
from firstlight.web.api.openapi import describe
from firstlight.web.api.records import RECORDS
from firstlight.web.api.recovery import RECOVERY
from firstlight.web.api.registry import REGISTRY
from firstlight.web.api.softap_only import SOFTAP
from firstlight.web.api.support import SUPPORT
from firstlight.web.api.system import SYSTEM


async def health(call: Call) -> Reply:
    """Alive, and in a word how the device is."""
    context = call.context
    if context.service is None:
        return Reply(HealthAnswer(ok=True, enabled=False, version=context.settings.version))
    status = context.service.status()
    return Reply(
        HealthAnswer(
            ok=True,
            enabled=True,
            version=context.settings.version,
            mode=status.mode,
            health=status.runtime.health,
        )
    )


async def metrics(call: Call) -> Response:
    """What was counted, for Prometheus."""
    return Response(await call.service.metrics(), media_type=PROMETHEUS)


async def description(call: Call) -> Response:
    """The whole API as OpenAPI 3.1, from the types that it is checked with."""
    settings = call.context.settings
    title = f"{settings.brand.name} device API"
    document = describe(ENDPOINTS, title=title, version=settings.version)
    return Response(document, media_type="application/json")


PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"
"""Its text form, which everything reads (Prometheus, "Exposition formats")."""

ENDPOINTS = (
    *DEVICE,
    *NETWORK,
    *HOTSPOT,
    *CLAIM,
    *IMPROV,
    *RECOVERY,
    *SYSTEM,
    *AUTH,
    *MODE,
    *SOFTAP,
    *RECORDS,
    *CERTS,
    *REGISTRY,
    *SUPPORT,
    Endpoint(
        method="GET",
        path="/api/health",
        summary="Whether the daemon is alive",
        handle=health,
        answer=HealthAnswer,
    ),
    Endpoint(
        method="GET",
        path="/api/openapi.json",
        summary="This description",
        handle=description,
        answer=None,
    ),
    Endpoint(
        method="GET",
        path="/metrics",
        summary="What was counted since the daemon started, for Prometheus",
        handle=metrics,
        answer=str,
        media=(PROMETHEUS,),
    ),
)
