"""What a type can't say: forms and combinations that are refused."""

import ipaddress
import re
from collections.abc import Callable

from firstlight.config.broker import check_mqtt
from firstlight.config.hosts import HOST_NAME
from firstlight.config.shape import Brand, Config, Registry
from firstlight.errors import ConfigError, InvalidInput
from firstlight.model.passphrase import Passphrase
from firstlight.model.ssid import Ssid

_COUNTRY = re.compile(r"[A-Z]{2}")
_LAST_EVERYWHERE = 11
_WIDEST_PREFIX, _NARROWEST_PREFIX = 8, 29
_ID_PREFIX = re.compile(r"[A-Z0-9]{2,8}")
_TOKEN = re.compile(r"[!-~]+")
# Plain HTTP, so that a portal can answer in the page's place and be found out.
_URL = re.compile(
    r"http://(?=[^/:]{1,253}(?:[/:]|$))[0-9A-Za-z-]{1,63}(?:\.[0-9A-Za-z-]{1,63})*"
    r"(?::(?P<port>[0-9]{1,5}))?(?:/[!-~]*)?"
)
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_SUPPORT = re.compile(r"https?://[!-~]{1,500}")
_HIGHEST_PORT = 65535
_COUNTRIES_TO_11 = frozenset({"AS", "CA", "GU", "MP", "PR", "US", "VI"})


def checked(config: Config) -> Config:
    """The same configuration. Raises ``ConfigError`` for what can't be."""
    hotspot = config.hotspot
    _check("hotspot.ssid", Ssid.from_text, hotspot.ssid)
    _check("hotspot.password", Passphrase.parse, hotspot.password)
    _check_address(hotspot.address)
    _check_country(config)
    for cidr in config.web.allowed_cidrs:
        _check_cidr(cidr)
    for name in config.web.host_names:
        _check_host_name(name)
    _check_brand(config.brand)
    _check_token(config.web.token)
    _check_tls(config)
    _check_id_prefix(config.device.id_prefix)
    _check_folder(config.hooks.folder)
    check_mqtt(config.mqtt)
    _check_registry(config.registry)
    for number, target in enumerate(config.reach.targets):
        _check_url(f"reach.targets[{number}].url", target.url)
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
    network = address.network
    if address.ip in {network.network_address, network.broadcast_address}:
        raise ConfigError(
            "hotspot.address",
            f"is {text!r}; allowed is an address inside {network}, not its first or last",
        )
    if address.is_multicast or address.is_loopback or address.is_reserved:
        raise ConfigError("hotspot.address", f"is {text!r}; no host can have that address")


def _check_token(token: str | None) -> None:
    if token is None or _TOKEN.fullmatch(token):
        return
    wrong = "has a space or a character that is not ASCII" if token else "is empty"
    raise ConfigError(
        "web.token",
        f"{wrong}; allowed are ASCII letters, digits and punctuation, at least one of them",
        hint="`openssl rand -hex 16` prints a good one.",
    )


def _check_brand(brand: Brand) -> None:
    if brand.colour is not None and not _COLOUR.fullmatch(brand.colour):
        raise ConfigError("brand.colour", f"is {brand.colour!r}; allowed is like #a84a00")
    if brand.support_url is not None and not _SUPPORT.fullmatch(brand.support_url):
        raise ConfigError(
            "brand.support_url",
            f"is {brand.support_url!r}; allowed is like https://aurora.example/help",
        )
    if brand.logo is not None and not brand.logo.startswith("/"):
        raise ConfigError("brand.logo", f"is {brand.logo!r}; allowed is a path that begins with /")


def _check_tls(config: Config) -> None:
    """Both files or none: never half."""
    web = config.web
    for present, absent in (("tls_certificate", "tls_key"), ("tls_key", "tls_certificate")):
        if getattr(web, present) is not None and getattr(web, absent) is None:
            raise ConfigError(
                f"web.{absent}",
                f"is missing; web.{present} is set, and TLS needs both",
                hint="`firstlight install --tls` makes a certificate and its key.",
            )
    if web.tls_certificate is not None and web.port == web.tls_port != 0:
        raise ConfigError(
            "web.tls_port", f"is {web.tls_port}, as web.port is; they must be different"
        )


def _check_id_prefix(text: str | None) -> None:
    if text is not None and not _ID_PREFIX.fullmatch(text):
        raise ConfigError(
            "device.id_prefix",
            f"is {text!r}; allowed are 2 to 8 capital letters A to Z and digits, such as AUR",
        )


def _check_url(key: str, url: str) -> None:
    form = _URL.fullmatch(url)
    if form is None or int(form["port"] or 80) > _HIGHEST_PORT:
        raise ConfigError(
            key, f"is {url!r}; allowed is http://host/path, the host an IPv4 or a name"
        )


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


def _check_host_name(text: str) -> None:
    if not HOST_NAME.fullmatch(text):
        raise ConfigError(
            "web.host_names",
            f"has {text!r}; allowed are names like setup.example, without http:// and port",
            hint="A name with other letters is written in its ASCII form, which begins with xn--.",
        )


def _check_folder(text: str) -> None:
    if not text.startswith("/") or "\0" in text:
        raise ConfigError(
            "hooks.folder",
            f"is {text!r}; allowed is a path that begins with /, such as /etc/firstlight/hooks",
        )


def _check_registry(registry: Registry) -> None:
    """The URL may hold a password, so it is not repeated."""
    if registry.url is not None and not registry.url.startswith(("postgresql://", "postgres://")):
        raise ConfigError(
            "registry.url", "is something else; allowed is like postgresql://user@host/database"
        )
    if registry.key_file is not None and not registry.key_file.startswith("/"):
        raise ConfigError(
            "registry.key_file",
            f"is {registry.key_file!r}; allowed is a path that begins with /",
        )
