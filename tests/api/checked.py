"""An HTTP client that holds every answer against the published description."""

import json
import re
from collections.abc import Mapping
from typing import Any

import httpx
from jsonschema import Draft202012Validator
from starlette.types import ASGIApp

PROBLEM = {"$ref": "#/components/schemas/Problem"}


class Description:
    """The OpenAPI document as a judge of answers."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document

    def operation(self, method: str, path: str) -> dict[str, Any] | None:
        for template, operations in self.document["paths"].items():
            if re.fullmatch(re.sub(r"{\w+}", "[^/]+", template), path):
                return operations.get("get" if method == "HEAD" else method.lower())
        return None

    def check(self, response: httpx.Response) -> None:
        request = response.request
        operation = self.operation(request.method, request.url.path)
        if operation is None:
            assert response.status_code in {400, 401, 403, 404, 405}
            self.check_json(response.content, PROBLEM)
            return
        described = operation["responses"].get(str(response.status_code))
        assert described, f"{request.method} {request.url.path}: {response.status_code} is not told"
        for header, told in described.get("headers", {}).items():
            assert header in response.headers or not told.get("required")
        content = described.get("content")
        if content is None:
            assert response.content == b""
            return
        kind = response.headers["content-type"]
        assert kind in content
        if kind == "application/json" and request.method != "HEAD":
            self.check_json(response.content, content[kind]["schema"])

    def check_json(self, body: bytes, schema: Mapping[str, Any]) -> None:
        root = {**schema, "components": self.document["components"]}
        Draft202012Validator(root).validate(json.loads(body))


class CheckedTransport(httpx.AsyncBaseTransport):
    """Passes requests on, and checks what comes back unless it is a stream."""

    def __init__(self, inner: httpx.AsyncBaseTransport, description: Description) -> None:
        self._inner = inner
        self._description = description

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._inner.handle_async_request(request)
        if response.headers.get("content-type") != "text/event-stream":
            await response.aread()
            response.request = request
            if request.url.path.startswith(("/api/", "/certs")):
                self._description.check(response)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


async def describe(app: ASGIApp, **headers: str) -> Description:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
        answer = await client.get("http://127.0.0.1/api/openapi.json", headers=headers)
    return Description(answer.raise_for_status().json())


async def checked_client(app: ASGIApp, *, peer: str = "127.0.0.1") -> httpx.AsyncClient:
    """A client at the address ``peer`` that asks ``app`` without a network between."""
    inner = httpx.ASGITransport(app, client=(peer, 50_000))
    transport = CheckedTransport(inner, await describe(app))
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080")
