"""Who comes to the device, and what they do."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from random import Random
from typing import Any

from firstlight.daemon.device import Device
from firstlight.errors import FirstlightError
from firstlight.model.attempt import AttemptState
from firstlight.model.mac import MacAddress
from firstlight.model.passphrase import Passphrase
from firstlight.model.radio import Link
from firstlight.model.ssid import Ssid
from firstlight.model.status import Mode
from firstlight.model.wire import ConnectBody
from firstlight.radio.simulated.world import World
from firstlight.simulation import town
from firstlight.simulation.chance import happens
from firstlight.simulation.machine import Machine
from firstlight.simulation.rules.keeping import Keeping
from firstlight.simulation.town import HOME, OFFICE, PHONES, STRANGER, Town
from firstlight.simulation.trace import Trace
from firstlight.simulation.weather import DAY, HOUR, MINUTE, YEAR, Weather

PEACE_TYPING = 65.0
PEACE_ARRIVAL = 50.0
"""How long Firstlight may leave somebody in peace after each, and a little."""

PEACE_HOTSPOT = 660.0
"""A hotspot that somebody has raised by hand stays that long before the device looks for home."""

Wish = Callable[[Device], Coroutine[Any, Any, None]]

_PHONE_CHANCE = 0.1
_VISITS = (
    "second",
    "typo",
    "stranger",
    "forget",
    "same",
    "hotspot",
    "rollback",
    "recovery",
    "maintenance",
    "provisioning",
    "reset",
)
_VISITS_A_YEAR = 20.0
_PATIENCE = 150.0
_LOYAL_SECONDS = 6 * HOUR


class People:
    """An owner who sets the device up and comes by now and then; phones that find the hotspot.

    ``maintains``: the owner wants nothing repaired just now, or has ended that while the disk was
    full, and a restart has forgotten it; ``provisions``: the radio is the SoftAP, because the owner
    wants that.
    ``changed`` is called when ``busy`` has changed: somebody may be in the way of coming home.
    """

    def __init__(
        self,
        world: World,
        place: Town,
        machine: Machine,
        weather: Weather,
        *,
        keeping: Keeping,
        rng: Random,
        trace: Trace,
        changed: Callable[[], None],
    ) -> None:
        self._world = world
        self._town = place
        self._machine = machine
        self._weather = weather
        self._keeping = keeping
        self._rng = rng
        self._trace = trace
        self._changed = changed
        self._tasks: set[asyncio.Task[None]] = set()
        self._peace_until = 0.0
        self._wishes = 0
        self._loyal_until = 0.0
        self._phone_here = False
        self._maintaining = self._unwritten = self.provisions = False
        self.events: dict[str, int] = {}
        weather.repair = self._join

    @property
    def busy(self) -> bool:
        """Whether somebody types, has just come, has a wish under way, maintains or provisions."""
        return (
            self.maintains or self.provisions or self._wishes > 0 or self._now() < self._peace_until
        )

    @property
    def maintains(self) -> bool:
        """Whether the device is left alone."""
        return self._maintaining or (self._unwritten and self._is_maintained())

    async def run(self) -> None:
        """Set it up, then come by now and then."""
        await asyncio.sleep(self._rng.uniform(MINUTE, HOUR))
        await self._set_up()
        while True:
            await asyncio.sleep(self._rng.expovariate(_VISITS_A_YEAR / YEAR))
            await self._visit()

    def hotspot_rose(self) -> None:
        """Phones see it."""
        if self._phone_here:
            return
        if self._now() < self._loyal_until:
            self._spawn(self._phone_returns(), "phone")
        elif happens(self._rng, _PHONE_CHANCE):
            self._spawn(self._phone_comes(), "phone")

    async def _set_up(self) -> None:
        while True:
            if await self._join(HOME):
                return
            await asyncio.sleep(self._rng.uniform(MINUTE, HOUR))

    async def _visit(self) -> None:
        match chosen := self._rng.choice(_VISITS):
            case "second" if self._town.second:
                await self._join(OFFICE)
            case "typo":
                await self._join(HOME, wrong=True)
            case "stranger":
                await self._join(STRANGER, wrong=True)
            case "forget" if self._town.second:
                await self._forget(OFFICE)
            case "hotspot":
                await self._raise_hotspot("raise the hotspot", lambda here: here.enable_hotspot())
            case "rollback":
                await self._raise_hotspot("roll back", lambda here: here.rollback("a visit"))
            case "recovery":
                self._count("asked for recovery")
                await self._ask("recover", lambda here: here.trigger_recovery())
            case "maintenance" | "provisioning":
                await (self._maintain if chosen == "maintenance" else self._provision)()
            case "reset" if happens(self._rng, 0.5):
                await self._reset()
            case _:
                await self._join(HOME)

    async def _phone_comes(self) -> None:
        await asyncio.sleep(self._rng.uniform(5.0, 5 * MINUTE))
        self._loyal_until = self._now() + self._rng.uniform(0.0, _LOYAL_SECONDS)
        phone = self._rng.choice(PHONES)
        if not self._knock(phone):
            return
        self._count("phone came")
        if happens(self._rng, 0.4):
            await self._type(self._rng.randint(1, 20))
            if happens(self._rng, 0.5):
                await self._join(HOME, wrong=happens(self._rng, 0.4))

    async def _phone_returns(self) -> None:
        self._phone_here = True
        try:
            await asyncio.sleep(self._rng.uniform(2.0, 8.0))
            self._knock(PHONES[0])
        finally:
            self._phone_here = False

    def _knock(self, phone: MacAddress) -> bool:
        active = self._world.device.active
        if self._world.device.link is not Link.HOTSPOT or active is None:
            return False
        self._trace.note(f"phone {phone[-2:]} joins the hotspot")
        self._leave_in_peace(PEACE_ARRIVAL)
        return self._world.let_station_join(phone, active.passphrase or Passphrase("none"))

    async def _type(self, times: int) -> None:
        self._count("somebody typed")
        for _ in range(times):
            if self._world.device.link is not Link.HOTSPOT or self._machine.life is None:
                return
            if (device := self._machine.device) is not None:
                self._trace.note("somebody types")
                self._machine.life.call(lambda here: here.attended(), device)
                self._leave_in_peace(PEACE_TYPING)
            await asyncio.sleep(self._rng.uniform(5.0, 40.0))

    async def _join(self, ssid: Ssid, *, wrong: bool = False) -> bool:
        """Somebody who reaches the device asks it to join; returns whether it did."""
        passphrase = self._weather.passphrases[ssid].reveal() + ("-oops" if wrong else "")
        hidden = self._town.hidden and ssid == HOME
        body = ConnectBody(ssid=ssid.text, password=passphrase, hidden=hidden)
        self._count("asked to join" if not wrong else "asked to join with a typo")
        joined = await self._wish(f"join {ssid.text}", lambda: self._joined(body))
        if joined and happens(self._rng, 0.5):
            await self._ask("complete the setup", lambda here: here.complete_onboarding())
        return joined

    async def _joined(self, body: ConnectBody) -> bool:
        device = self._machine.device
        if device is None:
            return False
        attempt = await device.connect(body)
        deadline = self._now() + _PATIENCE
        while attempt.state is AttemptState.RUNNING and self._now() < deadline:
            await asyncio.sleep(1.0)
            attempt = device.attempt(attempt.id)
        return attempt.state is AttemptState.SUCCEEDED

    async def _forget(self, ssid: Ssid) -> None:
        self._count("asked to forget")
        self._keeping.given_up.add(ssid.text)
        await self._ask(f"forget {ssid.text}", lambda here: here.forget(ssid.text))
        self._keeping.given_up.discard(ssid.text)

    async def _raise_hotspot(self, what: str, wish: Wish) -> None:
        self._count("asked for the hotspot")
        await self._ask(what, wish)
        self._leave_in_peace(PEACE_HOTSPOT)

    async def _maintain(self) -> None:
        """From the wish to enter until the device has heard the wish to leave, and written it."""
        self._count("asked for maintenance")
        self._maintaining = True
        self._changed()
        await self._ask("enter maintenance", lambda here: here.enter_maintenance())
        while self.maintains or self._unwritten:
            await asyncio.sleep(self._rng.uniform(MINUTE, 2 * HOUR))
            if self._machine.device is None or self._is_maintained():
                await self._ask("leave maintenance", lambda here: here.exit_maintenance())
            else:
                self._maintaining = False
                self._unwritten = self._machine.is_unwritten
                self._changed()

    def _is_maintained(self) -> bool:
        device = self._machine.device
        return device is not None and device.status().mode is Mode.MAINTENANCE

    async def _provision(self) -> None:
        """From the wish until the device says that it is over: by the owner, or by its time."""
        self._count("asked for provisioning mode")
        self.provisions = True
        self._changed()
        await self._ask(
            "switch provisioning mode on", lambda here: here.provisioning_mode.switch_on(force=True)
        )
        patience = self._now() + self._rng.uniform(MINUTE, HOUR)
        while True:
            await asyncio.sleep(self._rng.uniform(1.0, MINUTE))
            device, life = self._machine.device, self._machine.life
            if device is None or life is None:
                continue
            if not device.provisioning_mode.under_way:
                break
            if self._now() > patience:
                life.run(device.provisioning_mode.switch_off(), "wish")
        self.provisions = False
        self._changed()

    async def _reset(self) -> None:
        """Everything is forgotten, and sooner or later set up anew."""
        self._count("asked for a factory reset")
        self._keeping.everything_given_up = True
        await self._ask("factory reset", lambda here: here.factory_reset())
        await asyncio.sleep(self._rng.uniform(10 * MINUTE, DAY))
        self._keeping.everything_given_up = False
        await self._set_up()

    async def _ask(self, what: str, wish: Wish) -> bool:
        async def asked() -> bool:
            device = self._machine.device
            if device is not None:
                await wish(device)
            return device is not None

        return await self._wish(what, asked)

    async def _wish(self, what: str, ask: Callable[[], Awaitable[bool]]) -> bool:
        if not town.is_reachable(self._world) or self._machine.life is None:
            return False
        self._trace.note(f"somebody wishes: {what}")
        self._begin_wish(1)
        asked = self._machine.life.run(_answer(ask), "wish")
        try:
            await asyncio.wait([asked])
        finally:
            self._begin_wish(-1)
        granted = not asked.cancelled() and asked.result()
        self._trace.note(f"{what}: {'granted' if granted else 'not granted'}")
        return granted

    def _begin_wish(self, count: int) -> None:
        self._wishes += count
        self._changed()

    def _leave_in_peace(self, seconds: float) -> None:
        self._peace_until = max(self._peace_until, self._now() + seconds)
        self._changed()
        asyncio.get_running_loop().call_later(seconds + 0.1, self._changed)

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _count(self, what: str) -> None:
        self.events[what] = self.events.get(what, 0) + 1

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


async def _answer(ask: Callable[[], Awaitable[bool]]) -> bool:
    try:
        return await ask()
    except FirstlightError:
        return False
