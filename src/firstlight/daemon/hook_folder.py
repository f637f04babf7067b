"""The hooks folder: which hooks are in it just now. What is wrong with one is said once."""

import logging
import os
from pathlib import Path

from firstlight.core.hooks import Found, Verdict, is_candidate, judged, unsafe
from firstlight.model.text import plain

log = logging.getLogger(__name__)

_LEVELS = {Verdict.IGNORED: logging.INFO, Verdict.REFUSED: logging.WARNING}


class HookFolder:
    """Read anew at every look, so that a hook may come, change and go while the daemon runs."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._uid = os.geteuid()
        self._said: dict[Path, str] = {}
        self._told: list[Path] = []

    def look(self) -> list[Path]:
        """The hooks, in the order of their names. No folder: none."""
        wrong: dict[Path, tuple[Verdict, str]] = {}
        hooks: list[Path] = []
        for path in self._candidates(wrong):
            verdict, why = self.judge(path)
            if verdict is Verdict.HOOK:
                hooks.append(path)
            else:
                wrong[path] = verdict, why
        self._say(wrong)
        if hooks != self._told:
            self._told = hooks
            names = ", ".join(plain(one.name) for one in hooks)
            log.info("hooks in %s: %s", plain(str(self.path)), names or "none")
        return hooks

    def judge(self, path: Path) -> tuple[Verdict, str]:
        """Whether that candidate is a hook to be run now, and why not."""
        try:
            verdict, why = judged(_found(path), self._uid)
            if verdict is Verdict.HOOK and (why := self._exposed(path)):
                return Verdict.REFUSED, why
        except OSError as error:
            return Verdict.IGNORED, f"can't be looked at: {error.strerror}"
        return verdict, why

    def _candidates(self, wrong: dict[Path, tuple[Verdict, str]]) -> list[Path]:
        try:
            names = sorted(one.name for one in self.path.iterdir() if is_candidate(one.name))
            if names and (why := self._exposed(self.path)):
                wrong[self.path] = Verdict.REFUSED, why
                return []
        except FileNotFoundError:
            return []
        except OSError as error:
            wrong[self.path] = Verdict.REFUSED, f"can't be read: {error.strerror}"
            return []
        return [self.path / name for name in names]

    def _exposed(self, path: Path) -> str:
        """Who else could put something else in its place: here, above, or where a link leads."""
        real = path.resolve(strict=True)
        for one in dict.fromkeys((path, *path.parents, real, *real.parents)):
            if why := unsafe(_found(one), self._uid):
                return (
                    why if one == path else f"is reached by way of {plain(str(one))}, which {why}"
                )
        return ""

    def _say(self, wrong: dict[Path, tuple[Verdict, str]]) -> None:
        for path, (verdict, why) in wrong.items():
            if self._said.get(path) != why:
                what = "is refused: it" if verdict is Verdict.REFUSED else "is no hook: it"
                log.log(_LEVELS[verdict], "%s %s %s", plain(str(path)), what, why)
        self._said = {path: why for path, (_, why) in wrong.items()}


def _found(path: Path) -> Found:
    seen = path.stat()
    return Found(seen.st_uid, seen.st_mode)
