"""A connection to the daemon's registry."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from firstlight.cli.dial import daemon
from firstlight.cli.registry.asking import RegistryClient


@contextmanager
def registry(
    url: str | None, token: str | None, state_dir: Path | None, *, as_json: bool
) -> Generator[RegistryClient]:
    """As ``daemon``."""
    with daemon(url, token, state_dir, as_json=as_json) as client:
        yield RegistryClient(client)
