"""Text that others chose, made safe to show."""

import unicodedata

# Format, control, surrogate, private-use, unassigned characters; line and paragraph separators.
_UNSHOWABLE = frozenset({"Cf", "Cc", "Cs", "Co", "Cn", "Zl", "Zp"})
_JOINERS = frozenset({"\u200c", "\u200d"})  # needed inside Persian words and emoji, harmless alone


def plain(text: str) -> str:
    r"""``text`` on one line, with whatever steers, hides or reorders written as ``\xNN`` per byte.

    The bytes are those of UTF-8. A byte that was none and came in by ``surrogateescape`` is itself.
    """
    if text.isprintable():  # says Python of text without any of those; most is
        return text
    return "".join(
        char
        if char in _JOINERS or unicodedata.category(char) not in _UNSHOWABLE
        else "".join(f"\\x{byte:02x}" for byte in _octets(char))
        for char in text
    )


def _octets(char: str) -> bytes:
    escaped = "\udc80" <= char <= "\udcff"
    return char.encode(errors="surrogateescape" if escaped else "surrogatepass")
