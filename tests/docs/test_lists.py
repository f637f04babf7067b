"""The list of commands against what each command says of itself."""

import re
from collections.abc import Iterator

import pytest
import typer.main
from tests.docs.blocks import PAGES
from typer.core import TyperCommand, TyperGroup, TyperOption

from firstlight.cli.app import build

_LISTED = re.compile(r"(?ms)^## (?P<name>firstlight [a-z -]+)\n(?P<text>.*?)(?=^## |\Z)")
_ROW = re.compile(r"(?m)^\| (?P<names>`-[^|]*) \|")
_SHARED = {"--url", "--token", "--state-dir"}
_BETWEEN = re.compile(r"[`,/|\s]+")


def listed() -> dict[str, str]:
    text = PAGES["docs/commands.md"].read_text("utf-8")
    return {found["name"]: found["text"] for found in _LISTED.finditer(text)}


def leaves(group: TyperGroup, prefix: str) -> Iterator[tuple[str, TyperCommand]]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from leaves(command, f"{prefix} {name}")
        elif isinstance(command, TyperCommand) and not command.hidden:
            yield f"{prefix} {name}", command


def tree() -> dict[str, TyperCommand]:
    top = typer.main.get_command(build())
    assert isinstance(top, TyperGroup)
    return dict(leaves(top, "firstlight"))


def words(usage: str) -> frozenset[str]:
    return frozenset(_BETWEEN.split(usage)) - {""}


def test_each_command_is_listed() -> None:
    assert listed().keys() == tree().keys()


@pytest.mark.parametrize("name", tree())
def test_options_are_spelled_as_its_help_spells_them(name: str) -> None:
    command = tree()[name]
    context = command.context_class(command, info_name="")
    options = [one for one in command.params if isinstance(one, TyperOption)]
    helps = [record[0] for one in options if (record := one.get_help_record(context))]
    elsewhere = {"--help"} | (_SHARED if any("--url" in one.opts for one in options) else set())
    wanted = [spelled for usage in helps if not (spelled := words(usage)) & elsewhere]
    rows = [words(found["names"]) for found in _ROW.finditer(listed()[name])]
    assert sorted(map(sorted, rows)) == sorted(map(sorted, wanted))
