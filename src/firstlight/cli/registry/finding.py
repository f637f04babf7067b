"""Which record somebody means: by UUID, name or MAC address."""

import re
from collections.abc import Iterator
from typing import Final

from firstlight.cli.registry.asking import Record, found
from firstlight.client import Client
from firstlight.errors import Code, FirstlightError, InvalidInput, NotFound
from firstlight.model.mac import MacAddress
from firstlight.model.records import RecordKind
from firstlight.model.text import plain
from firstlight.model.wire import RegistryEntry

_UUID: Final = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")


def record_of(client: Client, wanted: str, kind: RecordKind | None = None) -> Record:
    """The one that is meant. Raises ``NotFound`` for none and ``InvalidInput`` for several."""
    kinds = tuple(RecordKind) if kind is None else (kind,)
    if _UUID.fullmatch(wanted):
        meant = [one for each in kinds if (one := found(client, each, wanted))]
    else:
        named = list(_named(client, wanted, kinds))
        if len(named) > 1:
            raise _several(wanted, [f"{one.uuid} ({one.kind})" for one in named])
        meant = [record for one in named if (record := found(client, one.kind, one.uuid))]
    if not meant:
        raise NotFound(
            f"There is no record {plain(wanted)}.",
            code=Code.UNKNOWN_RECORD,
            hint="`firstlight registry list` shows them all.",
        )
    if len(meant) > 1:
        raise InvalidInput("--kind", f"is missing: {wanted} is a controller and a client, too")
    return meant[0]


def _named(client: Client, wanted: str, kinds: tuple[RecordKind, ...]) -> Iterator[RegistryEntry]:
    mac, name = _mac(wanted), wanted.casefold()
    for kind in kinds:
        for entry in client.records(kind):
            fields = entry.record
            if fields["name"].casefold() == name or (mac and fields.get("mac_address") == mac):
                yield entry


def _several(wanted: str, uuids: list[str]) -> InvalidInput:
    return InvalidInput(
        "RECORD",
        f"{plain(wanted)} is the name of {len(uuids)}; give the UUID of one: {', '.join(uuids)}",
    )


def _mac(text: str) -> str:
    try:
        return str(MacAddress(text))
    except FirstlightError:
        return ""
