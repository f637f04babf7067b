"""Watching an attempt until it is decided, also while the connection comes and goes."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext

import typer

from firstlight.cli.screen import console, speaks_unicode
from firstlight.cli.words import STEPS, shortcoming
from firstlight.client import Answer
from firstlight.client.jobs import until
from firstlight.client.undertakings import JOINING
from firstlight.model.attempt import Attempt, AttemptState, Step
from firstlight.model.text import plain


def until_decided(
    ask: Callable[[], Answer[Attempt]],
    *,
    remote: bool,
    sleep: Callable[[float], None],
    monotonic: Callable[[], float],
) -> Iterator[Answer[Attempt]]:
    """Every answer, to the one that is final. Raises as ``client.jobs.until``."""
    return until(
        ask,
        lambda answer: answer.value.state is not AttemptState.RUNNING,
        JOINING,
        remote=remote,
        sleep=sleep,
        monotonic=monotonic,
    )


def show(answers: Iterable[Answer[Attempt]]) -> Answer[Attempt]:
    """Write each step as it is reached, then the outcome. Returns the last answer."""
    screen = console()
    told = 0
    last: Answer[Attempt] | None = None
    # A spinner is for eyes only: into a pipe go just the lines.
    waiting = screen.status("Joining…") if screen.is_terminal else nullcontext()
    with waiting:
        for last in answers:
            steps = last.value.steps
            for step in steps[told:]:
                screen.print(step_line(step, unicode=speaks_unicode()), soft_wrap=True)
            told = len(steps)
    if last is None:
        raise ValueError("there was no answer to show")
    attempt = last.value
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
