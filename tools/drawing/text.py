"""What the pages are written with."""

import textwrap
from collections.abc import Iterable, Iterator

NOTE = "<!-- Made by tools/diagrams from {source}; change that, then: make diagrams -->"


def paragraph(text: str) -> str:
    """Wrapped, without breaking what stands in backticks."""
    return textwrap.fill(text, 100, break_long_words=False, break_on_hyphens=False)


def ticked(text: str) -> str:
    """A docstring's code as Markdown writes it."""
    return text.replace("``", "`")


def first_line(thing: object) -> str:
    """Of the docstring of its class."""
    return ticked((type(thing).__doc__ or "").partition("\n")[0])


def chart(start: str, arrows: Iterable[str], ends: Iterable[str] = ()) -> Iterator[str]:
    """A state diagram. Each of ``arrows`` is a line such as ``a --> b: why``."""
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield f"    [*] --> {start}"
    yield from (f"    {arrow}" for arrow in arrows)
    yield from (f"    {end} --> [*]" for end in ends)
    yield "```"


def table(*rows: Iterable[str]) -> Iterator[str]:
    """The first row is the head."""
    head, *body = ["| " + " | ".join(row) + " |" for row in rows]
    yield head
    yield "|" + " --- |" * (head.count(" | ") + 1)
    yield from body
