"""The wheel, in an environment of its own, holds all that the daemon needs."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.packaging.root import run

PROJECT = Path(__file__).parents[2]
pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``firstlight`` as the wheel installs it; nothing of the checkout is on its path."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = ("-m", "pip", "--quiet", "--disable-pip-version-check")
    offline = ("--no-deps", "--no-index")
    wheel = (*offline, "--no-build-isolation", "--wheel-dir", str(folder), str(PROJECT))
    run(sys.executable, *pip, "wheel", *wheel)
    run(sys.executable, "-m", "venv", str(folder / "venv"))
    python = str(folder / "venv/bin/python")
    lock = str(PROJECT / "requirements/run.lock")
    run(python, *pip, "install", "--no-deps", "--require-hashes", "--requirement", lock, limit=300)
    run(python, *pip, "install", *offline, str(next(folder.glob("*.whl"))))
    return folder / "venv/bin/firstlight"


def test_it_tells_its_version(program: Path) -> None:
    assert run(str(program), "--version").startswith("firstlight ")


def test_it_serves(program: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir(mode=0o700)
    arguments = ("serve", "--backend", "simulated", "--port", "0", "--state-dir", str(state))
    environment = {"PATH": os.environ["PATH"], "FIRSTLIGHT_PROVISIONING_ENABLED": "1"}
    with subprocess.Popen([str(program), *arguments], env=environment, cwd=tmp_path) as daemon:
        try:
            deadline = time.monotonic() + 60
            while not (state / "control.sock").exists():
                assert daemon.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.05)
            assert "Hotspot" in run(str(program), "status", "--state-dir", str(state))
        finally:
            daemon.terminate()
        assert daemon.wait(20) == 0


def test_it_holds_what_is_no_python(program: Path) -> None:
    [package] = program.parents[1].glob("lib/python3*/site-packages/firstlight")
    source = PROJECT / "src/firstlight"
    wanted = {
        one.relative_to(source)
        for one in source.rglob("*")
        if one.is_file() and "__pycache__" not in one.parts
    }
    assert {one for one in wanted if not (package / one).is_file()} == set()
