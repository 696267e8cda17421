"""Measuring throughput: answers are compared, then all servers asked the same in turn, round by round."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import cycle, islice
from pathlib import Path
from statistics import median

from service_answers import difference
from service_cases import MIX, WARM, Case
from service_load import CONNECTIONS, Figures, Request, run_counted, run_wrk
from service_servers import OURS, OXIGRAPH, PEERS, SHIPPED, Ask, Running, settle

# The last questions of each kind are only compared: what has been asked once is no longer fresh.
_COMPARED = 3
# Below, wrk measures for some seconds; above, until some requests are answered; above that, one a connection.
_SLOW_SECONDS = 0.15
_VERY_SLOW_SECONDS = 1.0
_COUNTED = 16
_MIX_SECONDS = 12
_PEER_ROUNDS = 2
_OK = 200


@dataclass(frozen=True)
class Plan:
    """How long and how often each server is measured, with which tool, and where logs go."""

    wrk: str
    seconds: int
    rounds: int
    switch_seconds: float
    folder: Path
    tell: Callable[[str], None]


@dataclass
class Throughput:
    """What each server did with the questions of a case."""

    case: Case
    rounds: dict[str, list[Figures]] = field(default_factory=dict)
    differences: dict[str, str] = field(default_factory=dict)

    def median(self, system: str, figure: str) -> float:
        """Return the median of a figure over the rounds."""
        return median(float(getattr(figures, figure)) for figures in self.rounds[system])

    def ratio(self, system: str) -> float:
        """Return how often our rate is that of another server; none at all counts as one answer a run."""
        least = 1 / self.median(system, "seconds")
        return self.median(OURS, "rate") / max(self.median(system, "rate"), least)

    @property
    def invalid(self) -> str:
        """Say why the figures do not count, or nothing."""
        found = [f"{system}: {told}" for system, told in self.differences.items()]
        for system, rounds in self.rounds.items():
            failed = 0 if system in PEERS else sum(figures.failed for figures in rounds)
            told = next((figures.told for figures in rounds if figures.told), "")
            found += [f"{system}: {failed} requests failed {told}".strip()] * bool(failed)
            again = system == OURS and self.case.group != WARM and any(figures.repeated for figures in rounds)
            found += [f"{system}: some questions were asked twice"] * again
        return "; ".join(found)

    @property
    def reached(self) -> bool | None:
        """Tell whether the figure of the issue is reached, or None where there is none."""
        if self.case.least is not None:
            return not self.invalid and self.median(OURS, "rate") >= self.case.least
        against = SHIPPED if self.case.group == MIX else OXIGRAPH
        if self.case.times is None or against not in self.rounds:
            return None
        return not self.invalid and self.ratio(against) >= self.case.times


def throughput(case: Case, running: dict[str, Running], plan: Plan) -> Throughput:
    """Compare what the servers answer to a few questions, then measure all in turn, some rounds long.

    A server that did not survive is replaced in `running`.
    """
    found = Throughput(case)
    names = list(running) if case.compared else [OURS]
    slowest = _compare(found, {name: running[name] for name in names})
    measured = case if case.group == WARM else replace(case, asks=case.asks[:-_COMPARED])
    if case.group == WARM:  # each process of ours keeps its own answers, so each is asked some times
        run_counted(running[OURS].port, _requests(running[OURS], case.asks) * _COUNTED)
    for number in range(plan.rounds):
        part = measured.part(number, plan.rounds)
        for name in names:
            if name in PEERS and number >= _PEER_ROUNDS:
                continue  # they are far away, and two rounds tell so
            figures = _run(case, running[name], part, slowest, plan)
            found.rounds.setdefault(name, []).append(figures)
            plan.tell(f"{case.group}, {case.name}, round {number + 1}, {name}: {figures.rate:.1f}/s")
            time.sleep(min(1.0, 8 * slowest))  # what was under way at the end of a run ends before the next
            if case.group == MIX:
                running[name] = settle(running[name], plan.folder, switch_seconds=plan.switch_seconds)
    return found


def _run(case: Case, running: Running, asks: Sequence[Ask], slowest: float, plan: Plan) -> Figures:
    requests = _requests(running, asks)
    cached = case.group == WARM and running.system.name == OURS
    if slowest > _SLOW_SECONDS and case.group != MIX and not cached:
        count = _COUNTED if slowest < _VERY_SLOW_SECONDS else CONNECTIONS
        return run_counted(running.port, list(islice(cycle(requests), count)))
    seconds = max(plan.seconds, _MIX_SECONDS) if case.group == MIX else plan.seconds
    return run_wrk(plan.wrk, running.port, requests, seconds=seconds)


def _compare(found: Throughput, running: dict[str, Running]) -> float:
    """Note how the answers differ; return the seconds of the slowest server, its first answer left out."""
    sample = found.case.asks[-_COMPARED:]
    said = {name: [server.ask(ask) for ask in sample] for name, server in running.items()}
    for reply in said[OURS]:
        if reply.status != _OK:
            found.differences[OURS] = f"answers {reply.status}: {reply.body[:150].decode(errors='replace')}"
            return 0.0
    for name in said.keys() - {OURS}:
        told = [
            difference(ours, theirs, count_only=name in PEERS)
            for ours, theirs in zip(said[OURS], said[name], strict=True)
            if theirs.status or name not in PEERS  # whose rate tells that they do not answer
        ]
        if any(told):
            found.differences[name] = next(filter(None, told))
    return max(min(reply.seconds for reply in replies) for replies in said.values())


def _requests(running: Running, asks: Sequence[Ask]) -> list[Request]:
    return [running.system.request(ask) for ask in asks]
