"""What goes into the ladder, and what each rung says of it."""

from typing import Self

import msgspec

from firstlight.core.causes import Words
from firstlight.model.ladder import RungName, RungState
from firstlight.model.radio import RadioState
from firstlight.model.reach import Broker, Findings, ReachTarget
from firstlight.model.regulation import Regulation


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """One climb. ``findings`` is ``None`` while the radio is offline, or when the network changed.

    ``targets`` and ``broker`` are what was looked for; ``country`` is the configured one; ``wall``
    is Unix time in seconds, as believed at the end of the climb.
    """

    radio: RadioState
    targets: tuple[ReachTarget, ...] = ()
    broker: Broker | None = None
    findings: Findings | None = None
    regulation: Regulation = Regulation()
    country: str | None = None
    gateway_required: bool = True
    wall: float
    elapsed_ms: int = 0

    @property
    def network(self) -> str:
        """The name of the network or hotspot in use; empty when there is none, or it has none."""
        profile = self.radio.profile
        return profile.ssid.text if profile and profile.ssid else ""


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """A rung by itself. ``words`` say what is wrong and what to do, where it is broken.

    ``needs``: if any of these rungs is broken, that alone explains why this one does not hold.
    """

    name: RungName
    state: RungState
    evidence: str
    elapsed_ms: int = 0
    words: Words | None = None
    needs: frozenset[RungName] = frozenset()

    @classmethod
    def ok(cls, name: RungName, evidence: str, elapsed_ms: int = 0) -> Self:
        """It holds."""
        return cls(name=name, state=RungState.OK, evidence=evidence, elapsed_ms=elapsed_ms)

    @classmethod
    def broken(
        cls,
        name: RungName,
        words: Words,
        *,
        evidence: str = "",
        elapsed_ms: int = 0,
        needs: frozenset[RungName] = frozenset(),
    ) -> Self:
        """It does not hold; the message is the evidence where there is no other."""
        return cls(
            name=name,
            state=RungState.FAILED,
            evidence=evidence or words.message,
            elapsed_ms=elapsed_ms,
            words=words,
            needs=needs,
        )

    @classmethod
    def skipped(cls, name: RungName, why: str, *, needs: frozenset[RungName] = frozenset()) -> Self:
        """Nobody needs it, or it can't be known."""
        return cls(name=name, state=RungState.SKIPPED, evidence=why, needs=needs)


def below(name: RungName) -> frozenset[RungName]:
    """Every rung under that one."""
    names = tuple(RungName)
    return frozenset(names[: names.index(name)])
