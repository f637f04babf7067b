"""Restarts, with a real program in systemctl's place."""

from pathlib import Path

import pytest

from firstlight.daemon.system_control import UNIT, SystemControl, own_unit, unit_in
from firstlight.errors import Code, RestartFailed
from firstlight.model.wire import RestartScope

APP, DEVICE = RestartScope.APP, RestartScope.DEVICE


class Systemctl:
    """A program of that name, first on the path; it writes down its words."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.program = folder / "bin" / "systemctl"
        self.program.parent.mkdir()
        self._asked = folder / "asked"
        patch.setenv("PATH", f"{self.program.parent}:/usr/bin:/bin")
        self.does("exit 0")

    def does(self, script: str) -> None:
        self.program.write_text(f'#!/bin/sh\necho "$*" >> {self._asked}\n{script}\n')
        self.program.chmod(0o755)

    @property
    def asked(self) -> list[str]:
        return self._asked.read_text().splitlines() if self._asked.exists() else []


@pytest.fixture
def systemctl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Systemctl:
    return Systemctl(tmp_path, monkeypatch)


async def test_firstlight_is_restarted(systemctl: Systemctl) -> None:
    said = await SystemControl(allowed=True).restart(APP)
    command = f"--no-ask-password --no-block restart {UNIT}"
    assert systemctl.asked == [command]
    assert said == f"Restarting Firstlight: systemctl {command}"


async def test_systemd_may_be_quicker_than_systemctl(systemctl: Systemctl) -> None:
    systemctl.does("kill -TERM $$")
    assert (await SystemControl(allowed=True).restart(APP)).startswith("Restarting Firstlight")


async def test_the_device_is_restarted(systemctl: Systemctl) -> None:
    said = await SystemControl(allowed=True).restart(DEVICE)
    assert systemctl.asked == ["--no-ask-password reboot"]
    assert said == "Restarting the device: systemctl --no-ask-password reboot"


@pytest.mark.parametrize(
    ("scope", "what", "command"),
    [
        (APP, "Firstlight", "systemctl --no-ask-password --no-block restart aurora.service"),
        (DEVICE, "the device", "systemctl --no-ask-password reboot"),
    ],
)
async def test_not_allowed_it_only_says_what_it_would_do(
    systemctl: Systemctl, scope: RestartScope, what: str, command: str
) -> None:
    said = await SystemControl(allowed=False, unit="aurora.service").restart(scope)
    assert systemctl.asked == []
    assert said.startswith(f"Dry run: {what} is not restarted, because system control")
    assert said.endswith(f"The command would be: {command}")


async def test_a_refusal_is_told_with_its_reason(systemctl: Systemctl) -> None:
    systemctl.does("echo more; printf 'Unit is \\033[31mmasked.\\n' >&2; exit 4")
    with pytest.raises(RestartFailed) as refused:
        await SystemControl(allowed=True).restart(APP)
    assert refused.value.code is Code.RESTART_FAILED
    assert refused.value.message == r"Firstlight was not restarted: Unit is \x1b[31mmasked."
    assert (refused.value.hint or "").endswith(f"--no-block restart {UNIT}")


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("exit 4", "systemctl ended with status 4"),
        ("kill -KILL $$", "systemctl ended with status -9"),
        ("head -c 100000 /dev/zero | tr '\\0' x; exit 1", "x" * 200),
        ("printf '\\377\\n'; exit 1", r"\xff"),
    ],
)
async def test_a_refusal_without_good_words(systemctl: Systemctl, script: str, reason: str) -> None:
    systemctl.does(script)
    with pytest.raises(RestartFailed) as refused:
        await SystemControl(allowed=True).restart(DEVICE)
    assert refused.value.message == f"The device was not restarted: {reason}."


async def test_one_that_does_not_answer(systemctl: Systemctl) -> None:
    systemctl.does("sleep 60")
    with pytest.raises(RestartFailed, match=r"systemctl did not answer within 0\.3 s"):
        await SystemControl(allowed=True, seconds=0.3).restart(APP)


async def test_a_machine_without_systemctl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RestartFailed, match=r"can't be run \(No such file") as refused:
        await SystemControl(allowed=True).restart(DEVICE)
    assert "systemd" in (refused.value.hint or "")


async def test_the_token_is_not_in_its_environment(
    systemctl: Systemctl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIRSTLIGHT_PROVISIONING_TOKEN", "correct-horse")
    systemctl.does(f"env > {tmp_path}/environment")
    await SystemControl(allowed=True).restart(APP)
    assert "PATH=" in (tmp_path / "environment").read_text()
    assert "correct-horse" not in (tmp_path / "environment").read_text()


@pytest.mark.parametrize(
    ("cgroup", "unit"),
    [
        ("0::/system.slice/aurora.service\n", "aurora.service"),
        ("0::/aurora.slice/aurora-lamp.slice/lamp@1.service\n", "lamp@1.service"),
        (
            "12:pids:/system.slice/wrong.service\n1:name=systemd:/system.slice/aurora.service\n",
            "aurora.service",
        ),
        ("0::/system.slice/colon:s.service\n", "colon:s.service"),
        ("0::/\n", UNIT),
        ("", UNIT),
        ("nonsense\n", UNIT),
        ("0::/user.slice/user-1000.slice/session-3.scope\n", UNIT),
        ("0::/user.slice/user-1000.slice/user@1000.service\n", UNIT),
        ("0::/user.slice/user-1000.slice/user@1000.service/app.slice/lamp.service\n", UNIT),
        ("0::/system.slice/docker-abc.scope\n", UNIT),
    ],
)
def test_the_unit_of_a_process(cgroup: str, unit: str) -> None:
    assert unit_in(cgroup) == unit


def test_only_what_systemd_started_is_its_service(tmp_path: Path) -> None:
    cgroup = tmp_path / "cgroup"
    cgroup.write_text("0::/system.slice/ssh.service\n")
    assert own_unit({"SYSTEMD_EXEC_PID": "7"}, 7, cgroup) == "ssh.service"
    assert own_unit({"SYSTEMD_EXEC_PID": "7"}, 8, cgroup) == UNIT
    assert own_unit({}, 7, cgroup) == UNIT
    assert own_unit({"SYSTEMD_EXEC_PID": "7"}, 7, tmp_path / "none") == UNIT
