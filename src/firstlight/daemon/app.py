"""The composition root: the one place where everything meets."""

import asyncio
import logging
import signal
import socket
import ssl
import sys
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import NamedTuple

from firstlight import __version__
from firstlight.announce.port import Advert
from firstlight.clock import Clock, SystemClock
from firstlight.config import Config
from firstlight.daemon.calling import Calling
from firstlight.daemon.device import Device
from firstlight.daemon.logbook import Logbook
from firstlight.daemon.opening import open_device, remembered
from firstlight.daemon.page_settings import portal_door, web_settings
from firstlight.daemon.supervision import supervised
from firstlight.model.backend import Backend
from firstlight.provisioning.softap import ADDRESS as SOFTAP_ADDRESS
from firstlight.radio.select import Chosen
from firstlight.running import ended
from firstlight.web.app import create_app
from firstlight.web.listeners import bind_tcp, bind_unix
from firstlight.web.server import WebServer
from firstlight.web.service import DeviceService
from firstlight.web.settings import WebSettings
from firstlight.web.tls import tls_context

log = logging.getLogger(__name__)


def run(config: Config, log_level: str = "info") -> int:
    """Serve until SIGINT or SIGTERM. Returns the exit code; raises ``FirstlightError`` at start."""
    logging.basicConfig(
        level=log_level.upper(), format="%(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    logbook = Logbook()
    logging.getLogger().addHandler(logbook)
    try:
        return asyncio.run(_serve(config, SystemClock(), logbook))
    finally:
        logging.getLogger().removeHandler(logbook)


class Doors(NamedTuple):
    """What is listened on; ``secured`` speaks TLS."""

    plain: list[socket.socket]
    secured: list[tuple[socket.socket, ssl.SSLContext]]


async def _serve(config: Config, clock: Clock, logbook: Logbook) -> int:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    async with AsyncExitStack() as stack:
        listener = bind_tcp(config.web.host, config.web.port, public=config.web.public)
        stack.callback(listener.close)
        secured = _secured(config, stack)
        own = partial(asyncio.open_unix_connection, config.socket_path) if config.enabled else None
        supervision = supervised(own, clock)
        doors = Doors([listener], secured)
        if config.enabled:
            serving = await _serve_device(config, clock, doors, stack, logbook)
        else:
            serving = _listen(None, web_settings(config), clock, doors, stack)
            _say(f"{_address(listener)}  (not enabled)")
            _say("Set FIRSTLIGHT_PROVISIONING_ENABLED=1 to enable it.")
        if supervision is not None:
            task = asyncio.create_task(supervision.run(), name="supervision")
            stack.push_async_callback(ended, task)
            stack.callback(supervision.stopping)
        serving.add_done_callback(lambda _task: stopping.set())
        await stopping.wait()
        if serving.done():
            serving.result()
            raise RuntimeError("the web server ended by itself")
        log.info("stopping")
    return 0


async def _serve_device(
    config: Config, clock: Clock, doors: Doors, stack: AsyncExitStack, logbook: Logbook
) -> asyncio.Task[None]:
    memory = remembered(config)
    control = bind_unix(config.socket_path)
    stack.callback(control.close)
    opened = await stack.enter_async_context(
        open_device(config, clock=clock, memory=memory, log_lines=logbook.lines)
    )
    listener, page = doors.plain[0], ""
    doors.plain.append(control)
    if opened.chosen.reach is None:
        portal = portal_door(config)
        page = portal.page
        for one in (*portal.plain, *portal.secured):
            stack.callback(one.close)
        doors.plain.extend(portal.plain)
        contexts = [context for _, context in doors.secured]
        doors.secured.extend(zip(portal.secured, contexts, strict=False))
    settings = web_settings(config, portal=page)
    serving = _listen(opened.device, settings, clock, doors, stack)
    # First of all, so that no reader of events keeps the server from ending.
    stack.callback(opened.device.events.close)
    _call_out(config, settings, opened.device, clock, stack)
    _say(f"{_address(listener)}  ({_radio_in_words(opened.chosen, config)})")
    _say("Open that page, or in another terminal: " + _next_command(config))
    _warn(config)
    return serving


def _call_out(
    config: Config, settings: WebSettings, device: Device, clock: Clock, stack: AsyncExitStack
) -> None:
    """Tell the device's name where its pages are: on all networks, or on the hotspot alone.

    Never on the SoftAP, which has the hotspot's address.
    """
    port = settings.page_port or (config.hotspot.portal_port if settings.portal else 0)
    if not (config.mdns.enabled and port):
        return
    from firstlight.announce.multicast import MulticastAdvertiser

    advert = Advert(
        host=settings.hostname.partition(".")[0],
        device_id=device.device_id,
        brand=settings.brand.name,
        version=settings.version,
        port=port,
        secure=settings.secure,
    )
    hotspot = config.hotspot.address.partition("/")[0]
    only = None if settings.page_port else frozenset({hotspot})
    mode, softap = device.provisioning_mode, frozenset({SOFTAP_ADDRESS.partition("/")[0]})
    calling = Calling(
        MulticastAdvertiser(),
        advert,
        clock,
        only=only,
        never=lambda: softap if mode.under_way else frozenset(),
    )
    mode.making_way = calling.look
    task = asyncio.create_task(calling.run(), name="calling")
    stack.push_async_callback(ended, task)


def _secured(config: Config, stack: AsyncExitStack) -> list[tuple[socket.socket, ssl.SSLContext]]:
    web = config.web
    if web.tls_certificate is None or web.tls_key is None:
        return []
    context = tls_context(web.tls_certificate, web.tls_key)
    listener = bind_tcp(web.host, web.tls_port, public=web.public)
    stack.callback(listener.close)
    return [(listener, context)]


def _listen(
    service: DeviceService | None,
    settings: WebSettings,
    clock: Clock,
    doors: Doors,
    stack: AsyncExitStack,
) -> asyncio.Task[None]:
    app = create_app(service, settings, clock=clock)
    server = WebServer(app, doors.plain, secured=doors.secured)
    serving = asyncio.create_task(server.serve(), name="web-server")

    async def stop() -> None:
        server.stop()
        await asyncio.wait([serving])

    stack.push_async_callback(stop)
    return serving


def _radio_in_words(chosen: Chosen, config: Config) -> str:
    if chosen.reach is None:
        return f"radio: {chosen.radio.state.interface or 'none yet'} under NetworkManager"
    if config.backend is Backend.SIMULATED:
        return "radio: simulated; your own WiFi is not touched"
    log.warning("%s", chosen.why)
    return "radio: SIMULATED"


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104  only compared
    shown = f"[{shown}]" if ":" in shown else shown
    return f"Firstlight {__version__} at http://{shown}:{port}/"


def _next_command(config: Config) -> str:
    """What to type next, so that it works in the same folder; a service is in none."""
    program, folder = Path(sys.argv[0]).absolute(), config.state_path.absolute()
    here = Path.cwd()
    near = here != Path(here.root)
    named = program.relative_to(here) if near and program.is_relative_to(here) else program.name
    where = folder.relative_to(here) if near and folder.is_relative_to(here) else folder
    return f"{named} scan --state-dir {where}"


def _say(line: str) -> None:
    """For the person at the terminal; nothing else is written to standard output."""
    print(line, flush=True)  # noqa: T201


def _warn(config: Config) -> None:
    if config.web.public and config.web.token is None:
        log.warning(
            "listening on all interfaces without a token: whoever is on the network may look; "
            "to change anything they have to pair (firstlight pair). "
            "FIRSTLIGHT_PROVISIONING_TOKEN closes both"
        )
