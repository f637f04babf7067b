"""Signing in: the pairing code, and who is paired."""

from firstlight.client.device import API
from firstlight.client.operation import operation
from firstlight.client.request import Request, decoded, get, segment, send, wish
from firstlight.model.pairing import CodeShown
from firstlight.model.session import SessionEntry
from firstlight.model.wire import PairAnswer, PairBody, SessionsAnswer


class AccessOperations:
    """All but ``pair`` are for those who are signed in."""

    @operation
    def pair(self, code: str, device_name: str = "") -> Request[PairAnswer]:
        """Turn the six-digit code that the device shows into a bearer token for 30 days.

        ``device_name`` is what the list of sessions shows. Raises ``Unauthorized`` for a wrong
        code, which counts, and ``LockedOut`` after five, with ``retry_after``.
        """
        return send(
            "POST", "/api/auth/pair", PairAnswer, PairBody(code=code, device_name=device_name)
        )

    @operation
    def code(self) -> Request[CodeShown]:
        """The pairing code of the moment, and the device ID."""
        return get(f"{API}/auth-code", CodeShown)

    @operation
    def new_code(self) -> Request[CodeShown]:
        """Another code."""
        return send("POST", f"{API}/auth-code/regenerate", CodeShown)

    @operation
    def unlock_code(self) -> Request[CodeShown]:
        """End the pause that follows wrong codes."""
        return send("POST", f"{API}/auth-code/unlock", CodeShown)

    @operation
    def sessions(self) -> Request[tuple[SessionEntry, ...]]:
        """Who is paired, the newest last."""
        return Request(
            method="GET",
            path=f"{API}/sessions",
            read=lambda reply: decoded(SessionsAnswer)(reply).sessions,
        )

    @operation
    def revoke_session(self, session_id: str) -> Request[None]:
        """Sign one out. Raises ``NotFound``."""
        return wish("DELETE", f"{API}/sessions/{segment(session_id)}")

    @operation
    def revoke_all_sessions(self) -> Request[None]:
        """Sign everybody out."""
        return wish("DELETE", f"{API}/sessions")
