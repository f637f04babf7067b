"""The navigation of mkdocs.yml, completed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

Entries = list[Any]
MORE = "More"


def completed(entries: Entries, docs: Path) -> Entries:
    """A folder (``decisions/``) becomes all of its pages; pages that are named nowhere come last.

    A name of no page is left as it is: mkdocs warns of it, and a strict build fails.
    """
    whole = [_expanded(one, docs) for one in entries]
    named = set(_pages(whole))
    rest = [uri for uri in _below(docs, "") if uri not in named]
    return [*whole, {MORE: rest}] if rest else whole


def _expanded(entry: Any, docs: Path) -> Any:
    if not isinstance(entry, dict):
        return entry
    return {
        title: [_expanded(one, docs) for one in inner]
        if isinstance(inner, list)
        else (list(_below(docs, inner)) if inner.endswith("/") else inner)
        for title, inner in entry.items()
    }


def _below(docs: Path, folder: str) -> Iterator[str]:
    for path in sorted((docs / folder).rglob("*.md")):
        yield path.relative_to(docs).as_posix()


def _pages(entries: Entries) -> Iterator[str]:
    for entry in entries:
        if isinstance(entry, str):
            yield entry
        else:
            for inner in entry.values():
                yield from _pages(inner) if isinstance(inner, list) else (inner,)
