"""Records as they came over the wire, whatever a newer daemon has put into them."""

from typing import Any

import msgspec

from firstlight.client import Client
from firstlight.errors import Code, NotFound
from firstlight.model.records import RecordKind

Fields = dict[str, Any]


class Record(msgspec.Struct, frozen=True):
    """One record as it came, and the version that it had."""

    kind: RecordKind
    uuid: str
    body: bytes
    version: int | None

    @property
    def fields(self) -> Fields:
        """As plain data."""
        return msgspec.json.decode(self.body, type=Fields)


def found(client: Client, kind: RecordKind, uuid: str) -> Record | None:
    """The record, if there is one."""
    try:
        answer = client.answers.record(kind, uuid)
    except NotFound as error:
        if error.code is not Code.UNKNOWN_RECORD:
            raise
        return None
    tag = answer.headers.get("etag", "").strip('"')
    return Record(kind, uuid.lower(), answer.body, int(tag) if tag.isdecimal() else None)


def put(client: Client, record: Record, body: bytes) -> None:
    """Replace it, if it still is the version that it was."""
    client.answers.put_record(record.kind, record.uuid, msgspec.Raw(body), seen=record.version)
