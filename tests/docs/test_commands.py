"""Every command of the docs is run, and says what the docs show."""

import re
from pathlib import Path

import pytest
from tests.docs.blocks import ALL, PAGES, Block, blocks_of
from tests.docs.scene import Scene, scene

SHELL = {"sh", "console"}
SKIPPED = [block for block in ALL if "skip" in block.says]
MOST_SKIPPED = 20

_NUMBER = re.compile(r"\d+")


def runs(page: str) -> bool:
    return any(one.language in SHELL and "skip" not in one.says for one in blocks_of(page))


@pytest.mark.timeout(120)
@pytest.mark.parametrize("page", [page for page in PAGES if runs(page)])
def test_it_works_as_it_stands_there(page: str, tmp_path: Path) -> None:
    with scene(tmp_path) as here:
        for block in blocks_of(page):
            if block.language in SHELL and "skip" not in block.says:
                commands = [(block.text, "")] if block.language == "sh" else list(typed(block.text))
                work(here, block, commands)


def work(here: Scene, block: Block, commands: list[tuple[str, str]]) -> None:
    """Run them one after the other; only of the last may the block say more."""
    assert commands, f"{block.place}: no command begins with $"
    for command, shown in commands:
        last = (command, shown) == commands[-1]
        until = block.says.get("until", "") if last else ""
        done = here.run(command, until=until, types=block.says.get("types", ""))
        wanted = int(block.says.get("exit", "0")) if last else 0
        told = f"{block.place}: {command}\n{done.said}"
        assert until or done.code == wanted, f"ended with {done.code}, not {wanted}: {told}"
        missing = first_missing(shown, done.said)
        assert missing is None, f"did not say {missing!r}: {told}"


def typed(text: str) -> list[tuple[str, str]]:
    """Commands behind ``$``, each with what is shown below it; a backslash goes on with one."""
    commands: list[tuple[str, str]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            commands.append((line[2:], ""))
            continue
        assert commands, f"{line!r} is shown before any command"
        command, shown = commands[-1]
        goes_on = command.endswith("\\") and not shown
        commands[-1] = (f"{command}\n{line}", "") if goes_on else (command, f"{shown}{line}\n")
    return commands


def first_missing(shown: str, said: str) -> str | None:
    """The first line that was not said in this order; numbers and blanks may be others.

    A line that is only ``…`` stands for any, and ``…`` within one for any part of it.
    """
    lines = [simple(line) for line in said.splitlines()]
    for line in shown.splitlines():
        pattern = ".*".join(re.escape(part.strip()) for part in simple(line).split("…"))
        if not line.strip(" …"):
            continue
        while lines and not re.fullmatch(pattern, lines[0]):
            lines.pop(0)
        if not lines:
            return line
        lines.pop(0)
    return None


def simple(line: str) -> str:
    return _NUMBER.sub("0", " ".join(line.split()))


@pytest.mark.parametrize(
    ("shown", "said", "missing"),
    [
        ("a 1\nb\n", "a 22\nx\nb", None),
        ("a\nb\n", "b\na\n", "b"),
        ("…\nit … well\n", "x\nit went well", None),
        ("it … well\n", "it went\n", "it … well"),
        ("Name … old\n", "Name   old\n", None),
        ("a\n", "", "a"),
        ("a.b\n", "axb", "a.b"),
    ],
)
def test_what_is_shown_must_be_said(shown: str, said: str, missing: str | None) -> None:
    assert first_missing(shown, said) == missing


def test_commands_are_told_from_what_they_say() -> None:
    text = "$ one --a \\\n    --b\nsaid\n$ two\n"
    assert typed(text) == [("one --a \\\n    --b", "said\n"), ("two", "")]


def test_a_command_that_fails_is_noticed(tmp_path: Path) -> None:
    with scene(tmp_path) as here:
        block = Block("a page", 1, "sh", {}, "false\ntrue\n")
        with pytest.raises(AssertionError, match="ended with 1, not 0"):
            work(here, block, [(block.text, "")])
        with pytest.raises(AssertionError, match="did not say 'hello'"):
            work(here, block, [("echo goodbye", "hello")])


@pytest.mark.parametrize("block", SKIPPED, ids=lambda block: block.place)
def test_what_is_not_run_says_why(block: Block) -> None:
    assert len(block.says["skip"].split()) > 2
    pytest.skip(block.says["skip"])


def test_little_is_not_run() -> None:
    assert len(SKIPPED) <= MOST_SKIPPED
    assert len(SKIPPED) < sum(block.language in SHELL for block in ALL) / 2
