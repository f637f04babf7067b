"""Example devices for somebody who tries Firstlight out on simulated radios."""

import msgspec

from firstlight.daemon.registry import RegistryKeeper
from firstlight.model.records import Client, Controller, Record, RecordKind

_BROKER = {"host": "broker.example", "username": "lamp", "password": "only-an-example"}

EXAMPLES: tuple[tuple[RecordKind, str, dict[str, object]], ...] = (
    (
        RecordKind.CLIENT,
        "5b0a1c3e-0000-4000-8000-000000000001",
        {
            "name": "Reading lamp",
            "id": "S22",
            "area": "Library",
            "mac_address": "02:f0:00:00:01:01",
            "wifi": {"ssid": "Lighthouse", "password": "correct-horse"},
            "mqtt": _BROKER,
        },
    ),
    (
        RecordKind.CLIENT,
        "5b0a1c3e-0000-4000-8000-000000000002",
        {
            "name": "Door bell",
            "id": "S17",
            "area": "Porch",
            "mac_address": "02:f0:00:00:01:02",
            "wifi": {"ssid": "Lighthouse", "password": "correct-horse"},
            "mqtt": _BROKER,
        },
    ),
    (
        RecordKind.CONTROLLER,
        "5b0a1c3e-0000-4000-8000-000000000003",
        {
            "name": "Upstairs",
            "area": "Landing",
            "mac_address": "02:f0:00:00:01:03",
            "ports": {"1": {"id": "S22", "name": "Library"}, "2": {"id": "S17", "name": "Porch"}},
        },
    ),
)


async def register_examples(registry: RegistryKeeper) -> bool:
    """Register them, unless anybody is registered; returns whether they were."""
    for kind in RecordKind:
        if await registry.uuids(kind):
            return False
    for kind, uuid, record in EXAMPLES:
        await registry.put(kind, uuid, _record(kind, record))
    return True


def _record(kind: RecordKind, given: dict[str, object]) -> Record:
    return msgspec.convert(given, Client if kind is RecordKind.CLIENT else Controller)
