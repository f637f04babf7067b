"""``docs/asyncapi.json``: what goes over MQTT (AsyncAPI 3.0), from the types that it is made with.

JSON is YAML, too, and needs no library to be written.
"""

import json
from typing import Any, get_args

import msgspec

from firstlight import __version__
from firstlight.core.telemetry import commands, discovery
from firstlight.core.telemetry.topics import Topics
from firstlight.errors import UNTOLD
from firstlight.model.event import DeviceEvent
from firstlight.model.ladder import Diagnostics
from firstlight.model.mqtt import (
    Availability,
    Command,
    CommandAnswer,
    DiagnoseOrder,
    Discovery,
    Dropped,
    ProvisioningOrder,
    RecoverOrder,
)
from firstlight.model.status import DeviceStatus
from firstlight.model.wire import RestartBody

_TOPICS = Topics("{prefix}")
_SENT: dict[str, tuple[str, type, str, bool]] = {
    "status": (_TOPICS.status, DeviceStatus, "How the device is", True),
    "events": (
        _TOPICS.events,
        DeviceEvent,
        "Every event, at least once; its id tells repeats",
        False,
    ),
    "dropped": (_TOPICS.dropped, Dropped, "How many events there was no room for", False),
    "diagnostics": (_TOPICS.diagnostics, Diagnostics, "What the ladder found, when asked", False),
    "response": (_TOPICS.response, CommandAnswer, "What became of a command", False),
    "discovery": (
        f"{discovery.ROOT}/device/{{deviceId}}/config",
        Discovery,
        "Home Assistant's device discovery, where it is switched on",
        True,
    ),
}
_TAKEN: dict[Command, tuple[type, str]] = {
    Command.RECOVER: (RecoverOrder, "Begin recovery"),
    Command.RESTART: (RestartBody, "Restart Firstlight or the whole device"),
    Command.PROVISIONING: (ProvisioningOrder, "Switch Provisioning Mode"),
    Command.DIAGNOSE: (DiagnoseOrder, "Climb the diagnostic ladder"),
}
assert {kind for kind, _ in _TAKEN.values()} == set(get_args(commands.Order))  # noqa: S101

_PREFIX = {
    "prefix": {
        "description": "mqtt.topic_prefix",
        "default": "firstlight/<device ID>",
    }
}
_DEVICE = {"deviceId": {"description": "What stands on the label."}}


def page() -> str:
    """The document."""
    kinds = [kind for _, kind, _, _ in _SENT.values()] + [kind for kind, _ in _TAKEN.values()]
    ordered = sorted(set(kinds), key=lambda kind: kind.__name__)
    _, schemas = msgspec.json.schema_components(ordered, ref_template="#/components/schemas/{name}")
    schemas["Code"]["enum"] = sorted({*schemas["Code"]["enum"]} - UNTOLD)
    channels: dict[str, Any] = {"availability": _availability()}
    operations: dict[str, Any] = {"availability": _operation("send", "availability")}
    for name, (topic, kind, words, retained) in _SENT.items():
        channels[name] = _channel(topic, kind, words)
        operations[name] = _operation("send", name, retain=retained)
    for command, (kind, words) in _TAKEN.items():
        name = f"command{command.value.capitalize()}"
        channels[name] = _channel(_TOPICS.command(command), kind, words)
        operations[name] = _operation("receive", name) | {
            "reply": {
                "channel": {"$ref": "#/channels/response"},
                "address": {
                    "description": "The response topic, which must be below this channel; without "
                    "one, the channel itself. Correlation data comes back.",
                    "location": "$message.header#/responseTopic",
                },
            }
        }
    document = {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Firstlight over MQTT",
            "version": __version__,
            "description": "MQTT 5, everything with QoS 1. See telemetry.md.",
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {"schemas": schemas},
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _channel(topic: str, kind: type, words: str) -> dict[str, Any]:
    return {
        "address": topic,
        "title": words,
        "parameters": _DEVICE if "{deviceId}" in topic else _PREFIX,
        "messages": {
            kind.__name__: {
                "contentType": "application/json",
                "payload": {"$ref": f"#/components/schemas/{kind.__name__}"},
            }
        },
    }


def _availability() -> dict[str, Any]:
    words = [one.value for one in Availability]
    return {
        "address": _TOPICS.availability,
        "title": "Whether the device is there; its last will is offline",
        "parameters": _PREFIX,
        "messages": {
            "Availability": {
                "contentType": "text/plain",
                "payload": {"type": "string", "enum": words},
            }
        },
    }


def _operation(action: str, channel: str, *, retain: bool = True) -> dict[str, Any]:
    binding = {"qos": 1, "retain": retain, "bindingVersion": "0.2.0"}
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        **({"bindings": {"mqtt": binding}} if action == "send" else {}),
    }
