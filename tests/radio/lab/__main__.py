"""A look inside: boots the laboratory and takes commands. Run as ``python -m tests.radio.lab``.

A line is a shell command in the machine; ``phone: iw dev`` runs it in the namespace ``phone``. The
logs grow in ``tests/radio/artifacts/lab``. End with Ctrl-D.
"""

import readline
import sys
from pathlib import Path

from tests.radio.lab.channel import LabError
from tests.radio.lab.inside import Inside
from tests.radio.lab.vm import Machine, unavailable
from tests.radio.lab.world import World

LOGS = Path(__file__).parents[1] / "artifacts" / "lab"
COMMAND_SECONDS = 300.0


def converse(world: World) -> None:
    """Take commands until the input ends."""
    readline.set_history_length(1000)
    while True:
        try:
            line = input("lab> ").strip()
        except EOFError:
            return
        namespace, colon, command = line.partition(":")
        if not colon or namespace not in {*world.routers, *world.stations}:
            namespace, command = "", line
        try:
            done = world.inside.run(
                *("sh", "-c", command), netns=namespace or None, timeout=COMMAND_SECONDS
            )
        except LabError as fault:
            print(fault)
            continue
        print(done.out + done.err, end="")
        if done.rc != 0:
            print(f"(ended with {done.rc})")


def main() -> int:
    """Boot, talk, stop."""
    if missing := unavailable():
        print(missing, file=sys.stderr)
        return 1
    machine = Machine(LOGS)
    print("Booting; this takes about a minute.")
    machine.boot()
    try:
        world = World(Inside(machine))
        world.build()
        print(f"Namespaces: {', '.join([*world.routers, *world.stations])}")
        converse(world)
    finally:
        machine.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
