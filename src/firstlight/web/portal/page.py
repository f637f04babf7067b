"""The page, and the files it is made of: read and packed once, then served from memory."""

import gzip
import hashlib
import html
from pathlib import Path

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from firstlight.web.settings import WebSettings

_TYPES = {
    "css": "text/css; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
}
_FOLDER = Path(__file__).parent / "static"
_BRAND = "{{brand}}"


class Asset(msgspec.Struct, frozen=True, kw_only=True):
    """One file as it is served. ``tag`` is its entity tag (RFC 9110, 8.8.3)."""

    kind: str
    plain: bytes
    packed: bytes
    tag: str

    def response(self, request: Request) -> Response:
        """The file, packed where the browser takes that; nothing when it has it already."""
        headers = {"Cache-Control": "no-cache", "ETag": self.tag, "Vary": "Accept-Encoding"}
        if self.tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["Content-Encoding"] = "gzip"
            return Response(self.packed, headers=headers, media_type=self.kind)
        return Response(self.plain, headers=headers, media_type=self.kind)


def page_routes(settings: WebSettings, *, enabled: bool) -> list[BaseRoute]:
    """The page at ``/`` and its files under ``/static/``. Not enabled, it says how to enable."""
    page = _page("index.html" if enabled else "inert.html", settings.brand.name)
    files = {name: _asset(name, _read(name)) for name in _names() if not name.endswith(".html")}

    async def front(request: Request) -> Response:
        return page.response(request)

    routes: list[BaseRoute] = [Route("/", front)]
    routes += [_file_route(name, asset) for name, asset in files.items()]
    return routes


def _file_route(name: str, asset: Asset) -> Route:
    async def serve(request: Request) -> Response:
        return asset.response(request)

    return Route(f"/static/{name}", serve)


def _page(name: str, brand: str) -> Asset:
    text = _read(name).decode().replace(_BRAND, html.escape(brand))
    return _asset(name, text.encode())


def _asset(name: str, plain: bytes) -> Asset:
    return Asset(
        kind=_TYPES[name.rpartition(".")[2]],
        plain=plain,
        packed=gzip.compress(plain, mtime=0),
        tag=f'W/"{hashlib.sha256(plain).hexdigest()[:16]}"',
    )


def _names() -> list[str]:
    return sorted(file.name for file in _FOLDER.iterdir())


def _read(name: str) -> bytes:
    return (_FOLDER / name).read_bytes()
