"""A registry whose processes are killed again and again; runs as a process of its own.

``python -m tests.contract.killed_registry FOLDER KILLS SEED FLAW``: all is imported once, and
what is killed is forked from it: one process that writes, and one that rotates the key meanwhile.
The writer tells over a pipe what it is about to do and, once the registry returned, that it is
done. Both are killed at a random moment. Then the registry is opened again and held against what
was told: what was done is there, and what was under way is there as a whole or not at all.

Prints what it saw as JSON, and fails with ``Lost`` when something is lost, halved or unreadable.
"""

import json
import os
import random
import select
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path

from tests.contract.registry_harness import client, controller, mac_of, uuid_of

from firstlight.errors import NotFound
from firstlight.model.mac import MacAddress
from firstlight.model.records import Record, RecordKind
from firstlight.store.keyring import KeyFile
from firstlight.store.registry import rotation
from firstlight.store.registry.port import Registry
from firstlight.store.registry.select import open_registry, open_vault, seal_files_anew
from firstlight.store.vault import SealedFile, Vault

LONGEST = 0.06
"""Seconds until a kill. The two are at work after a few milliseconds."""

RECORDS = 60
"""UUIDs that the writer chooses from, of each kind."""

AT_ONCE = 12
BATCH = 5
"""Rows that a rotation seals in one transaction: few, so that it has many to be killed in."""

BESIDE = b"sealed with the same key"

Place = tuple[RecordKind, str]
State = dict[Place, str]
Change = tuple[Place, str | None]
Tell = Callable[[object], None]


class Lost(Exception):
    """The registry did not keep its word."""


def opened(folder: Path) -> Registry:
    return open_registry(folder, url=None, key_file=None)


def beside(folder: Path) -> SealedFile:
    return SealedFile(folder / "beside.sealed", open_vault(folder, key_file=None))


def record_of(place: Place, name: str) -> Record:
    make = controller if place[0] is RecordKind.CONTROLLER else client
    return make(name, mac_of(int(place[1].rpartition("-")[2], 16)))


def wish(chance: random.Random, names: Iterator[str]) -> list[Change]:
    """One record put or deleted, or several imported."""
    kind = chance.choice(list(RecordKind))
    several = chance.random() < 0.25
    numbers = chance.sample(range(RECORDS), AT_ONCE if several else 1)
    gone = not several and chance.random() < 0.3
    return [((kind, uuid_of(number)), None if gone else next(names)) for number in numbers]


def fulfil(registry: Registry, changes: list[Change]) -> None:
    if len(changes) > 1:
        registry.put_all((*place, record_of(place, name)) for place, name in changes if name)
        return
    [(place, name)] = changes
    if name is not None:
        registry.put(*place, record_of(place, name))
    else:
        with suppress(NotFound):
            registry.delete(*place)


def write(folder: Path, tell: Tell, seed: int, flaw: str) -> None:
    chance, registry = random.Random(seed), opened(folder)
    names = (f"{seed}-{number}" for number in range(10**6))
    while True:
        changes = wish(chance, names)
        tell(changes)
        if flaw == "told-too-early":
            tell("done")
        fulfil(registry, changes)
        if flaw != "told-too-early":
            tell("done")


def rotate(folder: Path, tell: Tell, _: int, flaw: str) -> None:
    if flaw == "old-key-dropped-first":
        real = Vault.begin_rotation

        def begin(vault: Vault) -> int:
            generation = real(vault)
            vault.finish_rotation()
            return generation

        Vault.begin_rotation = begin  # type: ignore[method-assign]
    registry = opened(folder)
    while True:
        for _ in registry.rotate(lambda: seal_files_anew(folder, key_file=None)):
            pass
        tell("rotated")


class Victim:
    """A fork that does ``work`` until it is killed."""

    def __init__(self, work: Callable[..., None], folder: Path, seed: int, flaw: str) -> None:
        self.end, told = os.pipe()
        self.said = b""
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.close(self.end)
                work(
                    folder,
                    lambda word: os.write(told, json.dumps(word).encode() + b"\n"),
                    seed,
                    flaw,
                )
            except BaseException as error:  # noqa: BLE001  the fork must not go on as its parent
                os.write(2, f"{work.__name__}: {error!r}\n".encode())
            os._exit(1)
        os.close(told)

    def listen(self) -> bool:
        """Whether there may be more."""
        some = os.read(self.end, 65_536)
        self.said += some
        return bool(some)

    def kill(self) -> list[object]:
        """What it told, to the last word."""
        os.kill(self.pid, signal.SIGKILL)
        _, status = os.waitpid(self.pid, 0)
        while self.listen():
            pass
        os.close(self.end)
        if os.waitstatus_to_exitcode(status) != -signal.SIGKILL:
            raise Lost("a process ended by itself")
        return [json.loads(line) for line in self.said.splitlines()]


def live(victims: list[Victim], seconds: float) -> None:
    """Let them work that long."""
    deadline = time.monotonic() + seconds
    ends = {victim.end: victim for victim in victims}
    while ends and (left := deadline - time.monotonic()) > 0:
        for end in select.select(list(ends), [], [], left)[0]:
            if not ends[end].listen():
                del ends[end]


def applied(state: State, changes: list[list[object]]) -> State:
    """What ``state`` becomes. Changes as they come out of JSON."""
    after = dict(state)
    for (kind, uuid), name in changes:  # type: ignore[misc]
        if name is None:
            after.pop((RecordKind(kind), uuid), None)
        else:
            after[RecordKind(kind), uuid] = str(name)
    return after


def told(state: State, said: list[object], seen: Counter[str]) -> tuple[State, State]:
    """What has to be there: without, and with what was under way."""
    under_way = state
    for word in said:
        if word == "done":
            state, seen["writes"] = under_way, seen["writes"] + 1
        else:
            under_way = applied(state, word)  # type: ignore[arg-type]
    return state, under_way


def found(folder: Path) -> State:
    """All that can be read, by every way there is."""
    with closing(opened(folder)) as registry:
        state: State = {}
        for kind in RecordKind:
            for entry in registry.each(kind):
                state[kind, entry.uuid] = entry.record.name
                if registry.find(kind, MacAddress(str(entry.record.mac_address))) != entry:
                    raise Lost(f"{entry.uuid} is not found by its MAC address")
                if registry.get(kind, entry.uuid) != entry:
                    raise Lost(f"{entry.uuid} is not what it is")
    if beside(folder).read() != BESIDE:
        raise Lost("the sealed file is not what it was")
    return state


def keys(folder: Path) -> int:
    return len(KeyFile(folder / "key").load(in_use=True).keys)


def finish(folder: Path) -> None:
    """Take up the rotation that was cut short, if there is one, and end it."""
    with closing(opened(folder)) as registry:
        for _ in registry.rotate(lambda: seal_files_anew(folder, key_file=None)):
            pass
    if keys(folder) != 1:
        raise Lost("the old key is still there")


def survive(folder: Path, kills: int, seed: int, flaw: str) -> Counter[str]:
    """What was seen. Raises ``Lost``."""
    rotation.BATCH = BATCH
    chance, seen = random.Random(seed), Counter[str](kills=kills)
    opened(folder).close()
    beside(folder).write(BESIDE)
    state: State = {}
    for number in range(kills):
        turn = seed + number
        victims = [Victim(work, folder, turn, flaw) for work in (write, rotate)]
        live(victims, chance.uniform(0, LONGEST))
        said, rotated = [victim.kill() for victim in victims]
        before, after = told(state, said, seen)
        seen["rotations"] += len(rotated)
        seen["killed within a write"] += before is not after
        seen["killed within a rotation"] += keys(folder) == 2
        state = found(folder)
        if state not in (before, after):
            raise Lost(f"kill {number}: what was told is not what is there")
        if chance.random() < 0.2:
            finish(folder)
            seen["rotations taken up and ended"] += 1
            if found(folder) != state:
                raise Lost(f"kill {number}: the rotation lost something")
    seen["records at the end"] = len(state)
    return seen


if __name__ == "__main__":
    print(json.dumps(survive(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])))
