"""From the configuration to a broker's settings: files are read here, once."""

from pathlib import Path

from firstlight import config
from firstlight.config.shape import Tls
from firstlight.errors import ConfigError, InvalidInput
from firstlight.model.claimed import ClaimedBroker
from firstlight.model.mqtt import MqttSettings
from firstlight.telemetry.tls import tls_context

_LIMIT = 2**18


def mqtt_settings(mqtt: config.Mqtt) -> MqttSettings | None:
    """``None`` where there is no broker, or nothing is to be published.

    Raises ``ConfigError`` for a file that can't be read, or holds no certificate.
    """
    if mqtt.host is None or not mqtt.publish:
        return None
    return MqttSettings(
        host=mqtt.host,
        port=mqtt.port,
        username=mqtt.username,
        password=mqtt.password if mqtt.password_file is None else _password(mqtt.password_file),
        tls={Tls.AUTO: None, Tls.ON: True, Tls.OFF: False}[mqtt.tls],
        ca_pem=_certificates(mqtt.ca) if mqtt.ca is not None else None,
        client_id=mqtt.client_id,
        topic_prefix=mqtt.topic_prefix,
        home_assistant=mqtt.home_assistant,
        commands=mqtt.commands,
        queue_size=mqtt.queue_size,
    )


def claimed_settings(broker: ClaimedBroker, mqtt: config.Mqtt) -> MqttSettings | None:
    """The broker that a claim brought, with everything else as configured.

    ``None`` where nothing is to be published.
    """
    if not mqtt.publish:
        return None
    return MqttSettings(
        host=broker.host,
        port=broker.port,
        username=broker.username,
        password=broker.password,
        ca_pem=broker.ca_pem,
        client_id=mqtt.client_id,
        topic_prefix=mqtt.topic_prefix,
        home_assistant=mqtt.home_assistant,
        commands=mqtt.commands,
        queue_size=mqtt.queue_size,
    )


def _password(path: str) -> str:
    """The first line."""
    password = _text("mqtt.password_file", path).partition("\n")[0].rstrip("\r")
    if not password:
        raise ConfigError("mqtt.password_file", f"{path} has nothing in its first line")
    return password


def _certificates(path: str) -> str:
    text = _text("mqtt.ca", path)
    try:
        tls_context(text)
    except InvalidInput as error:
        raise ConfigError("mqtt.ca", f"{path} holds no certificate in PEM form") from error
    return text


def _text(key: str, path: str) -> str:
    try:
        with Path(path).open("rb") as file:
            return file.read(_LIMIT).decode()
    except OSError as error:
        raise ConfigError(key, f"{path} can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(key, f"{path} is not text") from error
