"""Measure the dumps and tables of a release, beside what Oxigraph takes for the same formats, and of more.

    python benchmarks/release.py --release public/current --oxigraph oxigraph
    python benchmarks/release.py --factor 0 --rounds 3 --json figures.json

Both sides start from the same sorted N-Quads on disk. `oxigraph convert` writes the whole dataset once in
each of the six formats, without graphs where the format has none, and packs nothing. We write those, packed
where a release has them packed, each graph again, the dump of RDF 1.2 and the tables. It prints each figure
with the one to reach and exits with 0 whatever they are. Memory is the proportional set size of all processes
at once. Linux only. Not a test.
"""

from __future__ import annotations

import argparse
import datetime
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import IO

from generate import dump_of, write_release
from generate_copies import size_of
from generate_survey import survey
from service_report import machine
from service_servers import megabytes
from validation import ROOT, Figure

from acagraph.dataset import MANIFEST, read_manifest
from acagraph.release.content import Content, Part
from acagraph.release.context import context
from acagraph.release.dumps.writing import write_dumps
from acagraph.release.tables import write_tables
from acagraph.vocab import graph_iri

FORMATS = {
    "nq": "all.nq",
    "trig": "all.nq",
    "jsonld": "all.nq",
    "nt": "all.nt",
    "ttl": "all.nt",
    "rdf": "all.nt",
}
_LOOK_SECONDS = 0.05
_TIMES = 4
_MEGABYTES = 1500
_MORE_TIME, _MORE_MEMORY = 1.2, 3


@dataclass(frozen=True)
class Run:
    """A command: seconds by the clock and of the processor, and its most memory in MB."""

    seconds: float
    processor: float
    megabytes: float


def run(*command: str | Path) -> Run:
    """Run a command and measure it with all processes that it starts. Exits when it fails."""
    began, most = time.perf_counter(), 0.0
    running = subprocess.Popen([str(part) for part in command], start_new_session=True)
    while (ended := os.wait4(running.pid, os.WNOHANG))[0] == 0:
        most = max(most, megabytes(running.pid))
        time.sleep(_LOOK_SECONDS)
    running.returncode = os.waitstatus_to_exitcode(ended[1])
    if running.returncode:
        raise SystemExit(f"{' '.join(map(str, command))} ended with {running.returncode}")
    return Run(time.perf_counter() - began, ended[2].ru_utime + ended[2].ru_stime, most)


def prepare(release: Path, folder: Path) -> int:
    """Write a release's quads sorted, without graphs, and graph by graph; return how many there are."""
    folder.mkdir()
    with gzip.open(dump_of(release)) as packed, (folder / "quads").open("wb") as file:
        shutil.copyfileobj(packed, file, 1 << 20)
    sort = ["sort", "--buffer-size=500M", f"--output={folder / 'all.nq'}", str(folder / "quads")]
    subprocess.run(sort, env={**os.environ, "LC_ALL": "C"}, check=True)
    (folder / "quads").unlink()
    counts = Counter[str]()
    with (
        ExitStack() as opened,
        (folder / "all.nq").open("rb") as lines,
        (folder / "all.nt").open("wb") as bare,
    ):
        files: dict[str, IO[bytes]] = {}
        for line in lines:
            cut = line.rindex(b" <")
            name = line[cut + 2 : -4].decode().removeprefix(graph_iri(""))
            if name not in files:
                files[name] = opened.enter_context(_part(folder, name).open("wb"))
            files[name].write(line)
            bare.write(line[:cut] + b" .\n")
            counts[name] += 1
    (folder / "counts.json").write_text(json.dumps(counts), "utf-8")
    return counts.total()


def write(what: str, release: Path, folder: Path, workers: int | None) -> None:
    """Write dumps or tables of what `prepare` has made, as a build does."""
    counts = json.loads((folder / "counts.json").read_text("utf-8"))
    parts = {name: Part(name, _part(folder, name), counts[name]) for name in sorted(counts)}
    content, target = Content(parts, folder / "all.nq", ""), folder / what
    target.mkdir()
    if what == "tables":
        write_tables(content, release / "store", target)
        return
    terms = context(parts["ontology"].quads())
    as_of = datetime.date.fromisoformat(read_manifest(release / MANIFEST)["date"])
    write_dumps(content, target, context=terms, as_of=as_of, workers=workers)


def ours(what: str, release: Path, folder: Path, rounds: int, workers: int | None) -> Run:
    """Measure what we write, some times; return the medians."""
    runs = []
    for _ in range(rounds):
        shutil.rmtree(folder / what, ignore_errors=True)
        arguments: list[str | Path] = ["--write", what, "--release", release, "--folder", folder]
        more = [] if workers is None else ["--workers", str(workers)]
        runs.append(run(sys.executable, __file__, *arguments, *more))
    shutil.rmtree(folder / what)
    return _median(runs)


def theirs(oxigraph: str, folder: Path, rounds: int) -> Run:
    """Measure `oxigraph convert` for all formats, some times; return the medians of the sums."""
    runs = []
    for _ in range(rounds):
        each = [
            run(
                oxigraph, "convert", "--from-file", folder / source, "--to-file", folder / f"converted.{form}"
            )
            for form, source in FORMATS.items()
        ]
        seconds, processor = sum(one.seconds for one in each), sum(one.processor for one in each)
        runs.append(Run(seconds, processor, max(one.megabytes for one in each)))
    for form in FORMATS:
        (folder / f"converted.{form}").unlink()
    return _median(runs)


def compared(given: argparse.Namespace, folder: Path) -> Iterator[Figure]:
    """Measure both sides with one release."""
    triples = prepare(given.release, folder)
    group = f"{triples:,} triples"
    peer = theirs(given.oxigraph, folder, given.rounds)
    yield Figure(group, "oxigraph convert, six formats: processor", peer.processor, "s")
    yield Figure(group, "oxigraph convert, one after another", peer.seconds, "s")
    both = {}
    for what in ("dumps", "tables"):
        both[what] = found = ours(what, given.release, folder, given.rounds, given.workers)
        yield Figure(group, f"{what}: processor", found.processor, "s")
        yield Figure(group, f"{what}: by the clock", found.seconds, "s")
        yield Figure(group, f"{what}: memory", found.megabytes, "MB", _MEGABYTES)
    processor = sum(found.processor for found in both.values())
    seconds = sum(found.seconds for found in both.values())
    yield Figure(group, "dumps and tables to convert, processor", processor / peer.processor, "times", _TIMES)
    yield Figure(group, "dumps and tables to convert, by the clock", seconds / peer.seconds, "times", _TIMES)
    if given.factor:
        yield from grown(given, folder, triples, both)


def grown(given: argparse.Namespace, folder: Path, triples: int, few: dict[str, Run]) -> Iterator[Figure]:
    """Measure a larger release that is generated, and compare."""
    larger, release = folder / "larger", folder / "larger-release"
    found = survey(dump_of(given.release), seed=1)
    write_release(found, size_of(found, given.factor), given.release, release)
    times = prepare(release, larger) / triples
    group = f"{times:.1f} times the triples"
    total = {"processor": 0.0, "before": 0.0}
    for what, before in few.items():
        now = ours(what, release, larger, 1, given.workers)
        total["processor"] += now.processor
        total["before"] += before.processor
        yield Figure(
            group, f"{what}: processor", now.processor / before.processor, "times", times * _MORE_TIME
        )
        yield Figure(group, f"{what}: memory", now.megabytes / before.megabytes, "times", _MORE_MEMORY)
        yield Figure(group, f"{what}: memory", now.megabytes, "MB", _MEGABYTES)
    both = total["processor"] / total["before"]
    yield Figure(group, "dumps and tables: processor", both, "times", times * _MORE_TIME)


def _part(folder: Path, name: str) -> Path:
    return folder / f"{name.replace('/', ' ')}.part"


def _median(runs: Sequence[Run]) -> Run:
    return Run(
        median(one.seconds for one in runs),
        median(one.processor for one in runs),
        max(one.megabytes for one in runs),
    )


def main() -> None:
    """Measure and print a table."""
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument("--release", type=Path, default=ROOT / "public" / "current")
    parser.add_argument(
        "--oxigraph", default=shutil.which("oxigraph"), help="the command, of PyPI's oxigraph"
    )
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--factor", type=float, default=10, help="of the larger data; 0 leaves it out")
    parser.add_argument("--workers", type=int, help="processes that write dumps; by default one a core")
    parser.add_argument("--json", type=Path, help="keep the figures in a file")
    parser.add_argument(
        "--scratch", type=Path, help="where files go meanwhile: 2 GB, and 20 for ten times the data"
    )
    parser.add_argument("--write", choices=("dumps", "tables"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.write:
        write(given.write, given.release, given.folder, given.workers)
        return
    if not given.oxigraph:
        parser.error("there is no oxigraph on the path: pip install oxigraph, or name it with --oxigraph")
    print(f"{machine()}\n\n| | | | to reach | reached |\n|---|---|---|---|---|")
    figures = []
    with tempfile.TemporaryDirectory(prefix="acagraph-benchmark-", dir=given.scratch) as folder:
        for figure in compared(given, Path(folder) / "data"):
            figures.append(figure)
            told = "" if figure.reach is None else f"{figure.reach:,.4g} {figure.unit}"
            value = f"{figure.value:,.2f} {figure.unit}"
            print(f"| {figure.group} | {figure.name} | {value} | {told} | {figure.reached} |", flush=True)
    if given.json:
        given.json.write_text(json.dumps([asdict(figure) for figure in figures], indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
