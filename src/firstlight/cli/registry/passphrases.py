"""Secrets that a person types without echo, or keeps in a file. None is ever an argument."""

import sys
from pathlib import Path

from firstlight.errors import InvalidInput

_LONGEST = 1024


def passphrase(file: Path | None, *, new: bool) -> str:
    """The passphrase of an export; a new one is asked for twice. Raises ``InvalidInput``."""
    from firstlight.cli.registry.sealing import checked_passphrase

    if file is not None:
        given = secret_in(file, "--passphrase-file")
        return checked_passphrase(given) if new else given
    if not sys.stdin.isatty():
        raise InvalidInput("--passphrase-file", "is missing; without it somebody has to be asked")
    from getpass import getpass

    given = getpass("Passphrase: ")
    if new and getpass("The same again: ") != checked_passphrase(given):
        raise InvalidInput("passphrase", "was not typed the same both times")
    return given


def password(file: Path | None, option: str, asked: str) -> str:
    """From the file, or from whoever sits there; empty for none. Raises ``InvalidInput``."""
    if file is not None:
        return secret_in(file, option)
    if not sys.stdin.isatty():
        return ""
    from getpass import getpass

    return getpass(f"{asked} (empty: none): ")


def secret_in(file: Path, option: str) -> str:
    """The first line of it; ``-`` is standard input. Raises ``InvalidInput`` naming the option."""
    try:
        if str(file) == "-":
            raw = sys.stdin.buffer.readline(_LONGEST)
        else:
            with file.open("rb") as opened:
                raw = opened.readline(_LONGEST)
    except OSError as error:
        raise InvalidInput(option, f"can't be read: {error.strerror}") from error
    try:
        text = raw.decode().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError as error:
        raise InvalidInput(option, "holds no UTF-8 text") from error
    if not text:
        raise InvalidInput(option, "holds nothing in its first line")
    return text
