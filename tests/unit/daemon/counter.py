"""A device that can be paired with, restarted and rebooted; only its radio is missing."""

import random
from pathlib import Path

import msgspec

from firstlight.config import Brand, Config
from firstlight.config import Pairing as PairingConfig
from firstlight.core.pairing.device_id import Identity
from firstlight.core.pairing.lockout import TriesNote
from firstlight.daemon.memory import Memory
from firstlight.daemon.pairing import Company, Pairing
from firstlight.daemon.sessions import Randomness
from firstlight.errors import FirstlightError, LockedOut
from firstlight.model.event import Level
from firstlight.store.notes import NoteFile
from firstlight.store.provisioning import ProvisioningStore
from firstlight.store.sessions import SessionFile

MAY = 1_780_000_000.0
PHONE, OTHER = "192.168.4.7", "192.168.4.8"
BOARD = Identity(serials=(("device-tree", "10000000a1b2c3d4"),), mac="b8:27:eb:12:34:56")


class HandClock:
    """Moved by hand."""

    def __init__(self) -> None:
        self.now, self.believed, self.boot_id = 50.0, MAY, "one"

    def monotonic(self) -> float:
        return self.now

    def wall(self) -> float:
        return self.believed

    def move(self, seconds: float) -> None:
        self.now += seconds
        self.believed += seconds

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("nothing here waits")


class Counter:
    """``start`` is what the daemon does; ``told`` is every event so far."""

    def __init__(self, folder: Path, *, seed: int = 1, code_seconds: float = 300.0) -> None:
        self.folder = folder
        self.clock = HandClock()
        self.told: list[tuple[Level, str]] = []
        self.config = Config(
            brand=Brand(name="Aurora"), pairing=PairingConfig(code_seconds=code_seconds)
        )
        self.identity = BOARD
        self._running: Pairing | None = None
        chance = random.Random(seed)
        self.randomness = Randomness(
            below=chance.randrange,
            some=chance.randbytes,
            token=lambda size: chance.randbytes(size).hex(),
        )

    async def start(self) -> Pairing:
        """A process begins. What the one before had in memory is gone."""
        if self._running is not None:
            await self._running.close()
        self.memory = Memory(ProvisioningStore(self.folder))
        self.memory.load()
        self.pairing = Pairing(
            self.config,
            Company(
                self.memory,
                self.clock,
                SessionFile(self.folder),
                NoteFile(self.folder / "pairing.json", TriesNote),
                lambda level, message: self.told.append((level, message)),
                lambda: self.identity,
            ),
            self.randomness,
        )
        self._running = self.pairing
        await self.pairing.begin()
        return self.pairing

    async def reboot(self, *, off: float = 0.0, wall: float | None = None) -> Pairing:
        """Boot time begins anew, ``off`` seconds later; ``wall`` is what the clock then shows."""
        self.clock.now = 5.0
        self.clock.boot_id += "+"
        self.clock.believed = self.clock.believed + off + 5.0 if wall is None else wall
        return await self.start()

    async def code(self) -> str:
        return (await self.pairing.code()).code

    async def wrong(self) -> str:
        """Six digits that are not the code."""
        return f"{(int(await self.code()) + 1) % 1_000_000:06d}"

    async def refused(self, code: str, caller: str = PHONE) -> FirstlightError:
        """The error that ``pair`` raises."""
        try:
            await self.pairing.pair(code, "phone", caller)
        except FirstlightError as error:
            return error
        raise AssertionError("it was let in")

    async def lock(self) -> LockedOut:
        """Try wrong codes until nothing is looked at; returns what is said then."""
        while True:
            error = await self.refused(await self.wrong())
            if isinstance(error, LockedOut):
                return error

    def kept(self) -> dict[str, object]:
        """``provisioning.json`` as it is on disk."""
        return msgspec.json.decode((self.folder / "provisioning.json").read_bytes())

    def on_disk(self) -> str:
        """Everything in the state folder."""
        files = (one for one in self.folder.rglob("*") if one.is_file())
        return "\n".join(one.read_text() for one in files)
