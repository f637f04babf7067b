"""What the broker's section can't say by its types."""

import re

from firstlight.config.hosts import is_host
from firstlight.config.shape import Mqtt, Tls
from firstlight.errors import ConfigError

MOST_PREFIX = 128
"""Bytes of ``mqtt.topic_prefix``."""

_PREFIX = re.compile(r"(?!\$)[^/+#\x00-\x1f\x7f]+(?:/[^/+#\x00-\x1f\x7f]+)*")
_CLIENT_ID = re.compile(r"[!-~]+")


def check_mqtt(mqtt: Mqtt) -> None:
    """Raises ``ConfigError``."""
    if mqtt.host is not None and not is_host(mqtt.host):
        raise ConfigError(
            "mqtt.host",
            f"is {mqtt.host!r}; allowed is a name like broker.example or an address like "
            "192.168.7.1, without mqtt:// and port",
        )
    _check_sign_in(mqtt)
    _check_names(mqtt)
    for key in ("ca", "password_file"):
        path: str | None = getattr(mqtt, key)
        if path is not None and (not path.startswith("/") or "\0" in path):
            raise ConfigError(f"mqtt.{key}", f"is {path!r}; allowed is a path that begins with /")
    if mqtt.ca is not None and mqtt.tls is Tls.OFF:
        raise ConfigError("mqtt.tls", "is off; mqtt.ca is set, which is of use with TLS only")


def _check_sign_in(mqtt: Mqtt) -> None:
    if mqtt.password is not None and mqtt.password_file is not None:
        raise ConfigError("mqtt.password_file", "is set; so is mqtt.password, and one is enough")
    if mqtt.username is None and (mqtt.password is not None or mqtt.password_file is not None):
        raise ConfigError("mqtt.username", "is missing; a password is set, and needs one")
    if mqtt.password == "":
        raise ConfigError("mqtt.password", "is empty; leave the key out for none")


def _check_names(mqtt: Mqtt) -> None:
    prefix, name = mqtt.topic_prefix, mqtt.client_id
    if prefix is not None and not (
        _PREFIX.fullmatch(prefix) and len(prefix.encode()) <= MOST_PREFIX
    ):
        raise ConfigError(
            "mqtt.topic_prefix",
            f"is {prefix!r}; allowed is the beginning of a topic like fleet/lamp-7, at most "
            f"{MOST_PREFIX} bytes, without + # and a leading $, no part of it empty",
        )
    if name is not None and not _CLIENT_ID.fullmatch(name):
        raise ConfigError(
            "mqtt.client_id", f"is {name!r}; allowed are ASCII letters, digits and punctuation"
        )
