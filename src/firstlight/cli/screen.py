"""What may be written to a terminal, and how.

Names of networks were chosen by strangers, and answers may come from a daemon elsewhere: neither
may move the cursor, reorder a line or pass for markup.
"""

import sys
import unicodedata
from io import TextIOWrapper
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

# Format, control, surrogate, private-use, unassigned; line and paragraph separators.
_UNSHOWABLE = frozenset({"Cf", "Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINERS = frozenset({"\u200c", "\u200d"})  # needed inside Persian words and emoji, harmless alone


def plain(text: str) -> str:
    r"""``text`` on one line, with whatever steers a terminal written as ``\xNN`` per UTF-8 byte."""
    return "".join(
        char
        if char in _JOINERS or unicodedata.category(char) not in _UNSHOWABLE
        else "".join(f"\\x{byte:02x}" for byte in char.encode(errors="surrogatepass"))
        for char in text
    )


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
