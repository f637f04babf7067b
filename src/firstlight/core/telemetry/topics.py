"""Topics: one tree for each device, and which names can't be in it (MQTT 5.0, 4.7)."""

import re

import msgspec

from firstlight.errors import InvalidInput
from firstlight.model.mqtt import Command

LONGEST = 256
"""Bytes of a topic that somebody else has chosen."""

_PART = re.compile(r"[A-Za-z0-9_-]")
_WRONG = re.compile(r"[+#\x00-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")


class Topics(msgspec.Struct, frozen=True):
    """The tree below ``root``."""

    root: str

    @classmethod
    def of(cls, device_id: str, prefix: str | None = None) -> "Topics":
        """Below ``prefix``, or below ``firstlight/<device ID>``. Raises ``InvalidInput``."""
        return cls(checked_root("topic_prefix", prefix or f"firstlight/{part(device_id)}"))

    @property
    def availability(self) -> str:
        """Retained: ``online`` or ``offline``."""
        return f"{self.root}/availability"

    @property
    def status(self) -> str:
        """Retained: how the device is."""
        return f"{self.root}/status"

    @property
    def events(self) -> str:
        """Every event, once it happens."""
        return f"{self.root}/events"

    @property
    def dropped(self) -> str:
        """How many events there was no room for."""
        return f"{self.root}/events/dropped"

    @property
    def diagnostics(self) -> str:
        """What the diagnostic ladder found, when asked."""
        return f"{self.root}/diagnostics"

    @property
    def response(self) -> str:
        """What became of commands that named no response topic."""
        return f"{self.root}/response"

    @property
    def commands(self) -> str:
        """The filter that takes in all commands."""
        return f"{self.root}/command/+"

    def command(self, command: Command) -> str:
        """Where that command is expected."""
        return f"{self.root}/command/{command.value}"

    def named(self, topic: str) -> str:
        """The part of a command's topic that names it."""
        return topic.removeprefix(f"{self.root}/command/")

    def may_answer_on(self, topic: str) -> bool:
        """Whether a request may have its answer there: below ``response`` and nowhere else.

        The device has rights at the broker that its caller may not have. Were it to write wherever
        it is told to, whoever may send it one command could have it send others their commands.
        """
        below = topic == self.response or topic.startswith(f"{self.response}/")
        return below and len(topic.encode()) <= LONGEST and not _WRONG.search(topic)


def checked_root(field: str, root: str) -> str:
    """The same. Raises ``InvalidInput`` naming ``field`` for what no topic can begin with."""
    if (
        _WRONG.search(root)
        or not all(root.split("/"))
        or root.startswith("$")
        or len(root.encode()) > LONGEST // 2
    ):
        raise InvalidInput(
            field,
            "is not the beginning of a topic; allowed is like fleet/lamp-7, at most "
            f"{LONGEST // 2} bytes, without + # and a leading $, no part of it empty",
        )
    return root


def part(text: str) -> str:
    """``text`` as one part of a topic, or as an object ID: letters, digits, ``_`` and ``-``."""
    return "".join(char if _PART.fullmatch(char) else "_" for char in text) or "_"
