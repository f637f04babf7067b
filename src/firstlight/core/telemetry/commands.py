"""Commands that come over MQTT: what is asked, whether it may be, and where the answer goes.

The broker's access list says who may write to which command's topic; ``mqtt.commands`` says which
commands the device takes at all. Both must agree.
"""

from collections.abc import Collection

import msgspec

from firstlight.core.telemetry.topics import Topics
from firstlight.errors import Code, FirstlightError, InvalidInput
from firstlight.model.mqtt import (
    Command,
    CommandAnswer,
    DiagnoseOrder,
    Incoming,
    ProvisioningOrder,
    RecoverOrder,
)
from firstlight.model.text import plain
from firstlight.model.validation import decoded
from firstlight.model.wire import RestartBody

MOST_BYTES = 4096
"""Of a command's body."""

MOST_CORRELATION = 256
TELL_AGAIN_SECONDS = 60.0
"""At most one event for refused commands in that time, however many come."""

_SHOWN = 40

Order = RecoverOrder | RestartBody | ProvisioningOrder | DiagnoseOrder

_BODIES: dict[Command, type[Order]] = {
    Command.RECOVER: RecoverOrder,
    Command.RESTART: RestartBody,
    Command.PROVISIONING: ProvisioningOrder,
    Command.DIAGNOSE: DiagnoseOrder,
}


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A command as it came. Without an ``order`` it is refused for what ``refusal`` says.

    ``answer_to``: the topic for the answer, with ``correlation``.
    """

    command: Command | None
    order: Order | None
    refusal: CommandAnswer | None
    answer_to: str
    correlation: bytes | None


def read(topics: Topics, message: Incoming, allowed: Collection[Command]) -> Asked:
    """What a message on a command topic asks for. Never raises: what is wrong, the refusal says."""
    name = topics.named(message.topic)
    command = next((one for one in Command if one.value == name), None)
    own = message.response_topic is None or topics.may_answer_on(message.response_topic)
    order, refusal = None, None
    try:
        if not own:
            raise InvalidInput(
                "response topic",
                f"must be {topics.response} or below it",
                hint="The device writes answers nowhere else.",
            )
        order = _order(command, name, message, allowed)
    except FirstlightError as error:
        refusal = refused(command, error)
    return Asked(
        command=command,
        order=order,
        refusal=refusal,
        answer_to=(message.response_topic if own else None) or topics.response,
        correlation=_correlation(message.correlation),
    )


def refused(command: Command | None, error: FirstlightError) -> CommandAnswer:
    """The answer to a command that was not carried out."""
    return CommandAnswer(
        command=command, ok=False, error=error.message, code=error.code, hint=error.hint
    )


def _order(
    command: Command | None, name: str, message: Incoming, allowed: Collection[Command]
) -> Order:
    if command is None:
        known = ", ".join(Command)
        raise InvalidInput(
            "", f"There is no command {plain(name[:_SHOWN])!r}.", hint=f"There are: {known}."
        )
    for rule in RULES:
        rule(command, message, allowed)
    order: Order = decoded(message.payload or b"{}", _BODIES[command])
    return order


def must_be_allowed(command: Command, _message: Incoming, allowed: Collection[Command]) -> None:
    """``mqtt.commands`` names it."""
    if command not in allowed:
        raise InvalidInput(
            "",
            f"The command {command.value} is not allowed over MQTT on this device.",
            code=Code.NOT_ALLOWED,
            hint="mqtt.commands lists those that are.",
        )


def must_be_fresh(_command: Command, message: Incoming, _allowed: Collection[Command]) -> None:
    """It was not kept by the broker."""
    if message.retained:
        raise InvalidInput(
            "",
            "A retained command is not carried out: nobody knows how old it is.",
            hint="Publish commands without the retain flag.",
        )


def must_be_short(_command: Command, message: Incoming, _allowed: Collection[Command]) -> None:
    """It has no more than ``MOST_BYTES``."""
    if len(message.payload) > MOST_BYTES:
        raise InvalidInput(
            "", f"A command has at most {MOST_BYTES} bytes.", code=Code.BODY_TOO_LARGE
        )


RULES = (must_be_allowed, must_be_fresh, must_be_short)
"""Each raises ``FirstlightError`` for a command that breaks it."""


def _correlation(data: bytes | None) -> bytes | None:
    return data if data is not None and len(data) <= MOST_CORRELATION else None


def words(asked: Asked) -> str:
    """The event that tells of it."""
    if asked.refusal is not None:
        return f"A command over MQTT was refused. {asked.refusal.error}"
    named = asked.command.value if asked.command else ""
    return f"Asked over MQTT: {named}."


class Telling(msgspec.Struct, frozen=True):
    """Keeps refusals from flooding the log. ``at``: when the last was told, monotonic seconds."""

    at: float | None = None

    def next(self, now: float) -> tuple["Telling", bool]:
        """Whether to tell of another one now."""
        if self.at is not None and now - self.at < TELL_AGAIN_SECONDS:
            return self, False
        return Telling(now), True
