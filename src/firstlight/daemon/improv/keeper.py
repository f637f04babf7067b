"""Has the device on the air over Bluetooth while it waits for a network."""

import asyncio
import logging

from firstlight.bluetooth.port import Bluetooth, OnAir
from firstlight.config import Improv as Settings
from firstlight.core.improv import session
from firstlight.core.improv.protocol import State
from firstlight.daemon.following import followed
from firstlight.daemon.improv.company import Company
from firstlight.daemon.improv.line import Line, capabilities
from firstlight.errors import BluetoothUnavailable, Busy, Code
from firstlight.model.improv import ImprovAnswer, ImprovState
from firstlight.model.status import Mode
from firstlight.running import ended

log = logging.getLogger(__name__)

LINGER_SECONDS = 30.0
"""On the air after a success, so that the client hears of it and can go to the page."""

AGAIN_SECONDS = 15.0
"""Until the next try where there is no Bluetooth."""

_STATES = {
    State.AUTHORIZATION_REQUIRED: ImprovState.AUTHORIZATION_REQUIRED,
    State.AUTHORIZED: ImprovState.AUTHORIZED,
    State.PROVISIONING: ImprovState.PROVISIONING,
    State.PROVISIONED: ImprovState.PROVISIONED,
}


class Improv:
    """Satisfies ``web.service.ImprovService``. ``begin`` hands it what it works with."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._line: Line | None = None
        self._air: OnAir | None = None
        self._problem: str | None = None
        self._wanted = asyncio.Event()
        self._unwanted = asyncio.Event()

    def answer(self) -> ImprovAnswer:
        """How it stands."""
        line, air = self._line, self._air
        if line is None or air is None:
            return ImprovAnswer(
                enabled=self._settings.enabled, state=ImprovState.OFF, problem=self._problem
            )
        return ImprovAnswer(
            enabled=True,
            state=_STATES[line.session.state],
            adapter=air.adapter,
            authorized_seconds=line.seconds_left(),
        )

    def authorize(self) -> None:
        """Somebody at the device says yes. Raises ``Busy`` while it is not on the air."""
        if self._line is None:
            raise Busy(
                self._problem or "The device is not on the air over Bluetooth.",
                code=Code.WRONG_MODE,
                hint="It is while it waits for a network; improv.enabled switches it on."
                if self._problem is None
                else None,
            )
        self._line.authorize()

    async def run(self, company: Company, bluetooth: Bluetooth, after: str) -> None:
        """Be on the air whenever it is time, until it is cancelled. ``after``: an event's ID."""
        self._turned(company.device.status().mode)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._follow(company, after), name="improv-events")
            group.create_task(self._keep(company, bluetooth), name="improv")

    async def _follow(self, company: Company, after: str) -> None:
        async for event in followed(company.hub, after, company.clock):
            if event.status is not None:
                self._turned(event.status.mode)
            if self._line is not None:
                self._line.heard(event)

    def _turned(self, mode: Mode) -> None:
        if session.is_wanted(mode, already=self._line is not None):
            self._wanted.set()
            self._unwanted.clear()
        else:
            self._wanted.clear()
            self._unwanted.set()
            self._problem = None

    async def _keep(self, company: Company, bluetooth: Bluetooth) -> None:
        while True:
            await self._wanted.wait()
            try:
                await self._once(company, bluetooth)
            except BluetoothUnavailable as error:
                if not self._wanted.is_set():
                    continue
                if error.message != self._problem:
                    log.warning("Improv is not on the air: %s", error.message)
                self._problem = error.message
                await company.clock.sleep(AGAIN_SECONDS)

    async def _once(self, company: Company, bluetooth: Bluetooth) -> None:
        required = session.must_ask(self._settings.authorization, had_network=company.had_network())
        line = Line(
            company,
            session.begun(
                required=required,
                seconds=self._settings.authorization_seconds,
                capabilities=capabilities(identify=company.can_identify()),
            ),
        )
        async with bluetooth.on_air(line.service(), line.written) as air:
            line.begin(air)
            self._line, self._air, self._problem = line, air, None
            log.info("Improv is on the air over %s", air.adapter)
            try:
                await self._serve(company, line, air)
            finally:
                self._line = self._air = None
                log.info("Improv is off the air")

    async def _serve(self, company: Company, line: Line, air: OnAir) -> None:
        """Returns when it is time to leave, or soon would be.

        Raises ``BluetoothUnavailable`` when it was ended too early.
        """
        cut = asyncio.create_task(air.ended(), name="improv-cut")
        tasks = (
            cut,
            asyncio.create_task(line.serve(), name="improv-line"),
            asyncio.create_task(line.expire(), name="improv-expiry"),
            asyncio.create_task(self._until_over(company, line), name="improv-over"),
        )
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await ended(*tasks)
        if cut in done and self._wanted.is_set():
            raise BluetoothUnavailable(cut.result())
        for task in done:
            task.result()

    async def _until_over(self, company: Company, line: Line) -> None:
        await self._unwanted.wait()
        await line.settled()  # the mode is told before the outcome
        if line.session.state is State.PROVISIONED:
            await company.clock.sleep(LINGER_SECONDS)
