"""The real daemon on a simulated radio, to be killed and watched."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.daemon import pss
from benchmarks.soak.growth import Sample

PORT = 18941
KEPT = Path("build/soak/log")
_BAD_WORDS = ("Traceback", "ERROR ", "CRITICAL ")


class Victim:
    """``start`` starts it anew after ``kill``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """In the background."""
        command = [str(Path(sys.executable).with_name("firstlight")), "serve"]
        command += ["--backend", "simulated", "--demo", "--port", str(PORT)]
        command += ["--state-dir", str(self.folder / "state")]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                env=os.environ | {"FIRSTLIGHT_PROVISIONING_ENABLED": "1"},
                stdout=log,
                stderr=log,
                # Ctrl-C is for whoever watches it.
                start_new_session=True,
            )

    def kill(self) -> None:
        """As a power cut would, as far as the process is concerned."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(10)

    def stop(self) -> None:
        """In good order, if it can."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()

    @property
    def runs(self) -> bool:
        """Whether it is there."""
        return self._process is not None and self._process.poll() is None

    def sample(self) -> Sample:
        """How it is just now."""
        assert self._process is not None
        folder = Path(f"/proc/{self._process.pid}")
        state = sum(_size(one) for one in (self.folder / "state").iterdir())
        return Sample(
            memory=pss(self._process.pid) * 1_048_576,
            descriptors=len(list((folder / "fd").iterdir())),
            threads=len(list((folder / "task").iterdir())),
            state=state,
        )

    def complaints(self) -> list[str]:
        """Lines of its log that should not be there."""
        text = self.log.read_text("utf-8", "replace")
        return [line for line in text.splitlines() if any(word in line for word in _BAD_WORDS)]


def _size(file: Path) -> int:
    try:
        return file.stat().st_size if file.is_file() else 0
    except FileNotFoundError:  # it has gone in between
        return 0


@contextmanager
def started() -> Iterator[Victim]:
    """One, started; it ends with the context, and its log is kept."""
    with tempfile.TemporaryDirectory() as folder:
        one = Victim(Path(folder))
        one.start()
        try:
            yield one
        finally:
            one.stop()
            KEPT.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(one.log, KEPT)
