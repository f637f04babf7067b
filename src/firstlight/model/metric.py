"""Metrics as they are handed to what writes them down."""

import msgspec


class Sample(msgspec.Struct, frozen=True):
    """One value, with its labels in order."""

    labels: tuple[tuple[str, str], ...]
    value: float


class Metric(msgspec.Struct, frozen=True, kw_only=True):
    """A metric with all its samples. ``counts``: it only grows (a counter); else it is a gauge."""

    name: str
    counts: bool
    help: str
    samples: tuple[Sample, ...]
