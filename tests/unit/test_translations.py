"""Every catalogue has every sentence, and what is served was made from it."""

import subprocess
import sys
from pathlib import Path

import pytest

from firstlight.core.causes import WORDS
from firstlight.web.portal.language import DEFAULT, language, languages

ROOT = Path(__file__).parents[2]
OTHERS = [tag for tag in languages() if tag != DEFAULT]


def test_all_of_them_are_up_to_date() -> None:
    tool = [sys.executable, str(ROOT / "tools/translations"), "--check"]
    done = subprocess.run(tool, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "all catalogues are complete")


@pytest.mark.parametrize("tag", OTHERS)
@pytest.mark.parametrize("cause", WORDS)
def test_every_cause_is_told_in_it(tag: str, cause: object) -> None:
    words = WORDS[cause]  # type: ignore[index]
    for text in words:
        told = language(tag).told(text.format(ssid="Café {x} 50%"))
        assert told != text
        assert "The " not in told
        if "{ssid}" in text:
            assert "Café {x} 50%" in told


def test_what_nobody_knows_stays_as_it_is() -> None:
    assert language("zh-CN").told("No such {sentence} is known.") == "No such {sentence} is known."


def test_another_language_needs_only_its_folder() -> None:
    assert set(languages()) == {"en", "zh-CN"}
    assert language("tlh").tag == DEFAULT
