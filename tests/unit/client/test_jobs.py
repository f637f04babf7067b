"""How long somebody waits, and for whom."""

import asyncio
from collections.abc import Callable, Iterator

import pytest

from firstlight.client.jobs import AsyncJob, Job, Patience, Watch, until, until_later
from firstlight.client.request import get
from firstlight.errors import Code, FirstlightError, LockedOut, NoDaemon, NotFound

PATIENCE = Patience(seconds=10, message="it is not known.", hint="Ask.", pause=4)
AWAY, SLOW = NoDaemon("gone"), NoDaemon("slow", code=Code.TIMEOUT)
WATCH = Watch(
    request=get("/", tuple[str, ...]),
    over=lambda steps: steps[-1:] == ("end",),
    steps=lambda steps: steps,
    patience=PATIENCE,
)

Steps = tuple[str, ...]


class Clock:
    """Its hands move with sleeping only."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    async def sleep_later(self, seconds: float) -> None:
        self.now += seconds


def asking(*told: Steps | FirstlightError) -> Callable[[], Steps]:
    queue: Iterator[Steps | FirstlightError] = iter([*told, *[told[-1]] * 20])

    def ask() -> Steps:
        said = next(queue)
        if isinstance(said, FirstlightError):
            raise said
        return said

    return ask


Ends = Callable[..., tuple[list[str], Steps]]


def blocking(
    *told: Steps | FirstlightError,
    remote: bool,
    watched: bool = True,
    patience: Patience = PATIENCE,
) -> tuple[list[str], Steps]:
    clock = Clock()
    standing = until(
        asking(*told),
        WATCH.over,
        patience,
        remote=remote,
        sleep=clock.sleep,
        monotonic=clock.monotonic,
    )
    job = Job(WATCH, standing)
    return list(job) if watched else [], job.result()


def awaiting(
    *told: Steps | FirstlightError,
    remote: bool,
    watched: bool = True,
    patience: Patience = PATIENCE,
) -> tuple[list[str], Steps]:
    clock, ask = Clock(), asking(*told)

    async def asked() -> Steps:
        return ask()

    async def followed() -> tuple[list[str], Steps]:
        standing = until_later(
            asked,
            WATCH.over,
            patience,
            remote=remote,
            sleep=clock.sleep_later,
            monotonic=clock.monotonic,
        )
        job = AsyncJob(WATCH, standing)
        steps = [step async for step in job] if watched else []
        return steps, await job.result()

    return asyncio.run(followed())


pytestmark = pytest.mark.parametrize("follow", [blocking, awaiting])


def test_each_step_is_told_once(follow: Ends) -> None:
    told = follow((), ("a",), ("a", "b", "end"), remote=False)
    assert told == (["a", "b", "end"], ("a", "b", "end"))


def test_a_result_comes_without_watching(follow: Ends) -> None:
    assert follow((), ("a",), ("a", "end"), remote=False, watched=False) == ([], ("a", "end"))


def test_a_remote_daemon_may_be_out_of_reach_meanwhile(follow: Ends) -> None:
    assert follow(AWAY, SLOW, ("end",), remote=True)[0] == ["end"]


def test_a_local_daemon_that_is_gone_is_gone(follow: Ends) -> None:
    with pytest.raises(NoDaemon, match="gone"):
        follow(AWAY, ("end",), remote=False)


def test_a_refusal_is_final(follow: Ends) -> None:
    with pytest.raises(NotFound):
        follow(NotFound("no"), ("end",), remote=True)


def test_that_others_have_asked_too_much_passes(follow: Ends) -> None:
    enough = LockedOut("too much", code=Code.RATE_LIMITED)
    assert follow(("a",), enough, ("a", "end"), remote=True)[0] == ["a", "end"]


@pytest.mark.parametrize("said", [AWAY, ("a",)])
def test_patience_ends(follow: Ends, said: Steps | FirstlightError) -> None:
    with pytest.raises(NoDaemon, match="After 10 s it is not known") as caught:
        follow(said, remote=True)
    assert (caught.value.code, caught.value.hint) == (Code.TIMEOUT, "Ask.")


def test_who_waits_for_ever_does_not_wait_for_a_daemon_that_is_gone(follow: Ends) -> None:
    endless = Patience(seconds=None, pause=4, unreachable=10)
    short = [AWAY, AWAY, ("a",)] * 3
    assert follow(*short, ("a", "end"), remote=True, patience=endless)[0] == ["a", "end"]
    with pytest.raises(NoDaemon, match="gone"):
        follow(("a",), AWAY, remote=True, patience=endless)
