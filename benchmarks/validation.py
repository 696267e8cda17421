"""Measure validation as people meet it: a command line in a new process, its processor time and its memory.

    python benchmarks/validation.py --release public/current
    python benchmarks/validation.py --only engines --slice 300000
    python benchmarks/validation.py --only linear --sizes 100000 1000000 --json figures.json

It prints each figure with the one to reach and exits with 0 whatever they are. Memory is the proportional set
size of all processes at once, looked at ten times a second. Linux only, as it reads /proc. Not a test.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import TypeVar

import pyoxigraph as ox
from generate import dump_of, write, write_release
from generate_copies import Size, counts, factor_for, size_of
from generate_survey import Survey, survey
from service_report import machine
from service_servers import megabytes

from acagraph.validation.engines import Engine, run_engine
from acagraph.validation.run import load_shapes

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent
GROUPS = ("release", "sources", "changed", "engines", "linear")
_SIZES = (100_000, 200_000, 500_000, 1_000_000)
_LOOK_SECONDS = 0.1
_CONFORMS_OR_NOT = (0, 3)
_FAULTS = 120
# It judges one thing that does not exist, so what it takes is reading the data.
_NO_SHAPE = """@prefix sh: <http://www.w3.org/ns/shacl#> .
<x:shape> a sh:NodeShape ; sh:targetNode <x:nothing> ; sh:nodeKind sh:IRI ."""
# What a curator changes: one coalition gets another note.
_CHANGED = Path("data/coalitions/jci.ttl")


@dataclass(frozen=True)
class Run:
    """One command line: seconds by the clock and of the processor, and its most memory in MB."""

    seconds: float
    processor: float
    megabytes: float
    exit_code: int


@dataclass(frozen=True)
class Figure:
    """One measurement and the one to reach, None where there is none; with `least`, more is better."""

    group: str
    name: str
    value: float
    unit: str
    reach: float | None = None
    least: bool = False

    @property
    def reached(self) -> str:
        """Say in a word whether the figure is reached."""
        if self.reach is None:
            return ""
        return "yes" if (self.value >= self.reach if self.least else self.value <= self.reach) else "NO"


@dataclass(frozen=True)
class Plan:
    """What is measured, how often, and where files go that are made for it."""

    release: Path
    folder: Path
    rounds: int
    slice: int | None
    sizes: Sequence[int]
    acagraph: Path

    def run(self, *arguments: str | Path) -> Run:
        """Run `acagraph validate` as a person does, and measure it. Exits when it could not judge."""
        report = self.folder / "report.json"
        command = [self.acagraph, "validate", *arguments, "--format", "json", "--output", report]
        began, most = time.perf_counter(), 0.0
        with (self.folder / "log").open("w") as log:
            running = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
            while (ended := os.wait4(running.pid, os.WNOHANG))[0] == 0:
                most = max(most, megabytes(running.pid))
                time.sleep(_LOOK_SECONDS)
        seconds, usage = time.perf_counter() - began, ended[2]
        running.returncode = os.waitstatus_to_exitcode(ended[1])
        if running.returncode not in _CONFORMS_OR_NOT:
            raise SystemExit(f"{' '.join(map(str, command))} failed: {(self.folder / 'log').read_text()}")
        return Run(seconds, usage.ru_utime + usage.ru_stime, most, running.returncode)


def forget(folder: Path) -> None:
    """Ask the system to drop a folder's files from memory, so that they are read from the disk again."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def of_release(plan: Plan) -> list[Figure]:
    """Measure a built release, all rules: the first run reads the files from the disk."""
    forget(plan.release.resolve())
    runs = [plan.run("--release", plan.release) for _ in range(plan.rounds)]
    return [
        Figure("release", "first, from the disk", runs[0].seconds, "s", 12),
        Figure("release", "median", median(run.seconds for run in runs), "s", 12),
        Figure("release", "processor", median(run.processor for run in runs), "s"),
        Figure("release", "memory", max(run.megabytes for run in runs), "MB", 1500),
    ]


def of_sources(plan: Plan) -> list[Figure]:
    """Measure a project: with nothing kept of an earlier run, and with the derived inputs unchanged."""
    project = project_copy(plan.folder / "sources")
    cold = plan.run("--project", project)
    warm = [plan.run("--project", project) for _ in range(plan.rounds)]
    note(project / _CHANGED)
    curated = plan.run("--project", project)
    return [
        Figure("sources", "nothing kept", cold.seconds, "s", 40),
        Figure("sources", "nothing kept, processor", cold.processor, "s"),
        Figure("sources", "unchanged", median(run.seconds for run in warm), "s", 12),
        Figure("sources", "unchanged, processor", median(run.processor for run in warm), "s"),
        Figure("sources", "one curated file changed", curated.seconds, "s"),
        Figure("sources", "one curated file changed, processor", curated.processor, "s"),
        Figure("sources", "memory", max(run.megabytes for run in (cold, curated, *warm)), "MB"),
    ]


def of_changed(plan: Plan) -> list[Figure]:
    """Measure --changed in a working copy in which one curated file differs from git's HEAD."""
    project = project_copy(plan.folder / "changed")
    who = ("-c", "user.name=benchmark", "-c", "user.email=benchmark@example.org", "-c", "gc.auto=0")
    for command in (("init", "--quiet"), ("add", "."), ("commit", "--quiet", "--message", "as it was")):
        subprocess.run(["git", *who, *command], cwd=project, check=True)
    note(project / _CHANGED)
    runs = [plan.run("--project", project, "--changed") for _ in range(max(plan.rounds, 5))]
    return [
        Figure("changed", "median", median(run.seconds for run in runs), "s", 2),
        Figure("changed", "slowest", max(run.seconds for run in runs), "s", 2),
        Figure("changed", "processor", median(run.processor for run in runs), "s"),
        Figure("changed", "memory", max(run.megabytes for run in runs), "MB"),
    ]


def of_engines(plan: Plan) -> list[Figure]:
    """Measure both engines on the same shapes and data, some of it wrong, and compare what they find."""
    found = survey(dump_of(plan.release), seed=1)
    size = size_of(found, 1) if plan.slice is None else sized(found, plan.slice)
    triples, data = sum(counts(found, size).values()), plan.folder / "slice.nq"
    with data.open("wb") as out:
        write(found, size, out, faults=_FAULTS)
    compiled = apart(_judged, data, "shacl")
    reference = apart(_judged, data, "pyshacl")
    published = apart(_published, data)
    differing = len(compiled.found ^ reference.found)
    figures = [Figure("engines", "triples", triples, "")]
    for name, run in (("shacl", compiled), ("pyshacl", published), ("pyshacl as we run it", reference)):
        figures.append(Figure("engines", f"{name}, processor", run.whole, "s"))
        figures.append(Figure("engines", f"{name}, without reading the data", run.judging, "s"))
    for name, run in (("pyshacl", published), ("pyshacl as we run it", reference)):
        reach = 30 if run is published else None
        # The clock of processes ticks every 10 ms, which is more than little data takes.
        times = (run.whole / max(compiled.whole, 0.01), run.judging / max(compiled.judging, 0.01))
        figures.append(Figure("engines", f"times less than {name}", times[0], "", reach, least=True))
        figures.append(Figure("engines", f"times less than {name}, without reading", times[1], ""))
    figures.append(Figure("engines", f"findings of {len(reference.found):,} that differ", differing, "", 0))
    return figures


def of_linear(plan: Plan) -> list[Figure]:
    """Measure generated releases of growing size: what one more triple costs, and whether that grows."""
    found, figures, costs = survey(dump_of(plan.release), seed=1), [], []
    for size in plan.sizes:
        folder = plan.folder / f"release-{size}"
        write_release(found, sized(found, size), plan.release, folder)
        runs = [plan.run("--release", folder) for _ in range(plan.rounds)]
        costs.append((size, median(run.processor for run in runs)))
        memory = max(run.megabytes for run in runs)
        figures.append(Figure("linear", f"{size:,} triples, processor", costs[-1][1], "s"))
        figures.append(Figure("linear", f"{size:,} triples, memory", memory, "MB"))
        shutil.rmtree(folder)
    more = [(b[1] - a[1]) / (b[0] - a[0]) * 1e6 for a, b in pairwise(costs)]
    for (small, _), (large, _), cost in zip(costs, costs[1:], more, strict=False):
        figures.append(Figure("linear", f"a triple more, {small:,} to {large:,}", cost, "µs"))
    if len(costs) > 1:
        whole = (costs[-1][1] - costs[0][1]) / (costs[-1][0] - costs[0][0]) * 1e6
        figures.append(Figure("linear", "the last step's cost to the mean one", more[-1] / whole, "", 1.25))
    return figures


def sized(found: Survey, triples: int) -> Size:
    """Return the size of about so many triples."""
    return size_of(found, factor_for(found, triples))


@dataclass(frozen=True)
class Judged:
    """What an engine finds, and its processor seconds: in all, and without those of reading the data."""

    whole: float
    judging: float
    found: frozenset[tuple[str | None, ...]]


def apart(action: Callable[..., Judged], *arguments: object) -> Judged:
    """Let an engine judge data by our shapes, in a process of its own."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(action, *arguments).result()


def _judged(data: Path, engine: Engine) -> Judged:
    nothing = list(ox.parse(_NO_SHAPE, format=ox.RdfFormat.TURTLE))
    empty = data.with_name("empty.nq")
    empty.touch()
    run_engine(empty, nothing, engine)  # imports what it needs
    shapes = load_shapes(ROOT / "shapes")
    reading, _ = _timed(lambda: run_engine(data, nothing, engine))
    whole, found = _timed(lambda: run_engine(data, shapes, engine))
    told = ((item.focus, item.path, item.component, item.value, item.severity) for item in found)
    return Judged(whole, whole - reading, frozenset(told))


def _published(data: Path) -> Judged:
    """Let pySHACL judge as its own documentation has it: rdflib reads the file, and all is left as it is."""
    import pyshacl
    import rdflib

    lines = data.with_suffix(".nt")
    ox.serialize((quad.triple for quad in ox.parse(path=data)), lines, format=ox.RdfFormat.N_TRIPLES)
    shapes = ox.serialize(
        (quad.triple for quad in load_shapes(ROOT / "shapes")), format=ox.RdfFormat.N_TRIPLES
    )
    rules = rdflib.Graph().parse(data=shapes, format="nt")
    reading, graph = _timed(lambda: rdflib.Graph().parse(lines, format="nt"))
    judging, _ = _timed(lambda: pyshacl.validate(graph, shacl_graph=rules))
    return Judged(reading + judging, judging, frozenset())


def _timed(action: Callable[[], T]) -> tuple[float, T]:
    """Return the processor seconds of an action, with those of processes that it starts, and its result."""
    began = sum(os.times()[:4])
    found = action()
    return sum(os.times()[:4]) - began, found


def project_copy(target: Path) -> Path:
    """Return a copy of this project's inputs, without anything that was made of them."""
    for name in ("data", "ontology", "queries", "shapes"):
        shutil.copytree(ROOT / name, target / name)
    return target


def note(path: Path) -> None:
    """Change a curated file as a curator does: another note for the first thing in it."""
    text = path.read_text("utf-8")
    subject, rest = text.index("\n    a "), '\n    skos:editorialNote "Looked at once more."@en ;'
    end = text.index(";", subject) + 1
    path.write_text(f"{text[:end]}{rest}{text[end:]}", "utf-8")


_MEASURES: dict[str, Callable[[Plan], list[Figure]]] = {
    "release": of_release,
    "sources": of_sources,
    "changed": of_changed,
    "engines": of_engines,
    "linear": of_linear,
}


def main() -> None:
    """Measure the groups asked for and print a table of each."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--release", type=Path, default=ROOT / "public" / "current")
    parser.add_argument("--only", action="append", choices=GROUPS, help="may be repeated; without it all")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--slice", type=int, help="triples for engine against engine; without it all")
    parser.add_argument("--sizes", type=int, nargs="+", default=_SIZES, help="triples, growing")
    parser.add_argument("--json", type=Path, help="keep the figures in a file")
    given = parser.parse_args()
    acagraph = Path(sys.executable).with_name("acagraph")
    print(f"{machine()}\n\n| | | | to reach | reached |\n|---|---|---|---|---|")
    figures: list[Figure] = []
    for group in given.only or GROUPS:
        with tempfile.TemporaryDirectory(prefix="acagraph-benchmark-") as folder:
            plan = Plan(given.release, Path(folder), given.rounds, given.slice, given.sizes, acagraph)
            for figure in _MEASURES[group](plan):
                figures.append(figure)
                told = "" if figure.reach is None else f"{figure.reach:,g} {figure.unit}"
                value = f"{figure.value:,.{0 if figure.value >= 1000 else 2}f} {figure.unit}"
                print(f"| {group} | {figure.name} | {value} | {told} | {figure.reached} |", flush=True)
    if given.json:
        given.json.write_text(json.dumps([asdict(figure) for figure in figures], indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
