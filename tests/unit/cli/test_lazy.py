"""What a small board pays for importing the command line."""

import subprocess
import sys

import pytest

from firstlight import __version__

HEAVY = ("typer", "rich", "httpx", "uvicorn", "starlette", "dbus_fast", "msgspec", "asyncio")


def loaded_after(statement: str) -> set[str]:
    show = f"import sys; {statement}; print(*(m for m in {HEAVY!r} if m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", show], capture_output=True, text=True, check=True, timeout=30
    )
    return set(done.stdout.split())


def test_importing_it_loads_nothing() -> None:
    assert loaded_after("import firstlight.cli") == set()


def test_asking_for_the_version_loads_nothing() -> None:
    statement = "sys.argv[1:] = ['--version']; import firstlight.cli; firstlight.cli.main()"
    assert loaded_after(statement) == {"firstlight", __version__}


def test_putting_the_commands_together_loads_neither_tables_nor_http() -> None:
    loaded = loaded_after("import firstlight.cli.app as app; app.build()")
    assert "typer" in loaded
    assert not loaded & {"rich", "httpx", "uvicorn", "starlette", "dbus_fast"}


def test_dialling_loads_neither_the_awaited_client_nor_a_server() -> None:
    loaded = loaded_after("import firstlight.cli.dial")
    assert "httpx" in loaded
    assert not loaded & {"asyncio", "uvicorn", "starlette", "dbus_fast"}


@pytest.mark.parametrize("arguments", [("--version",), ("--help",), ("scan", "--help")])
def test_it_runs_as_a_module(arguments: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "firstlight", *arguments],
        capture_output=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
