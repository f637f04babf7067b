"""How to write to a terminal.

Names of networks were chosen by strangers, and answers may come from a daemon elsewhere: neither
may move the cursor, reorder a line or pass for markup. ``model.text.plain`` sees to their text,
``console`` to markup.
"""

import sys
from io import TextIOWrapper
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def survive_narrow_encodings() -> None:
    """Let a character that this terminal's encoding lacks come out escaped instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def console() -> "Console":
    """For tables. Neither markup nor emoji codes mean anything; colour only where it is welcome."""
    from rich.console import Console

    return Console(markup=False, emoji=False, highlight=False)


def speaks_unicode() -> bool:
    """Whether standard output can show more than ASCII."""
    return (sys.stdout.encoding or "").lower().startswith("utf")
