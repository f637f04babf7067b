"""The manual pages name every command, option and key, and groff takes them as they are."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main
from typer.core import TyperGroup

from firstlight.cli.app import build

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all of them."""
    folder = tmp_path_factory.mktemp("man")
    command = (sys.executable, str(PROJECT / "tools/manpages"), str(folder))
    subprocess.run(command, check=True, timeout=30)
    return folder


def leaves(command: typer.main.TyperCommand | TyperGroup, words: tuple[str, ...]):
    """Every command that is shown, with its words."""
    if not isinstance(command, TyperGroup):
        yield words, command
        return
    for name, inner in command.commands.items():
        if not inner.hidden:
            yield from leaves(inner, (*words, name))


def test_every_command_and_option_is_in_them(pages: Path) -> None:
    overview = (pages / "firstlight.1").read_text()
    for words, command in leaves(typer.main.get_command(build()), ("firstlight",)):
        page = "-".join(words)
        assert page.replace("-", "\\-") in overview
        text = (pages / f"{page}.1").read_text()
        shown = [one for one in command.params if not getattr(one, "hidden", False)]
        options = [opt for one in shown for opt in one.opts if opt.startswith("-")]
        assert [one for one in options if one.replace("-", "\\-") not in text] == []


def test_every_key_is_in_them(pages: Path) -> None:
    text = (pages / "firstlight.toml.5").read_text()
    page = (PROJECT / "docs/configuration.md").read_text()
    table = page.split("\n## File\n")[1].split("\n## ")[0]
    keys = [line.split("`")[1] for line in table.splitlines() if line.startswith("| `")]
    assert len(keys) > 50
    assert [key for key in keys if f".B {key.replace('-', chr(92) + '-')}\n" not in text] == []


@pytest.mark.skipif(shutil.which("groff") is None, reason="man-db and groff are not installed")
def test_groff_has_nothing_against_them(pages: Path) -> None:
    every = sorted(map(str, pages.iterdir()))
    command = ("groff", "-man", "-Tutf8", "-Kutf8", "-ww", "-z", *every)
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    assert done.stderr == ""
