"""``firstlight diagnose``."""

import json

import msgspec
import pytest
from tests.unit.cli import samples
from tests.unit.cli.conftest import Cli
from tests.unit.cli.stub_daemon import Reply, StubDaemon, problem
from tests.unit.cli.test_views import drawn

from firstlight.cli.ladder import ladder_table
from firstlight.model.wire import DiagnosticsAnswer

ROUTE = "GET /api/provisioning/network/diagnostics"

BROKEN = samples.diagnostics(
    samples.rung("radio"),
    samples.rung("gateway", "failed", elapsedMs=2040, hint="Restart the router."),
    samples.rung("internet", "skipped", evidence="", elapsedMs=0),
    samples.rung("broker", "skipped", evidence="No broker is configured."),
    verdict="gateway",
)


def view(*, unicode: bool = True, width: int = 80) -> str:
    ladder = msgspec.convert(BROKEN, DiagnosticsAnswer).diagnostics.ladder
    return drawn(ladder_table(ladder, unicode=unicode), width=width)


def test_a_rung_has_mark_name_time_evidence_and_what_to_do() -> None:
    assert [line.split() for line in view().splitlines()] == [
        ["✓", "radio", "present", "0.0", "s", "radio", "seen."],
        ["✗", "gateway", "answers", "2.0", "s", "gateway", "seen."],
        ["Restart", "the", "router."],
        ["·", "internet", "reached", "not", "looked", "at"],
        ["·", "broker", "reached", "No", "broker", "is", "configured."],
    ]


def test_without_unicode_the_marks_are_ascii() -> None:
    assert [line[0] for line in view(unicode=False).splitlines()] == ["+", "x", " ", "-", "-"]


@pytest.mark.parametrize("width", [60, 80])
def test_it_fits(width: int) -> None:
    assert max(map(len, view(width=width).splitlines())) <= width


def test_what_was_seen_is_shown_safely() -> None:
    rung = samples.rung("radio", evidence="\x1b[31m[b]x\u202e", hint="\x07")
    ladder = msgspec.convert(samples.diagnostics(rung), DiagnosticsAnswer).diagnostics.ladder
    text = drawn(ladder_table(ladder, unicode=True))
    assert r"\x1b[31m[b]x\xe2\x80\xae" in text
    assert r"\x07" in text


def test_a_network_that_works(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(ROUTE, samples.diagnostics(samples.rung("radio")))
    code, out, err = ask("diagnose")
    assert (code, err) == (0, "")
    assert out.endswith("\n\nEverything works.\n")


@pytest.mark.parametrize(("verdict", "exit_code"), [("gateway", 1), ("unblocked", 4)])
def test_a_network_that_does_not(
    ask: Cli, daemon: StubDaemon, verdict: str, exit_code: int
) -> None:
    daemon.say(ROUTE, samples.diagnostics(samples.rung("radio"), verdict=verdict))
    code, out, _ = ask("diagnose")
    assert code == exit_code
    assert out.endswith("\n\nSomething is broken.\n")


def test_json_is_the_answer_as_it_came_and_the_exit_code_tells(
    ask: Cli, daemon: StubDaemon
) -> None:
    daemon.say(ROUTE, BROKEN)
    code, out, err = ask("diagnose", "--json")
    assert (code, json.loads(out), err) == (1, BROKEN, "")


def test_a_rung_of_a_newer_daemon_is_still_json(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(ROUTE, samples.diagnostics(samples.rung("wonder")))
    told = ask("diagnose", "--json")
    assert "wonder" in told.out
    assert told.code == 1
    assert "not a Firstlight daemon of this version" in told.err


def test_a_problem_is_told(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(ROUTE, problem(503, "no_network_manager", "It is not there.", "Start it."))
    assert ask("diagnose") == (4, "", "firstlight: It is not there.\n  Start it.\n")


def test_without_a_daemon_it_says_what_works(cli: Cli, tmp_path: object) -> None:
    told = cli("diagnose", "--state-dir", str(tmp_path))
    assert told.code == 3
    assert "`firstlight doctor` works without it" in told.err


def test_another_answer_is_recognised(ask: Cli, daemon: StubDaemon) -> None:
    daemon.say(ROUTE, Reply(b'{"diagnostics":{}}'))
    assert ask("diagnose").code == 1
