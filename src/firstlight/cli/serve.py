"""``firstlight serve``."""

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from firstlight.cli.failures import reported
from firstlight.model.backend import Backend


class LogLevel(StrEnum):
    """How much the daemon tells of itself."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def serve(
    *,
    backend: Annotated[
        Backend | None, typer.Option(help="Which radio to drive.", show_default="auto")
    ] = None,
    state_dir: Annotated[
        Path | None,
        typer.Option(metavar="DIR", readable=False, help="Folder for everything that is kept."),
    ] = None,
    host: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", show_default="127.0.0.1", help="Address to listen on."),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            metavar="PORT", min=0, max=65535, show_default="8080", help="0 takes a free one."
        ),
    ] = None,
    public: Annotated[bool, typer.Option("--public", help="Listen on all interfaces.")] = False,
    config: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", readable=False, help="Settings, instead of /etc/firstlight/config.toml."
        ),
    ] = None,
    interface: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The WiFi device, if not the first."),
    ] = None,
    world: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What the simulated radio hears."),
    ] = None,
    demo: Annotated[
        bool,
        typer.Option("--demo", help="Register example devices, on a simulated radio only."),
    ] = False,
    log_level: Annotated[LogLevel, typer.Option(help="How much to log.")] = LogLevel.INFO,
) -> None:
    """Run the daemon. Options beat environment variables, which beat the file."""
    from firstlight.config import load_config

    given: dict[str, object | None] = {
        "backend": backend,
        "state_dir": state_dir and str(state_dir),
        "interface": interface,
        "world": world and str(world),
        "demo": demo or None,
        "web.host": host,
        "web.port": port,
        "web.public": public or None,
    }
    with reported(as_json=False):
        settings = load_config(config, os.environ, given)
        from firstlight.daemon.app import run

        raise typer.Exit(run(settings, log_level.value))
