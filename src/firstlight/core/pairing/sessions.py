"""Sessions: thirty days each, known by the hash of a token, with a clock that may be wrong.

A board without a clock of its own starts in 1970 or at its last shutdown, and a time server
corrects it later. Time here is what the device believes: it goes on by boot time from the latest
that was ever written down, and wall time may only put it forward, when it is plausible. So:

- a clock that falls back does not bring expired sessions to life, and one that is not set throws
  nobody out: while it is not, time goes on by what was counted;
- when the clock is put forward, the sessions that were made in this boot, and those that were made
  before it was ever set, go along: their dates came from the wrong clock. The others have really
  aged;
- what has expired is removed for good.

Two limits. Across reboots of a device whose clock is never set, the time that it is off does not
count, nor the last hour or so before each reboot. And a clock that was wrong by years into the
future ends the sessions of earlier boots; people have to pair again.
"""

import hashlib
import hmac

from msgspec.structs import replace

from firstlight.core.pairing.plausible import EARLIEST, is_plausible
from firstlight.model.moment import Moment
from firstlight.model.session import Session, SessionBook
from firstlight.model.text import plain

LIFE_SECONDS = 30 * 86_400
MOST = 32
USED_SECONDS = 3600
"""How coarse the time of the last use is, so that use hardly ever writes to the disk."""

JUMP_SECONDS = 60.0
NAME_LENGTH = 40
NO_NAME = "Unnamed device"
_JOINERS = " \u200c\u200d"  # nothing to see where they join nothing

_SET_MS = round(EARLIEST * 1000)


def hash_of(token: str) -> str:
    """What is kept of a token. Its 256 random bits need neither salt nor stretching."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def device_name(given: str) -> str:
    """What a device calls itself, on one short line and safe to show."""
    name = plain(" ".join(given[: 4 * NAME_LENGTH].split())).strip(_JOINERS)
    return (name if len(name) <= NAME_LENGTH else f"{name[: NAME_LENGTH - 1]}…") or NO_NAME


def caught_up(book: SessionBook, boot_id: str, now: Moment) -> SessionBook:
    """The book at this moment: dates put right, without what has expired.

    ``boot_id`` must not be empty.
    """
    since = book.at if book.boot_id == boot_id else 0.0
    passed = max(0, int((now.monotonic - since) * 1000))
    counted = book.latest + passed
    believed = max(counted, now.unix_ms if is_plausible(now.wall) else 0)
    moved = believed - counted
    sessions = book.sessions
    if moved > JUMP_SECONDS * 1000:
        sessions = tuple(
            _moved(one, moved) if _is_dated_wrongly(one, boot_id) else one for one in sessions
        )
    if any(one.expires_at <= believed for one in sessions):
        sessions = tuple(one for one in sessions if one.expires_at > believed)
    # Fractions of a millisecond stay to be counted: many calls must not stop the time.
    return SessionBook(
        sessions=sessions, latest=believed, at=since + passed / 1000, boot_id=boot_id
    )


def opened(
    book: SessionBook, *, session_id: str, name: str, token: str
) -> tuple[SessionBook, tuple[Session, ...]]:
    """A book that is caught up, with one more session; and those that had to go for it.

    When there are too many, the ones unused for longest go.
    """
    new = Session(
        id=session_id,
        device_name=device_name(name),
        created_at=book.latest,
        used_at=book.latest,
        expires_at=book.latest + LIFE_SECONDS * 1000,
        token_hash=hash_of(token),
        boot_id=book.boot_id,
    )
    by_use = sorted(book.sessions, key=lambda one: one.used_at)
    gone = tuple(by_use[: max(0, len(by_use) + 1 - MOST)])
    return replace(book, sessions=(*(one for one in book.sessions if one not in gone), new)), gone


def found(book: SessionBook, token: str) -> Session | None:
    """The session of that token, in a book that is caught up. All are compared, each in full."""
    wanted = hash_of(token)
    hits = [one for one in book.sessions if hmac.compare_digest(one.token_hash, wanted)]
    return hits[0] if hits else None


def used(book: SessionBook, session: Session) -> SessionBook:
    """With a note that it was used now; the very same book when there is a recent note."""
    if book.latest - session.used_at < USED_SECONDS * 1000:
        return book
    return replace(
        book,
        sessions=tuple(
            replace(one, used_at=book.latest) if one is session else one for one in book.sessions
        ),
    )


def without(book: SessionBook, session_id: str) -> tuple[SessionBook, tuple[Session, ...]]:
    """The book without the session of that ID, and what went; nothing for an unknown one."""
    gone = tuple(one for one in book.sessions if one.id == session_id)
    return replace(book, sessions=tuple(one for one in book.sessions if one not in gone)), gone


def _is_dated_wrongly(session: Session, boot_id: str) -> bool:
    """Whether its dates come from the clock that has just been put forward."""
    return session.boot_id == boot_id or session.created_at < _SET_MS


def _moved(session: Session, by: int) -> Session:
    return replace(
        session,
        created_at=session.created_at + by,
        used_at=session.used_at + by,
        expires_at=session.expires_at + by,
    )
