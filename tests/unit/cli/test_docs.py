"""docs/cli.md has every command, and docs/commands.md every option."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import typer.main
from typer.core import TyperCommand, TyperGroup

from firstlight.cli.app import build
from firstlight.cli.exits import MEANINGS

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "cli.md").read_text()
OPTIONS = PAGE + (DOCS / "commands.md").read_text()


def commands(group: TyperGroup, prefix: str = "") -> Iterator[tuple[str, TyperCommand]]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands(command, f"{prefix}{name} ")
        elif isinstance(command, TyperCommand):
            yield f"{prefix}{name}", command


def tree() -> TyperGroup:
    command = typer.main.get_command(build())
    assert isinstance(command, TyperGroup)
    return command


EVERY = dict(commands(tree()))


def test_the_commands_are_those_of_the_contract() -> None:
    assert set(EVERY) == {
        "serve",
        "status",
        "diagnose",
        "scan",
        "connect",
        "claim",
        "saved",
        "forget",
        "hotspot on",
        "hotspot off",
        "hotspot show",
        "improv status",
        "improv allow",
        "pair",
        "sessions list",
        "sessions revoke",
        "label",
        "install",
        "uninstall",
        "recover",
        "rollback",
        "restart",
        "factory-reset",
        "onboarding complete",
        "maintenance enter",
        "maintenance exit",
        "provisioning on",
        "provisioning off",
        "provisioning status",
        "registry list",
        "registry show",
        "registry add",
        "registry edit",
        "registry rm",
        "registry import",
        "registry export",
        "registry rotate-key",
        "registry cert add",
        "registry cert list",
        "registry cert show",
        "registry cert rm",
        "registry cert designate",
        "events",
        "doctor",
        "simulate",
        "support",
    }


@pytest.mark.parametrize("name", EVERY)
def test_every_command_is_there(name: str) -> None:
    assert f"`firstlight {name}" in PAGE


@pytest.mark.parametrize("name", EVERY)
def test_every_option_is_there(name: str) -> None:
    options = {
        option
        for parameter in EVERY[name].params
        if not getattr(parameter, "hidden", False)
        for option in (*parameter.opts, *parameter.secondary_opts)
        if option.startswith("--") and option != "--help"
    }
    assert not {option for option in options if f"`{option}" not in OPTIONS}


@pytest.mark.parametrize(("code", "meaning"), MEANINGS.items())
def test_every_exit_code_is_there(code: int, meaning: str) -> None:
    assert f"| {int(code)} | {meaning[0].upper()}{meaning[1:]} |" in PAGE
