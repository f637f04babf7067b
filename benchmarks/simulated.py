"""How fast simulated device-years pass."""

import json
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.figures import Figure, figure

YEARS = 4
ROUNDS = 3
JOBS = 2


def measure() -> list[Figure]:
    """On as many processors as ``make test`` uses."""
    rounds = [_round(seed) for seed in range(1, ROUNDS + 1)]
    return [
        figure("simulated device-years a minute", "", [years for years, _ in rounds], "", "2 jobs"),
        figure("the same, of processor time", "", [years for _, years in rounds], ""),
    ]


def _round(seed: int) -> tuple[float, float]:
    """Years a minute of time, and of processor time."""
    program = str(Path(sys.executable).with_name("firstlight"))
    words = ["--years", str(YEARS), "--seed", str(seed * 1000), "--jobs", str(JOBS), "--json"]
    began = time.monotonic()
    told = subprocess.run([program, "simulate", *words], check=True, capture_output=True)
    minutes = (time.monotonic() - began) / 60
    totals = json.loads(told.stdout)["totals"]
    return totals["years"] / minutes, totals["years"] / (totals["seconds"] / 60)
