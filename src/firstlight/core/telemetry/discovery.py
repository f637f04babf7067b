"""Home Assistant finds the device by one retained message (its "Device discovery" over MQTT)."""

from collections.abc import Collection
from typing import Any

import msgspec

from firstlight.core.telemetry.topics import Topics, part
from firstlight.model.mqtt import Command, Discovery

ROOT = "homeassistant"
"""Where Home Assistant listens unless it was told otherwise."""


class Self(msgspec.Struct, frozen=True, kw_only=True):
    """Who the device is."""

    device_id: str
    hostname: str
    brand: str
    version: str


def topic(device_id: str) -> str:
    """Where the discovery message is kept."""
    return f"{ROOT}/device/{part(device_id)}/config"


def discovery(own: Self, topics: Topics, commands: Collection[Command]) -> Discovery:
    """Sensors for how it is, and a button for every command that is allowed."""
    components = _sensors(topics)
    for key, (command, name, payload, icon) in _BUTTONS.items():
        if command in commands:
            components[key] = {
                "platform": "button",
                "name": name,
                "command_topic": topics.command(command),
                "payload_press": payload,
                "icon": icon,
                "entity_category": "diagnostic",
                "qos": 1,
            }
    for key, component in components.items():
        component["unique_id"] = f"{part(own.device_id)}_{key}"
    return Discovery(
        device={
            "identifiers": [own.device_id],
            "name": own.hostname,
            "manufacturer": own.brand,
            "sw_version": own.version,
            "serial_number": own.device_id,
        },
        origin={"name": "Firstlight", "sw_version": own.version},
        availability_topic=topics.availability,
        components=components,
    )


def _sensors(topics: Topics) -> dict[str, dict[str, Any]]:
    told: dict[str, dict[str, Any]] = {
        "connectivity": {
            "platform": "binary_sensor",
            "name": "WiFi",
            "device_class": "connectivity",
            "value_template": "{{ 'ON' if value_json.network.connected else 'OFF' }}",
        },
        "internet": {
            "platform": "binary_sensor",
            "name": "Internet",
            "device_class": "connectivity",
            "value_template": "{{ 'ON' if value_json.network.internetReachable else 'OFF' }}",
        },
        "mode": {
            "platform": "sensor",
            "name": "Mode",
            "icon": "mdi:state-machine",
            "value_template": "{{ value_json.runtime.phase }}",
        },
        "health": {
            "platform": "sensor",
            "name": "Health",
            "icon": "mdi:heart-pulse",
            "value_template": "{{ value_json.runtime.health }}",
        },
        "summary": {
            "platform": "sensor",
            "name": "Summary",
            "icon": "mdi:text",
            "value_template": "{{ value_json.runtime.summary[:255] }}",
        },
    }
    for component in told.values():
        component |= {"state_topic": topics.status, "entity_category": "diagnostic", "qos": 1}
    return told


_BUTTONS: dict[str, tuple[Command, str, str, str]] = {
    "recover": (Command.RECOVER, "Recover", "{}", "mdi:lifebuoy"),
    "restart": (Command.RESTART, "Restart", '{"scope":"device"}', "mdi:restart"),
    "diagnose": (Command.DIAGNOSE, "Diagnose", "{}", "mdi:stethoscope"),
    "provisioning_on": (
        Command.PROVISIONING,
        "Provisioning Mode on",
        '{"on":true}',
        "mdi:access-point",
    ),
    "provisioning_off": (
        Command.PROVISIONING,
        "Provisioning Mode off",
        '{"on":false}',
        "mdi:access-point-off",
    ),
}
