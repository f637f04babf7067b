"""All commands, put together."""

from typing import Annotated

import typer

from firstlight import __version__
from firstlight.cli import (
    claim,
    connect,
    device,
    events,
    hotspot,
    improv,
    label,
    modes,
    networks,
    pairing,
    provisioning,
    recovery,
    restart,
    serve,
    simulate,
    support,
)
from firstlight.cli.doctor import command as doctor
from firstlight.cli.exits import MEANINGS
from firstlight.cli.install import command as installing
from firstlight.cli.registry import command as registry
from firstlight.cli.screen import survive_narrow_encodings


def _epilog() -> str:
    rows = (f"  {code.value:<5}{meaning}" for code, meaning in MEANINGS.items())
    # The mark keeps the lines apart.
    return "\n".join(("\b", "Exit codes:", *rows))


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"firstlight {__version__}")
        raise typer.Exit


def _start(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """WiFi provisioning for headless Linux boxes: a daemon, and commands that talk to it."""


def build() -> typer.Typer:
    """The command tree. Errors are plain text, without local variables: those hold secrets."""
    app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.callback(epilog=_epilog())(_start)
    app.command()(serve.serve)
    app.command()(device.status)
    app.command()(device.diagnose)
    app.command()(networks.scan)
    app.command()(connect.connect)
    app.command()(claim.claim)
    app.command()(networks.saved)
    app.command()(networks.forget)
    app.add_typer(hotspot.build(), name="hotspot")
    app.add_typer(improv.build(), name="improv")
    app.command()(pairing.pair)
    app.add_typer(pairing.build(), name="sessions")
    app.command()(label.label)
    app.command()(installing.install)
    app.command()(installing.uninstall)
    app.command()(recovery.recover)
    app.command()(recovery.rollback)
    app.command()(restart.restart)
    app.command()(recovery.factory_reset)
    app.add_typer(modes.onboarding(), name="onboarding")
    app.add_typer(modes.maintenance(), name="maintenance")
    app.add_typer(provisioning.build(), name="provisioning")
    app.add_typer(registry.build(), name="registry")
    app.command()(events.events)
    app.command()(doctor.doctor)
    app.command()(support.support)
    app.command()(simulate.simulate)
    return app


def run() -> None:
    """Run the command that this process's arguments name. Raises ``SystemExit``."""
    survive_narrow_encodings()
    build()(prog_name="firstlight")
