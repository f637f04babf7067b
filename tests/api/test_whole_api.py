"""The whole published description, tried out: no 5xx, and every answer is one that it promises.

Left out: the event stream, whose answer never ends (``test_events.py`` has it).
"""

from collections.abc import Iterator

import httpx
import hypothesis
import pytest
import schemathesis
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import positive_data_acceptance
from tests.browser.staged import Stage, staged

from firstlight.web.api.endpoint import Endpoint
from firstlight.web.api.itself import ENDPOINTS
from firstlight.web.settings import WebSettings

MANY, FEW = 25, 5
SETTINGS = hypothesis.settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)
ENDING = [row for row in ENDPOINTS if not row.streams]

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


TOKEN = "correct-horse-battery"
# What no schema says: a network is named in one of two ways, a record has one MAC address under two
# names and a network name of 32 bytes, and a certificate and an import have forms of their own.
NARROWER = (
    "/api/provisioning/network/connect",
    "/api/controllers/{uuid}",
    "/api/clients/{uuid}",
    "/certs",
    "/api/registry/import",
)
SIGNED_IN = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """Nobody is let in for being on this machine, so that sign-in is tried out, too."""
    with staged(WebSettings(version="1", token=TOKEN, trust_local=False)) as stage:
        yield stage


def tried(stage: Stage, document: dict[str, object], row: Endpoint) -> None:
    """Send what the description allows, and some that it does not; check each answer."""
    schema = schemathesis.openapi.from_dict(document)
    operation = schema[row.path][row.method]

    # Where a request has neither body nor parameters there is little to try out.
    varied = row.body or row.upload or row.takes or "{" in row.path

    @hypothesis.settings(SETTINGS, max_examples=MANY if varied else FEW)
    @hypothesis.given(case=operation.as_strategy())
    def send(case: schemathesis.Case) -> None:
        case.call_and_validate(
            base_url=stage.address,
            headers=SIGNED_IN,
            excluded_checks=[positive_data_acceptance] if row.path in NARROWER else [],
        )

    send()


@pytest.fixture
def document(stage: Stage) -> dict[str, object]:
    return httpx.get(f"{stage.address}/api/openapi.json").json()


@pytest.mark.parametrize("row", ENDING, ids=lambda row: f"{row.method} {row.path}")
def test_every_answer_conforms(stage: Stage, document: dict[str, object], row: Endpoint) -> None:
    tried(stage, document, row)


def test_an_answer_that_is_not_promised_is_seen(stage: Stage, document: dict[str, object]) -> None:
    row = next(one for one in ENDING if one.path == "/api/health")
    answer = document["paths"]["/api/health"]["get"]["responses"]["200"]  # type: ignore[index]
    answer["content"]["application/json"]["schema"] = {"type": "string"}
    with pytest.raises(FailureGroup):
        tried(stage, document, row)
