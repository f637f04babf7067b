"""What the docs show of configuration, data and code is accepted by whoever reads it."""

import configparser
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from tests.docs.blocks import ALL, NOT_MARKED, ROOT, Block

from firstlight import __version__
from firstlight.config import load_config
from firstlight.errors import ConfigError
from firstlight.radio.simulated.parsing import parse
from firstlight.web.api.itself import ENDPOINTS
from firstlight.web.api.openapi import describe

LANGUAGES = {"sh", "console", "toml", "json", "yaml", "ini", "python", "text", "mermaid"}


def of(language: str) -> list[Any]:
    return [pytest.param(one, id=one.place) for one in ALL if one.language == language]


@pytest.mark.parametrize("block", [pytest.param(one, id=one.place) for one in ALL])
def test_every_block_says_what_it_is(block: Block) -> None:
    assert block.language in LANGUAGES
    assert block.language in {"sh", "console"} or "skip" not in block.says


@pytest.mark.parametrize("block", of("toml"))
def test_configuration_is_accepted(block: Block, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(block.text)
    if block.says.get("of") == "world":
        parse(block.text)
    else:
        load_config(file, {}, {})


def test_configuration_that_is_wrong_is_not(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("[brand]\ncolor = '#123456'\n")
    with pytest.raises(ConfigError):
        load_config(file, {}, {})


SCHEMAS = json.loads(describe(ENDPOINTS, title="", version=__version__))["components"]


@pytest.mark.parametrize("block", of("json"))
def test_json_is_of_its_type(block: Block) -> None:
    schema = {"$ref": f"#/components/schemas/{block.says['of']}", "components": SCHEMAS}
    jsonschema.validate(json.loads(block.text), schema)


@pytest.mark.parametrize("block", of("yaml"))
def test_yaml_is_yaml(block: Block) -> None:
    assert isinstance(yaml.safe_load(block.text), dict | list)


@pytest.mark.parametrize("block", of("ini"))
def test_units_have_sections_and_keys(block: Block) -> None:
    parser = configparser.ConfigParser(strict=False)
    parser.read_string(block.text if block.text.startswith("[") else f"[all]\n{block.text}")
    assert [key for section in parser.sections() for key in parser[section]]


@pytest.mark.parametrize("block", of("python"))
def test_python_is_what_its_file_has(block: Block) -> None:
    """Such a file has tests of its own; the page shows lines of it, in order."""
    file = (ROOT / block.says["of"]).read_text("utf-8")
    lines = iter([line.strip() for line in file.splitlines()])
    for line in block.text.splitlines():
        assert line.strip() in lines, f"{block.place}: {line}"


def test_what_is_said_of_blocks_elsewhere_is_of_some_block() -> None:
    said = [
        (page, beginning)
        for page, beginning in NOT_MARKED
        if any(one.page == page and one.text.startswith(beginning) for one in ALL)
    ]
    assert said == list(NOT_MARKED)
