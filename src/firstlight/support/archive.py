"""The archive: parts, each bounded and freed of secrets, and a page that says what they are."""

import io
import zipfile
from collections.abc import Iterable, Sequence

import msgspec

from firstlight.support.redaction import Redactor

MOST_CHARACTERS = 400_000
"""Of one part. Of a longer one, as of a log, the end is kept."""

_CUT = "[the beginning is left out: it was too long]\n"
_PAGE = """\
{title}

Made {made}. Everything in here is text: read it before you send it.
Passwords, keys, tokens and codes were taken out; where one stood, it says "[removed]".
Names of networks that this device does not know are replaced by made-up ones.

{rows}
"""


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One file of the bundle. ``about``: what it is, in half a sentence.

    ``missing``: why there is nothing in it, instead of ``text``.
    """

    name: str
    about: str
    text: str = ""
    missing: str = ""


def bundle(title: str, made: str, parts: Iterable[Part], redactor: Redactor) -> bytes:
    """A ZIP file. ``made``: when, in words."""
    ready = [_ready(one, redactor) for one in parts]
    page = _PAGE.format(title=title, made=made, rows="\n".join(map(_row, ready)))
    files = [("README.txt", page), *((one.name, one.text) for one in ready if not one.missing)]
    return packed(files)


def packed(files: Sequence[tuple[str, str]]) -> bytes:
    """A ZIP file with those names and texts."""
    room = io.BytesIO()
    with zipfile.ZipFile(room, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files:
            archive.writestr(name, text.encode("utf-8", "backslashreplace"))
    return room.getvalue()


def unpacked(archive: bytes) -> list[tuple[str, str]]:
    """Names and texts of what ``packed`` made. Raises ``ValueError``."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            return [(name, opened.read(name).decode()) for name in opened.namelist()]
    except zipfile.BadZipFile as error:
        raise ValueError("is no support bundle") from error


def _ready(part: Part, redactor: Redactor) -> Part:
    text = redactor.clean(part.text)
    if len(text) > MOST_CHARACTERS:
        text = _CUT + text[-MOST_CHARACTERS:]
    return msgspec.structs.replace(part, text=text, missing=redactor.clean(part.missing))


def _row(part: Part) -> str:
    said = f"not in here: {part.missing}" if part.missing else part.about
    return f"{part.name:<22}{said}"
