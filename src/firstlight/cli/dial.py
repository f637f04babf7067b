"""A connection to the daemon, for the body of a command."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from firstlight.cli.failures import reported
from firstlight.client import Client
from firstlight.client.dialing import ANSWER_SECONDS
from firstlight.errors import InvalidInput, Unauthorized

_HOW_TO_SIGN_IN = "Give that daemon's secret in FIRSTLIGHT_PROVISIONING_TOKEN, or as --token."


@contextmanager
def daemon(
    url: str | None, token: str | None, state_dir: Path | None, *, as_json: bool
) -> Generator[Client]:
    """A client for the body of a command; errors inside it are told, and end it."""
    with reported(as_json), dial(url, token, state_dir) as client:
        yield client


@contextmanager
def dial(
    url: str | None, token: str | None, state_dir: Path | None, *, seconds: float = ANSWER_SECONDS
) -> Generator[Client]:
    """A client for ``url``, or for the Unix socket in ``state_dir``, or in the configured folder.

    ``seconds`` bounds the wait for an answer. Raises as ``Client``, ``InvalidInput`` by the names
    of the options; hints on a token are about options, too.
    """
    if url is not None and state_dir is not None:
        raise InvalidInput("--url", "and --state-dir exclude each other; give one of them")
    try:
        # Nothing is asked twice: somebody waits, and can ask again.
        client = Client(url, token=token, state_dir=state_dir, seconds=seconds, retries=0)
    except InvalidInput as error:
        words = error.message.removeprefix(f"{error.field}: ")
        # The only hint there tells where a secret belongs.
        hint = _HOW_TO_SIGN_IN if error.hint else None
        raise InvalidInput(f"--{error.field}", words, hint=hint) from error
    try:
        with client:
            yield client
    except Unauthorized as error:
        if client.remote:  # the socket takes no token
            error.hint = _HOW_TO_SIGN_IN
        raise
