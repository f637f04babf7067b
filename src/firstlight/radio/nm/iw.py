"""``iw``: what the driver says of itself over nl80211, and interfaces beside the radio's own.

NetworkManager speaks of neither. docs/decisions/0005-beside-the-hotspot.md weighs the ways to ask.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable

from firstlight.errors import RadioFailure
from firstlight.model.mac import MacAddress
from firstlight.model.radio import Abilities

Run = Callable[..., Awaitable[str]]
"""Runs ``iw`` with these arguments; its output. Raises ``RadioFailure`` when it fails."""

SECONDS = 5.0
_BOTH = 2

_WIPHY = re.compile(r"^\s*wiphy (\d+)", re.MULTILINE)
_COMBINATION = re.compile(r"^\s*\* (#\{.*?)(?=^\s*\* |^\s*$|\Z)", re.MULTILINE | re.DOTALL)
_LIMIT = re.compile(r"#\{([^}]*)\} <= (\d+)")
_TOTAL = re.compile(r"total <= (\d+)")
_CHANNELS = re.compile(r"#channels <= (\d+)")


async def run(*arguments: str) -> str:
    """Run the system's ``iw``."""
    try:
        process = await asyncio.create_subprocess_exec(
            "iw",
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
    except OSError as error:
        raise RadioFailure(
            f"iw can't be run: {error.strerror}.", hint="Install the iw package."
        ) from error
    try:
        async with asyncio.timeout(SECONDS):
            out, err = await process.communicate()
    except TimeoutError as error:
        raise RadioFailure(f"iw {' '.join(arguments)} did not end in time.") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        said = err.decode(errors="replace").strip()
        raise RadioFailure(f"iw {' '.join(arguments)}: {said or process.returncode}.")
    return out.decode(errors="replace")


async def abilities_of(interface: str, iw: Run) -> Abilities:
    """What the driver of that interface promises. Raises ``RadioFailure``."""
    found = _WIPHY.search(await iw("dev", interface, "info"))
    if found is None:
        raise RadioFailure(f"iw does not say which radio {interface} belongs to.")
    return abilities(await iw(f"phy#{found.group(1)}", "info"))


async def add_station(beside: str, name: str, address: MacAddress, iw: Run) -> None:
    """A second interface on the radio of ``beside``, to join networks with."""
    await iw("dev", beside, "interface", "add", name, "type", "managed", "addr", str(address))


async def remove(name: str, iw: Run) -> None:
    """Take an interface away."""
    await iw("dev", name, "del")


def abilities(text: str) -> Abilities:
    """What ``iw phy`` says of one radio (nl80211's feature flags and interface combinations)."""
    channels = [
        int(found.group(1))
        for one in _COMBINATION.findall(text)
        if _has_room(one) and (found := _CHANNELS.search(one))
    ]
    return Abilities(
        scan_as_hotspot="Device supports AP scan" in text,
        join_as_hotspot=bool(channels),
        one_channel=max(channels, default=1) < _BOTH,
    )


def _has_room(combination: str) -> bool:
    """Whether it allows an access point and a station at once."""
    total = _TOTAL.search(combination)
    if total is None or int(total.group(1)) < _BOTH:
        return False
    limits = [
        ({kind.strip() for kind in kinds.split(",")}, int(most))
        for kinds, most in _LIMIT.findall(combination)
    ]
    return any(
        "AP" in one and "managed" in other and (i != j or most >= _BOTH)
        for i, (one, most) in enumerate(limits)
        for j, (other, _) in enumerate(limits)
    )
