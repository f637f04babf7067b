"""``firstlight registry cert add|list|show|rm|designate``."""

import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from firstlight.cli.confirming import confirm
from firstlight.cli.options import Json, StateDir, Token, Url
from firstlight.cli.registry.kinds import KIND_OF, Word, Yes
from firstlight.errors import InvalidInput
from firstlight.model.text import plain
from firstlight.model.wire import CertificateUse

LARGEST_PEM = 64 * 1024
"""Bytes, as the daemon has it."""

Name = Annotated[str, typer.Argument(metavar="NAME", help="As the list shows it.")]


class For(StrEnum):
    """As ``model.wire.CertificateUse``, for the command's help."""

    CLIENT = "client"
    CONTROLLER = "controller"
    BOTH = "both"


def build() -> typer.Typer:
    """The group ``cert``."""
    group = typer.Typer(
        no_args_is_help=True,
        rich_markup_mode=None,
        help="Certificates that controllers and clients are handed.",
    )
    group.command()(add)
    group.command("list")(list_certificates)
    group.command()(show)
    group.command("rm")(remove)
    group.command()(designate)
    return group


def add(
    file: Annotated[Path, typer.Argument(metavar="FILE", readable=False, help="A PEM file.")],
    *,
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="If not that of the file.")
    ] = None,
    use: Annotated[For | None, typer.Option("--for", help="Designate it at once.")] = None,
    url: Url = None,
    token: Token = None,
    state_dir: StateDir = None,
) -> None:
    """Keep a certificate; its name is that of the file, at most 31 characters."""
    from firstlight.cli.dial import daemon

    with daemon(url, token, state_dir, as_json=False) as client:
        from firstlight.cli.registry.reading import content_of

        kept = name or file.name
        wanted = None if use is None else CertificateUse(use.value)
        client.answers.add_certificate(kept, content_of(file, "FILE", LARGEST_PEM), wanted)
        typer.echo(f"Added {plain(kept)}.")


def list_certificates(
    url: Url = None, token: Token = None, state_dir: StateDir = None, as_json: Json = False
) -> None:
    """List the certificates, what they are designated for, and until when they are good."""
    from firstlight.cli.dial import daemon

    with daemon(url, token, state_dir, as_json=as_json) as client:
        answer = client.answers.certificates()
        if as_json:
            typer.echo(answer.body)
            return
        from firstlight.cli.registry.views import certificates_table
        from firstlight.cli.screen import console

        rows = [(one, client.certificate_details(one.file)) for one in answer.value]
        if rows:
            console().print(certificates_table(rows, now_ms=_now_ms()))
        else:
            typer.echo("There is no certificate. `firstlight registry cert add` keeps one.")


def show(
    name: Name,
    *,
    pem: Annotated[bool, typer.Option("--pem", help="Print its text instead.")] = False,
    url: Url = None,
    token: Token = None,
    state_dir: StateDir = None,
    as_json: Json = False,
) -> None:
    """Tell what a certificate says of itself, its expiry and its fingerprint among it."""
    from firstlight.cli.dial import daemon

    with daemon(url, token, state_dir, as_json=as_json) as client:
        if pem and as_json:
            raise InvalidInput("--json", "and --pem exclude each other; give one of them")
        if pem:
            typer.echo(client.certificate(name), nl=False)
            return
        answer = client.answers.certificate_details(name)
        if as_json:
            typer.echo(answer.body)
            return
        from firstlight.cli.registry.views import certificate_lines
        from firstlight.cli.screen import console

        console().print(certificate_lines(answer.value, now_ms=_now_ms()))


def remove(
    name: Name,
    *,
    yes: Yes = False,
    url: Url = None,
    token: Token = None,
    state_dir: StateDir = None,
) -> None:
    """Remove a certificate; it then is designated for nothing."""
    from firstlight.cli.dial import daemon

    with daemon(url, token, state_dir, as_json=False) as client:
        client.answers.certificate_details(name)
        confirm(f"Remove {plain(name)}?", yes=yes)
        client.answers.delete_certificate(name)
        typer.echo(f"Removed {plain(name)}.")


def designate(
    name: Name,
    kind: Annotated[
        Word, typer.Argument(metavar="KIND", help="Whom it is for: client or controller.")
    ],
    url: Url = None,
    token: Token = None,
    state_dir: StateDir = None,
) -> None:
    """Make it *the* certificate that clients, or controllers, are handed."""
    from firstlight.cli.dial import daemon

    with daemon(url, token, state_dir, as_json=False) as client:
        client.designate_certificate(name, KIND_OF[kind])
        typer.echo(f"{plain(name)} is the certificate for every {kind.value} now.")


def _now_ms() -> int:
    return round(time.time() * 1000)
