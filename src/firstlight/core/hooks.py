"""Hooks: which files are ones, which may be trusted, what they are told, and what is left out.

A hook runs with the daemon's rights. So whoever could write to it, or put another in its place,
would have them, too: a hook, its folder and all that lies above must be out of others' hands.
"""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

import msgspec

from firstlight.model.event import DeviceEvent, EventType
from firstlight.model.status import DeviceStatus

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

_ROOT = 0
_REGULAR, _FOLDER, _KIND = 0o100000, 0o040000, 0o170000
_OTHERS_WRITE = 0o022
_STICKY = 0o1000
_EXECUTE = 0o111

_LEFT_BEHIND = re.compile(r".*(~|\.bak|\.disabled|\.dpkg-[a-z]+)", re.DOTALL)


class Found(msgspec.Struct, frozen=True):
    """A file as stat(2) shows it: its owner, and its mode with the kind of file."""

    uid: int
    mode: int


class Verdict(StrEnum):
    """``IGNORED``: no hook, and no harm. ``REFUSED``: it would be one, but isn't safe."""

    HOOK = "hook"
    IGNORED = "ignored"
    REFUSED = "refused"


def is_candidate(name: str) -> bool:
    """Hidden files and what editors and dpkg leave behind are none, whatever their mode."""
    return not name.startswith(".") and not _LEFT_BEHIND.fullmatch(name)


def judged(found: Found, uid: int) -> tuple[Verdict, str]:
    """What to do with a candidate, and why not to run it. ``uid``: the daemon's own."""
    if found.mode & _KIND != _REGULAR:
        return Verdict.IGNORED, "is no file"
    if not found.mode & _EXECUTE:
        return Verdict.IGNORED, "is not executable"
    wrong = unsafe(found, uid)
    return (Verdict.REFUSED, wrong) if wrong else (Verdict.HOOK, "")


def unsafe(found: Found, uid: int) -> str:
    """In whose hands else it is; empty when in nobody's.

    In a folder with the sticky bit others may write, but not replace what isn't theirs.
    """
    if found.uid not in {_ROOT, uid}:
        return f"belongs to user {found.uid}, not to root or to Firstlight's user"
    sticky = found.mode & _KIND == _FOLDER and found.mode & _STICKY
    if found.mode & _OTHERS_WRITE and not sticky:
        return "can be written by its group or by others"
    return ""


def event_name(event: DeviceEvent) -> str:
    """The action where there is one, else the type."""
    return str(event.action or event.type)


def environment(event: DeviceEvent, status: DeviceStatus | None, socket: str) -> Mapping[str, str]:
    """All that a hook finds in its environment; a variable without a value is empty.

    ``status`` is the one told last. Nothing comes from the daemon's own environment: its token is
    in there.
    """
    return {
        "PATH": PATH,
        "LANG": "C.UTF-8",
        "FIRSTLIGHT_EVENT": event_name(event),
        "FIRSTLIGHT_EVENT_ID": event.id,
        "FIRSTLIGHT_EVENT_TYPE": event.type.value,
        "FIRSTLIGHT_LEVEL": event.level.value,
        "FIRSTLIGHT_PHASE": event.phase.value if event.phase else "",
        "FIRSTLIGHT_MODE": status.mode.value if status else "",
        "FIRSTLIGHT_RUNTIME_PHASE": status.runtime.phase.value if status else "",
        "FIRSTLIGHT_SOCKET": socket,
    }


def left_out(waiting: Sequence[DeviceEvent]) -> int:
    """Which of too many waiting events a slow hook is not told: an old status, else the oldest.

    A later status says all that an earlier one did; a later action doesn't.
    """
    statuses = [n for n, event in enumerate(waiting) if event.type is EventType.STATUS]
    if len(statuses) > 1:
        return statuses[0]
    return 1 if statuses == [0] else 0
