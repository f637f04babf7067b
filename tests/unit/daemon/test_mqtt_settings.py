"""From the configuration to a broker's settings."""

from pathlib import Path

import pytest
from tests.unit.telemetry.certificates import Authority

from firstlight.config import Mqtt
from firstlight.config.shape import Tls
from firstlight.daemon.mqtt_settings import mqtt_settings
from firstlight.errors import ConfigError
from firstlight.model.mqtt import MqttSettings

SECRET = "correct-horse"


def test_without_a_broker_or_a_wish_to_publish_there_are_none() -> None:
    assert mqtt_settings(Mqtt()) is None
    assert mqtt_settings(Mqtt(host="broker.example", publish=False)) is None


@pytest.mark.parametrize(
    ("tls", "ca", "port", "secure", "dialled"),
    [
        (Tls.AUTO, False, None, False, 1883),
        (Tls.AUTO, True, None, True, 8883),
        (Tls.AUTO, True, 1884, True, 1884),
        (Tls.ON, False, None, True, 8883),
        (Tls.OFF, False, None, False, 1883),
    ],
)
def test_tls_and_the_port_go_by_the_ca(
    tmp_path: Path, tls: Tls, *, ca: bool, port: int | None, secure: bool, dialled: int
) -> None:
    file = tmp_path / "ca.pem"
    file.write_text(Authority().pem)
    mqtt = Mqtt(host="broker.example", tls=tls, ca=str(file) if ca else None, port=port)
    settings = mqtt_settings(mqtt)
    assert settings is not None
    assert (settings.secure, settings.dialled_port) == (secure, dialled)
    assert mqtt.dialled_port == dialled


def test_the_password_is_the_first_line_of_its_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_bytes(f"{SECRET}\r\nmore\n".encode())
    settings = mqtt_settings(Mqtt(host="b", username="lamp", password_file=str(file)))
    assert settings is not None
    assert settings.password == SECRET
    assert SECRET not in repr(settings)


@pytest.mark.parametrize("content", [b"", b"\nsecond", b"\xff", None])
def test_a_password_file_without_one_is_refused(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "password"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        mqtt_settings(Mqtt(host="b", username="lamp", password_file=str(file)))
    assert caught.value.key == "mqtt.password_file"


def test_a_ca_that_is_none_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("no certificate")
    with pytest.raises(ConfigError) as caught:
        mqtt_settings(Mqtt(host="b", ca=str(file)))
    assert caught.value.key == "mqtt.ca"


def test_no_secret_is_in_a_repr() -> None:
    assert SECRET not in repr(Mqtt(host="b", username="a", password=SECRET))
    assert SECRET not in repr(MqttSettings(host="b", username="a", password=SECRET, ca_pem=SECRET))
