"""Which page ``/`` is, and where forms may send a browser."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from tests.api.fake_service import STATUS

from firstlight.errors import InvalidInput
from firstlight.model.attempt import Attempt, AttemptState, Step, StepName
from firstlight.web.portal.entrance import local_path
from firstlight.web.portal.forms import read_form
from firstlight.web.portal.landing import Scene, page_address, scene
from firstlight.web.portal.words import step_lines
from firstlight.web.problems import Refusal
from firstlight.web.settings import WebSettings

ONLINE = msgspec.structs.replace(
    STATUS, network=msgspec.structs.replace(STATUS.network, connected=True)
)


def attempt(state: AttemptState, *steps: StepName) -> Attempt:
    reached = tuple(Step(name=name, at=0, elapsed_ms=1400) for name in steps)
    return Attempt(id="a1", ssid="Net", ssid_hex="4e", state=state, started_at=0, steps=reached)


RUNNING, FAILED, DONE = (
    attempt(state) for state in (AttemptState.RUNNING, AttemptState.FAILED, AttemptState.SUCCEEDED)
)


@pytest.mark.parametrize(
    ("status", "newest", "query", "seen", "expected"),
    [
        (STATUS, None, set(), "", Scene.LIST),
        (ONLINE, None, set(), "", Scene.CONNECTED),
        (ONLINE, DONE, set(), "", Scene.CONNECTED),
        (STATUS, RUNNING, set(), "", Scene.JOINING),
        (ONLINE, RUNNING, {"attempt"}, "", Scene.JOINING),
        (STATUS, FAILED, set(), "", Scene.FAILED),
        (ONLINE, FAILED, set(), "", Scene.FAILED),
        (STATUS, FAILED, set(), "a1", Scene.LIST),
        (STATUS, FAILED, {"attempt"}, "a1", Scene.FAILED),
        (ONLINE, RUNNING, {"list"}, "", Scene.LIST),
        (ONLINE, None, {"look"}, "", Scene.CONNECTED),
        (ONLINE, RUNNING, {"ssid"}, "", Scene.FORM),
        (STATUS, None, {"other"}, "", Scene.FORM),
    ],
)
def test_the_page_follows_the_device_and_its_reader(
    status: object, newest: Attempt | None, query: set[str], seen: str, expected: Scene
) -> None:
    assert scene(status, newest, query, seen) is expected  # type: ignore[arg-type]


def test_the_next_step_is_the_one_under_way() -> None:
    lines = step_lines(attempt(AttemptState.RUNNING, StepName.FOUND, StepName.ASSOCIATED), str)
    assert [(one.words, one.time) for one in lines] == [
        ("Network found", "1.4 s"),
        ("The network answers", "1.4 s"),
        ("Checking the password…", ""),
    ]
    without = step_lines(attempt(AttemptState.RUNNING, StepName.ASSOCIATED), str, open_=True)
    assert without[-1].words == "Waiting for an address…"


@pytest.mark.attack(
    "A link to the sign-in that leads on to another site",
    guard="only a path of the device itself is gone to",
)
@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "/x?next=//evil",
        "evil",
        "",
        "/\r\nSet-Cookie: a=b",
    ],
)
def test_nobody_is_sent_to_another_site(elsewhere: str) -> None:
    assert local_path(elsewhere) == "/"


@given(st.text(max_size=40))
def test_wherever_one_is_sent_it_is_a_path_of_ours(text: str) -> None:
    path = local_path(text)
    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))
    assert path.isascii()
    assert path.isprintable()


def test_the_address_of_the_pages() -> None:
    assert page_address(WebSettings(version="1"), "192.168.1.7") == ""
    assert (
        page_address(WebSettings(version="1", page_port=80), "lamp.local") == "http://lamp.local/"
    )
    secure = WebSettings(version="1", page_port=8443, secure=True)
    assert page_address(secure, "192.168.1.7") == "https://192.168.1.7:8443/"


async def form(body: bytes, kind: str = "application/x-www-form-urlencoded") -> object:
    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    scope = {"type": "http", "method": "POST", "headers": [(b"content-type", kind.encode())]}
    return await read_form(Request(scope, receive))


async def test_a_form_is_read() -> None:
    assert await form(b"ssid=caf%C3%A9+1&password=&hidden=1&hidden=2") == {
        "ssid": "café 1",
        "password": "",
        "hidden": "2",
    }


@pytest.mark.parametrize(
    "body", [b"a=%FF", "ä=1".encode(), b"&".join(b"a%d=1" % n for n in range(99))]
)
async def test_what_no_page_of_ours_sends_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidInput):
        await form(body)


async def test_another_kind_of_body_is_refused() -> None:
    with pytest.raises(Refusal):
        await form(b"{}", "application/json")
