"""Who may come back without a code: what is kept of each, and what is told."""

from typing import Annotated, Self

import msgspec
from msgspec import Meta

from firstlight.model.kept import UnixMs

Digest = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
ShortText = Annotated[str, Meta(max_length=200)]


class Session(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """One paired device. Of its token only ``token_hash`` is kept: SHA-256 in hexadecimal.

    ``boot_id`` names the boot in which it was made, as ``Clock.boot_id`` does. Times in Unix ms as
    the device believes: below 2025 it was made before the clock was ever set.
    """

    id: ShortText
    device_name: ShortText
    created_at: UnixMs
    used_at: UnixMs
    expires_at: UnixMs
    token_hash: Digest
    boot_id: ShortText

    def __repr__(self) -> str:
        return f"Session(id={self.id!r}, device_name={self.device_name!r})"


class SessionBook(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """All sessions, and how far time had come when they were written.

    ``latest``: Unix ms; ``at``: the same moment in seconds of the boot ``boot_id``.
    """

    sessions: tuple[Session, ...] = ()
    latest: UnixMs = 0
    at: float = 0.0
    boot_id: ShortText = ""


class SessionEntry(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A session as it is listed, without anything that signs in.

    Times in Unix ms; ``last_used_at`` is up to an hour old.
    """

    id: str
    device_name: str
    created_at: UnixMs
    last_used_at: UnixMs
    expires_at: UnixMs

    @classmethod
    def of(cls, session: Session) -> Self:
        """What may be told of it."""
        return cls(
            id=session.id,
            device_name=session.device_name,
            created_at=session.created_at,
            last_used_at=session.used_at,
            expires_at=session.expires_at,
        )
