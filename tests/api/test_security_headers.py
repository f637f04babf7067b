"""What every answer tells browsers to keep to."""

import pytest
from tests.api.test_attacks import API, GUARDED, GUARDS, Attack, attack

from firstlight.web.guards import has_the_right


@pytest.mark.parametrize(
    ("path", "status", "own"),
    [
        ("/", 303, "'self'"),
        ("/pair", 200, "'self'"),
        ("/static/live.js", 200, "'self'"),
        ("/nope", 401, "'self'"),
        ("/api/health", 200, None),
        ("/api/nope", 401, None),
        (f"{API}/status", 401, None),
        ("/api/openapi.json", 200, None),
    ],
)
async def test_every_answer_carries_the_security_headers(
    path: str, status: int, own: str | None
) -> None:
    case = Attack(guard=has_the_right, status=status, settings=GUARDED, method="GET", path=path)
    answer = await attack(case, GUARDS)
    assert answer.status_code == status
    policy = dict(
        part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";")
    )
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    for kind in ("script-src", "style-src", "connect-src"):
        assert policy.get(kind) == own
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "access-control-allow-origin" not in answer.headers
    assert "server" not in answer.headers
