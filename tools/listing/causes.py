"""Why something failed, in the words that the device itself uses."""

from collections.abc import Iterator

from drawing.text import table

from firstlight.core.causes import WORDS as JOIN
from firstlight.provisioning.claim.causes import WORDS as CLAIM

_NETWORK = "*the network*"


def joining() -> Iterator[str]:
    """Causes of a failed attempt to join."""
    yield from _listed((cause.value, *words) for cause, words in JOIN.items())


def claiming() -> Iterator[str]:
    """Causes of a failed claim."""
    yield from _listed((cause.value, *words) for cause, words in CLAIM.items())


def _listed(causes: Iterator[tuple[str, str, str]]) -> Iterator[str]:
    rows = [[_said(message), f"`{cause}`", _said(hint)] for cause, message, hint in causes]
    yield ""
    yield from table(["What the device says", "Cause", "What to do"], *rows)
    yield ""


def _said(text: str) -> str:
    return text.replace("{ssid}", _NETWORK)
