"""The command tree, as docs/commands.md and docs/cli.md list it."""

from collections.abc import Iterator

import typer.main
from drawing.text import table
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from firstlight.cli.app import build
from firstlight.cli.exits import MEANINGS

NAME = "firstlight"
_EVERYWHERE = ("--url", "--token", "--state-dir")


def overview() -> Iterator[str]:
    """One line for each command, leading to its place in docs/commands.md."""
    rows = [
        [f"[`{name}`](commands.md#{name.replace(' ', '-')})", command.get_short_help_str(limit=300)]
        for name, command in _leaves()
    ]
    yield ""
    yield from table(["Command", "What it does"], *rows)
    yield ""


def whole() -> Iterator[str]:
    """Every command with its arguments and options."""
    yield ""
    for name, command in _leaves():
        yield from _command(name, command)


def shared() -> Iterator[str]:
    """The options that lead a command to its daemon."""
    command = dict(_leaves())[f"{NAME} status"]
    yield ""
    yield from table(["Option", "Meaning"], *_options(command, everywhere=True))
    yield ""


def exits() -> Iterator[str]:
    """What each exit code means."""
    rows = [[str(int(code)), f"{words[0].upper()}{words[1:]}"] for code, words in MEANINGS.items()]
    yield ""
    yield from table(["Exit code", "Meaning"], *rows)
    yield ""


def _leaves() -> Iterator[tuple[str, TyperCommand]]:
    tree = typer.main.get_command(build())
    assert isinstance(tree, TyperGroup)  # noqa: S101
    yield from _below(tree, NAME)


def _below(group: TyperGroup, prefix: str) -> Iterator[tuple[str, TyperCommand]]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from _below(command, f"{prefix} {name}")
        elif isinstance(command, TyperCommand) and not command.hidden:
            yield f"{prefix} {name}", command


def _command(name: str, command: TyperCommand) -> Iterator[str]:
    context = command.context_class(command, info_name=name)
    arguments = [_argument(one) for one in command.params if isinstance(one, TyperArgument)]
    yield from [f"## {name}", "", " ".join((command.help or "").replace("\b", "").split()), ""]
    yield from ["```text", f"{name} {' '.join(command.collect_usage_pieces(context))}", "```", ""]
    talks = any("--url" in one.opts for one in command.params)
    options = list(_options(command, everywhere=False if talks else None))
    if arguments or options:
        yield from table(["Option", "Meaning"], *arguments, *options)
        yield ""
    if talks:
        yield from ["And [which daemon](cli.md#which-daemon) it talks to.", ""]


def _argument(argument: TyperArgument) -> list[str]:
    return [f"`{argument.human_readable_name}`", _cell(argument.help or "")]


def _options(command: TyperCommand, *, everywhere: bool | None) -> Iterator[list[str]]:
    """``everywhere``: those that every command has, those of its own, or with ``None`` all."""
    context = command.context_class(command, info_name="")
    for one in command.params:
        if not isinstance(one, TyperOption) or one.hidden or "--help" in one.opts:
            continue
        record = one.get_help_record(context)
        shared = any(option in _EVERYWHERE for option in one.opts)
        if record and everywhere in {shared, None}:
            names = ", ".join(f"`{name}`" for name in _names(one, record[0]))
            yield [names, _cell(record[1])]


def _names(option: TyperOption, usage: str) -> Iterator[str]:
    """Each spelling, with what it takes behind the last of them."""
    words = usage.partition(" / ")[0].replace(",", " ").split()
    takes = " ".join(word for word in words if word not in option.opts).replace("|", ", ")
    *first, last = option.opts
    yield from first
    yield f"{last} {takes}".strip()
    yield from option.secondary_opts


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
