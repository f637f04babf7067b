"""What hooks are told, when, and what becomes of it."""

import json
import logging
import os
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.unit.daemon.hooking import Hooked
from tests.unit.daemon.waited import until

from firstlight.daemon import hook_line, process
from firstlight.daemon.hook_folder import HookFolder
from firstlight.model.event import Action, ActionPhase
from firstlight.model.status import Mode
from firstlight.radio.simulated.clock import VirtualClock
from firstlight.web.encoding import to_json


@pytest.fixture
def hooked(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Hooked:
    caplog.set_level(logging.DEBUG, logger="firstlight.daemon")
    return Hooked(tmp_path)


def said(caplog: pytest.LogCaptureFixture, level: int = logging.INFO) -> list[str]:
    """What the daemon logged; what another test has left behind is no concern of this one."""
    ours = (one for one in caplog.records if one.name.startswith("firstlight"))
    return [one.getMessage() for one in ours if one.levelno >= level]


async def test_each_event_stands_on_its_input_as_in_the_stream(hooked: Hooked) -> None:
    hooked.hook("all", 'cat >> "$told/all"')
    hooked.say("before it began")
    async with hooked.running():
        events = [hooked.say("caf\u00e9\n\u2028"), hooked.status(), hooked.say()]
        await until(lambda: (hooked.told / "all").exists() and len(lines(hooked)) == 3)
    assert lines(hooked) == [to_json(event) for event in events]
    assert [json.loads(line)["id"] for line in lines(hooked)] == [one.id for one in events]


def lines(hooked: Hooked) -> list[bytes]:
    return (hooked.told / "all").read_bytes().split(b"\n")[:-1]


async def test_its_environment_has_the_event_and_nothing_of_the_daemons(
    hooked: Hooked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIRSTLIGHT_PROVISIONING_TOKEN", "correct-horse")
    monkeypatch.setenv("LD_PRELOAD", "")
    hooked.hook("env", "/usr/bin/env > $told/new; mv $told/new $told/env")
    async with hooked.running():
        hooked.status(Mode.ONBOARDING)
        event = hooked.act(Action.NETWORK_CONNECT, ActionPhase.COMPLETED)
        await until(lambda: f"FIRSTLIGHT_EVENT_ID={event.id}" in hooked.lines("env"))
    of_the_shell = ("PWD=", "_=", "SHLVL=", "OLDPWD=")
    assert {one for one in hooked.lines("env") if not one.startswith(of_the_shell)} == {
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "LANG=C.UTF-8",
        "FIRSTLIGHT_EVENT=network.connect",
        f"FIRSTLIGHT_EVENT_ID={event.id}",
        "FIRSTLIGHT_EVENT_TYPE=action",
        "FIRSTLIGHT_LEVEL=success",
        "FIRSTLIGHT_PHASE=completed",
        "FIRSTLIGHT_MODE=onboarding",
        "FIRSTLIGHT_RUNTIME_PHASE=ready",
        "FIRSTLIGHT_SOCKET=/run/control.sock",
    }


async def test_one_hook_has_its_events_in_order_and_never_two_at_once(hooked: Hooked) -> None:
    script = "mkdir $told/busy || exit; read line; echo $FIRSTLIGHT_EVENT_ID >> $told/ids"
    hooked.hook("slow", f"{script}; sleep 0.02; rmdir $told/busy")
    async with hooked.running():
        ids = [hooked.say().id for _ in range(8)]
        await until(lambda: hooked.has("ids", *ids))


async def test_two_hooks_run_side_by_side(hooked: Hooked) -> None:
    """Each waits for the other."""
    for mine, other in (("a", "b"), ("b", "a")):
        wait = f"until [ -e $told/{other} ]; do sleep 0.01; done"
        hooked.hook(mine, f"touch $told/{mine}; {wait}; echo met >> $told/met-{mine}")
    async with hooked.running(concurrency=2):
        hooked.say()
        await until(lambda: hooked.has("met-a", "met") and hooked.has("met-b", "met"))


async def test_no_more_hooks_run_at_once_than_are_allowed(hooked: Hooked) -> None:
    for name in "abcd":
        count = "ls -d $told/in-* | wc -l >> $told/counts"
        hooked.hook(name, f"touch $told/in-{name}; {count}; sleep 0.05; rm $told/in-{name}")
    async with hooked.running(concurrency=2):
        hooked.say()
        await until(lambda: len(hooked.lines("counts")) == 4)
    assert {int(count) for count in hooked.lines("counts")} <= {1, 2}


async def test_a_hook_that_hangs_holds_up_neither_the_daemon_nor_the_others(
    hooked: Hooked, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(process, "TERM_SECONDS", 0.1)
    hooked.hook("hangs", "trap '' TERM; sleep 60")
    hooked.hook("works", "echo $FIRSTLIGHT_EVENT_ID >> $told/ids")
    async with hooked.running(seconds=0.5):
        ids = [hooked.say().id for _ in range(3)]
        await until(lambda: hooked.has("ids", *ids))
        await until(lambda: any("hook hangs took longer than 0.5 s" in one for one in said(caplog)))
        assert hooked.hub.readers == 1


async def test_a_failure_is_loud_once_then_quiet_and_its_end_is_loud(
    hooked: Hooked, caplog: pytest.LogCaptureFixture
) -> None:
    hooked.hook(
        "moody", "echo $FIRSTLIGHT_EVENT_ID >> $told/ids; [ -e $told/well ] || { echo ow; exit 3; }"
    )
    async with hooked.running():
        for count in (1, 2, 3):
            hooked.say()
            await until(lambda count=count: len(hooked.lines("ids")) == count)
        (hooked.told / "well").touch()
        hooked.say()
        await until(lambda: "hook moody works again" in said(caplog, logging.WARNING))
    warnings = said(caplog, logging.WARNING)
    failure = "hook moody ended with status 3; quiet about it until it works again"
    assert warnings == [failure, "hook moody works again"]
    assert said(caplog).count("hook moody: ow") == 1


@pytest.mark.parametrize(
    ("script", "says", "reason"),
    [
        ("kill -SEGV $$", "#!/bin/sh", "was ended by SIGSEGV"),
        ("kill -40 $$", "#!/bin/sh", "was ended by signal 40"),
        ("", "# no interpreter", "can't be run: Exec format error (its first line names no"),
        ("", "#!/no/such", "can't be run: No such file or directory (the interpreter that"),
    ],
)
async def test_why_a_hook_failed(
    hooked: Hooked, caplog: pytest.LogCaptureFixture, script: str, says: str, reason: str
) -> None:
    hooked.hook("bad", script, says=says)
    async with hooked.running():
        hooked.say()
        await until(lambda: any(f"hook bad {reason}" in one for one in said(caplog)))


async def test_its_output_is_shown_safely_and_in_bounds(
    hooked: Hooked, caplog: pytest.LogCaptureFixture
) -> None:
    hooked.hook(
        "loud",
        r"printf '\033[2Jred\n\nERROR fake\r\n\377\n'; head -c 300 /dev/zero | tr '\0' x; echo; "
        "seq 1000; touch $told/done",
    )
    async with hooked.running():
        hooked.say()
        await until(lambda: "hook loud: (more is not shown)" in said(caplog))
    shown = [one for one in said(caplog) if one.startswith("hook loud: ")]
    assert shown[:4] == [
        r"hook loud: \x1b[2Jred",
        r"hook loud: ERROR fake\x0d",
        r"hook loud: \xff",
        f"hook loud: {'x' * 200}…",
    ]
    assert len(shown) == 20  # an empty line is none, and the last says that there is more


async def test_a_hook_that_is_too_slow_loses_old_events_and_keeps_the_newest_status(
    hooked: Hooked, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(hook_line, "ROOM", 3)
    wait = "until [ -e $told/go ]; do sleep 0.01; done"
    hooked.hook("slow", f"echo $FIRSTLIGHT_EVENT_ID >> $told/ids; {wait}")
    async with hooked.running():
        first = hooked.say()
        await until(lambda: hooked.has("ids", first.id))
        statuses = [hooked.status() for _ in range(5)]
        later = [hooked.say() for _ in range(4)]
        await until(
            lambda: "hook slow is slower than the events; some are left out" in said(caplog)
        )
        (hooked.told / "go").touch()
        await until(
            lambda: any("has caught up; 6 events were left out" in one for one in said(caplog))
        )
    assert hooked.lines("ids") == [one.id for one in (first, statuses[-1], *later[-2:])]
    assert len([one for one in said(caplog) if "is slower than" in one]) == 1


async def test_hooks_come_change_and_go_without_a_restart(hooked: Hooked) -> None:
    hooked.hook("old", "echo $FIRSTLIGHT_EVENT_ID >> $told/old")
    async with hooked.running():
        first = hooked.say()
        await until(lambda: hooked.has("old", first.id))
        hooked.hook("new", "echo one >> $told/new")
        hooked.say()
        await until(lambda: hooked.has("new", "one"))
        hooked.hook("new", "echo two >> $told/new")
        hooked.say()
        await until(lambda: hooked.has("new", "one", "two"))
        (hooked.folder / "new").unlink()
        hooked.hook("other", "echo $FIRSTLIGHT_EVENT_ID >> $told/other")
        last = hooked.say()
        await until(lambda: hooked.has("other", last.id))
    assert hooked.has("new", "one", "two")


async def test_a_hook_that_runs_while_its_file_goes_and_comes_is_not_run_twice_at_once(
    hooked: Hooked,
) -> None:
    script = "mkdir $told/busy || echo twice >> $told/bad; echo x >> $told/runs; "
    script += "until [ -e $told/go ]; do sleep 0.01; done; rmdir $told/busy"
    path = hooked.hook("slow", script)
    hooked.hook("mark", "echo x >> $told/marks")
    async with hooked.running():
        hooked.say()
        await until(lambda: hooked.has("runs", "x"))
        path.rename(hooked.told / "away")
        hooked.say()
        await until(lambda: hooked.has("marks", "x", "x"))
        (hooked.told / "away").rename(path)
        hooked.say()
        (hooked.told / "go").touch()
        await until(lambda: hooked.has("runs", "x", "x"))
    assert hooked.lines("bad") == []


async def test_a_stop_ends_what_is_running(hooked: Hooked) -> None:
    hooked.hook("long", "echo $$ > $told/new; mv $told/new $told/pid; sleep 60")
    async with hooked.running() as task:
        hooked.say()
        hooked.say("never told")
        await until((hooked.told / "pid").exists)
        task.cancel()
    with pytest.raises(ProcessLookupError):
        os.kill(int(hooked.lines("pid")[0]), 0)


async def test_many_events_at_once_are_resumed_where_they_broke_off(hooked: Hooked) -> None:
    """More than the hub's queue holds: it drops its reader, who comes back."""
    hooked.hook("last", "echo $FIRSTLIGHT_EVENT_ID > $told/new; mv $told/new $told/last")
    async with hooked.running():
        hooked.say()
        await until(lambda: bool(hooked.lines("last")))
        ids = [hooked.say().id for _ in range(100)]
        await until(lambda: hooked.has("last", ids[-1]))
        assert hooked.hub.readers == 1


async def test_a_hub_without_room_is_asked_again(tmp_path: Path) -> None:
    hooked, clock = Hooked(tmp_path, readers=1), VirtualClock()
    hooked.hook("ids", "echo $FIRSTLIGHT_EVENT_ID >> $told/ids")
    with ExitStack() as others:
        others.enter_context(hooked.hub.follow(None))
        async with hooked.running(clock=clock):
            missed = hooked.say()
            await until(lambda: clock.next_due is not None)
            others.close()
            await clock.advance(60)
            await until(lambda: hooked.has("ids", missed.id))


async def test_a_hub_that_has_closed_ends_nothing(hooked: Hooked) -> None:
    clock = VirtualClock()
    hooked.hook("ids", "echo $FIRSTLIGHT_EVENT_ID >> $told/ids")
    async with hooked.running(clock=clock) as task:
        last = hooked.say()
        await until(lambda: hooked.hub.readers == 1)
        hooked.hub.close()
        await until(lambda: clock.next_due is not None and hooked.has("ids", last.id))
        assert not task.done()


async def test_without_a_folder_nothing_is_said_and_nothing_runs(
    hooked: Hooked, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[list[Path]] = []
    real = HookFolder.look

    def look(folder: HookFolder) -> list[Path]:
        looks.append(real(folder))
        return looks[-1]

    monkeypatch.setattr(HookFolder, "look", look)
    async with hooked.running():
        hooked.say()
        hooked.status()
        await until(lambda: looks == [[], []])
    assert said(caplog, logging.DEBUG) == []
