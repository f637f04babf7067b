"""QR codes and the label, as pictures for the pages."""

from starlette.requests import Request
from starlette.responses import Response

from firstlight.label.qr import svg, wifi_text
from firstlight.label.sticker import Sticker, sticker_svg
from firstlight.web.portal.landing import page_address
from firstlight.web.service import DeviceService
from firstlight.web.settings import WebSettings

_KIND = "image/svg+xml"
_HEADERS = {"Cache-Control": "no-store"}


class Codes:
    """Its handlers."""

    def __init__(self, service: DeviceService, settings: WebSettings) -> None:
        self._service = service
        self._settings = settings

    async def page(self, request: Request) -> Response:
        """``GET /qr.svg``: where the pages are on the device's network, or on its hotspot."""
        network = self._service.status().network
        address = page_address(self._settings, network.ipv4_address) or self._settings.portal
        return Response(svg(address or "about:blank"), headers=_HEADERS, media_type=_KIND)

    async def hotspot(self, request: Request) -> Response:
        """``GET /hotspot.svg``: joins the hotspot."""
        found = await self._service.hotspot()
        text = wifi_text(bytes.fromhex(found.ssid_hex), found.password)
        return Response(svg(text), headers=_HEADERS, media_type=_KIND)

    async def label(self, request: Request) -> Response:
        """``GET /label.svg``: to print."""
        found = await self._service.hotspot()
        sticker = Sticker(
            brand=self._settings.brand.name,
            ssid=bytes.fromhex(found.ssid_hex),
            password=found.password,
            device_id=self._service.device_id,
            address=f"http://{found.address}/",
        )
        return Response(sticker_svg(sticker), headers=_HEADERS, media_type=_KIND)
