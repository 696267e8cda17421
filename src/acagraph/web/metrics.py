"""Counters of requests that all server processes share, and their text for Prometheus."""

from __future__ import annotations

import mmap
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

OUTCOMES = ("ok", "cached", "unchanged", "redirected", "refused", "busy", "failed", "gone")
_BOUNDS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
GAUGES = ("busy", "long", "waiting", "started", "died")
_TOLD = {
    "busy": "Workers that evaluate a query.",
    "long": "Queries that have run for longer than a moment.",
    "waiting": "Queries that wait for a worker.",
    "started": "Workers started since the server process was.",
    "died": "Workers that died of their query since the server process was started.",
}
# Of each route: its outcomes, the buckets of its histogram and the seconds in all.
_WIDTH = len(OUTCOMES) + len(_BOUNDS) + 1 + 1
_NUMBER = 8


@dataclass(frozen=True)
class Counters:
    """The numbers of one server process; only that process writes them."""

    cells: memoryview[float]

    def count(self, route: int, outcome: str, seconds: float) -> None:
        """Count a request of a route, by its number, with how it ended and how long it took."""
        at = len(GAUGES) + route * _WIDTH
        self.cells[at + OUTCOMES.index(outcome)] += 1
        self.cells[at + len(OUTCOMES) + bisect_left(_BOUNDS, seconds)] += 1
        self.cells[at + _WIDTH - 1] += seconds

    def set(self, gauges: Sequence[int]) -> None:
        """Set the gauges, in the order of GAUGES."""
        for index, value in enumerate(gauges):
            self.cells[index] = value


class Board:
    """The numbers of some processes, in memory that they share by being forked; any can tell all."""

    def __init__(self, processes: int, routes: int) -> None:
        self._row = len(GAUGES) + routes * _WIDTH
        self._processes = processes
        self._cells = memoryview(mmap.mmap(-1, processes * self._row * _NUMBER)).cast("d")

    def counters(self, process: int) -> Counters:
        """Return the numbers that one process writes, by its number from 0."""
        return Counters(self._cells[process * self._row : (process + 1) * self._row])

    def text(self, routes: Sequence[str], version: str) -> bytes:
        """Return all numbers in the text format of Prometheus, routes in the order they were counted in."""
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Snapshot(self, routes, version))
        return generate_latest(registry)

    def total(self, index: int) -> float:
        """Return a number summed over the processes."""
        return sum(self._cells[process * self._row + index] for process in range(self._processes))


@dataclass(frozen=True, eq=False)
class _Snapshot(Collector):
    board: Board
    routes: Sequence[str]
    version: str

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics, the release first."""
        info = GaugeMetricFamily("acagraph_release", "The release that is served.", labels=["version"])
        info.add_metric([self.version], 1)
        yield info
        for index, name in enumerate(GAUGES):
            yield GaugeMetricFamily(f"acagraph_queries_{name}", _TOLD[name], value=self.board.total(index))
        requests = CounterMetricFamily(
            "acagraph_requests", "Requests by route and outcome.", labels=["route", "outcome"]
        )
        seconds = HistogramMetricFamily(
            "acagraph_request_seconds", "Seconds to the end of an answer.", labels=["route"]
        )
        for number, route in enumerate(self.routes):
            at = len(GAUGES) + number * _WIDTH
            counts = [self.board.total(at + index) for index in range(_WIDTH)]
            if not any(counts):
                continue
            for outcome, count in zip(OUTCOMES, counts, strict=False):
                requests.add_metric([route, outcome], count)
            seconds.add_metric([route], _buckets(counts), counts[-1])
        yield requests
        yield seconds


def _buckets(counts: Sequence[float]) -> list[tuple[str, float]]:
    found, total = [], 0.0
    for bound, count in zip((*map(str, _BOUNDS), "+Inf"), counts[len(OUTCOMES) : -1], strict=True):
        total += count
        found.append((bound, total))
    return found
