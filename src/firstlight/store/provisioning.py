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
        return self._understood(content)

    def save(self, kept: Kept) -> None:
        """Write all of it. Raises ``StoreFailure``; the file then is as before."""
        content = msgspec.json.format(msgspec.json.encode(kept), indent=2)
        write_atomically(self.path, content + b"\n")

    def _understood(self, content: bytes) -> tuple[Kept, tuple[str, ...]]:
        try:
            raw = msgspec.json.decode(content)
        except msgspec.DecodeError as error:
            return Kept(), (self._set_aside(f"is damaged ({error})"),)
        if not isinstance(raw, dict):
            return Kept(), (self._set_aside("is not an object"),)
        kept, refused = _salvaged(cast("dict[str, object]", raw))
        if not refused:
            return kept, ()
        return kept, (self._set_aside(f"has values that don't fit: {', '.join(refused)}"),)

    def _set_aside(self, what: str) -> str:
        names = (self.path.with_name(f"{self.path.name}.damaged-{number}") for number in count(1))
        aside = next(name for name in names if not name.exists())
        try:
            self.path.rename(aside)
        except OSError as error:
            return f"{self.path} {what}; it could not be set aside: {error.strerror}."
        return f"{self.path} {what}; it was set aside as {aside.name}."


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
