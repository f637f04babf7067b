"""Links of the repository as they are in the site."""

from pathlib import Path

import pytest
from tests.docs.blocks import ROOT
from tools.pages.links import outside, relinked, targets

KNOWN = {
    "cli.md",
    "protocol/README.md",
    "project/README.md",
    "project/src/a.py",
    "project/clients/README.md",
}


@pytest.mark.parametrize(
    ("uri", "before", "after"),
    [
        ("a.md", "[x](cli.md#y)", "[x](cli.md#y)"),
        ("protocol/README.md", "[x](../cli.md)", "[x](../cli.md)"),
        ("a.md", "[`x`](../src/a.py)", "[`x`](project/src/a.py)"),
        ("protocol/README.md", "[x](../../src/a.py)", "[x](../project/src/a.py)"),
        ("a.md", "[x](../clients)", "[x](project/clients/README.md)"),
        ("a.md", "[x](../src/)", "x"),
        ("a.md", "[x](missing.md)", "[x](missing.md)"),
        ("a.md", "[x](https://example.org)", "[x](https://example.org)"),
        ("a.md", "[x](#here)", "[x](#here)"),
        ("project/README.md", "![x](docs/a.png)", "![x](docs/a.png)"),
        ("project/README.md", "[x](docs/cli.md)", "[x](../cli.md)"),
        ("project/README.md", "[x](docs/protocol/README.md)", "[x](../protocol/README.md)"),
        ("a.md", '```sh skip="why not"\n[x](../src/)\n```', "```sh\n[x](../src/)\n```"),
    ],
)
def test_a_link_leads_to_the_same_thing(uri: str, before: str, after: str) -> None:
    assert relinked(before, uri, KNOWN) == after


def test_what_pages_link_to_comes_along_and_what_that_links_to() -> None:
    found = {str(path.relative_to(ROOT)) for path in outside(ROOT, ROOT / "docs")}
    assert {"README.md", "deploy/hooks/50-led", "clients/micropython/README.md"} <= found
    assert not [one for one in found if one.startswith("docs/")]


def test_what_only_looks_like_a_link_is_none() -> None:
    page = "[a](b.md) ![c](d.png) [e](#f) [g](mailto:h@example.org)\n```\n[i](j.md)\n```\n"
    assert list(targets(page)) == ["b.md", "d.png"]


def test_there_is_nothing_outside_of_a_folder_alone(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/a.md").write_text("[x](../../../etc/passwd)")
    assert outside(tmp_path, tmp_path / "docs") == []
