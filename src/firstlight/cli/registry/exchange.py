"""``firstlight registry import|export|rotate-key``."""

import codecs
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from firstlight.cli.confirming import confirm
from firstlight.cli.exits import ExitCode
from firstlight.cli.options import Json, StateDir, Token, Url
from firstlight.cli.registry.kinds import Form, Yes
from firstlight.errors import InvalidInput
from firstlight.model.wire import ExchangeForm

if TYPE_CHECKING:
    from firstlight.client import Answer
    from firstlight.model.registry import ImportPreview

LARGEST_IMPORT = 32 * 2**20
"""Bytes, as the daemon has it."""

_SEALED_BESIDES = 64 * 1024
"""Bytes of header and tags that an encrypted file of that size has, and some to spare."""

PassphraseFile = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", readable=False, help="The passphrase is its first line; - is stdin."
    ),
]


def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", readable=False, help="- is stdin.")],
    *,
    form: Annotated[
        Form | None, typer.Option("--form", help="How it is written, if its name doesn't say.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell what it would do.")] = False,
    yes: Yes = False,
    passphrase_file: PassphraseFile = None,
    url: Url = None,
    token: Token = None,
    state_dir: StateDir = None,
    as_json: Json = False,
) -> None:
    """Add and replace many records at once: all of them, or none.

    What it would do is told first, with everything that is wrong, line by line. A terminal is
    asked before records are changed. An encrypted export is known by its first bytes.
    """
    from firstlight.cli.dial import daemon

    with daemon(url, token, state_dir, as_json=as_json) as client:
        content, written = _opened(file, form, passphrase_file)
        answer = client.answers.preview_import(content, written)
        found = answer.value
        faulty = bool(found.faults)
        if faulty or dry_run or not as_json:
            _tell(answer, as_json=as_json)
        if faulty:
            raise typer.Exit(ExitCode.USAGE)
        if dry_run:
            return
        if found.changed and sys.stdin.isatty():
            confirm(f"Change {found.changed} that are registered already?", yes=yes)
        done = client.answers.import_registry(content, written)
        if as_json:
            typer.echo(done.body)
        else:
            typer.echo(f"Imported: {done.value.added} added, {done.value.changed} changed.")


def export(
    *,
    form: Annotated[Form, typer.Option("--form", help="How to write it.")] = Form.JSON,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Where to, for you only; else standard output."
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    encrypt: Annotated[
        bool, typer.Option("--encrypt", help="With a passphrase, which never leaves this command.")
    ] = False,
    passphrase_file: PassphraseFile = None,
    url: Url = None,
    token: Token = None,
    state_dir: StateDir = None,
) -> None:
    """Write the whole registry, passwords included, in a form that import takes.

    CSV has no certificates; JSON has.
    """
    from firstlight.cli.dial import daemon

    with daemon(url, token, state_dir, as_json=False) as client:
        wanted = ExchangeForm(form.value)
        if passphrase_file is not None and not encrypt:
            raise InvalidInput("--passphrase-file", "belongs to --encrypt, which is missing")
        if encrypt and output is None and sys.stdout.isatty():
            raise InvalidInput("--output", "is missing; what is encrypted is nothing to look at")
        secret = _new_passphrase(passphrase_file) if encrypt else ""
        with client.exporting(wanted) as pieces:
            written: Iterable[bytes] = pieces
            if encrypt:
                from firstlight.cli.registry.sealing import seal

                written = seal(pieces, secret, wanted)
            _write(written, output, force=force)
        if not encrypt:
            _note("It holds WiFi and MQTT passwords for all to read; --encrypt locks them up.")
        if wanted is ExchangeForm.CSV:
            _note("CSV has no certificates; --form json takes them along.")


def rotate_key(
    url: Url = None, token: Token = None, state_dir: StateDir = None, as_json: Json = False
) -> None:
    """Encrypt everything anew.

    There is a new key then, and the old one opens nothing any more.
    """
    from firstlight.cli.dial import daemon

    with daemon(url, token, state_dir, as_json=as_json) as client:
        answer = client.answers.rotate_key()
        typer.echo(answer.body if as_json else "Everything is encrypted with a new key.")


def _opened(
    file: Path, form: Form | None, passphrase_file: Path | None
) -> "tuple[bytes, ExchangeForm]":
    """What is to be imported, decrypted, and how it is written."""
    from firstlight.cli.registry.reading import content_of

    content = content_of(file, "FILE", LARGEST_IMPORT + _SEALED_BESIDES)
    from firstlight.cli.registry import sealing

    if sealing.is_sealed(content):
        from firstlight.cli.registry.passphrases import passphrase

        header = sealing.header_of(content)
        secret = passphrase(passphrase_file, new=False)
        return b"".join(sealing.opened(content, secret)), header.form
    if passphrase_file is not None:
        raise InvalidInput("--passphrase-file", f"is for an encrypted file; {file} is none")
    if form is not None:
        return content, ExchangeForm(form.value)
    return content, _form_of(file, content)


def _form_of(file: Path, content: bytes) -> ExchangeForm:
    """By the ending of its name, else by how it begins: a table does not begin with a brace."""
    for known in ExchangeForm:
        if file.suffix.lower() == f".{known}":
            return known
    begins = content.removeprefix(codecs.BOM_UTF8).lstrip()[:1]
    return ExchangeForm.JSON if begins in {b"{", b"["} else ExchangeForm.CSV


def _new_passphrase(file: Path | None) -> str:
    from firstlight.cli.registry.passphrases import passphrase

    return passphrase(file, new=True)


def _write(pieces: Iterable[bytes], output: Path | None, *, force: bool) -> None:
    if output is None:
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return
    from firstlight.cli.writing import write_private

    write_private(output, pieces, force=force)
    _note(f"Wrote {output}.")


def _tell(answer: "Answer[ImportPreview]", *, as_json: bool) -> None:
    if as_json:
        typer.echo(answer.body)
        return
    from firstlight.cli.registry.views import faults_table, preview_lines
    from firstlight.cli.screen import console

    for line in preview_lines(answer.value):
        typer.echo(line)
    if answer.value.faults:
        console().print(faults_table(answer.value))
        _note("Nothing was imported.")


def _note(text: str) -> None:
    typer.echo(f"firstlight: {text}", err=True)
