"""``provisioning.json``: what the device remembers between starts."""

from itertools import count
from pathlib import Path
from typing import cast

import msgspec

from firstlight.errors import StoreFailure
from firstlight.model.kept import Kept
from firstlight.store.files import make_private_folder, write_atomically


class ProvisioningStore:
    """One file, read once and written whole at every change; mode 0600.

    A file that can't be understood is set aside and reported, and the device starts with what could
    be kept of it. Values with wrong types fall back to their defaults one by one, not all together.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / "provisioning.json"

    def load(self) -> tuple[Kept, tuple[str, ...]]:
        """What is kept, and a sentence for everything that was wrong with it.

        Raises ``StoreFailure`` when the file is there and can't be read at all.
        """
        make_private_folder(self.path.parent)
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return Kept(), ()
        except OSError as error:
            raise StoreFailure(f"{self.path} can't be read: {error.strerror}") from error
        kept, wrong = _understood(content)
        return kept, (self._set_aside(wrong, kept),) if wrong else ()

    def save(self, kept: Kept) -> None:
        """Write all of it. Raises ``StoreFailure``; the file then is as before."""
        content = msgspec.json.format(msgspec.json.encode(kept), indent=2)
        write_atomically(self.path, content + b"\n")

    def _set_aside(self, wrong: str, kept: Kept) -> str:
        """Give the file a second name, then put what was kept of it in its place.

        So there is no moment without a file, and what was kept outlives the next start, too.
        """
        names = (self.path.with_name(f"{self.path.name}.damaged-{number}") for number in count(1))
        aside = next(name for name in names if not name.exists())
        try:
            aside.hardlink_to(self.path)
            self.save(kept)
        except OSError as error:
            return f"{self.path} {wrong}; it could not be set aside: {error.strerror}."
        except StoreFailure as error:
            return f"{self.path} {wrong}; it was set aside as {aside.name}, but {error.message}."
        return f"{self.path} {wrong}; it was set aside as {aside.name}."


def _understood(content: bytes) -> tuple[Kept, str]:
    """What can be kept, and what is wrong with the content; empty when nothing is."""
    try:
        raw = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Kept(), f"is damaged ({error})"
    if not isinstance(raw, dict):
        return Kept(), "is not an object"
    kept, refused = _salvaged(cast("dict[str, object]", raw))
    return kept, f"has values that don't fit: {', '.join(refused)}" if refused else ""


def _salvaged(raw: dict[str, object]) -> tuple[Kept, list[str]]:
    """Keep every value that fits; name the others. An unknown mode reads as ``provisioning``."""
    try:
        return msgspec.convert(raw, Kept), []
    except msgspec.ValidationError:
        pass
    fitting: dict[str, object] = {}
    refused: list[str] = []
    for key, value in raw.items():
        try:
            msgspec.convert({key: value}, Kept)
            fitting[key] = value
        except msgspec.ValidationError:
            if key != "device.mode" or not isinstance(value, str):
                refused.append(key)
    return msgspec.convert(fitting, Kept), refused
