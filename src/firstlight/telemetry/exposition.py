"""Metrics in Prometheus' text form, by its own library and without its global registry."""

import platform
from collections.abc import Iterable, Iterator, Sequence

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from firstlight.model.metric import Metric


class _Given(Collector):
    def __init__(self, metrics: Sequence[Metric], version: str) -> None:
        self._metrics = metrics
        self._version = version

    def collect(self) -> Iterator[CounterMetricFamily | GaugeMetricFamily]:
        info = GaugeMetricFamily(
            "firstlight_build_info", "What runs.", labels=["version", "python"]
        )
        info.add_metric([self._version, platform.python_version()], 1)
        yield info
        for one in self._metrics:
            names = [name for name, _ in one.samples[0].labels] if one.samples else []
            kind = CounterMetricFamily if one.counts else GaugeMetricFamily
            family = kind(one.name, one.help, labels=names)
            for sample in one.samples:
                family.add_metric([value for _, value in sample.labels], sample.value)
            yield family


def exposition(metrics: Iterable[Metric], version: str) -> bytes:
    """All of them as text."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Given(tuple(metrics), version))
    return generate_latest(registry)
