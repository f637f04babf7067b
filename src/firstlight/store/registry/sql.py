"""The registry's tables and statements: one text for SQLite and PostgreSQL.

Values stand as ``?``. Nothing from outside is ever part of a statement. Where the two differ, a
migration has a word in braces that the adapter fills in.

What stands in clear: kind, UUID, version, the names of certificates and what they are designated
for. Records and PEM texts are sealed, MAC addresses are keyed digests, and a designation counts
only with its seal, so whoever can write to the database can't make one.
"""

from collections.abc import Mapping

SCHEMA = "CREATE TABLE IF NOT EXISTS registry_schema (version INTEGER NOT NULL)"
READ_SCHEMA = "SELECT version FROM registry_schema"
CLEAR_SCHEMA = "DELETE FROM registry_schema"
WRITE_SCHEMA = "INSERT INTO registry_schema (version) VALUES (?)"

_TO_1 = (
    """
    CREATE TABLE registry_records (
        position {identity},
        kind TEXT NOT NULL,
        uuid TEXT NOT NULL,
        version BIGINT NOT NULL,
        mac_digest {bytes},
        sealed {bytes} NOT NULL,
        UNIQUE (kind, uuid),
        UNIQUE (kind, mac_digest)
    )
    """,
    """
    CREATE TABLE registry_certificates (
        file TEXT PRIMARY KEY,
        size INTEGER NOT NULL,
        sealed {bytes} NOT NULL
    )
    """,
    """
    CREATE TABLE registry_designations (
        kind TEXT PRIMARY KEY,
        file TEXT NOT NULL REFERENCES registry_certificates (file) ON DELETE CASCADE,
        sealed {bytes} NOT NULL
    )
    """,
    """
    CREATE TABLE registry_keys (
        generation BIGINT PRIMARY KEY,
        sealed {bytes} NOT NULL
    )
    """,
)
# Keys can be rotated, and a version is never given out twice, not even after a deletion.
_TO_2 = (
    "ALTER TABLE registry_records ADD COLUMN generation BIGINT NOT NULL DEFAULT 1",
    "ALTER TABLE registry_certificates ADD COLUMN generation BIGINT NOT NULL DEFAULT 1",
    "ALTER TABLE registry_designations ADD COLUMN generation BIGINT NOT NULL DEFAULT 1",
    "CREATE TABLE registry_counter (version BIGINT NOT NULL)",
    "INSERT INTO registry_counter SELECT COALESCE(MAX(version), 0) FROM registry_records",
)
MIGRATIONS = (_TO_1, _TO_2)
"""The statements that lead to each version of the schema, from 1."""

NEWEST = len(MIGRATIONS)

IN_USE = "SELECT 1 FROM registry_records UNION ALL SELECT 1 FROM registry_certificates LIMIT 1"
KEYS = "SELECT generation, sealed FROM registry_keys ORDER BY generation"
NEWEST_KEY = "SELECT MAX(generation) FROM registry_keys"
ADD_KEY = "INSERT INTO registry_keys (generation, sealed) VALUES (?, ?)"
DROP_KEYS = "DELETE FROM registry_keys WHERE generation <> ?"

READ_COUNTER = "SELECT version FROM registry_counter"
COUNT = "UPDATE registry_counter SET version = ?"

UUIDS = "SELECT uuid FROM registry_records WHERE kind = ? ORDER BY position"
GET = "SELECT kind, uuid, version, sealed FROM registry_records WHERE kind = ? AND uuid = ?"
FIND = "SELECT kind, uuid, version, sealed FROM registry_records WHERE kind = ? AND mac_digest = ?"
PAGE = """
    SELECT kind, uuid, version, sealed FROM registry_records
    WHERE kind = ? AND uuid > ? ORDER BY uuid LIMIT ?
"""
EACH = "SELECT kind, uuid, version, sealed FROM registry_records WHERE kind = ? ORDER BY uuid"
MACS = """
    SELECT kind, uuid, version, sealed FROM registry_records
    WHERE mac_digest IS NOT NULL ORDER BY kind, uuid
"""
VERSION_OF = "SELECT version FROM registry_records WHERE kind = ? AND uuid = ?"
OWNER = "SELECT uuid, version FROM registry_records WHERE kind = ? AND mac_digest = ?"
PUT = """
    INSERT INTO registry_records (kind, uuid, version, mac_digest, sealed, generation)
    VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (kind, uuid) DO UPDATE SET
        version = excluded.version, mac_digest = excluded.mac_digest,
        sealed = excluded.sealed, generation = excluded.generation
"""
TAKE_MAC = "UPDATE registry_records SET mac_digest = NULL WHERE kind = ? AND uuid = ?"
DELETE = "DELETE FROM registry_records WHERE kind = ? AND uuid = ? RETURNING uuid"

CERTIFICATES = "SELECT file, size FROM registry_certificates ORDER BY file"
PEMS = "SELECT file, sealed FROM registry_certificates ORDER BY file"
CERTIFICATE = "SELECT size, sealed FROM registry_certificates WHERE file = ?"
ADD_CERTIFICATE = """
    INSERT INTO registry_certificates (file, size, sealed, generation) VALUES (?, ?, ?, ?)
"""
DELETE_CERTIFICATE = "DELETE FROM registry_certificates WHERE file = ? RETURNING file"
DESIGNATIONS = "SELECT kind, file, sealed FROM registry_designations ORDER BY kind"
DESIGNATE = """
    INSERT INTO registry_designations (kind, file, sealed, generation) VALUES (?, ?, ?, ?)
    ON CONFLICT (kind) DO UPDATE SET
        file = excluded.file, sealed = excluded.sealed, generation = excluded.generation
"""

OLD_RECORDS = """
    SELECT position, kind, uuid, version, sealed FROM registry_records
    WHERE position > ? AND generation <> ? ORDER BY position LIMIT ?
"""
RESEAL_RECORD = """
    UPDATE registry_records SET mac_digest = ?, sealed = ?, generation = ? WHERE position = ?
"""
OLD_CERTIFICATES = "SELECT file, sealed FROM registry_certificates WHERE generation <> ? LIMIT ?"
RESEAL_CERTIFICATE = "UPDATE registry_certificates SET sealed = ?, generation = ? WHERE file = ?"
OLD_DESIGNATIONS = "SELECT kind, file, sealed FROM registry_designations WHERE generation <> ?"
LEFT_OVER = """
    SELECT 1 FROM registry_records WHERE generation <> ?
    UNION ALL SELECT 1 FROM registry_certificates WHERE generation <> ?
    UNION ALL SELECT 1 FROM registry_designations WHERE generation <> ? LIMIT 1
"""


def migration(version: int, words: Mapping[str, str]) -> tuple[str, ...]:
    """What leads to that version, in the words of one database."""
    return tuple(statement.format_map(words) for statement in MIGRATIONS[version - 1])
