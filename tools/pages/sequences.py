"""A sequence diagram as SVG: a line for each participant, time going down."""

import html
import re
import textwrap
from collections.abc import Iterator

_PARTICIPANT = re.compile(r"participant (?P<key>\w+) as (?P<name>.+)")
_NOTE = re.compile(r"Note over (?P<key>\w+): (?P<text>.+)")
_MESSAGE = re.compile(r"(?P<sender>\w+)--?>>(?P<to>\w+): (?P<text>.+)")
_BREAK = re.compile(r"<br ?/?>")

_WIDTH, _COLUMN, _LINE, _HEAD = 640, 340, 17, 34
_LETTERS = 42


def sequence(lines: list[str]) -> str:
    """The lines below ``sequenceDiagram``. Raises ``ValueError`` for one that is not understood."""
    people = {one["key"]: one["name"] for line in lines if (one := _PARTICIPANT.fullmatch(line))}
    places = {key: 150 + n * _COLUMN for n, key in enumerate(people)}
    parts: list[str] = []
    y = _HEAD + 20
    for line in lines:
        if _PARTICIPANT.fullmatch(line):
            continue
        if note := _NOTE.fullmatch(line):
            told, y = _note(places[note["key"]], y, note["text"])
        elif message := _MESSAGE.fullmatch(line):
            ends = places[message["sender"]], places[message["to"]]
            told, y = _message(*ends, y, message["text"], dashed="-->>" in line)
        else:
            raise ValueError(f"{line!r} of a sequence diagram can't be drawn")
        parts += told
    heads = [part for key, name in people.items() for part in _head(places[key], y, name)]
    return (
        f'<svg viewBox="0 0 {_WIDTH} {y + 10}" width="{_WIDTH}" font-family="sans-serif" '
        f'font-size="13" role="img">{"".join([*heads, *parts])}</svg>'
    )


def _head(x: int, end: int, name: str) -> Iterator[str]:
    yield f'<line x1="{x}" y1="{_HEAD}" x2="{x}" y2="{end}" stroke="currentColor" opacity="0.3"/>'
    yield (
        f'<rect x="{x - 120}" y="2" width="240" height="{_HEAD - 4}" rx="6" fill="none" '
        'stroke="currentColor"/>'
    )
    yield _text(x, 22, name)


def _note(x: int, y: int, text: str) -> tuple[list[str], int]:
    rows = _rows(text)
    height = len(rows) * _LINE + 12
    box = (
        f'<rect x="{x - 145}" y="{y}" width="290" height="{height}" rx="4" class="note" '
        'stroke="currentColor" stroke-opacity="0.3"/>'
    )
    return [
        box,
        *(_text(x, y + 18 + n * _LINE, row) for n, row in enumerate(rows)),
    ], y + height + 14


def _message(start: int, end: int, y: int, text: str, *, dashed: bool) -> tuple[list[str], int]:
    rows = _rows(text)
    middle, below = (start + end) // 2, y + len(rows) * _LINE + 4
    tip = 8 if end < start else -8
    stroke = 'stroke="currentColor"' + (' stroke-dasharray="5 4"' if dashed else "")
    words = [_text(middle, y + 12 + n * _LINE, row, "message") for n, row in enumerate(rows)]
    arrow = f'<line x1="{start}" y1="{below}" x2="{end}" y2="{below}" {stroke}/>'
    head = f'<path d="M{end} {below} l{tip} -4 v8 z" fill="currentColor"/>'
    return [*words, arrow, head], below + 18


def _rows(text: str) -> list[str]:
    return [row for part in _BREAK.split(text) for row in textwrap.wrap(part, _LETTERS)]


def _text(x: int, y: int, words: str, kind: str = "name") -> str:
    return f'<text x="{x}" y="{y}" text-anchor="middle" class="{kind}">{html.escape(words)}</text>'
