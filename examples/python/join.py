"""Joins a network, from a program on the device itself: join.py SSID < password."""

import sys

from firstlight.client import Client
from firstlight.errors import FirstlightError
from firstlight.model.attempt import AttemptState


def join(ssid: str, password: str) -> bool:
    """Whether it worked; the device is where it was before if it did not."""
    with Client() as device:
        job = device.connect(ssid, password=password)
        for step in job:
            print(f"{step.elapsed_ms / 1000:5.1f} s  {step.name}")
        attempt = job.result()
    if attempt.state is AttemptState.FAILED:
        print(attempt.message, attempt.hint)
    return attempt.state is AttemptState.SUCCEEDED


def main() -> int:
    """The exit code."""
    try:
        return 0 if join(sys.argv[1], sys.stdin.readline().strip()) else 1
    except FirstlightError as error:
        print(error.code, error.message, error.hint, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
