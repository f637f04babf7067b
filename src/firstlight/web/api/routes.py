"""Routes out of the table of endpoints."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, nullcontext

from starlette.requests import Request
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from firstlight.model.validation import decoded
from firstlight.web.api.endpoint import Call, Context, Endpoint, Reply, not_enabled
from firstlight.web.api.itself import ENDPOINTS
from firstlight.web.api.parameters import taken
from firstlight.web.bodies import check_content_type, read_body
from firstlight.web.guards import DEVICE_API, is_device_api
from firstlight.web.visit import Visit


def api_routes(context: Context) -> list[BaseRoute]:
    """Everything under ``/api``. Without a service the device API is one 404 that says why."""
    by_path: dict[str, dict[str, Endpoint]] = {}
    for endpoint in ENDPOINTS:
        if context.service or not is_device_api(endpoint.path):
            by_path.setdefault(endpoint.path, {})[endpoint.method] = endpoint
    routes: list[BaseRoute] = [
        Route(path, _Answers(methods, context), methods=list(methods))
        for path, methods in by_path.items()
    ]
    if context.service is None:
        for root in DEVICE_API:
            routes += [Route(root, _Inert()), Route(f"{root}/{{rest:path}}", _Inert())]
    return routes


class _Answers:
    """Every method of one path.

    An application of its own, because a route would put one more layer of error handling round a
    function, and the application has one.
    """

    def __init__(self, methods: Mapping[str, Endpoint], context: Context) -> None:
        self._methods = methods
        self._context = context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        request = Request(scope, receive, send)
        response = await _answer(self._methods[method], request, self._context)
        await response(scope, receive, send)


async def _answer(endpoint: Endpoint, request: Request, context: Context) -> ASGIApp:
    async with _place(endpoint, context):
        call = Call(
            context=context,
            visit=Visit.met(request.scope),
            headers=request.headers,
            path=request.path_params,
            taken=taken(endpoint, request),
            body=await _body(endpoint, request),
        )
        reply = await endpoint.handle(call)
    return reply.response(endpoint) if isinstance(reply, Reply) else reply


def _place(endpoint: Endpoint, context: Context) -> AbstractAsyncContextManager[object]:
    alone = endpoint.upload is not None and endpoint.upload.alone
    return context.bulk.place() if alone else nullcontext()


async def _body(endpoint: Endpoint, request: Request) -> object:
    if endpoint.method == "GET":
        return None
    if endpoint.upload is not None:
        upload = endpoint.upload
        return await read_body(request, most=upload.most, seconds=upload.seconds)
    raw = await read_body(request)
    if endpoint.body is None:
        return None
    if endpoint.body_optional and not raw:
        return endpoint.body()
    check_content_type(request.headers.get("content-type", ""))
    return decoded(raw, endpoint.body)


class _Inert:
    """Every method of every path of the device API while Firstlight is not enabled."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse."""
        raise not_enabled()
