"""What a client begins and follows in one: joining, claiming, Provisioning Mode."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from functools import update_wrapper
from typing import Any, Concatenate, Final, Generic, ParamSpec, Self, TypeVar, overload

from firstlight.client.device import DeviceOperations
from firstlight.client.jobs import AsyncJob, Job, Patience, Undertaking, Watch
from firstlight.client.provisioning import ProvisioningOperations
from firstlight.model.attempt import Attempt, AttemptState, Step
from firstlight.model.claim import ClaimAnswer, ClaimState, ClaimStep, Role
from firstlight.model.provisioning_mode import DeviceProgress, ModeSession, ModeState

P = ParamSpec("P")
B = TypeVar("B")
V = TypeVar("V")
S = TypeVar("S")

JOINING: Final = Patience(
    seconds=180.0,
    message="it is still not known how the attempt ended.",
    hint="Ask again with `firstlight status`, perhaps at the device's new address.",
)
"""Longer than a trial and the way back from it can take."""

CLAIMING: Final = Patience(
    seconds=300.0,
    message="it is still not known how the claim ended.",
    hint="Ask again: firstlight claim --show.",
    pause=0.5,
)
"""Longer than a round with several controllers can take."""

ENDLESS: Final = Patience(seconds=None, pause=0.5)

WHILE_ON: Final = Patience(seconds=None, pause=0.5, unreachable=300.0)
"""Provisioning Mode ends by itself; whose device is gone for so long is not told any more."""

CLAIM_UNDER_WAY: Final = frozenset({ClaimState.RUNNING, ClaimState.WAITING})


class Following(ABC):
    """A client that blocks, and follows."""

    @abstractmethod
    def undertake(self, what: Undertaking[B, V, S]) -> Job[V, S]:
        """Begin it. Raises ``FirstlightError``."""


class FollowingLater(ABC):
    """A client that is awaited, and follows."""

    @abstractmethod
    async def undertake(self, what: Undertaking[B, V, S]) -> AsyncJob[V, S]:
        """Begin it. Raises ``FirstlightError``."""


class Beginning(Generic[P, B, V, S]):
    """A method that begins something, before it is known whose. See ``operation.Operation``."""

    def __init__(self, describe: Callable[Concatenate[Any, P], Undertaking[B, V, S]]) -> None:
        self._describe = describe
        self.__wrapped__ = describe
        self.__doc__ = describe.__doc__

    @overload
    def __get__(self, client: None, owner: type) -> Self: ...
    @overload
    def __get__(self, client: Following, owner: type) -> Callable[P, Job[V, S]]: ...
    @overload
    def __get__(
        self, client: FollowingLater, owner: type
    ) -> Callable[P, Coroutine[Any, Any, AsyncJob[V, S]]]: ...
    def __get__(self, client: Following | FollowingLater | None, owner: type) -> object:
        """The method of that client."""
        if client is None:
            return self

        def begun(*args: P.args, **kwargs: P.kwargs) -> object:
            return client.undertake(self._describe(client, *args, **kwargs))

        return update_wrapper(begun, self._describe)


def undertaking(
    describe: Callable[Concatenate[Any, P], Undertaking[B, V, S]],
) -> Beginning[P, B, V, S]:
    """Make a described undertaking a method of every client that follows."""
    return Beginning(describe)


class Undertakings:
    """Each raises as what begins it does; what comes of it is the result, well or badly."""

    @undertaking
    def connect(
        self,
        ssid: str | None = None,
        *,
        ssid_hex: str | None = None,
        password: str | None = None,
        hidden: bool = False,
    ) -> Undertaking[str, Attempt, Step]:
        """Join a network, as ``begin_connect``, and follow it to its end.

        The network in use is given up for good only once the new one works. Over a network the
        connection may be cut by it: it is asked again for three minutes.
        """
        begin = DeviceOperations.begin_connect.request(
            ssid, ssid_hex=ssid_hex, password=password, hidden=hidden
        )
        return Undertaking(begin, attempt_watch)

    @undertaking
    def claim_configuration(
        self, role: Role | None = None, *, wait: bool = False, again: bool = False
    ) -> Undertaking[ClaimAnswer, ClaimAnswer, ClaimStep]:
        """Claim configuration, as ``begin_claim``, and follow it to its end.

        With ``wait`` that may be never; ``end_claim`` ends it.
        """
        begin = ProvisioningOperations.begin_claim.request(role, wait=wait, again=again)
        return Undertaking(begin, lambda _: claim_watch(ENDLESS if wait else CLAIMING))

    @undertaking
    def provision(self, *, force: bool = False) -> Undertaking[None, ModeSession, DeviceProgress]:
        """Switch Provisioning Mode on, and follow it until it is off again.

        Its steps are devices, each time one has come further. ``disable_provisioning`` ends it.
        """
        begin = ProvisioningOperations.enable_provisioning.request(force=force)
        return Undertaking(begin, lambda _: mode_watch())


def attempt_watch(attempt_id: str) -> Watch[Attempt, Step]:
    """Of an attempt to join."""
    return Watch(
        request=DeviceOperations.attempt.request(attempt_id),
        over=lambda attempt: attempt.state is not AttemptState.RUNNING,
        steps=lambda attempt: attempt.steps,
        patience=JOINING,
    )


def claim_watch(patience: Patience) -> Watch[ClaimAnswer, ClaimStep]:
    """Of the newest claim."""
    return Watch(
        request=ProvisioningOperations.claim.request(),
        over=lambda told: told.claim.state not in CLAIM_UNDER_WAY,
        steps=lambda told: told.claim.steps,
        patience=patience,
    )


def mode_watch() -> Watch[ModeSession, DeviceProgress]:
    """Of Provisioning Mode."""
    return Watch(
        request=ProvisioningOperations.provisioning_session.request(),
        over=lambda session: session.state is ModeState.OFF,
        steps=lambda session: session.devices,
        patience=WHILE_ON,
    )
