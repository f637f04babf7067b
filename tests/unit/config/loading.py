"""Loading a configuration as the daemon does."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from firstlight.config import Config, load_config
from firstlight.errors import Code, ConfigError

SECRET = "correct-horse"


def load(
    tmp_path: Path,
    text: str = "",
    environ: Mapping[str, str] | None = None,
    **flags: Any,
) -> Config:
    path = tmp_path / "config.toml"
    path.write_text(text)
    named = {key.replace("__", "."): value for key, value in flags.items()}
    return load_config(path, environ or {}, named)


def refusal(tmp_path: Path, text: str, environ: Mapping[str, str] | None = None) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text, environ)
    assert caught.value.code is Code.INVALID_CONFIG
    assert caught.value.message.startswith(f"{caught.value.key}: ")
    return caught.value


def at(config: Config, key: str) -> object:
    value: Any = config
    for part in key.split("."):
        value = getattr(value, part)
    return value
