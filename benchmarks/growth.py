"""Measure how the cost of a release grows with its triples, and fit it to n log n.

    python benchmarks/growth.py --release public/current
    python benchmarks/growth.py --sizes 100000 1000000 10000000 --scratch /big

Each size is generated from the release (benchmarks/generate.py) and goes through what a build does with
its lines: they are sorted and parted by graph, loaded into a store on disk, written as dumps and as tables,
and validated by all rules. Rules are not run: generated data holds what they derive. Every step runs in a
process of its own; costs are processor seconds, memory is the proportional set size of all its processes. A
step grows no worse than n log n when the exponent k of cost = c (n log n)^k, fitted to all sizes, is at most
1 within the noise. It writes growth.json, .md and .svg. Linux only; 10 million triples take 20 GB of scratch.
"""

from __future__ import annotations

import argparse
import datetime
import json
import math
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import release as dumps
from generate import dump_of, write_release
from generate_survey import Survey, survey
from service_report import machine
from suite_report import curves
from validation import sized

from acagraph.release.working import write_store

ROOT = Path(__file__).resolve().parent.parent
STEPS = ("sort", "store", "dumps", "tables", "validation")
_COLOURS = ("#1f6f8b", "#c0562f", "#4a7f3f", "#8a5a9e", "#a8871c", "#1c2a33")
# What is measured varies by a tenth from run to run, over one power of ten: so much may k be above 1.
_NOISE = 0.05


def step(name: str, source: Path, work: Path) -> dumps.Run:
    """Run one step in a process of its own and measure it."""
    if name in ("dumps", "tables"):
        return dumps.ours(name, source, work, 1, None)
    if name == "validation":
        report = work / "validation.json"
        acagraph = Path(sys.executable).with_name("acagraph")
        return dumps.run(acagraph, "validate", "--release", source, "--format", "json", "--output", report)
    return dumps.run(sys.executable, __file__, "--step", name, "--release", source, "--scratch", work)


def perform(name: str, source: Path, work: Path) -> None:
    """Do a step here: what `step` calls in a new process."""
    if name == "sort":
        dumps.prepare(source, work / "parts")
        return
    with (work / "parts" / "all.nq").open("rb") as lines:
        write_store(lines, work / "store")


def measured(found: Survey, triples: int, release: Path, folder: Path) -> dict[str, Any]:
    """Generate a size, run every step on it, and return the figures."""
    source, work = folder / "release", folder / "work"
    work.mkdir(parents=True)
    write_release(found, sized(found, triples), release, source)
    told: dict[str, Any] = {"steps": {}}
    for name in STEPS:
        run = step(name, source, work / "parts" if name in ("dumps", "tables") else work)
        told["steps"][name] = {"processor": run.processor, "seconds": run.seconds, "megabytes": run.megabytes}
        print(f"{triples:,} triples, {name}: {run.processor:.1f} s, {run.megabytes:.0f} MB", file=sys.stderr)
    counts = json.loads((work / "parts" / "counts.json").read_text("utf-8"))
    told["triples"] = sum(counts.values())
    shutil.rmtree(folder)
    return told


def exponent(points: Sequence[tuple[float, float]]) -> float:
    """Return k of cost = c (n log n)^k by least squares over the logarithms. Needs two sizes."""
    xs = [math.log(n * math.log(n)) for n, _ in points]
    ys = [math.log(max(cost, 1e-3)) for _, cost in points]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum((a - x) ** 2 for a in xs)


def costs(sizes: Sequence[Mapping[str, Any]], name: str) -> list[tuple[float, float]]:
    """Return triples and processor seconds of a step, or of all together."""
    if name == "together":
        return [(one["triples"], sum(each["processor"] for each in one["steps"].values())) for one in sizes]
    return [(one["triples"], one["steps"][name]["processor"]) for one in sizes]


def markdown(told: Mapping[str, Any]) -> str:
    """Return the table of a record."""
    sizes, facts = told["sizes"], told["machine"]
    heads = " | ".join(f"{one['triples']:,} triples" for one in sizes)
    lines = [
        "# Growth",
        "",
        f"`python benchmarks/growth.py`, {told['date']}: {facts['processors']} processors "
        f"({facts['model']}), {facts['memory_mb']:,} MB, {facts['system']}, Python {facts['python']}, "
        f"load {facts['load'][0]:.1f} before. Processor seconds and, after the slash, the most memory "
        "in MB.",
        "",
        "![Processor seconds of each step over the number of triples, beside n log n](growth.svg)",
        "",
        f"| step | {heads} | k | k of the last two |",
        f"|---|{'---|' * (len(sizes) + 2)}",
    ]
    for name in (*STEPS, "together"):
        cells = []
        for one, (_, cost) in zip(sizes, costs(sizes, name), strict=True):
            each = one["steps"].values() if name == "together" else [one["steps"][name]]
            cells.append(f"{cost:.1f} / {max(step['megabytes'] for step in each):,.0f}")
        fitted = (told["exponents"][name], exponent(costs(sizes, name)[-2:]))
        marks = [f"{k:.2f}{'' if k <= 1 + _NOISE else ' **worse**'}" for k in fitted]
        lines.append(f"| {name} | {' | '.join(cells)} | {' | '.join(marks)} |")
    lines += [
        "",
        f"k is the exponent of cost = c (n log n)^k: up to {1 + _NOISE:g} a step grows no worse than "
        "n log n. What a step costs before its first triple makes k smaller, least of all between the last "
        "two sizes.",
    ]
    return "\n".join(lines) + "\n"


def drawing(sizes: Sequence[Mapping[str, Any]]) -> str:
    """Return the curves of all steps, with n log n through the first point of all together."""
    lines = [
        (name, costs(sizes, name), colour)
        for name, colour in zip((*STEPS, "together"), _COLOURS, strict=True)
    ]
    (first, cost), *_ = costs(sizes, "together")
    ideal = [
        (one["triples"], cost * one["triples"] * math.log(one["triples"]) / (first * math.log(first)))
        for one in sizes
    ]
    return curves("Cost of a release", "processor seconds", [*lines, ("n log n", ideal, "#8a979f")])


def main() -> None:
    """Measure the sizes and write what was found."""
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument("--release", type=Path, default=ROOT / "public" / "current")
    parser.add_argument("--sizes", type=int, nargs="+", default=(100_000, 300_000, 1_000_000))
    parser.add_argument("--scratch", type=Path, help="a folder with room for the largest size")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "benchmarks")
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        perform(given.step, given.release, given.scratch)
        return
    if len(set(given.sizes)) < 2:
        parser.error("growth needs two sizes at least")
    release = given.release.resolve()
    found = survey(dump_of(release), seed=1)
    with tempfile.TemporaryDirectory(prefix="acagraph-growth-", dir=given.scratch) as folder:
        sizes = [measured(found, size, release, Path(folder) / str(size)) for size in sorted(given.sizes)]
    told = {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "machine": machine(),
        "sizes": sizes,
        "exponents": {name: exponent(costs(sizes, name)) for name in (*STEPS, "together")},
    }
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / "growth.json").write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    (given.out / "growth.md").write_text(markdown(told), "utf-8")
    (given.out / "growth.svg").write_text(drawing(sizes), "utf-8")
    print(markdown(told))


if __name__ == "__main__":
    main()
