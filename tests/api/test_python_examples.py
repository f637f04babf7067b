"""The programs of examples/python, as they stand."""

import asyncio
import importlib.util
import os
import subprocess
import sys
import threading
from pathlib import Path
from types import ModuleType

import pytest
from tests.api.daemon_process import PATIENCE, daemon
from tests.api.test_command_line import until
from tests.browser.staged import staged

from firstlight.client import Client
from firstlight.model.event import DeviceEvent, EventType, Level
from firstlight.model.provisioning_mode import ModeState
from firstlight.model.records import RecordKind, Wifi
from firstlight.web.settings import WebSettings

EXAMPLES = Path(__file__).parents[2] / "examples/python"
SETTINGS = WebSettings(version="1", token="correct-horse-battery", trust_local=False)


def loaded(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(name: str, *arguments: str, typed: str, state_dir: Path) -> tuple[int, str, str]:
    ours = ("FIRSTLIGHT", "MOONHUB")
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    done = subprocess.run(
        [sys.executable, EXAMPLES / f"{name}.py", *arguments],
        input=typed,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
        env=inherited | {"FIRSTLIGHT_STATE_DIR": str(state_dir)},
    )
    return done.returncode, done.stdout, done.stderr


def test_joining(tmp_path: Path) -> None:
    with daemon(tmp_path):
        good = run("join", "Lighthouse", typed="correct-horse\n", state_dir=tmp_path)
        assert (good[0], good[2]) == (0, "")
        assert good[1].splitlines()[0].endswith("found")
        bad = run("join", "Lighthouse", typed="wrong-horse\n", state_dir=tmp_path)
        assert bad[0] == 1
        assert "was not accepted" in bad[1]
    gone = run("join", "Lighthouse", typed="correct-horse\n", state_dir=tmp_path)
    assert (gone[0], gone[2].split()[0]) == (2, "no_daemon")


def test_the_hub(capsys: pytest.CaptureFixture[str]) -> None:
    hub = loaded("hub")
    told: list[str] = []

    def tell(event: DeviceEvent) -> bool:
        told.append(event.message)
        return event.message != "last"

    with staged(SETTINGS) as stage:
        code = stage.ask(stage.service.pairing.code()).code
        token = asyncio.run(hub.pair(stage.address, code))
        for word in ("first", "last"):
            stage.tell(EventType.SYSTEM, Level.INFO, word)
        asyncio.run(hub.follow(stage.address, token, tell))
        asyncio.run(hub.look([stage.address, "http://127.0.0.1:1"], token))
    assert told[-2:] == ["first", "last"]
    out = capsys.readouterr().out
    assert "No daemon answers at http://127.0.0.1:1." in out


def test_the_fleet(tmp_path: Path) -> None:
    fleet = loaded("fleet")
    wifi = Wifi(ssid="Lighthouse", password="correct-horse")
    with daemon(tmp_path), Client(state_dir=tmp_path) as device:
        for _ in "twice":
            fleet.register(device, "a1:b2:c3:d4:e5:f6", "Lamp", wifi)
        (entry,) = device.records(RecordKind.CLIENT)
        assert entry.record["name"] == "Lamp"

        def end() -> None:
            with Client(state_dir=tmp_path) as other:
                until(lambda: other.provisioning_session().state is ModeState.ACTIVE)
                other.disable_provisioning()

        ending = threading.Thread(target=end, name="who ends it")
        ending.start()
        assert fleet.hand_out(device, force=True) == 0
        ending.join()
