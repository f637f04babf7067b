"""Watching Provisioning Mode: until it has begun, or until it is over."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from time import time

import typer
from rich.console import Console, RenderableType
from rich.live import Live

from firstlight.cli.exits import ExitCode
from firstlight.cli.mode_views import access_code, device_line, session_view
from firstlight.cli.screen import console
from firstlight.client import Answer, Client
from firstlight.client.following import answered, followed, newest_id
from firstlight.client.jobs import Patience, until
from firstlight.model.provisioning_mode import ModeEnd, ModeEnded, ModeSession, ModeState, Progress

_BEGINNING = Patience(
    seconds=60.0,
    message="Provisioning Mode is still not on.",
    hint="`firstlight provisioning status` and `firstlight events` say more.",
)
"""A radio and a large registry take a few seconds to begin."""

_WELL = frozenset({ModeEnd.ASKED, ModeEnd.EXPIRED})
_BUSY = frozenset({ModeEnd.RADIO_IN_USE, ModeEnd.ANOTHER_CONTROLLER})


def now_ms() -> int:
    """Unix time as this machine believes."""
    return round(time() * 1000)


def settled(
    client: Client,
    before: ModeEnded | None,
    *,
    sleep: Callable[[float], None],
    monotonic: Callable[[], float],
) -> Answer[ModeSession]:
    """Once it is on, or has ended in another way than ``before``. Raises ``FirstlightError``."""
    answers = until(
        client.answers.provisioning_session,
        lambda answer: (
            answer.value.state is ModeState.ACTIVE
            or (answer.value.state is ModeState.OFF and answer.value.ended != before)
        ),
        _BEGINNING,
        remote=False,
        sleep=sleep,
        monotonic=monotonic,
    )
    *_, last = answers
    return last


def watched(
    client: Client, *, pause: Callable[[float], None], note: Callable[[str], None]
) -> Iterator[Answer[ModeSession]]:
    """How it stands, and again whenever that has changed; it ends once it is off."""
    # Asked for first, so that what happens from here on is told.
    after = newest_id(client)
    last = client.answers.provisioning_session()
    yield last
    if last.value.state is ModeState.OFF:
        return
    for _ in followed(client, pause=pause, note=note, after=after):
        answer = answered(client.answers.provisioning_session, pause=pause, note=note)
        if answer.body != last.body:
            last = answer
            yield answer
        if answer.value.state is ModeState.OFF:
            return


def show(answers: Iterator[Answer[ModeSession]], *, as_json: bool) -> Answer[ModeSession]:
    """A table that lives, or for a pipe a line for whatever changed. Returns the last answer."""
    last = next(answers)
    with ExitStack() as stack:
        tell = _teller(stack, last, as_json=as_json)
        for last in answers:
            tell(last)
    return last


def of_session(session: ModeSession) -> ExitCode:
    """``OK`` while it is on, and where it ended as it should."""
    if session.state is not ModeState.OFF or session.ended is None:
        return ExitCode.OK
    if session.ended.reason in _BUSY:
        return ExitCode.BUSY
    return ExitCode.OK if session.ended.reason in _WELL else ExitCode.FAILED


def _teller(
    stack: ExitStack, first: Answer[ModeSession], *, as_json: bool
) -> Callable[[Answer[ModeSession]], None]:
    if as_json:
        typer.echo(first.body)
        return lambda answer: typer.echo(answer.body)
    screen = console()
    if screen.is_terminal:
        shown = _Shown(first.value, screen)
        # Drawn anew each second, for the time left; the last picture stays.
        stack.enter_context(Live(get_renderable=shown.view, console=screen, refresh_per_second=1))
        return shown.take
    screen.print(session_view(first.value, now_ms=now_ms()), soft_wrap=True)
    return _Lines(first.value).take


class _Shown:
    """What is on the screen: the code to scan once there is one, below it how things stand."""

    def __init__(self, session: ModeSession, screen: Console) -> None:
        self._session = session
        self._screen = screen
        self._code = ""
        self._show_code()

    def take(self, answer: Answer[ModeSession]) -> None:
        """From now on that."""
        self._session = answer.value
        self._show_code()

    def view(self) -> RenderableType:
        """As of now."""
        return session_view(self._session, now_ms=now_ms())

    def _show_code(self) -> None:
        code = access_code(self._session)
        if code and code != self._code:
            self._code = code
            self._screen.print(code, soft_wrap=True)


class _Lines:
    """Says what is new in each answer."""

    def __init__(self, session: ModeSession) -> None:
        self._known = _progress(session)

    def take(self, answer: Answer[ModeSession]) -> None:
        """A line for each device that has come further, and all of it once it is over."""
        session = answer.value
        now = _progress(session)
        for one in session.devices:
            if self._known.get(one.mac) is not one.state:
                typer.echo(device_line(one))
        self._known = now
        if session.state is ModeState.OFF:
            console().print(session_view(session, now_ms=now_ms()), soft_wrap=True)


def _progress(session: ModeSession) -> dict[str, Progress]:
    return {one.mac: one.state for one in session.devices}
