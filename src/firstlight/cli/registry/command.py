"""The group ``registry``, put together."""

import typer

from firstlight.cli.registry import certificates, exchange, records


def build() -> typer.Typer:
    """The group of commands."""
    group = typer.Typer(
        no_args_is_help=True,
        rich_markup_mode=None,
        help="Registered controllers and clients: list, show, add, edit, remove, in and out.",
    )
    group.command("list")(records.list_records)
    group.command()(records.show)
    group.command()(records.add)
    group.command()(records.edit)
    group.command("rm")(records.remove)
    group.command("import")(exchange.import_file)
    group.command()(exchange.export)
    group.command()(exchange.rotate_key)
    group.add_typer(certificates.build(), name="cert")
    return group
