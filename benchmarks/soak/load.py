"""What people and programs do with a device all day, over HTTP, one thing after another."""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import Awaitable, Callable

import httpx

API = "/api/provisioning"
PAGES = ("/", "/settings", "/log", "/provisioning", "/devices", "/pair", "/static/style.css")
CLIENT = "11111111-2222-4333-8444-{:012d}"
STREAM_SECONDS = 3.0
ATTEMPT_SECONDS = 60.0
DONE = frozenset({200, 202, 204})
LATER = frozenset({409, 429})
"""Somebody else is at it: an answer like any other."""


class Load:
    """One caller. ``faults`` are answers that nobody should get; ``done`` counts what was asked."""

    def __init__(self, http: httpx.AsyncClient, chance: random.Random) -> None:
        self._http, self._chance = http, chance
        self.done: Counter[str] = Counter()
        self.faults: list[str] = []
        self._acts: tuple[Callable[[], Awaitable[None]], ...] = (
            self.look, self.look, self.look, self.read_pages, self.follow_events, self.join,
            self.mistype, self.raise_hotspot, self.pair, self.keep_books, self.hand_out,
            self.diagnose, self.ask_for_support,
        )  # fmt: skip

    async def go_on(self) -> None:
        """For ever."""
        while True:
            act = self._chance.choice(self._acts)
            try:
                await act()
                self.done[act.__name__] += 1
            except httpx.TransportError:
                # The daemon was killed, or is just coming back.
                self.done["while it was away"] += 1
                await asyncio.sleep(0.5)

    async def look(self) -> None:
        """A dashboard's round."""
        for path in ("status", "networks", "networks/saved", "network/attempt", "hotspot"):
            await self._ask("GET", f"{API}/{path}", fine=DONE | {404})
        await self._ask("GET", "/metrics")

    async def read_pages(self) -> None:
        """A person's round."""
        for page in PAGES:
            await self._ask("GET", page, fine=DONE | {303, 404})

    async def follow_events(self) -> None:
        """A reader who comes, stays for a moment, and goes without a word."""
        with contextlib.suppress(TimeoutError):
            async with (
                asyncio.timeout(STREAM_SECONDS),
                self._http.stream("GET", f"{API}/events") as stream,
            ):
                async for _ in stream.aiter_bytes():
                    pass

    async def join(self) -> None:
        """The password is right."""
        await self._join("correct-horse")

    async def mistype(self) -> None:
        """It is not."""
        await self._join("wrong-password")

    async def raise_hotspot(self) -> None:
        """And lower it again."""
        await self._ask("POST", f"{API}/hotspot/enable")
        await self._ask("POST", f"{API}/hotspot/disable")

    async def pair(self) -> None:
        """A phone is paired, and signed out."""
        shown = await self._ask("GET", f"{API}/auth-code")
        if shown is None:
            return
        body = {"code": shown.json()["code"], "deviceName": "soak"}
        # Another caller may have used the code meanwhile: it is good once.
        if await self._ask("POST", "/api/auth/pair", body, fine=DONE | {401}) is not None:
            await self._ask("DELETE", f"{API}/sessions")

    async def keep_books(self) -> None:
        """A client is registered, read and removed."""
        number = self._chance.randrange(1000)
        uuid = CLIENT.format(number)
        mac = f"02:00:5e:00:{number >> 8:02x}:{number & 255:02x}"
        await self._ask("PUT", f"/api/clients/{uuid}", {"name": "Soak", "mac": mac})
        await self._ask("GET", f"/api/clients/{uuid}", fine=DONE | {404})
        await self._ask("GET", "/api/registry?kind=clients")
        await self._ask("DELETE", f"/api/clients/{uuid}", fine=DONE | {404})

    async def hand_out(self) -> None:
        """Provisioning Mode for a few seconds; simulated devices come and claim."""
        await self._ask("PUT", API, {"force": True})
        await asyncio.sleep(5)
        await self._ask("GET", f"{API}/session")
        await self._ask("DELETE", API)

    async def diagnose(self) -> None:
        """All rungs."""
        await self._ask("GET", f"{API}/network/diagnostics")

    async def ask_for_support(self) -> None:
        """A whole bundle."""
        await self._ask("GET", "/api/support")

    async def _join(self, password: str) -> None:
        begun = await self._ask(
            "POST", f"{API}/network/connect", {"ssid": "Lighthouse", "password": password}
        )
        if begun is None:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(ATTEMPT_SECONDS):
                while True:
                    told = await self._ask("GET", begun.headers["location"], fine=DONE | {404})
                    if told is None or told.status_code == 404:
                        return
                    if told.json()["attempt"]["state"] != "running":
                        return
                    await asyncio.sleep(0.3)
        self.faults.append(f"an attempt is not over after {ATTEMPT_SECONDS:.0f} s")

    async def _ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        fine: frozenset[int] = DONE,
    ) -> httpx.Response | None:
        """The answer; ``None`` where it was put off."""
        answer = await self._http.request(method, path, json=body)
        if answer.status_code in LATER:
            self.done["put off"] += 1
            await asyncio.sleep(0.2)
            return None
        if answer.status_code not in fine:
            self.faults.append(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
            return None
        return answer
