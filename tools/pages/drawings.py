"""Mermaid's state and sequence diagrams as SVG: no script, no request, either palette.

Only what the pages use is understood; anything else is an error, which fails the build.
"""

import html
import re
import subprocess
import textwrap

from sequences import sequence

_BLOCK = re.compile(r"(?ms)^```mermaid\n(?P<kind>\w+)[^\n]*\n(?P<body>.*?)^```$")
_ARROW = re.compile(r"(?P<before>\S+) --> (?P<after>[^\s:]+)(?:: (?P<label>.+))?")
_START, _END = "start", "end"
_WIDE = 22


def drawn(markdown: str) -> str:
    """The page with its diagrams drawn. Raises ``ValueError`` for what can't be drawn."""
    return _BLOCK.sub(lambda block: _figure(block["kind"], block["body"]), markdown)


def _figure(kind: str, body: str) -> str:
    lines = [line.strip() for line in body.splitlines() if line.strip()]
    match kind:
        case "stateDiagram":
            svg = _states(lines)
        case "sequenceDiagram":
            svg = sequence(lines)
        case _:
            raise ValueError(f"a diagram of the kind {kind} can't be drawn")
    return f'<figure class="drawing" tabindex="0">{svg}</figure>'


def _states(lines: list[str]) -> str:
    dot = ["digraph {", "graph [bgcolor=transparent, rankdir=TB, nodesep=0.35, ranksep=0.4]"]
    dot.append('node [shape=box, style=rounded, fontname="sans-serif", fontsize=13]')
    dot.append('edge [fontname="sans-serif", fontsize=11, arrowsize=0.7]')
    labels: dict[tuple[str, str], list[str]] = {}
    for line in lines:
        arrow = _ARROW.fullmatch(line)
        if not arrow:
            raise ValueError(f"{line!r} of a state diagram can't be drawn")
        ends = (_node(arrow["before"], _START), _node(arrow["after"], _END))
        labels.setdefault(ends, []).extend([arrow["label"]] if arrow["label"] else [])
    for (before, after), words in labels.items():
        label = "\\n".join(textwrap.wrap(", ".join(words), _WIDE))
        dot.append(f'"{before}" -> "{after}" [label="{label}"]')
    for point, shape in ((_START, "circle"), (_END, "doublecircle")):
        if any(point in ends for ends in labels):
            dot.append(f'"{point}" [shape={shape}, style=filled, label="", width=0.15]')
    done = subprocess.run(
        ["dot", "-Tsvg"],  # noqa: S607
        input="\n".join([*dot, "}"]),
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
    )
    return _plain(done.stdout)


def _node(name: str, point: str) -> str:
    return point if name == "[*]" else name


def _plain(svg: str) -> str:
    """Of the file what HTML wants, in the colour of the text round it."""
    svg = re.sub(r"(?s)^.*?(?=<svg)", "", svg)
    svg = re.sub(r"(?s)<!--.*?-->|<title>.*?</title>", "", svg)
    for name in ("black", "#000000", "lightgrey", "#d3d3d3"):
        svg = svg.replace(f'"{name}"', '"currentColor"')
    svg = re.sub(r' id="[^"]*"| xmlns:xlink="[^"]*"', "", svg)
    return " ".join(html.unescape(svg).split()) if "&#" in svg else " ".join(svg.split())
