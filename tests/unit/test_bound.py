"""What went wrong with a socket, in words."""

import errno

import pytest

from firstlight.bound import in_words


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ConnectionRefusedError(errno.ECONNREFUSED, "x"), "refuses the connection"),
        (ConnectionResetError(errno.ECONNRESET, "x"), "breaks off the connection"),
        (BrokenPipeError(errno.EPIPE, "x"), "breaks off the connection"),
        (TimeoutError(), "does not answer in time"),
        (OSError(errno.EHOSTUNREACH, "x"), "can't be reached (No route to host)"),
        (OSError("x"), "can't be reached (OSError)"),
    ],
)
def test_errors_in_words(error: OSError, words: str) -> None:
    assert in_words(error) == words
