"""Rules of the house that import-linter can't see: who may import what from outside."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import firstlight

SOURCE = Path(firstlight.__file__).parent

# A decision is a function of state, event and time: nothing from here can help to make one.
PURE_ROOMS = ("model", "core", "provisioning")
PURE_STANDARD_LIBRARY = frozenset(
    [
        "__future__",
        "abc",
        "array",
        "base64",
        "binascii",
        "bisect",
        "collections",
        "csv",
        "dataclasses",
        "enum",
        "functools",
        "hashlib",
        "hmac",
        "ipaddress",
        "itertools",
        "math",
        "operator",
        "re",
        "string",
        "struct",
        "types",
        "typing",
        "unicodedata",
    ]
)

# The rooms that may import it.
HOMES = {
    "aiomqtt": "telemetry",
    "dbus_fast": "radio/nm bluetooth",
    "httpx": "client",
    "prometheus_client": "telemetry",
    "psycopg": "store/registry",
    "python_multipart": "web",
    "rich": "cli",
    "starlette": "web",
    "typer": "cli",
    "uvicorn": "web",
}


def imported(source: str) -> Iterator[str]:
    """Top-level names of all imports, also of those inside functions."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from (name.name.partition(".")[0] for name in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module.partition(".")[0]
            case _:
                pass


def impure(source: str) -> set[str]:
    """Modules of the standard library that a pure room may not import."""
    return {
        name for name in imported(source) if name in sys.stdlib_module_names
    } - PURE_STANDARD_LIBRARY


def strangers(source: str, path: str) -> set[str]:
    """Packages that the file at ``path``, relative to the source folder, may not import."""
    return {
        name
        for name in imported(source)
        if name in HOMES
        and not any(Path(path).is_relative_to(home) for home in HOMES[name].split())
    }


def files(*rooms: str) -> list[Path]:
    return [path for room in rooms for path in sorted((SOURCE / room).rglob("*.py"))]


@pytest.mark.parametrize("path", files(*PURE_ROOMS), ids=lambda path: str(path.relative_to(SOURCE)))
def test_decisions_and_values_import_nothing_of_the_world(path: Path) -> None:
    assert not impure(path.read_text())


@pytest.mark.parametrize("path", files("."), ids=lambda path: str(path.relative_to(SOURCE)))
def test_each_foreign_package_stays_in_its_room(path: Path) -> None:
    assert not strangers(path.read_text(), str(path.relative_to(SOURCE)))


@pytest.mark.parametrize(
    "line",
    [
        "import asyncio",
        "import os.path",
        "from time import monotonic",
        "from datetime import datetime",
        "def decide():\n    import random",
        "if TYPE_CHECKING:\n    from pathlib import Path",
        "import secrets as enum",
    ],
)
def test_an_impure_import_is_seen(line: str) -> None:
    assert impure(line)


def test_a_pure_import_passes() -> None:
    assert not impure("import re\nfrom enum import StrEnum\nfrom firstlight.model.ssid import Ssid")


@pytest.mark.parametrize(
    ("package", "home"),
    [(package, home) for package, homes in HOMES.items() for home in homes.split()],
)
def test_a_stranger_is_seen_outside_its_room_only(package: str, home: str) -> None:
    line = f"from {package}.part import thing"
    assert strangers(line, "daemon/runner.py") == {package}
    assert strangers(line, f"{home}/deeper/file.py") == set()
    assert strangers(line, f"{home}x/file.py") == {package}
