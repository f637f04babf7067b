"""The site: it is built without a warning, asks nobody else for anything, and can be searched."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.docs.blocks import ROOT

NOT_FETCHED = {"canonical", "prev", "next", "edit"}
"""What ``<link>`` only tells of."""


def build(config: Path, site: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "-f", config, "-d", site],
        capture_output=True, text=True, check=False, cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
    )  # fmt: skip


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    done = build(ROOT / "mkdocs.yml", folder)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr
    return folder


class Fetched(HTMLParser):
    """Collects what a browser fetches by itself when it shows a page, and what a page links to."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.links: list[str] = []
        self.feed(page.read_text("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.append(given.get("href", ""))
        elif tag != "link":
            self.parts += [given[name] for name in ("src", "srcset", "data") if name in given]
        elif not set(given.get("rel", "").split()) & NOT_FETCHED:
            self.parts.append(given["href"])


def foreign(address: str) -> bool:
    return bool(re.match(r"(?:[a-z]+:)?//", address))


def test_no_part_of_a_page_comes_from_elsewhere(site: Path) -> None:
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 50
    parts = [(page.name, part) for page in pages for part in Fetched(page).parts]
    assert len(parts) > 2 * len(pages)
    assert [one for one in parts if foreign(one[1])] == []
    styles = "".join(path.read_text("utf-8") for path in site.rglob("*.css"))
    assert [one for one in re.findall(r"url\(['\"]?([^)'\"]*)", styles) if foreign(one)] == []


def test_such_a_part_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        '<link rel="stylesheet" href="https://fonts.example/a.css"><link rel="next" href="b.html">'
        '<script src="//cdn.example/a.js"></script><img src="a.png"><a href="https://b.example">'
    )
    parts = Fetched(page).parts
    assert [one for one in parts if foreign(one)] == [
        "https://fonts.example/a.css",
        "//cdn.example/a.js",
    ]


def test_every_page_can_be_found_from_the_first(site: Path) -> None:
    linked = {
        (site / link.partition("#")[0]).resolve()
        for link in Fetched(site / "index.html").links
        if link and not foreign(link)
    }
    pages = {page.resolve() for page in site.rglob("*.html") if page.name != "404.html"}
    assert pages - linked == set()


def test_a_page_that_nobody_put_into_the_navigation_is_in_it(tmp_path: Path) -> None:
    config = copied(tmp_path)
    (tmp_path / "docs/new.md").write_text("# A new page\n")
    assert build(config, tmp_path / "site").returncode == 0
    assert "new.html" in Fetched(tmp_path / "site/index.html").links


@pytest.mark.parametrize(
    "wrong",
    [
        "[nowhere](nowhere.md)",
        "[no such part](get-started.md#nothing)",
        "```mermaid\npie\n```",
        "```mermaid\nstateDiagram-v2\n    a ==> b\n```",
    ],
)
def test_what_leads_nowhere_fails_the_build(tmp_path: Path, wrong: str) -> None:
    config = copied(tmp_path)
    (tmp_path / "docs/new.md").write_text(f"# A new page\n\n{wrong}\n")
    assert build(config, tmp_path / "site").returncode != 0


def copied(folder: Path) -> Path:
    """Of the pages two, with a configuration that is otherwise the real one."""
    text = (ROOT / "mkdocs.yml").read_text("utf-8")
    text = re.sub(r"(?s)\nnav:\n.*", "\nnav:\n  - README.md\n  - get-started.md\n", text)
    (folder / "tools").symlink_to(ROOT / "tools")
    (folder / "docs").mkdir()
    (folder / "docs/README.md").write_text("# Front\n\n## A part\n")
    (folder / "docs/get-started.md").write_text("# Start\n")
    (folder / "docs/style").symlink_to(ROOT / "docs/style")
    (folder / "docs/images").symlink_to(ROOT / "docs/images")
    (folder / "mkdocs.yml").write_text(text)
    return folder / "mkdocs.yml"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


def test_a_folder_is_enough_to_read_and_to_search(site: Path, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740}, color_scheme="dark")
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto((site / "diagrams/join.html").as_uri())
    expect(page.locator("figure.drawing svg")).to_be_visible()
    page.locator("label[for=__search]").first.click()
    page.locator("input[name=query]").press_sequentially("factory reset")
    expect(page.locator(".md-search-result__link").first).to_be_visible(timeout=20_000)
    assert [one for one in asked if not one.startswith(("file:", "data:", "about:"))] == []
    assert complaints == []
    page.close()
