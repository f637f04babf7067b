"""What mkdocs is told beyond mkdocs.yml, as hooks of it (MkDocs, "Hooks").

A page that nobody has put into the navigation comes under "More". Files outside docs/ that a page
links to are part of the site, too, below ``project/``; a link to a folder becomes plain text.
Diagrams are drawn here, so that they need no script.
"""

from pathlib import Path

from drawings import drawn
from links import outside, relinked
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from navigation import completed

ROOT = Path(__file__).resolve().parents[2]


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    config.nav = completed(config.nav or [], Path(config.docs_dir))
    return config


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    for path in outside(ROOT, Path(config.docs_dir)):
        uri = f"project/{path.relative_to(ROOT)}"
        files.append(File.generated(config, uri, abs_src_path=str(path)))
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    uri = page.file.src_uri
    return drawn(relinked(markdown, uri, {one.src_uri for one in files}))
