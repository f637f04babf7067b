"""The navigation of mkdocs.yml, completed."""

from collections.abc import Iterator, Sequence
from typing import Any

Entries = list[Any]
MORE = "More"


def completed(entries: Entries, pages: Sequence[str]) -> Entries:
    """A folder (``decisions/``) becomes all of its pages; pages that are named nowhere come last.

    A name of no page is left as it is: mkdocs warns of it, and a strict build fails.
    """
    whole = [_expanded(one, pages) for one in entries]
    named = set(_named(whole))
    rest = [uri for uri in pages if uri not in named]
    return [*whole, {MORE: rest}] if rest else whole


def _expanded(entry: Any, pages: Sequence[str]) -> Any:
    if not isinstance(entry, dict):
        return entry
    return {title: _inner(inner, pages) for title, inner in entry.items()}


def _inner(inner: Any, pages: Sequence[str]) -> Any:
    if isinstance(inner, list):
        return [_expanded(one, pages) for one in inner]
    return [uri for uri in pages if uri.startswith(inner)] if inner.endswith("/") else inner


def _named(entries: Entries) -> Iterator[str]:
    for entry in entries:
        if isinstance(entry, str):
            yield entry
        else:
            for inner in entry.values():
                yield from _named(inner) if isinstance(inner, list) else (inner,)
