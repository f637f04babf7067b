"""Configuration: one frozen value, read once from file, environment and flags.

Environment beats file, flags beat environment. A key that is unknown or has a bad value is refused
at start, naming the key, the value and what is allowed. ``docs/configuration.md`` lists every key.
"""

import ipaddress
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, cast

import msgspec
from msgspec import Meta

from firstlight.errors import ConfigError, InvalidInput
from firstlight.model.backend import Backend
from firstlight.model.passphrase import Passphrase
from firstlight.model.reach import ReachTarget
from firstlight.model.ssid import Ssid

SYSTEM_FILE = Path("/etc/firstlight/config.toml")
SYSTEM_STATE_DIR = Path("/var/lib/firstlight")


class Brand(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the product calls itself; the hotspot's name begins with it."""

    name: Annotated[str, Meta(min_length=1, max_length=27)] = "Firstlight"


class Join(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a new network must prove before it replaces the old one."""

    require_gateway: bool = True
    require_internet: bool = False


class Hotspot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The device's own network. Without ``ssid`` and ``password`` both are made for this device."""

    ssid: str | None = None
    password: str | None = None
    profile: Annotated[str, Meta(min_length=1, max_length=64)] = "Firstlight-Hotspot"
    channel: Annotated[int, Meta(ge=1, le=13)] | None = None
    address: str = "192.168.4.1/24"
    at_start: bool = True

    def __repr__(self) -> str:
        return f"Hotspot(ssid={self.ssid!r}, channel={self.channel}, address={self.address!r})"


class Reachability(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Pages whose answers are known; the first that answers as expected proves the internet."""

    targets: tuple[ReachTarget, ...] = (
        ReachTarget(url="http://connectivitycheck.gstatic.com/generate_204"),
        ReachTarget(
            url="http://nmcheck.gnome.org/check_network_status.txt",
            status=200,
            body="NetworkManager is online",
        ),
    )
    seconds: Annotated[float, Meta(gt=0, le=10)] = 6.0


class Web(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the daemon listens, and who may ask."""

    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535)] = 8080
    public: bool = False
    token: str | None = None
    allowed_cidrs: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Web(host={self.host!r}, port={self.port}, public={self.public})"


class Config(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of it. ``interface`` empty: the first WiFi device; ``world``: a simulated one's file."""

    enabled: bool = False
    allow_system_control: bool = False
    backend: Backend = Backend.AUTO
    interface: Annotated[str, Meta(max_length=15)] = ""
    country: str | None = None
    state_dir: str = ""
    world: str | None = None
    brand: Brand = Brand()
    join: Join = Join()
    hotspot: Hotspot = Hotspot()
    reach: Reachability = Reachability()
    web: Web = Web()

    @property
    def state_path(self) -> Path:
        """The folder for everything that is kept."""
        return Path(self.state_dir)

    @property
    def socket_path(self) -> Path:
        """Where programs on this machine reach the daemon."""
        return self.state_path / "control.sock"


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
_COUNTRY = re.compile(r"[A-Z]{2}")
_LAST_EVERYWHERE = 11
_WIDEST_PREFIX, _NARROWEST_PREFIX = 8, 29
_COUNTRIES_TO_11 = frozenset({"AS", "CA", "GU", "MP", "PR", "US", "VI"})

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
    return _checked(_decode(values))


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
            raise ConfigError(section, "is a section, not a value")
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
        raise _explained(str(error), values) from error


def _explained(text: str, values: Values) -> ConfigError:
    what, _, where = text.partition(" - at ")
    path = where.strip("`").removeprefix("$").removeprefix(".")
    unknown = re.search(r"unknown field `(.*)`", what)
    if unknown:
        key = ".".join(part for part in (path, unknown[1]) if part)
        return ConfigError(key, "is not a known key", hint=f"Known keys here: {_known(path)}.")
    given = _given(values, path)
    shown = "a secret value" if path.endswith(("password", "token")) else repr(given)
    return ConfigError(path or "config", f"is {shown}; {what[0].lower()}{what[1:]}")


def _given(values: object, path: str) -> object:
    for name in path.split("."):
        values = cast("Values", values).get(name) if isinstance(values, dict) else None
    return values


def _known(path: str) -> str:
    section: Any = Config()
    for name in filter(None, path.split(".")):
        section = getattr(section, name, section)
    return ", ".join(section.__struct_fields__)


def _checked(config: Config) -> Config:
    """What a type can't say."""
    hotspot = config.hotspot
    _check("hotspot.ssid", Ssid.from_text, hotspot.ssid)
    _check("hotspot.password", Passphrase.parse, hotspot.password)
    _check_address(hotspot.address)
    _check_country(config)
    for cidr in config.web.allowed_cidrs:
        _check_cidr(cidr)
    for target in config.reach.targets:
        if not re.fullmatch(r"http://[^/\s]+(/\S*)?", target.url):
            raise ConfigError(
                "reach.targets", f"url is {target.url!r}; allowed is http://host/path"
            )
    return config


def _check(key: str, parse: Callable[[str], object], text: str | None) -> None:
    try:
        if text is not None:
            parse(text)
    except InvalidInput as error:
        raise ConfigError(key, error.message.removeprefix(f"{error.field}: ")) from error


def _check_address(text: str) -> None:
    try:
        address = ipaddress.IPv4Interface(text)
    except ValueError as error:
        raise ConfigError(
            "hotspot.address", f"is {text!r}; allowed is like 192.168.4.1/24"
        ) from error
    if not _WIDEST_PREFIX <= address.network.prefixlen <= _NARROWEST_PREFIX:
        raise ConfigError("hotspot.address", f"is {text!r}; the prefix length is 8 to 29")


def _check_country(config: Config) -> None:
    country, channel = config.country, config.hotspot.channel
    if country is not None and not _COUNTRY.fullmatch(country):
        raise ConfigError("country", f"is {country!r}; allowed are two capital letters (ISO 3166)")
    if (
        channel is not None
        and channel > _LAST_EVERYWHERE
        and (country is None or country in _COUNTRIES_TO_11)
    ):
        raise ConfigError(
            "hotspot.channel",
            f"is {channel}; without a country that allows 12 and 13, allowed are 1 to 11",
            hint="Set country to the two letters of the country the device is used in.",
        )


def _check_cidr(text: str) -> None:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise ConfigError(
            "web.allowed_cidrs", f"has {text!r}; allowed are networks like 192.168.4.0/24"
        ) from error
