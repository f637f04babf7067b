"""What takes its time: begun, then asked for how it stands, until it is decided."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Final, Generic, ParamSpec, TypeVar

import msgspec

from firstlight.client.request import Request
from firstlight.errors import Code, FirstlightError, NoDaemon

P = ParamSpec("P")
B = TypeVar("B")
V = TypeVar("V")
S = TypeVar("S")
A = TypeVar("A")

ASK_AGAIN_SECONDS: Final = 0.25

_PASSING: Final = frozenset({Code.NO_DAEMON, Code.TIMEOUT, Code.RATE_LIMITED})
"""Others at the same address may have used up what it may ask."""


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """How long somebody waits; ``seconds`` of ``None``: for ever. The rest is told at its end.

    ``unreachable``: how long the daemon may be out of reach in one go; ``None``: for ever, too.
    """

    seconds: float | None
    unreachable: float | None = None
    message: str = ""
    hint: str | None = None
    pause: float = ASK_AGAIN_SECONDS

    def deadline(self, now: float) -> float:
        """When it ends."""
        return float("inf") if self.seconds is None else now + self.seconds

    def bears(self, silent: float) -> bool:
        """Whether a daemon that was not reached for so many seconds may be asked again."""
        return self.unreachable is None or silent < self.unreachable

    def out(self) -> NoDaemon:
        """What is raised at its end."""
        return NoDaemon(
            f"After {self.seconds or 0:.0f} s {self.message}", code=Code.TIMEOUT, hint=self.hint
        )


class Watch(msgspec.Struct, Generic[V, S], frozen=True, kw_only=True):
    """What is asked for again and again, when that is over, and which steps it shows by then."""

    request: Request[V]
    over: Callable[[V], bool]
    steps: Callable[[V], tuple[S, ...]]
    patience: Patience

    def news(self, before: V | None, now: V) -> list[S]:
        """The steps that were reached in between."""
        known = () if before is None else self.steps(before)
        return [step for step in self.steps(now) if step not in known]


class Undertaking(msgspec.Struct, Generic[B, V, S], frozen=True):
    """What begins it, and how what that answers is followed."""

    begin: Request[B]
    watch: Callable[[B], Watch[V, S]]


def until(
    ask: Callable[[], A],
    over: Callable[[A], bool],
    patience: Patience,
    *,
    remote: bool,
    sleep: Callable[[float], None],
    monotonic: Callable[[], float],
) -> Iterator[A]:
    """Every answer, to the one that is final.

    A ``remote`` daemon that can't be reached meanwhile is asked again: joining may cut the very
    connection that the question travels on. Raises ``FirstlightError`` for anything else and for
    what lasts longer than patience bears, and ``NoDaemon`` with ``Code.TIMEOUT`` when it ends.
    """
    heard = monotonic()
    deadline = patience.deadline(heard)
    while monotonic() < deadline:
        try:
            answer = ask()
        except FirstlightError as error:
            bear(error, remote=remote and patience.bears(monotonic() - heard))
        else:
            heard = monotonic()
            yield answer
            if over(answer):
                return
        sleep(patience.pause)
    raise patience.out()


async def until_later(
    ask: Callable[[], Awaitable[A]],
    over: Callable[[A], bool],
    patience: Patience,
    *,
    remote: bool,
    sleep: Callable[[float], Awaitable[None]],
    monotonic: Callable[[], float],
) -> AsyncIterator[A]:
    """As ``until``."""
    heard = monotonic()
    deadline = patience.deadline(heard)
    while monotonic() < deadline:
        try:
            answer = await ask()
        except FirstlightError as error:
            bear(error, remote=remote and patience.bears(monotonic() - heard))
        else:
            heard = monotonic()
            yield answer
            if over(answer):
                return
        await sleep(patience.pause)
    raise patience.out()


def bear(error: FirstlightError, *, remote: bool) -> None:
    """Raises ``error`` unless it is a remote daemon's being out of reach, which may pass."""
    if not remote or error.code not in _PASSING:
        raise error


class Job(Generic[V, S]):
    """Something under way. Iterating gives each step once, as it is reached, and ends with it.

    It goes on whether or not anybody watches.
    """

    def __init__(self, watch: Watch[V, S], standing: Iterator[V]) -> None:
        self._watch = watch
        self._standing = standing
        self._latest: V | None = None

    def __iter__(self) -> Iterator[S]:
        for now in self._standing:
            news = self._watch.news(self._latest, now)
            self._latest = now
            yield from news

    def result(self) -> V:
        """Wait for the end; returns how it then stands, well or badly. Raises as ``until``."""
        for now in self._standing:
            self._latest = now
        return _known(self._latest)


class AsyncJob(Generic[V, S]):
    """As ``Job``, for ``async for``, and a result that is awaited."""

    def __init__(self, watch: Watch[V, S], standing: AsyncIterator[V]) -> None:
        self._watch = watch
        self._standing = standing
        self._latest: V | None = None

    async def __aiter__(self) -> AsyncIterator[S]:
        async for now in self._standing:
            news = self._watch.news(self._latest, now)
            self._latest = now
            for step in news:
                yield step

    async def result(self) -> V:
        """Wait for the end; returns how it then stands, well or badly. Raises as ``until``."""
        async for now in self._standing:
            self._latest = now
        return _known(self._latest)


def _known(latest: V | None) -> V:
    if latest is None:
        raise NoDaemon("It was never told how this stands.", code=Code.TIMEOUT)
    return latest
