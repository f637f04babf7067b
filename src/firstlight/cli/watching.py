"""Watching an attempt until it is decided, also while the connection comes and goes."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext

import typer

from firstlight.cli.client import Answer
from firstlight.cli.exits import ExitCode
from firstlight.cli.failures import NO_DAEMON, Failure, failure
from firstlight.cli.screen import console, speaks_unicode
from firstlight.cli.words import STEPS, shortcoming
from firstlight.errors import Code
from firstlight.model.attempt import Attempt, AttemptState, Step
from firstlight.model.text import plain
from firstlight.model.wire import AttemptAnswer

ASK_AGAIN_SECONDS = 0.25
PATIENCE_SECONDS = 180.0
"""Longer than a trial and the way back from it can take."""


def until_decided(
    ask: Callable[[], Answer[AttemptAnswer]],
    *,
    remote: bool,
    sleep: Callable[[float], None],
    monotonic: Callable[[], float],
) -> Iterator[Answer[AttemptAnswer]]:
    """Every answer, to the one that is final.

    A ``remote`` daemon that can't be reached meanwhile is asked again: joining may cut the very
    connection that the question travels on. Raises ``Failure`` for anything else, and after
    ``PATIENCE_SECONDS``.
    """
    deadline = monotonic() + PATIENCE_SECONDS
    while monotonic() < deadline:
        try:
            answer = ask()
        except Failure as error:
            if not remote or error.problem.code not in {NO_DAEMON, Code.TIMEOUT}:
                raise
        else:
            yield answer
            if answer.value.attempt.state is not AttemptState.RUNNING:
                return
        sleep(ASK_AGAIN_SECONDS)
    raise failure(
        f"After {PATIENCE_SECONDS:.0f} s it is still not known how the attempt ended.",
        code=Code.TIMEOUT,
        exit_code=ExitCode.FAILED,
        hint="Ask again with `firstlight status`, perhaps at the device's new address.",
    )


def show(answers: Iterable[Answer[AttemptAnswer]]) -> Answer[AttemptAnswer]:
    """Write each step as it is reached, then the outcome. Returns the last answer."""
    screen = console()
    told = 0
    last: Answer[AttemptAnswer] | None = None
    # A spinner is for eyes only: into a pipe go just the lines.
    waiting = screen.status("Joining…") if screen.is_terminal else nullcontext()
    with waiting:
        for last in answers:
            steps = last.value.attempt.steps
            for step in steps[told:]:
                screen.print(step_line(step, unicode=speaks_unicode()), soft_wrap=True)
            told = len(steps)
    if last is None:
        raise ValueError("there was no answer to show")
    attempt = last.value.attempt
    for line in outcome(attempt):
        typer.echo(line, err=attempt.state is AttemptState.FAILED)
    return last


def step_line(step: Step, *, unicode: bool) -> str:
    """A step, and when it was reached."""
    mark = "✓" if unicode else "+"
    return f"{mark} {STEPS[step.name]:<20}{step.elapsed_ms / 1000:>6.1f} s"


def outcome(attempt: Attempt) -> list[str]:
    """How it ended, in a sentence or two."""
    name = plain(attempt.ssid)
    if attempt.state is AttemptState.FAILED:
        lines = [f"firstlight: {plain(attempt.message or f'{name} was not joined.')}"]
        return lines + ([f"  {plain(attempt.hint)}"] if attempt.hint else [])
    if attempt.warning is not None:
        return [f"Joined {name}, but {shortcoming(attempt.warning)}."]
    return [f"Joined {name}."]
