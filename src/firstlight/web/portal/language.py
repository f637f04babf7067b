"""Which language a page is in, and its words.

A language is a folder ``locales/<name>/LC_MESSAGES`` with ``firstlight.po`` and, made from it by
``tools/translations``, ``firstlight.mo``. English stands in the templates themselves.
"""

import gettext
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec

FOLDER = Path(__file__).parent / "locales"
COOKIE = "firstlight-language"
DEFAULT = "en"

_DOMAIN = "firstlight"
_OWN_NAMES = {"en": "English", "zh-CN": "简体中文"}
_RANGE = re.compile(
    r"\s*(?P<tag>[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*|\*)\s*(?:;\s*q=(?P<q>[0-9.]+))?"
)
_PLACE = re.compile(r"\{[a-z]+\}")
_LONGEST = 500

_SENTENCES_INSIDE = frozenset({"error", "where"})
"""Places that hold a sentence of the device. What stands in any other is a name, and stays."""


class Language(msgspec.Struct, frozen=True):
    """``tag`` as in BCP 47; ``words`` are its catalogue."""

    tag: str
    words: gettext.NullTranslations
    sentences: tuple[tuple[re.Pattern[str], str], ...]

    def told(self, text: str) -> str:
        """A sentence that the device made, in this language; as it is where nobody knows it.

        What stands in its places, such as the name of a network, is carried over.
        """
        known = self.words.gettext(text) if text else ""
        if known != text or self.tag == DEFAULT:
            return known
        for pattern, translated in self.sentences:
            if found := pattern.fullmatch(text):
                places = {
                    name: self.told(value) if name in _SENTENCES_INSIDE else value
                    for name, value in found.groupdict().items()
                }
                return translated.format(**places)
        return text


@cache
def languages() -> Mapping[str, str]:
    """Every language there is, with its own name for itself."""
    found = sorted(one.name.replace("_", "-") for one in FOLDER.iterdir() if one.is_dir())
    return {tag: _OWN_NAMES.get(tag, tag) for tag in (DEFAULT, *found)}


@cache
def language(tag: str) -> Language:
    """That language; the default for one that is not there."""
    if tag == DEFAULT or tag not in languages():
        return Language(DEFAULT, gettext.NullTranslations(), ())
    words = gettext.translation(_DOMAIN, FOLDER, [tag.replace("-", "_")])
    return Language(tag, words, _sentences(words))


def chosen(cookie: str, accept: str) -> str:
    """The tag for a reader: what they chose, else what their browser prefers (RFC 9110, 12.5.4)."""
    if cookie in languages():
        return cookie
    for wanted in _ranges(accept[:_LONGEST]):
        for tag in languages():
            if wanted == tag.lower() or wanted.partition("-")[0] == tag.lower().partition("-")[0]:
                return tag
    return DEFAULT


def _ranges(accept: str) -> list[str]:
    """The wanted tags in lower case, the best first."""
    wanted: list[tuple[float, str]] = []
    for part in accept.split(","):
        found = _RANGE.fullmatch(part)
        if found is not None:
            quality = _quality(found["q"])
            if quality > 0:
                wanted.append((quality, found["tag"].lower()))
    return [tag for _, tag in sorted(wanted, key=lambda one: -one[0])]


def _quality(text: str | None) -> float:
    try:
        return 1.0 if text is None else min(1.0, float(text))
    except ValueError:
        return 0.0


def _sentences(words: gettext.NullTranslations) -> tuple[tuple[re.Pattern[str], str], ...]:
    """What has places in it, the most telling first."""
    catalogue: dict[object, str] = getattr(words, "_catalog", {})
    found: list[tuple[int, re.Pattern[str], str]] = []
    for template, translated in catalogue.items():
        if isinstance(template, str) and _PLACE.search(template):
            fixed = _PLACE.sub("", template)
            pattern = re.sub(r"\\\{([a-z]+)\\\}", r"(?P<\1>.+)", re.escape(template))
            found.append((len(fixed), re.compile(pattern, re.DOTALL), translated))
    found.sort(key=lambda one: -one[0])
    return tuple((pattern, translated) for _, pattern, translated in found)
