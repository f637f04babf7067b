"""Files inside. Text as in ``processes``: any byte comes through."""

import os
import re
import time
from pathlib import Path
from typing import Any

EVERY = 0.05


def read(path: str, offset: int = 0) -> dict[str, Any]:
    """The text from ``offset`` on, and where it ends. An absent file is an empty one."""
    try:
        with Path(path).open("rb") as source:
            source.seek(offset)
            data = source.read()
    except FileNotFoundError:
        return {"text": "", "end": 0, "exists": False}
    return {
        "text": data.decode("utf-8", "surrogateescape"),
        "end": offset + len(data),
        "exists": True,
    }


def write(path: str, text: str, mode: int = 0o644) -> None:
    """Write the whole file, folders included."""
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as sink:
        sink.write(text.encode("utf-8", "surrogateescape"))


def remove(path: str) -> None:
    """Remove a file, or nothing."""
    Path(path).unlink(missing_ok=True)


def await_text(path: str, pattern: str, offset: int = 0, timeout: float = 30.0) -> str | None:
    """The first match of ``pattern`` after ``offset``, or null once the time is up."""
    wanted = re.compile(pattern)
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if match := wanted.search(read(path, offset)["text"]):
            return match.group(0)
        time.sleep(EVERY)
    return None
