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
Json = Annotated[
    bool, typer.Option("--json", help="Print the daemon's answer as it is, for programs.")
]
