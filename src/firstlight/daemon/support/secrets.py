"""Secrets that are known here, so that they can be looked for in what is told."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from firstlight.config import Config

PROFILES = Path("/etc/NetworkManager/system-connections")

_HOTSPOT = re.compile(r'"device\.network\.hotspotPassword"\s*:\s*"([^"\\]+)"')
# nm-settings-keyfile(5): the keys of WiFi secrets; the value goes to the end of the line.
_KEYS = re.compile(r"(?m)^(?:psk|password|wep-key\d|leap-password|private-key-password)=(.+)$")


def configured(config: Config) -> Iterator[str]:
    """Those that stand in the configuration, or in a file that it names."""
    mqtt = config.mqtt
    found = (config.web.token, mqtt.password, config.hotspot.password)
    yield from (one for one in found if one)
    yield from _of_database(config.registry.url or "")
    if mqtt.password_file:
        yield from _lines(Path(mqtt.password_file))


def _of_database(url: str) -> Iterator[str]:
    """The password as it is written and as it is meant; all of an address that can't be read."""
    try:
        parts = urlsplit(url)
        asked = parse_qs(parts.query).get("password", [])
        password = parts.password or ""
    except ValueError:
        yield url
        return
    yield from (one for one in (password, unquote(password), *asked) if one)


def secrets_on_disk(config: Config, profiles: Path = PROFILES) -> list[str]:
    """All that whoever asks may read: of the configuration, the state folder, NetworkManager."""
    found = list(configured(config))
    found += _HOTSPOT.findall(_text(config.state_path / "provisioning.json"))
    for file in _files(profiles):
        found += _KEYS.findall(_text(file))
    return found


def _files(folder: Path) -> list[Path]:
    try:
        return [one for one in folder.iterdir() if one.is_file()]
    except OSError:
        return []


def _lines(file: Path) -> Iterator[str]:
    yield from (line.strip() for line in _text(file).splitlines() if line.strip())


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8", "surrogateescape")
    except OSError:
        return ""
