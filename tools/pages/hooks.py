"""What mkdocs is told beyond mkdocs.yml, as hooks of it (MkDocs, "Hooks").

A page that nobody has put into the navigation comes under "More". Files outside docs/ that a page
links to are part of the site, too, below ``project/``; a link to a folder becomes plain text.
Diagrams are drawn here, so that they need no script.
"""

import os.path
import re
from pathlib import Path, PurePosixPath

from drawings import drawn
from links import outside, relinked
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from navigation import completed

FOREIGN = re.compile(r"https://[^\"\s]+/iframe-worker/shim")
SHIM = "style/worker.js"


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Before anything is read: the navigation."""
    docs = Path(config.docs_dir)
    pages = [*(path.relative_to(docs).as_posix() for path in sorted(docs.rglob("*.md")))]
    pages += [uri for uri in project(config) if uri.endswith(".md")]
    config.nav = completed(config.nav or [], pages)
    return config


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """The files outside docs/ join those in it."""
    for uri, path in project(config).items():
        files.append(File.generated(config, uri, abs_src_path=str(path)))
    return files


def project(config: MkDocsConfig) -> dict[str, Path]:
    """What lies outside docs/, by its place in the site."""
    root = Path(config.config_file_path).parent
    return {
        f"project/{path.relative_to(root)}": path for path in outside(root, Path(config.docs_dir))
    }


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Each page as it is in the repository becomes one as it is in the site."""
    uri = page.file.src_uri
    return drawn(relinked(markdown, uri, {one.src_uri for one in files}))


def on_post_page(output: str, *, page: Page, config: MkDocsConfig) -> str:
    """What the theme would fetch from elsewhere is here. Raises ``ValueError`` if that has gone."""
    return owned(output, page.file.src_uri)


def on_post_template(output_content: str, *, template_name: str, config: MkDocsConfig) -> str:
    """The same for the page of what is not there."""
    return (
        owned(output_content, template_name) if template_name.endswith(".html") else output_content
    )


def owned(html: str, uri: str) -> str:
    """With our own script where the offline plugin has one of a content delivery network."""
    own, count = FOREIGN.subn(os.path.relpath(SHIM, PurePosixPath(uri).parent), html)
    if not count:
        raise ValueError(
            f"{uri}: the theme no longer has {FOREIGN.pattern}; see what it has instead"
        )
    return own
