"""Which requests show that a person is at the page; while one is, the hotspot stays.

Counted is what a hand has done: ``BY_HAND``. Not counted is what phones and programs do by
themselves: following events, asking for the status or the health of the device, looking for the
internet (every system has its own address for that, and some follow a redirection to the page), and
whatever comes through the Unix socket, where nobody needs the hotspot.
"""

from collections.abc import Callable, Mapping

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from firstlight.web.guards import BEACON, PREFIX
from firstlight.web.visit import Visit

LIVE_HEADER = "x-firstlight-live"
"""What the page's own script adds to whatever it asks for."""

BY_HAND_HEADER = "x-firstlight-by-hand"
"""What the page adds to a question that somebody has asked it to ask."""


def _opened(headers: Headers) -> bool:
    """A browser that opens a page says that it can show one; a probe takes whatever comes.

    A page that renews itself says so, and whether somebody has asked it to.
    """
    if LIVE_HEADER in headers:
        return BY_HAND_HEADER in headers
    return "text/html" in headers.get("accept", "").lower()


def _asked(headers: Headers) -> bool:
    return BY_HAND_HEADER in headers


def _always(_: Headers) -> bool:
    return True


BY_HAND: Mapping[tuple[str, str], Callable[[Headers], bool]] = {
    ("GET", "/"): _opened,
    ("POST", "/connect"): _always,
    ("POST", "/finish"): _always,
    ("GET", f"{PREFIX}/networks"): _asked,
    ("POST", f"{PREFIX}/network/connect"): _always,
    ("POST", f"{PREFIX}/network/forget"): _always,
    ("POST", BEACON): _always,
}
"""Method and path, and what else must be so.

The page sends ``BEACON`` on every touch, so the list need not name everything that has a button.
"""


def shows_a_person(visit: Visit) -> bool:
    """Whether a hand was at work."""
    counts = BY_HAND.get((visit.method, visit.path))
    return counts is not None and not visit.over_unix_socket and counts(visit.headers)


class Attendance:
    """ASGI middleware behind the guards: tells the device of each request by hand, before it."""

    def __init__(self, app: ASGIApp, attended: Callable[[], None]) -> None:
        self._app = app
        self._attended = attended

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Tell, and pass on."""
        if shows_a_person(Visit.met(scope)):
            self._attended()
        await self._app(scope, receive, send)
