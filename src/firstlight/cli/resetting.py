"""A factory reset as it is watched: what it will take, and how it goes, to the end."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext

import typer

from firstlight.cli.events import sentence
from firstlight.cli.exits import ExitCode
from firstlight.cli.screen import console
from firstlight.client import Client
from firstlight.client.following import event_in, followed, newest_id
from firstlight.client.problems import is_answer_lost
from firstlight.errors import Code, FirstlightError, NoDaemon, Unauthorized
from firstlight.model.event import Action, ActionPhase, DeviceEvent, EventType
from firstlight.model.text import plain

PATIENCE_SECONDS = 300.0
"""Longer than a reset takes, with a start of the machine in the middle of it."""

FORGOTTEN = (
    "The reset has forgotten this sign-in, so its end can't be heard; it goes on by itself. "
    "It ends with the device's hotspot up."
)


def what_is_lost(client: Client) -> Iterator[str]:
    """Lines that name it, for whoever is asked. Raises ``FirstlightError`` of the asking.

    A radio that can't be asked for its networks is no reason against a reset.
    """
    status = client.status()
    try:
        saved = client.saved()
    except FirstlightError:
        names = "every saved WiFi network"
    else:
        listed = ", ".join(plain(one.name) for one in saved)
        names = f"the saved WiFi networks: {listed}" if saved else "no WiFi network; none is saved"
    yield f"This sets {plain(status.hostname)} back to how it was when new. It forgets"
    yield f"  - {names}"
    yield "  - the pairing code, everybody's sign-in, and that the setup was finished"
    yield "  - the configuration that it has claimed, if any"
    yield "  - its registry: all records and certificates (PostgreSQL keeps them)"
    yield "  - what it remembers of recovery and restarts"
    yield "The hotspot's name and password, Ethernet, VPN and the configuration file stay."
    yield "It ends with the hotspot up."
    yield "Whoever reaches the device through its WiFi is cut off by it."


class Reset:
    """A factory reset as it is watched. ``pause`` and ``note`` as for ``followed``."""

    def __init__(
        self,
        client: Client,
        *,
        pause: Callable[[float], None],
        note: Callable[[str], None],
        monotonic: Callable[[], float],
    ) -> None:
        self._client = client
        self._pause, self._note, self._monotonic = pause, note, monotonic
        self._asked = False
        self._begun = False

    def events(self) -> Iterator[tuple[DeviceEvent, bytes]]:
        """Begin, then its events, decoded and as they came, to the one that ends it.

        What the daemon tells of itself meanwhile is among them: so it tells each step. Goes on
        across lost connections. Whoever was forgotten while the connection was lost does not hear
        the end, and is told so. Raises ``FirstlightError``, also after ``PATIENCE_SECONDS``.
        """
        deadline = self._monotonic() + PATIENCE_SECONDS
        try:
            for message in followed(
                self._client,
                pause=self._pause,
                note=self._note,
                after=newest_id(self._client),
                go_on=lambda: self._monotonic() < deadline,
                opened=self._listening,
            ):
                event = event_in(message)
                if event is None:
                    continue
                own = event.action is Action.FACTORY_RESET
                self._begun = self._begun or own
                if own or event.type is EventType.SYSTEM:
                    yield event, message.data
                if own and event.phase in {ActionPhase.COMPLETED, ActionPhase.FAILED}:
                    return
        except _Refused as refused:
            raise refused.error from refused.error.__cause__
        except Unauthorized:
            if not self._asked:
                raise
            self._note(FORGOTTEN)
            return
        raise self._too_long()

    def how_far(self) -> str:
        """Whether it has begun, for somebody who stops watching."""
        if self._begun:
            return "the reset goes on"
        if self._asked:
            return "it is not known whether the reset has begun"
        return "the reset was not begun"

    def _listening(self) -> None:
        """Ask for it as soon as its events are heard, for it may sign out whoever asked for it.

        Later, see whether we are still known. Raises ``Unauthorized`` if not, and ``_Refused``.
        """
        if self._asked:
            self._client.sessions()  # an onlooker would wait for nothing
            return
        self._asked = True
        try:
            self._client.answers.factory_reset()
        except FirstlightError as error:
            if not is_answer_lost(error):
                self._asked = False
                raise _Refused(error) from error
        else:
            self._begun = True

    def _too_long(self) -> NoDaemon:
        if not self._asked:
            return NoDaemon(
                "The device's events could not be followed, so the reset was not begun.",
                code=Code.TIMEOUT,
            )
        return NoDaemon(
            f"After {PATIENCE_SECONDS:.0f} s it is still not known how the reset ended"
            f"{'' if self._begun else ', nor whether it has begun'}.",
            code=Code.TIMEOUT,
            hint="Once begun, it goes on by itself. Join the device's hotspot, and ask "
            "`firstlight status --url`.",
        )


class _Refused(Exception):
    """Ends the following, also where ``followed`` would bear the error itself."""

    def __init__(self, error: FirstlightError) -> None:
        super().__init__(str(error))
        self.error = error


def show(told: Iterable[tuple[DeviceEvent, bytes]], *, as_json: bool) -> DeviceEvent | None:
    """Write each event as it comes; as JSON only the last. Returns the last, if there was one."""
    screen = console()
    last: tuple[DeviceEvent, bytes] | None = None
    waiting = screen.status("Resetting…") if screen.is_terminal and not as_json else nullcontext()
    with waiting:
        for last in told:
            if not as_json:
                screen.print(sentence(last[0]), soft_wrap=True)
    if as_json:
        typer.echo(last[1] if last else "null")
    return last[0] if last else None


def ended_well(last: DeviceEvent | None) -> ExitCode:
    """The exit code for the event that came last."""
    failed = last is not None and last.phase is ActionPhase.FAILED
    return ExitCode.FAILED if failed else ExitCode.OK
