"""Links that lead out of docs/: right in the repository, and right in the site."""

import os.path
import re
from collections.abc import Callable, Collection, Iterator
from pathlib import Path, PurePosixPath

LINK = re.compile(
    r"(?P<text>!?\[(?:[^\[\]]|\[[^]]*\])*\])\((?P<target>[^()\s#]*)(?P<anchor>#[^()\s]*)?\)"
)
_FENCE = re.compile(r"(?ms)^(?P<first> *(?P<fence>```+)\w*)[^\n]*(?P<rest>\n.*?^ *(?P=fence))$")
_ALWAYS = ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "tests/radio/README.md")
PROJECT = PurePosixPath("project")
DOCS = PurePosixPath("docs")


def outside(root: Path, docs: Path) -> list[Path]:
    """The files outside docs/ that are part of the site: what a page links to, and a few always."""
    found = {root / one for one in _ALWAYS if (root / one).is_file()}
    waiting = [*docs.rglob("*.md"), *found]
    while waiting:
        page = waiting.pop()
        if page.suffix != ".md":
            continue
        for target in targets(page.read_text("utf-8")):
            path = Path(os.path.normpath(page.parent / target))
            inside = path.is_relative_to(docs) or not path.is_relative_to(root)
            if path.is_file() and not inside and path not in found:
                found.add(path)
                waiting.append(path)
    return sorted(found)


def targets(markdown: str) -> Iterator[str]:
    """What the links of a page lead to, without those to the page itself and to other sites."""
    for one in LINK.finditer(_FENCE.sub("", markdown)):
        if one["target"] and ":" not in one["target"]:
            yield one["target"]


def relinked(markdown: str, uri: str, known: Collection[str]) -> str:
    """The page ``uri`` of the site, with its links as they are there.

    ``known``: what the site has. A link to something else in the repository becomes its text. What
    a block says of itself behind its language is for tests, and left out.
    """
    origin = _in_repository(PurePosixPath(uri)).parent

    def changed(link: re.Match[str]) -> str:
        target, anchor = link["target"], link["anchor"] or ""
        if not target or ":" in target:
            return link[0]
        path = PurePosixPath(os.path.normpath(origin / target))
        there = _in_site(path)
        if str(there / "README.md") in known:
            there /= "README.md"
        if str(there) not in known:
            if path.is_relative_to(DOCS):
                return link[0]  # mkdocs says what is wrong with it
            return link["text"].removeprefix("!")[1:-1]
        relative = os.path.relpath(there, PurePosixPath(uri).parent)
        return f"{link['text']}({relative}{anchor})"

    return _outside_code(markdown, changed)


def _outside_code(markdown: str, changed: Callable[[re.Match[str]], str]) -> str:
    parts: list[str] = []
    end = 0
    for fence in _FENCE.finditer(markdown):
        parts += [LINK.sub(changed, markdown[end : fence.start()])]
        parts += [fence["first"], fence["rest"]]
        end = fence.end()
    return "".join([*parts, LINK.sub(changed, markdown[end:])])


def _in_repository(uri: PurePosixPath) -> PurePosixPath:
    return uri.relative_to(PROJECT) if uri.is_relative_to(PROJECT) else DOCS / uri


def _in_site(path: PurePosixPath) -> PurePosixPath:
    return path.relative_to(DOCS) if path.is_relative_to(DOCS) else PROJECT / path
