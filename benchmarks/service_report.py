"""The report: tables with the figures to reach beside what was measured, and the whole as JSON."""

from __future__ import annotations

import json
import math
import os
import platform
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from service_cases import MIX
from service_latency import Latency, Start
from service_measure import Throughput
from service_servers import OURS, OXIGRAPH, PEERS

_MARKS = {True: "yes", False: "**no**", None: ""}
_READY_SECONDS = 2.0
_MEGABYTES = 800.0


@dataclass
class Report:
    """All that was measured, and where."""

    facts: dict[str, Any]
    throughput: list[Throughput] = field(default_factory=list)
    latency: list[Latency] = field(default_factory=list)
    starts: list[Start] = field(default_factory=list)

    def markdown(self) -> str:
        """Return the tables."""
        machine, release = self.facts["machine"], self.facts["release"]
        lines = [
            f"{machine['processors']} processors ({machine['model']}), Python {machine['python']}, load "
            f"{machine['load'][0]:.1f} before; release {release['version']}, {release['triples']:,} triples; "
            + ", ".join(f"{name} {number}" for name, number in self.facts["versions"].items())
            + ".",
            *_throughput([row for row in self.throughput if row.case.group != MIX]),
            *_mix([row for row in self.throughput if row.case.group == MIX]),
            *_latency([row for row in self.latency if row.beside]),
            *_starts([row for row in self.starts if row.ready]),
        ]
        return "\n".join(lines)

    def save(self, path: Path) -> None:
        """Write everything as JSON, every round too."""
        document = {
            **self.facts,
            "throughput": [_plain(row) for row in self.throughput],
            "latency": [
                asdict(row) | {"worse": row.worse, "reached": row.reached}
                for row in self.latency
                if row.beside
            ],
            "starts": [asdict(row) for row in self.starts],
        }
        text = json.dumps(_finite(document), ensure_ascii=False, indent=1)
        path.write_text(text + "\n", encoding="utf-8")


def machine() -> dict[str, Any]:
    """Return what the figures depend on, and nothing that names the machine."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return {
        "processors": len(os.sched_getaffinity(0)),
        "model": model,
        "memory_mb": memory,
        "system": f"{platform.system()} {platform.release().partition('-')[0]}",
        "python": platform.python_version(),
        "load": os.getloadavg(),
    }


def versions(oxigraph: str, peer_python: str | None) -> dict[str, str]:
    """Return the versions of the programs that are compared."""
    found = {"acagraph": version("acagraph"), "pyoxigraph": version("pyoxigraph")}
    told = subprocess.run([oxigraph, "--version"], capture_output=True, text=True, check=True).stdout
    found["Oxigraph"] = told.split()[-1]
    if peer_python:
        names = ("rdflib-endpoint", "oxrdflib", "rdflib")
        script = f"from importlib.metadata import version; print(*map(version, {names}))"
        told = subprocess.run([peer_python, "-c", script], capture_output=True, text=True, check=True).stdout
        found |= dict(zip(names, told.split(), strict=True))
    return found


def _throughput(rows: Sequence[Throughput]) -> Iterator[str]:
    if not rows:
        return
    yield "\n| group | request | ours, 1/s | Oxigraph, 1/s | ratio | to reach | reached |"
    yield "|---|---|---|---|---|---|---|"
    for row in rows:
        case = row.case
        ours, others = row.median(OURS, "rate"), row.rounds.get(OXIGRAPH)
        theirs = _number(row.median(OXIGRAPH, "rate")) if others else ""
        ratio = f"{row.ratio(OXIGRAPH):.2f}" if others else ""
        wanted = f"{case.times:g} times" if case.times is not None else ""
        wanted = f"{case.least:g}/s" if case.least is not None else wanted
        yield (
            f"| {case.group} | {case.name} | {_number(ours)} | {theirs} | {ratio} | {wanted} | "
            f"{_MARKS[row.reached]} |"
        )
    yield "\nMilliseconds of half and of 99 in 100 of these requests:\n"
    yield "| group | request | ours, p50 | ours, p99 | Oxigraph, p50 | Oxigraph, p99 |"
    yield "|---|---|---|---|---|---|"
    for row in rows:
        figures = [
            _number(row.median(name, figure)) if name in row.rounds else ""
            for name in (OURS, OXIGRAPH)
            for figure in ("p50_ms", "p99_ms")
        ]
        yield f"| {row.case.group} | {row.case.name} | {' | '.join(figures)} |"
    yield from _invalid(rows)


def _mix(rows: Sequence[Throughput]) -> Iterator[str]:
    for row in rows:
        yield "\n| the whole mix | 1/s | p50, ms | p99, ms | failed | ours is faster | to reach | reached |"
        yield "|---|---|---|---|---|---|---|---|"
        for name in row.rounds:
            failed = sum(run.failed for run in row.rounds[name])
            figures = " | ".join(_number(row.median(name, figure)) for figure in ("rate", "p50_ms", "p99_ms"))
            told = "" if name == OURS else f"{row.ratio(name):.1f} times"
            wanted, mark = "", ""
            if name in PEERS:
                wanted, mark = f"{row.case.times:g} times", _MARKS[row.ratio(name) >= (row.case.times or 0)]
            yield f"| {name} | {figures} | {failed} | {told} | {wanted} | {mark} |"
    yield from _invalid(rows)


def _invalid(rows: Sequence[Throughput]) -> Iterator[str]:
    for row in rows:
        if row.invalid:
            yield f"\nNot valid: {row.case.group}, {row.case.name}: {row.invalid}"


def _latency(rows: Sequence[Latency]) -> Iterator[str]:
    if not rows:
        return
    yield "\n| server | short query | clients | p99 alone, ms | p99 beside, ms | worse | failed | reached |"
    yield "|---|---|---|---|---|---|---|---|"
    for row in rows:
        alone, beside = median(row.alone), median(row.beside)
        worse = f"{row.worse:.1f} times" if math.isfinite(beside) else ""
        mark = _MARKS[row.reached] if row.system == OURS else ""
        yield (
            f"| {row.system} | {row.probe} | {row.connections} | {_number(alone)} | {_number(beside)} | "
            f"{worse} | {row.failed} | {mark} |"
        )
    yield "\nBeside: 8 clients send cross products all the time. What became of those in the last round:\n"
    for name in dict.fromkeys(row.system for row in rows):
        row = next(row for row in rows if row.system == name)
        told = ", ".join(f"{count} times {outcome}" for outcome, count in sorted(row.outcomes.items()))
        after = "answers afterwards" if row.answers_after else "**does not answer afterwards**"
        yield f"- {name}: {told}; {after}."


def _starts(rows: Sequence[Start]) -> Iterator[str]:
    if not rows:
        return
    yield "\n| server | ready, s | in memory after, s | MB at rest | processes | reached |"
    yield "|---|---|---|---|---|---|"
    for row in rows:
        ready, taken = median(row.ready), median(row.megabytes)
        switched = f"{median(row.switched):.1f}" if row.switched else ""
        mark = _MARKS[ready <= _READY_SECONDS and taken < _MEGABYTES] if row.system == OURS else ""
        yield f"| {row.system} | {ready:.2f} | {switched} | {taken:.0f} | {row.processes} | {mark} |"


def _number(value: float) -> str:
    if math.isinf(value):
        return "none answered"
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _plain(row: Throughput) -> Mapping[str, Any]:
    case = row.case
    return {
        "group": case.group,
        "name": case.name,
        "times": case.times,
        "least": case.least,
        "ratio": {name: row.ratio(name) for name in row.rounds if name != OURS},
        "reached": row.reached,
        "invalid": row.invalid,
        "rounds": {name: [asdict(figures) for figures in rounds] for name, rounds in row.rounds.items()},
    }


def _finite(value: Any) -> Any:
    """Return a value with null for what JSON cannot say: the p99 of no answer at all."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return value
