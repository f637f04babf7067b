"""All pages there are."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from firstlight.web.api.endpoint import Context
from firstlight.web.portal import certificates_page, import_page
from firstlight.web.portal.assets import FOLDER, Asset, asset_routes
from firstlight.web.portal.branding import brand_routes
from firstlight.web.portal.certificates_page import CertificatesPage
from firstlight.web.portal.codes import Codes
from firstlight.web.portal.devices_page import DevicesPage
from firstlight.web.portal.entrance import Entrance, local_path
from firstlight.web.portal.forms import read_form
from firstlight.web.portal.import_page import ImportPage
from firstlight.web.portal.landing import Landing
from firstlight.web.portal.language import COOKIE, languages
from firstlight.web.portal.provisioning_page import ProvisioningPage
from firstlight.web.portal.rendering import Reader, Renderer
from firstlight.web.portal.settings_page import SettingsPage

Handler = Callable[[Request], Awaitable[Response]]

_YEAR = 31_536_000


def page_routes(context: Context) -> list[BaseRoute]:
    """Every page. Not enabled, the one at ``/`` says how to enable it."""
    settings = context.settings
    renderer = Renderer(settings)
    routes = [*asset_routes(), *brand_routes(settings), *_common(renderer)]
    service = context.service
    if service is None:

        async def inert(request: Request) -> Response:
            return renderer.page(Reader.of(request), "inert.html")

        return [Route("/", inert), *routes]
    landing = Landing(service, settings, renderer)
    entrance = Entrance(service, settings, renderer)
    controls = SettingsPage(service, renderer, context.clock)
    codes = Codes(service, settings)
    mode = ProvisioningPage(service, renderer, context.clock)
    devices = DevicesPage(service, renderer)
    certificates = CertificatesPage(service, renderer, context.clock)
    imports = ImportPage(service, renderer, context.bulk)
    shown: dict[str, Handler] = {
        "/": landing.show,
        "/qr.svg": codes.page,
        "/hotspot.svg": codes.hotspot,
        "/label.svg": codes.label,
        "/settings": controls.show,
        "/provisioning.svg": mode.code,
        "/devices": devices.show,
    }
    sent: dict[str, Handler] = {
        "/connect": landing.connect,
        "/finish": landing.finish,
        "/pair/new": entrance.renew,
        "/pair/unlock": entrance.unlock,
        "/pair/sign-out": entrance.sign_out,
        "/settings/forget": controls.forget,
        "/settings/hotspot": controls.hotspot,
        "/settings/diagnose": controls.diagnose,
        "/settings/recover": controls.recover,
        "/settings/maintenance": controls.maintenance,
        "/settings/restart": controls.restart,
        f"{certificates_page.PAGE}/use": certificates.use,
        f"{certificates_page.PAGE}/delete": certificates.delete,
        f"{import_page.PAGE}/confirm": imports.confirm,
        "/devices/{kind}/{uuid}/delete": devices.delete,
    }
    both: dict[str, tuple[Handler, Handler]] = {
        "/pair": (entrance.show, entrance.enter),
        "/factory-reset": (controls.ask_reset, controls.reset),
        "/provisioning": (mode.show, mode.switch),
        certificates_page.PAGE: (certificates.show, certificates.add),
        import_page.PAGE: (imports.show, imports.look),
        "/devices/{kind}/{uuid}": (devices.edit, devices.save),
    }
    routes += [Route(path, handle, methods=["GET"]) for path, handle in shown.items()]
    routes += [Route(path, handle, methods=["POST"]) for path, handle in sent.items()]
    for path, (show, take) in both.items():
        routes.append(Route(path, _by_method(show, take), methods=["GET", "POST"]))
    return routes


def _by_method(show: Handler, take: Handler) -> Handler:
    async def handle(request: Request) -> Response:
        return await (take if request.method == "POST" else show)(request)

    return handle


def _common(renderer: Renderer) -> list[BaseRoute]:
    """What is there whether or not Firstlight is enabled."""

    async def choose_language(request: Request) -> Response:
        reader = Reader.of(request)
        form = await read_form(request)
        tag = form.get("language", "")
        kept = f"{COOKIE}={tag}; Path={reader.visit.root or '/'}; Max-Age={_YEAR}; SameSite=Strict"
        headers = {"Set-Cookie": kept} if tag in languages() else None
        return renderer.go(reader, local_path(form.get("back", "/")), headers)

    async def offline(request: Request) -> Response:
        return renderer.page(Reader.of(request), "offline.html")

    worker = Asset.of("text/javascript; charset=utf-8", (FOLDER / "service-worker.js").read_bytes())
    return [
        Route("/language", choose_language, methods=["POST"]),
        Route("/offline", offline),
        worker.route("/service-worker.js"),
    ]
