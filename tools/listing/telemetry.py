"""MQTT topics and Prometheus metrics."""

import json
from collections.abc import Iterator

from drawing.messages import page
from drawing.text import table

from firstlight.core.telemetry.families import BUILD_INFO, FAMILIES

_DOCUMENT = json.loads(page())


def topics() -> Iterator[str]:
    """Every topic, as docs/asyncapi.json has it."""
    operations = _DOCUMENT["operations"]
    rows = []
    for name, channel in _DOCUMENT["channels"].items():
        operation = operations[name]
        sent = operation["action"] == "send"
        kept = sent and operation["bindings"]["mqtt"]["retain"]
        (message,) = channel["messages"]
        topic = (
            channel["address"].replace("{prefix}", "<root>").replace("{deviceId}", "<device ID>")
        )
        way = "from the device" if sent else "to the device"
        body = f"`{message}`"
        rows.append([f"`{topic}`", way, "yes" if kept else "no", body, channel["title"]])
    yield ""
    yield from table(["Topic", "Way", "Retained", "Body", "What"], *rows)
    yield ""


def metrics() -> Iterator[str]:
    """Every metric, with the values that its label can have."""
    rows = [
        [f"`{one.name}`", one.kind.value, f"`{one.label}`" if one.label else "", one.help]
        for one in FAMILIES
    ]
    rows.append([f"`{BUILD_INFO}`", "gauge", "`version`, `python`", "What runs."])
    yield ""
    yield from table(["Metric", "Kind", "Label", "Meaning"], *rows)
    yield ""
    labels = {(one.label, one.values): one.name for one in FAMILIES if one.label}
    for (label, values), name in labels.items():
        yield f"- `{label}` of `{name}`: {', '.join(f'`{value}`' for value in values)}"
    yield ""
