"""What the kernel tells in files (``/proc``, ``/sys``), any of which may be gone at any moment."""

from pathlib import Path


def text(path: Path) -> str:
    """Its text without the newline at its end; empty for one that can't be read."""
    try:
        return path.read_text(errors="replace").strip("\n")
    except OSError:
        return ""


def entries(folder: Path) -> list[Path]:
    """What is in it, by name; nothing for one that isn't there."""
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []
