"""Secrets: what they may be, and that no refusal shows one."""

import traceback
from pathlib import Path

import pytest
from tests.unit.config.loading import SECRET, refusal

LEAKS = [
    f'[hotspot]\npassword = ["{SECRET}"]',
    f'[hotspot]\npassword = {{ text = "{SECRET}" }}',
    f'[[hotspot]]\npassword = "{SECRET}"',
    f'hotspot = "{SECRET}"',
    f'hotspot = ["{SECRET}"]',
    f'[hotspot]\npassword = "{SECRET}\\u0000"',
    f'[hotspot]\npassword = "{SECRET * 6}"',
    f'[hotspot]\npasword = "{SECRET}"',
    f'[[web]]\ntoken = "{SECRET}"',
    f'[web]\ntoken = ["{SECRET}"]',
    f'[web]\ntoken = "{SECRET} and more"',
    f'token = "{SECRET}"',
    f'[web]\ntoken = "{SECRET}"\nport = -1',
    f'[web]\ntoken = "{SECRET}" oops',
    f'[web]\ntoken = "{SECRET}\n',
    f'[mqtt]\npassword = "{SECRET}"',
    f'[mqtt]\npassword = ["{SECRET}"]',
    f'[mqtt]\nusername = "a"\npassword = "{SECRET}"\npassword_file = "/x"',
]


@pytest.mark.parametrize("text", LEAKS)
def test_no_refusal_shows_a_secret(tmp_path: Path, text: str) -> None:
    refused = refusal(tmp_path, text)
    assert SECRET not in f"{refused.message} {refused.hint}"
    causes = traceback.format_exception(refused, chain=True)
    said = [line for line in causes if not line.lstrip().startswith("File ")]
    assert SECRET not in "".join(said)


@pytest.mark.parametrize("secret", [7_777_777, 1.5, "true", "1979-05-27"])
def test_a_secret_of_the_wrong_type_is_not_shown(tmp_path: Path, secret: object) -> None:
    for text, key in (("[web]\ntoken", "web.token"), ("[hotspot]\npassword", "hotspot.password")):
        refused = refusal(tmp_path, f"{text} = {secret}")
        assert refused.message == f"{key}: is not text; allowed is text in quotes"


@pytest.mark.parametrize("token", ["", " ", "two words", "tab\\t", "ünicode", "caf\\u0000"])
def test_a_token_that_no_header_can_carry(tmp_path: Path, token: str) -> None:
    refused = refusal(tmp_path, f'[web]\ntoken = "{token}"')
    wrong = "has a space or a character that is not ASCII" if token else "is empty"
    assert refused.message.startswith(f"web.token: {wrong}; allowed are ASCII letters, digits and")
    assert "openssl" in (refused.hint or "")


@pytest.mark.parametrize("password", ["seven77", "x" * 64, "caf\\u0007e-horse"])
def test_a_password_that_no_hotspot_can_have(tmp_path: Path, password: str) -> None:
    refused = refusal(tmp_path, f'[hotspot]\npassword = "{password}"')
    assert refused.message.startswith("hotspot.password: ")
    assert "8 to 63 characters" in refused.message
    assert password not in refused.message
