"""Who asks, as far as that is proven."""

import hmac
from functools import partial

from starlette.datastructures import Headers

from firstlight.web.access import Standing
from firstlight.web.policy import Policy
from firstlight.web.visit import SESSION_COOKIE, Visit

TOKEN_HEADERS = ("x-firstlight-provisioning-token", "x-moonhub-provisioning-token")
VISUAL_HEADER = "visual-token"


def recognise(visit: Visit, policy: Policy) -> None:
    """Note in ``visit`` who it is. Refuses nobody."""
    visit.standing_now = partial(_standing, visit, policy)
    visit.standing = _standing(visit, policy)


def is_token(given: str, token: str | None) -> bool:
    """Whether it is the configured one. Nothing is, where none is configured."""
    return bool(token) and _same(given.strip().encode(), str(token).encode())


def _standing(visit: Visit, policy: Policy) -> Standing:
    if _is_owner(visit, policy):
        return Standing.OWNER
    if policy.service is not None and policy.service.over_hotspot(visit.caller, visit.own):
        return _on_hotspot(policy)
    return Standing.ONLOOKER if policy.token is None else Standing.STRANGER


def _is_owner(visit: Visit, policy: Policy) -> bool:
    if visit.over_unix_socket or (policy.token is None and policy.trust_local and visit.local):
        return True
    given = _tokens(visit.headers)
    if policy.token is not None and any(_same(token, policy.token) for token in given):
        return True
    if policy.service is None:
        return False
    pairing = policy.service.pairing
    bearers = _bearers(visit.headers)
    if any(pairing.authorize_bearer(token) is not None for token in bearers):
        return True
    value = visit.headers.get(VISUAL_HEADER, "")
    if value and pairing.authorize_visual(value, visit.caller):
        return True
    cookie = visit.cookie(SESSION_COOKIE)
    visit.by_cookie = bool(cookie) and pairing.authorize_bearer(cookie) is not None
    return visit.by_cookie


def _on_hotspot(policy: Policy) -> Standing:
    if policy.code_on_hotspot:
        return Standing.STRANGER
    waits = policy.service is not None and policy.service.setting_up()
    return Standing.SETTING_UP if waits else Standing.GUEST


def _bearers(headers: Headers) -> list[str]:
    pairs = [value.partition(" ") for value in headers.getlist("authorization")]
    return [token.strip() for scheme, _, token in pairs if scheme.lower() == "bearer"]


def _tokens(headers: Headers) -> list[bytes]:
    named = [value for name in TOKEN_HEADERS for value in headers.getlist(name)]
    return [value.encode("latin-1") for value in (*named, *_bearers(headers))]


def _same(given: bytes, expected: bytes) -> bool:
    return hmac.compare_digest(given, expected)
