"""Measuring short queries beside runaway ones, and starts and memory at rest."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from service_attack import Runaways
from service_load import run_wrk
from service_measure import Plan
from service_servers import PEERS, Ask, Running, System, megabytes, processes, start

_CONNECTIONS = (1, 8)
_REST_SECONDS = 2.0
_WORSE = 3.0


@dataclass
class Latency:
    """The p99 of a short query alone and beside runaway queries, in ms, and what became of those."""

    system: str
    probe: str
    connections: int
    alone: list[float] = field(default_factory=list)
    beside: list[float] = field(default_factory=list)
    failed: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)
    answers_after: bool = True

    @property
    def worse(self) -> float:
        """Return how many times worse the p99 is beside runaway queries."""
        return median(self.beside) / median(self.alone)

    @property
    def reached(self) -> bool:
        """Tell whether that is within what the issue allows."""
        return self.worse <= _WORSE and self.failed == 0 and self.answers_after


@dataclass
class Start:
    """Seconds until a server answers and until its store is in memory, and the memory it takes at rest."""

    system: str
    ready: list[float] = field(default_factory=list)
    switched: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)
    processes: int = 0


def latency(
    found: list[Latency], probes: Mapping[str, Sequence[Ask]], systems: Sequence[System], plan: Plan
) -> None:
    """Measure short queries alone and beside runaway queries, with one connection and with eight."""
    found += [
        Latency(system.name, name, connections)
        for system in systems
        for connections in _CONNECTIONS
        for name in probes
    ]
    for number in range(plan.rounds):
        for system in systems:
            if system.name in PEERS and number > 0:
                continue
            # A server that does not stop a query would be slower in the next round: each has a new one.
            rows = [row for row in found if row.system == system.name]
            with start(system, plan.folder, switch_seconds=plan.switch_seconds) as running:
                _round(rows, running, probes, number, plan)


def _round(
    rows: Sequence[Latency], running: Running, probes: Mapping[str, Sequence[Ask]], number: int, plan: Plan
) -> None:
    parts = 2 * len(_CONNECTIONS) * plan.rounds

    def p99(row: Latency, place: int) -> float:
        place = (number * 2 + place) * len(_CONNECTIONS) + _CONNECTIONS.index(row.connections)
        size = len(probes[row.probe]) // parts
        asks = probes[row.probe][place * size : (place + 1) * size] or probes[row.probe]
        requests = [running.system.request(ask) for ask in asks]
        figures = run_wrk(plan.wrk, running.port, requests, seconds=plan.seconds, connections=row.connections)
        row.failed += figures.failed
        return figures.p99_ms

    for row in rows:
        row.alone.append(p99(row, 0))
    with Runaways(running) as runaways:
        runaways.wait(_REST_SECONDS)
        for row in rows:
            row.beside.append(p99(row, 1))
    after = running.answers(within=30)
    for row in rows:
        row.outcomes = dict(runaways.outcomes)
        row.answers_after &= after
        plan.tell(
            f"{row.system}, {row.probe}, {row.connections} connections: p99 {row.alone[-1]:.1f} ms alone, "
            f"{row.beside[-1]:.1f} ms beside runaway queries, {row.failed} failed"
        )


def starts(found: list[Start], systems: Sequence[System], plan: Plan) -> None:
    """Start each server some times, wait until it rests, and read what memory it takes."""
    found += [Start(system.name) for system in systems]
    for number in range(plan.rounds):
        for row, system in zip(found, systems, strict=True):
            if system.name in PEERS and number > 0:
                continue
            with start(system, plan.folder, switch_seconds=plan.switch_seconds) as running:
                time.sleep(_REST_SECONDS)
                row.ready.append(running.ready_seconds)
                row.switched += [] if running.switched_seconds is None else [running.switched_seconds]
                row.megabytes.append(megabytes(running.process.pid))
                row.processes = processes(running.process.pid)
            plan.tell(f"{system.name}: ready after {row.ready[-1]:.2f} s, {row.megabytes[-1]:.0f} MB at rest")
