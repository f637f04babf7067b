"""Configuration: one frozen value, read once from file, environment and flags.

Environment beats file, flags beat environment. A key that is unknown or has a bad value is refused
at start, naming the key, the value and what is allowed. ``docs/configuration.md`` lists every key.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import msgspec

from firstlight.config.checks import checked
from firstlight.config.refusals import explained
from firstlight.config.shape import (
    Brand,
    Claim,
    Config,
    Device,
    Hooks,
    Hotspot,
    Improv,
    Join,
    Mdns,
    Mqtt,
    Pairing,
    Provisioning,
    Reachability,
    Recovery,
    Registry,
    Web,
)
from firstlight.errors import ConfigError

__all__ = [
    "SYSTEM_FILE",
    "SYSTEM_STATE_DIR",
    "Brand",
    "Claim",
    "Config",
    "Device",
    "Hooks",
    "Hotspot",
    "Improv",
    "Join",
    "Mdns",
    "Mqtt",
    "Pairing",
    "Provisioning",
    "Reachability",
    "Recovery",
    "Registry",
    "Web",
    "load_config",
]

SYSTEM_FILE = Path("/etc/firstlight/config.toml")
SYSTEM_STATE_DIR = Path("/var/lib/firstlight")

_FLAG_VARIABLES = {
    "INTERFACE": "interface",
    "BACKEND": "backend",
    "STATE_DIR": "state_dir",
    "HOST": "web.host",
    "PORT": "web.port",
    "ALLOWED_CIDRS": "web.allowed_cidrs",
}
_SWITCHES = {
    "PROVISIONING_ENABLED": "enabled",
    "ALLOW_SYSTEM_CONTROL": "allow_system_control",
}
_FAMILIES = ("FIRSTLIGHT", "MOONHUB")

Values = dict[str, Any]


def load_config(
    config_file: Path | None, environ: Mapping[str, str], flags: Mapping[str, object]
) -> Config:
    """Merge and check. ``flags`` by dotted key, ``None`` for a flag that was not given.

    Raises ``ConfigError``. Without ``config_file``, ``FIRSTLIGHT_CONFIG`` or the system's file is
    read; only the system's file may be absent.
    """
    values = _read_file(config_file, environ)
    for key, value in _from_environment(environ).items():
        _set(values, key, value)
    for key, value in flags.items():
        if value is not None:
            _set(values, key, value)
    if not values.get("state_dir"):
        values["state_dir"] = str(_default_state_dir(environ))
    return checked(_decode(values))


def _read_file(config_file: Path | None, environ: Mapping[str, str]) -> Values:
    named = config_file or (
        Path(environ["FIRSTLIGHT_CONFIG"]) if environ.get("FIRSTLIGHT_CONFIG") else None
    )
    path = named or SYSTEM_FILE
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except FileNotFoundError:
        if named is None:
            return {}
        raise ConfigError("config", f"there is no file {path}") from None
    except UnicodeDecodeError as error:
        raise ConfigError("config", f"{path} is not UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError("config", f"{path} is not valid TOML: {error}") from error
    except OSError as error:
        raise ConfigError("config", f"{path} can't be read: {error.strerror}") from error


def _from_environment(environ: Mapping[str, str]) -> Values:
    values: Values = {}
    for name, key in _FLAG_VARIABLES.items():
        if text := environ.get(f"FIRSTLIGHT_{name}"):
            values[key] = _typed(f"FIRSTLIGHT_{name}", key, text)
    for family in reversed(_FAMILIES):
        for name, key in _SWITCHES.items():
            if text := environ.get(f"{family}_{name}"):
                values[key] = _switch(f"{family}_{name}", text)
        if text := environ.get(f"{family}_PROVISIONING_TOKEN"):
            values["web.token"] = text
    return values


def _typed(variable: str, key: str, text: str) -> object:
    if key == "web.allowed_cidrs":
        return [part.strip() for part in text.split(",") if part.strip()]
    if key == "web.port":
        if not text.isascii() or not text.isdigit():
            raise ConfigError(variable, f"is {text!r}; it is a port number, 0 to 65535")
        return int(text)
    return text


def _switch(variable: str, text: str) -> bool:
    lowered = text.strip().lower()
    if lowered in {"1", "true", "yes", "on"}:
        return True
    if lowered in {"0", "false", "no", "off"}:
        return False
    raise ConfigError(variable, f"is {text!r}; allowed are 1 and 0")


def _set(values: Values, key: str, value: object) -> None:
    *sections, last = key.split(".")
    table = values
    for section in sections:
        inner: object = table.setdefault(section, {})
        if not isinstance(inner, dict):
            raise ConfigError(section, "is a value; allowed is a section")
        table = cast("Values", inner)
    table[last] = value


def _default_state_dir(environ: Mapping[str, str]) -> Path:
    if os.geteuid() == 0:
        return SYSTEM_STATE_DIR
    home = environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(home) / "firstlight"


def _decode(values: Values) -> Config:
    try:
        return msgspec.convert(values, Config)
    except msgspec.ValidationError as error:
        raise explained(str(error), values) from error
