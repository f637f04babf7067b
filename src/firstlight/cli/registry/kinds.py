"""Words for kinds and forms on the command line, and options that several commands share."""

from enum import StrEnum
from typing import Annotated

import typer

from firstlight.model.records import RecordKind


class Word(StrEnum):
    """A kind as somebody types it."""

    CLIENT = "client"
    CONTROLLER = "controller"


class Plural(StrEnum):
    """Kinds as the API calls them."""

    CLIENTS = "clients"
    CONTROLLERS = "controllers"


class Form(StrEnum):
    """As ``model.wire.ExchangeForm``, for the commands' help."""

    CSV = "csv"
    JSON = "json"


KIND_OF = {Word.CLIENT: RecordKind.CLIENT, Word.CONTROLLER: RecordKind.CONTROLLER}

Which = Annotated[
    str, typer.Argument(metavar="RECORD", help="Its UUID, its name or its MAC address.")
]
OnlyKind = Annotated[
    Plural | None, typer.Option("--kind", help="Look only among these.", show_default=False)
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Ask nobody.")]


def kind_of(plural: Plural | None) -> RecordKind | None:
    """The kind that was asked for, if one was."""
    return None if plural is None else RecordKind(plural.value)
