"""The files that pages are made of: read and packed once, then served from memory."""

import gzip
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from firstlight.web.encoding import takes_gzip

FOLDER = Path(__file__).parent / "static"

_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}


class Asset(msgspec.Struct, frozen=True, kw_only=True):
    """One file as it is served. ``tag`` is its entity tag (RFC 9110, 8.8.3)."""

    kind: str
    plain: bytes
    packed: bytes
    tag: str

    @classmethod
    def of(cls, kind: str, plain: bytes) -> "Asset":
        """Packed, and with its tag."""
        return cls(
            kind=kind,
            plain=plain,
            packed=gzip.compress(plain, mtime=0),
            tag=f'W/"{hashlib.sha256(plain).hexdigest()[:16]}"',
        )

    def response(self, request: Request) -> Response:
        """The file, packed where the browser takes that; nothing when it has it already."""
        headers = {"Cache-Control": "no-cache", "ETag": self.tag, "Vary": "Accept-Encoding"}
        if self.tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if takes_gzip(request.headers):
            headers["Content-Encoding"] = "gzip"
            return Response(self.packed, headers=headers, media_type=self.kind)
        return Response(self.plain, headers=headers, media_type=self.kind)

    def route(self, path: str) -> Route:
        """Serve it there."""

        async def serve(request: Request) -> Response:
            return self.response(request)

        return Route(path, serve)


def asset_routes() -> list[BaseRoute]:
    """Every file of the folder under ``/static/``."""
    return [asset.route(f"/static/{name}") for name, asset in _assets().items()]


@cache
def _assets() -> Mapping[str, Asset]:
    """By file name. They are parts of the program and don't change while it runs."""
    files = sorted(FOLDER.iterdir())
    return {file.name: Asset.of(_TYPES[file.suffix[1:]], file.read_bytes()) for file in files}
