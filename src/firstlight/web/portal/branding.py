"""What a brand puts in: its colour, its logo, its name on a home screen."""

from starlette.routing import BaseRoute

from firstlight.web.encoding import to_json
from firstlight.web.portal.assets import Asset
from firstlight.web.portal.colour import stylesheet
from firstlight.web.settings import Brand, WebSettings

_PNG = b"\x89PNG\r\n\x1a\n"


def brand_routes(settings: WebSettings) -> list[BaseRoute]:
    """``/static/brand.css``, ``/static/logo`` where there is one, and the manifest."""
    brand = settings.brand
    css = Asset.of("text/css; charset=utf-8", stylesheet(brand.colour).encode())
    manifest = Asset.of("application/manifest+json", to_json(_manifest(brand)))
    routes: list[BaseRoute] = [
        css.route("/static/brand.css"),
        manifest.route("/manifest.webmanifest"),
    ]
    if brand.logo:
        routes.append(Asset.of(kind_of(brand.logo), brand.logo).route("/static/logo"))
    return routes


def kind_of(logo: bytes) -> str:
    """The media type of an SVG or a PNG."""
    return "image/png" if logo.startswith(_PNG) else "image/svg+xml"


def _manifest(brand: Brand) -> dict[str, object]:
    """Addresses are relative to the manifest's own, so they hold wherever it is mounted."""
    return {
        "name": brand.name,
        "short_name": brand.name[:12],
        "start_url": "./",
        "scope": "./",
        "display": "standalone",
        "icons": [{"src": "static/icon.svg", "sizes": "any", "type": "image/svg+xml"}],
    }
