"""``provisioning.json``: what the device remembers between starts."""

import contextlib
import re
from collections.abc import Mapping
from pathlib import Path

from firstlight.errors import StoreFailure
from firstlight.model.kept import Kept
from firstlight.store.files import (
    make_private_folder,
    read_bounded,
    remove_durably,
    write_atomically,
)
from firstlight.store.understanding import LIMIT, understood, written

KEPT_ASIDE = 5
"""How many damaged files are kept; the oldest goes first."""

_OWN = ("device.", "onboarding.")


class ProvisioningStore:
    """One file, read once and written whole at every change; mode 0600.

    A file that can't be understood is set aside and reported, and the device starts with what could
    be kept of it. Values that don't fit fall back to their defaults one by one, not all together.
    Keys of a newer version are reported, kept, and written back as they stood.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "provisioning.json"
        self._foreign: Mapping[str, bytes] = {}
        self.was_damaged = False

    def load(self) -> tuple[Kept, tuple[str, ...]]:
        """What is kept, and a sentence for everything that is worth a word, damage first.

        Raises ``StoreFailure`` when the file is there and can't be read at all.
        """
        make_private_folder(self.path.parent)
        content = read_bounded(self.path, LIMIT)
        if content is None:
            self._foreign = {}
            return Kept(), ()
        found = understood(content)
        self._foreign = found.foreign
        self.was_damaged = bool(found.damage)
        said = [f"{self.path} {remark}." for remark in found.remarks]
        if found.damage:
            said.insert(0, self._set_aside(found.damage, found.kept))
        return found.kept, tuple(said)

    def save(self, kept: Kept) -> None:
        """Write all of it. Raises ``StoreFailure``; the file then is as before."""
        write_atomically(self.path, written(kept, self._foreign))

    def reset(self, kept: Kept) -> None:
        """As ``save``, and without the ``device.`` and ``onboarding.`` keys of a newer version.

        The damaged files that were set aside go, too: there are secrets in them. Raises
        ``StoreFailure`` when any of it is left; doing it again then does the rest.
        """
        foreign = {key: one for key, one in self._foreign.items() if not key.startswith(_OWN)}
        write_atomically(self.path, written(kept, foreign))
        self._foreign = foreign
        try:
            asides = self._asides()
        except OSError as error:
            raise StoreFailure(f"{self.path.parent} can't be listed: {error.strerror}") from error
        for aside in asides.values():
            if not aside.is_dir():
                remove_durably(aside)

    def _set_aside(self, wrong: str, kept: Kept) -> str:
        """Give the file a second name, then put what was kept of it in its place.

        So there is no moment without a file, and what was kept outlives the next start, too.
        """
        aside = self.path
        try:
            before = self._asides()
            aside = self.path.with_name(f"{self.path.name}.damaged-{max(before, default=0) + 1}")
            aside.hardlink_to(self.path)
            self.save(kept)
        except OSError as error:
            return f"{self.path} {wrong}; it could not be set aside: {error.strerror}."
        except StoreFailure as error:
            return f"{self.path} {wrong}; it was set aside as {aside.name}, but {error.message}."
        for old in sorted(before)[: -(KEPT_ASIDE - 1)]:
            with contextlib.suppress(OSError):  # one file too many is no reason not to start
                before[old].unlink()
        return f"{self.path} {wrong}; it was set aside as {aside.name}."

    def _asides(self) -> dict[int, Path]:
        """The damaged files by number; a higher number is newer."""
        name = re.compile(re.escape(self.path.name) + r"\.damaged-([1-9][0-9]*)")
        return {
            int(found[1]): path
            for path in self.path.parent.iterdir()
            if (found := name.fullmatch(path.name))
        }
