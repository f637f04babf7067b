"""The passphrase of an export, and passwords of records."""

import sys
from pathlib import Path

from firstlight.cli.secrets import secret_in, typed
from firstlight.errors import InvalidInput


def passphrase(file: Path | None, *, new: bool) -> str:
    """The passphrase of an export; a new one is asked for twice. Raises ``InvalidInput``."""
    from firstlight.cli.registry.sealing import checked_passphrase

    if file is not None:
        given = secret_in(file, "--passphrase-file")
        return checked_passphrase(given) if new else given
    if not sys.stdin.isatty():
        raise InvalidInput("--passphrase-file", "is missing; without it somebody has to be asked")
    given = typed("Passphrase: ", "passphrase")
    if new and typed("The same again: ", "passphrase") != checked_passphrase(given):
        raise InvalidInput("passphrase", "was not typed the same both times")
    return given


def password(file: Path | None, option: str, asked: str) -> str:
    """From the file, or from whoever sits there; empty for none. Raises ``InvalidInput``."""
    if file is not None:
        return secret_in(file, option)
    if not sys.stdin.isatty():
        return ""
    return typed(f"{asked} (empty: none): ", option)
