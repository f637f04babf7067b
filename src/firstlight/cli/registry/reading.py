"""A file that somebody names, or standard input."""

import sys
from pathlib import Path

from firstlight.errors import Code, InvalidInput


def content_of(file: Path, option: str, most: int) -> bytes:
    """All of it; ``-`` is standard input. Raises ``InvalidInput`` naming the option."""
    try:
        if str(file) == "-":
            content = sys.stdin.buffer.read(most + 1)
        else:
            with file.open("rb") as opened:
                content = opened.read(most + 1)
    except OSError as error:
        raise InvalidInput(option, f"{file} can't be read: {error.strerror}") from error
    if len(content) > most:
        size = f"{most // 2**20} MiB" if most >= 2**20 else f"{most // 2**10} KiB"
        raise InvalidInput(option, f"{file} is larger than {size}", code=Code.BODY_TOO_LARGE)
    return content
