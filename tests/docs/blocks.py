"""The fenced blocks of the pages, and what their first lines say about running them.

Behind the language may stand ``skip="why it is not run"``, ``exit="1"`` (how the last command
ends), ``until="words"`` (the last command goes on until it has said them, and is then interrupted
with Ctrl-C), ``types="words"`` (what somebody types who is asked for a password), and ``of="what"``
(what a piece of JSON, TOML or Python belongs to).
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
_FILES = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
PAGES = {path.relative_to(ROOT).as_posix(): path for path in _FILES}
SAYINGS = {"skip", "exit", "until", "types", "of"}

_FENCE = re.compile(r"(?ms)^(?P<fence>```+)(?P<first>[^\n]*)\n(?P<text>.*?)^(?P=fence)$")
_SAYING = re.compile(r'(\w+)="([^"]*)"')


class Block(NamedTuple):
    """One block. ``line``: where its text begins."""

    page: str
    line: int
    language: str
    says: dict[str, str]
    text: str

    @property
    def place(self) -> str:
        """For people."""
        return f"{self.page}:{self.line}"


NOT_MARKED = {
    ("README.md", "make run"): {"skip": "sets up, and tests for half an hour"},
    ("README.md", ".venv/bin/firstlight scan"): {"types": "correct-horse", "until": "Lighthouse."},
    ("README.md", ".venv/bin/firstlight prov"): {"until": "Reading lamp"},
    ("README.md", "make deb"): {"skip": "builds and installs; make packaging does it"},
    ("CONTRIBUTING.md", "git clone"): {"skip": "clones, sets up, and tests for half an hour"},
}
"""What blocks say whose first lines are kept plain, by how they begin."""


def blocks_of(page: str) -> Iterator[Block]:
    """All of a page, in order. Raises ``ValueError`` for a first line that is not understood."""
    text = PAGES[page].read_text("utf-8")
    for found in _FENCE.finditer(text):
        line = text.count("\n", 0, found.start()) + 2
        language, _, rest = found["first"].partition(" ")
        says = dict(_SAYING.findall(rest))
        if _SAYING.sub("", rest).strip() or not says.keys() <= SAYINGS:
            raise ValueError(f"{page}:{line}: what does {rest!r} mean?")
        for (where, beginning), more in NOT_MARKED.items():
            if where == page and found["text"].startswith(beginning):
                says |= more
        yield Block(page, line, language, says, found["text"])


ALL = [block for page in PAGES for block in blocks_of(page)]
