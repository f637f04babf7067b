"""What completes a command line, in the shells themselves."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]

# The line up to the cursor is the first argument.
BASH = """
. "$1/firstlight"
read -ra COMP_WORDS <<<"$2"
[[ $2 != *" " ]] || COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_firstlight_completion firstlight
printf '%s\\n' "${COMPREPLY[@]}"
"""
# Where a shell would draw a menu, what is offered is printed.
ZSH = """
fpath=("$1" $fpath)
autoload -Uz compinit && compinit -u -D
_arguments() { print -rl -- "$@" }
words=(${=2})
[[ $2 != *" " ]] || words+=("")
CURRENT=$#words
$_comps[firstlight]
"""
FISH = 'source "$argv[1]/firstlight.fish"; complete --do-complete "$argv[2]"'
SHELLS = {
    "bash": ("bash", "--norc", "-c", BASH, "bash"),
    "zsh": ("zsh", "-f", "-c", ZSH, "zsh"),
    "fish": ("fish", "--no-config", "-c", FISH),
}


@pytest.fixture(scope="module")
def completions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files, as the package has them."""
    folder = tmp_path_factory.mktemp("completions")
    subprocess.run([PROJECT / "tools/completions", folder], check=True)
    return folder


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("firstlight ", ["status", "hotspot", "registry"]),
        ("firstlight stat", ["status"]),
        ("firstlight hotspot ", ["on", "off", "show"]),
        ("firstlight scan --st", ["--state-dir"]),
    ],
)
@pytest.mark.parametrize("shell", SHELLS)
def test_it_offers_what_there_is(
    completions: Path, shell: str, typed: str, offered: list[str]
) -> None:
    told = offered_by(shell, completions, typed)
    for word in offered:
        assert re.search(rf"(?<![\w-]){word}(?![\w-])", told), word
    assert "uninstall" not in told or typed == "firstlight "


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_what_it_says_of_a_command_has_its_apostrophes(completions: Path, shell: str) -> None:
    assert "The device's own network" in offered_by(shell, completions, "firstlight ")


def offered_by(shell: str, completions: Path, typed: str) -> str:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed: `make setup` installs it")
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    told = subprocess.run(
        [*SHELLS[shell], str(completions), typed],
        check=True,
        capture_output=True,
        text=True,
        env={"PATH": path, "HOME": str(completions), "LC_ALL": "C.UTF-8", "TERM": "dumb"},
        timeout=60,
    )
    assert told.stderr == ""
    return told.stdout
