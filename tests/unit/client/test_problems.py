"""An error that the daemon raises is the error that the program gets."""

import msgspec
import pytest

from firstlight.client.problems import CLASS_OF, rebuilt
from firstlight.client.request import Answer, Reply, Request, granted
from firstlight.errors import (
    BrokerFailure,
    Busy,
    Code,
    ConfigError,
    FirstlightError,
    InvalidInput,
    LockedOut,
    NotFound,
    NotUnderstood,
    RadioFailure,
)
from firstlight.model.wire import Problem
from firstlight.web.problems import STATUS_OF, answer_to

HERE = "http://box.local"


def over_the_wire(error: FirstlightError) -> FirstlightError:
    answer = answer_to(error)
    return rebuilt(Reply(answer.status_code, answer.headers, bytes(answer.body)), HERE)


def told(code: str, message: str, status: int = 500) -> FirstlightError:
    body = msgspec.json.encode(Problem(error=message, message=message, code=code))
    return rebuilt(Reply(status, {}, body), HERE)


def raised(kind: type[FirstlightError]) -> FirstlightError:
    if issubclass(kind, InvalidInput):
        return kind("ssid", "is empty: give a name", hint="Do.")
    return kind("A sentence: with a colon.", hint="Do.")


@pytest.mark.parametrize("kind", STATUS_OF)
def test_what_the_daemon_answers_comes_back(kind: type[FirstlightError]) -> None:
    error = raised(kind)
    got = over_the_wire(error)
    assert type(got) is kind
    assert (got.message, got.code, got.word) == (error.message, error.code, error.code)
    assert got.hint == "Do."


def test_the_field_and_the_wait_come_back() -> None:
    bad = over_the_wire(InvalidInput("ssid", "is empty: give a name"))
    assert isinstance(bad, InvalidInput)
    assert bad.field == "ssid"
    assert over_the_wire(LockedOut("Wait.", retry_after=29.2)).retry_after == 30
    assert over_the_wire(Busy("Wait.")).retry_after is None


def test_every_code_has_its_class() -> None:
    assert CLASS_OF.keys() == set(Code)


@pytest.mark.parametrize("code", Code)
def test_every_code_can_be_rebuilt(code: Code) -> None:
    for message in ("Nothing.", "key: is wrong"):
        error = told(code, message)
        assert (error.code, error.message) == (code, message)
        if not issubclass(CLASS_OF[code], ConfigError | BrokerFailure):
            assert type(error) is CLASS_OF[code]


@pytest.mark.parametrize(
    ("status", "kind"), [(400, InvalidInput), (404, NotFound), (502, RadioFailure)]
)
def test_a_newer_daemons_code_goes_by_the_status(status: int, kind: type[FirstlightError]) -> None:
    error = told("brand_new", "Something.", status)
    assert type(error) is kind
    assert (error.word, error.message) == ("brand_new", "Something.")


@pytest.mark.parametrize("headers", [{}, {"www-authenticate": "Bearer"}])
def test_where_a_token_is_missing_the_hint_is_for_a_program(headers: dict[str, str]) -> None:
    body = msgspec.json.encode(
        Problem(error="Who?", message="Who?", code="unauthorized", hint="H.")
    )
    error = rebuilt(Reply(401, headers, body), HERE)
    assert error.message == "Who?"
    assert ("token=" in (error.hint or "")) == bool(headers)
    assert (error.hint == "H.") == (not headers)


@pytest.mark.parametrize(
    "body",
    [
        *(b"<html>", b"", b"[]"),
        b'{"code": "\xff", "message": "x"}',
        b'{"x":' + b"[" * 100_000,
    ],
    ids=["a page", "nothing", "a list", "no UTF-8", "nested without end"],
)
def test_what_is_no_problem_document_is_somebody_else(body: bytes) -> None:
    assert isinstance(rebuilt(Reply(500, {}, body), HERE), NotUnderstood)


def test_what_is_nested_without_end_is_not_understood() -> None:
    request = Request(method="POST", path="/", read=granted)
    with pytest.raises(NotUnderstood):
        _ = Answer(request, Reply(200, {}, b"[" * 100_000), HERE).value
