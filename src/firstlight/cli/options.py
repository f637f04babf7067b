"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Url = Annotated[
    str | None,
    typer.Option(metavar="URL", help="Ask a daemon elsewhere, for example http://box.local:8080."),
]
Token = Annotated[
    str | None,
    typer.Option(
        metavar="TOKEN",
        envvar=["FIRSTLIGHT_PROVISIONING_TOKEN", "MOONHUB_PROVISIONING_TOKEN"],
        show_default=False,
        help="That daemon's secret. Better in the variable: other users can read arguments.",
    ),
]
StateDir = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        readable=False,
        help="State folder of this machine's daemon, if not the usual.",
    ),
]
Reason = Annotated[
    str, typer.Option(metavar="TEXT", show_default=False, help="Why; the device remembers it.")
]
Json = Annotated[
    bool, typer.Option("--json", help="Print the daemon's answer as it is, for programs.")
]


def as_text(argument: str) -> str:
    """An argument as text that JSON can carry; bytes that are no UTF-8 become replacement marks."""
    return argument.encode(errors="surrogateescape").decode(errors="replace")
