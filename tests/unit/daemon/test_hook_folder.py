"""A hook runs with the daemon's rights: nobody else may have a hand in it.

These tests give files away to another user, which takes root.
"""

import errno
import logging
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.daemon.hooking import Hooked
from tests.unit.daemon.waited import until

from firstlight.core import hooks
from firstlight.daemon import hook_folder
from firstlight.daemon.hook_folder import HookFolder
from firstlight.daemon.hooks import Hooks

SOMEBODY = 12345

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


@pytest.fixture
def hooked(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Hooked:
    caplog.set_level(logging.INFO, logger="firstlight.daemon")
    made = Hooked(tmp_path)
    made.hook("bad", "echo ran >> $told/bad")
    return made


def world_writable_hook(hooked: Hooked) -> Path:
    (hooked.folder / "bad").chmod(0o757)
    return hooked.folder / "bad"


def group_writable_hook(hooked: Hooked) -> Path:
    (hooked.folder / "bad").chmod(0o775)
    return hooked.folder / "bad"


def somebodys_hook(hooked: Hooked) -> Path:
    os.chown(hooked.folder / "bad", SOMEBODY, SOMEBODY)
    return hooked.folder / "bad"


def link_to_somebodys_file(hooked: Hooked) -> Path:
    script = somebodys_hook(hooked).rename(hooked.told.parent / "script")
    (hooked.folder / "bad").symlink_to(script)
    return hooked.folder / "bad"


def link_into_somebodys_folder(hooked: Hooked) -> Path:
    """The file is root's, but its folder's owner may put any other file of root's in its place."""
    home = hooked.told.parent / "home"
    home.mkdir()
    (hooked.folder / "bad").rename(home / "bad")
    (hooked.folder / "bad").symlink_to(home / "bad")
    os.chown(home, SOMEBODY, SOMEBODY)
    return hooked.folder / "bad"


def world_writable_folder(hooked: Hooked) -> Path:
    hooked.folder.chmod(0o777)
    return hooked.folder


def somebodys_folder(hooked: Hooked) -> Path:
    os.chown(hooked.folder, SOMEBODY, SOMEBODY)
    return hooked.folder


def folder_in_somebodys_folder(hooked: Hooked) -> Path:
    """Its owner can't write into it, but may put another folder of root's there, such as /bin."""
    home = hooked.told.parent / "home"
    home.mkdir()
    hooked.folder = hooked.folder.rename(home / "hooks")
    os.chown(home, SOMEBODY, SOMEBODY)
    return hooked.folder


def link_in_somebodys_folder(hooked: Hooked) -> Path:
    home = hooked.told.parent / "home"
    home.mkdir()
    (home / "hooks").symlink_to(hooked.folder)
    os.chown(home, SOMEBODY, SOMEBODY)
    hooked.folder = home / "hooks"
    return hooked.folder


ATTACKS = [
    world_writable_hook,
    group_writable_hook,
    world_writable_folder,
    pytest.param(somebodys_hook, marks=needs_root),
    pytest.param(link_to_somebodys_file, marks=needs_root),
    pytest.param(link_into_somebodys_folder, marks=needs_root),
    pytest.param(somebodys_folder, marks=needs_root),
    pytest.param(folder_in_somebodys_folder, marks=needs_root),
    pytest.param(link_in_somebodys_folder, marks=needs_root),
]


Attack = Callable[[Hooked], Path]


def said(caplog: pytest.LogCaptureFixture, word: str) -> list[str]:
    return [one.getMessage() for one in caplog.records if word in one.getMessage()]


@pytest.mark.attack(
    "A hook that another user can write, or put in its place",
    guard="hook, folders above it and links must be in root's or the daemon's hands",
)
@pytest.mark.parametrize("attack", ATTACKS)
async def test_what_others_can_change_is_refused_and_said_once(
    hooked: Hooked, attack: Attack, caplog: pytest.LogCaptureFixture
) -> None:
    where = attack(hooked)
    async with hooked.running():
        for _ in range(3):
            hooked.say()
        await until(lambda: bool(said(caplog, "is refused")))
    [refusal] = said(caplog, "is refused")
    assert refusal.startswith(f"{where} is refused: it ")
    assert HookFolder(hooked.folder).look() == []
    assert hooked.lines("bad") == []


@pytest.mark.unguarded("A hook that another user can write, or put in its place")
@pytest.mark.parametrize("attack", ATTACKS)
async def test_without_the_rule_the_attack_would_succeed(
    hooked: Hooked, attack: Attack, monkeypatch: pytest.MonkeyPatch
) -> None:
    attack(hooked)
    monkeypatch.setattr(hooks, "unsafe", lambda *_: "")
    monkeypatch.setattr(hook_folder, "unsafe", lambda *_: "")
    async with hooked.running():
        hooked.say()
        await until(lambda: hooked.has("bad", "ran"))


@pytest.mark.attack(
    "A hook that is swapped after it was looked at",
    guard="it is looked at again right before each run",
)
async def test_a_hook_that_changes_hands_while_it_waits_is_not_run(hooked: Hooked) -> None:
    """It was fine when the event came; when its turn comes it is looked at again."""
    (hooked.folder / "bad").unlink()
    wait = "until [ -e $told/go ]; do sleep 0.01; done"
    hooked.hook("first", f"touch $told/begun; {wait}; echo $FIRSTLIGHT_EVENT_ID >> $told/ids")
    hooked.hook("second", "echo ran >> $told/bad")
    async with hooked.running(concurrency=1):
        ids = [hooked.say().id]
        await until((hooked.told / "begun").exists)
        (hooked.folder / "second").chmod(0o777)
        (hooked.told / "go").touch()
        await until(lambda: hooked.has("ids", *ids))
        ids.append(hooked.say().id)
        await until(lambda: hooked.has("ids", *ids))
    assert hooked.lines("bad") == []


@pytest.mark.unguarded("A hook that is swapped after it was looked at")
async def test_without_a_second_look_it_would_run(
    hooked: Hooked, monkeypatch: pytest.MonkeyPatch
) -> None:
    (hooked.folder / "bad").unlink()
    monkeypatch.setattr(Hooks, "_allows", lambda _self, _path: True)
    wait = "until [ -e $told/go ]; do sleep 0.01; done"
    hooked.hook("first", f"touch $told/begun; {wait}")
    hooked.hook("second", "echo ran >> $told/bad")
    async with hooked.running(concurrency=1):
        hooked.say()
        await until((hooked.told / "begun").exists)
        (hooked.folder / "second").chmod(0o777)
        (hooked.told / "go").touch()
        await until(lambda: hooked.has("bad", "ran"))


def test_hooks_come_in_the_order_of_their_names(hooked: Hooked) -> None:
    for name in ("50-b", "10-z", "50-a", "bad~", ".hidden", "x.bak"):
        hooked.hook(name, "")
    assert [one.name for one in HookFolder(hooked.folder).look()] == ["10-z", "50-a", "50-b", "bad"]


def test_what_is_no_hook_is_said_once_and_again_when_it_is_another_thing(
    hooked: Hooked, caplog: pytest.LogCaptureFixture
) -> None:
    path = hooked.hook("plain", "", mode=0o644)
    (hooked.folder / "folder").mkdir()
    (hooked.folder / "gone").symlink_to("nowhere")
    (hooked.folder / "round").symlink_to("round")
    folder = HookFolder(hooked.folder)
    for _ in range(3):
        assert folder.look() == [hooked.folder / "bad"]
    assert said(caplog, "is no hook") == [
        f"{hooked.folder}/folder is no hook: it is no file",
        f"{hooked.folder}/gone is no hook: it can't be looked at: No such file or directory",
        f"{path} is no hook: it is not executable",
        f"{hooked.folder}/round is no hook: it can't be looked at: {os.strerror(errno.ELOOP)}",
    ]
    path.chmod(0o755)
    assert folder.look() == [hooked.folder / "bad", path]
    path.chmod(0o644)
    assert folder.look() == [hooked.folder / "bad"]
    assert len(said(caplog, "is not executable")) == 2
    assert said(caplog, "hooks in ") == [
        f"hooks in {hooked.folder}: bad",
        f"hooks in {hooked.folder}: bad, plain",
        f"hooks in {hooked.folder}: bad",
    ]


def test_a_name_that_no_terminal_should_see(
    hooked: Hooked, caplog: pytest.LogCaptureFixture
) -> None:
    hooked.hook("\x1b[2J\udcff", "")
    assert len(HookFolder(hooked.folder).look()) == 2
    assert said(caplog, "hooks in ") == [rf"hooks in {hooked.folder}: \x1b[2J\xff, bad"]


def test_a_folder_that_is_none(hooked: Hooked, caplog: pytest.LogCaptureFixture) -> None:
    folder = HookFolder(hooked.folder / "bad")
    assert (folder.look(), folder.look()) == ([], [])
    assert said(caplog, "refused") == [
        f"{hooked.folder}/bad is refused: it can't be read: Not a directory"
    ]


def test_hooks_that_are_all_gone_are_told(hooked: Hooked, caplog: pytest.LogCaptureFixture) -> None:
    folder = HookFolder(hooked.folder)
    assert len(folder.look()) == 1
    (hooked.folder / "bad").unlink()
    hooked.folder.rmdir()
    assert folder.look() == []
    assert said(caplog, "hooks in ")[-1] == f"hooks in {hooked.folder}: none"
