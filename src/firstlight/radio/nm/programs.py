"""The system's own programs, run with a deadline."""

import asyncio
from collections.abc import Awaitable, Callable

from firstlight.errors import RadioFailure

Run = Callable[..., Awaitable[str]]
"""Runs one program with these arguments; its output. Raises ``RadioFailure`` when it fails."""

SECONDS = 5.0


async def run(program: str, *arguments: str, given: str = "", package: str = "") -> str:
    """Run it, with ``given`` as its input; ``package`` is what to install where it is missing."""
    try:
        process = await asyncio.create_subprocess_exec(
            program,
            *arguments,
            stdin=asyncio.subprocess.PIPE if given else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
    except OSError as error:
        raise RadioFailure(
            f"{program} can't be run: {error.strerror}.",
            hint=f"Install the {package or program} package.",
        ) from error
    try:
        async with asyncio.timeout(SECONDS):
            out, err = await process.communicate(given.encode() or None)
    except TimeoutError as error:
        raise RadioFailure(f"{program} {' '.join(arguments)} did not end in time.") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode != 0:
        said = err.decode(errors="replace").strip()
        raise RadioFailure(f"{program} {' '.join(arguments)}: {said or process.returncode}.")
    return out.decode(errors="replace")
