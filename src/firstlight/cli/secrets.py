"""Secrets that a person types without echo, or keeps in a file. None is ever an argument."""

import sys
from pathlib import Path

from firstlight.errors import InvalidInput

_LONGEST = 1024
"""Bytes in the line that holds one."""


def typed(question: str, field: str) -> str:
    """Ask whoever sits at the terminal. Raises ``InvalidInput`` naming the field."""
    from getpass import getpass

    try:
        return getpass(question)
    except UnicodeDecodeError as error:
        raise InvalidInput(field, "what was typed is not UTF-8 text") from error


def secret_in(file: Path | None, option: str, *, empty: str = "") -> str:
    """The first line of it, without its end; ``-`` and ``None`` are standard input.

    ``empty``: what to say where there is none. Raises ``InvalidInput`` naming the option.
    """
    try:
        if file is None or str(file) == "-":
            raw = sys.stdin.buffer.readline(_LONGEST + 2)
        else:
            with file.open("rb") as opened:
                raw = opened.readline(_LONGEST + 2)
    except OSError as error:
        raise InvalidInput(option, f"can't be read: {error.strerror}") from error
    line = raw.removesuffix(b"\n").removesuffix(b"\r")
    if len(line) > _LONGEST:
        raise InvalidInput(option, f"holds more than {_LONGEST} bytes in its first line")
    if not line:
        raise InvalidInput(option, empty or "holds nothing in its first line")
    try:
        return line.decode()
    except UnicodeDecodeError as error:
        raise InvalidInput(option, "holds no UTF-8 text in its first line") from error
