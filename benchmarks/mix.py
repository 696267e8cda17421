"""Ask the saved queries of releases of different sizes, each served from disk, and compare them.

    python benchmarks/mix.py --release public/current --release ten/current

Each release gets a server of its own, one after the other, and a client that asks every saved query once,
with the arguments of its example, so that no answer is kept from before. One about a thing that has to be
named weighs four times one about everything. Seconds are those of the clock, so run it on a machine with
nothing else to do. Memory is the proportional set size of all processes of the server. Linux only. Not a
test.
"""

from __future__ import annotations

import argparse
import http.client
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from service_load import Request, fetch
from service_servers import Running, System, megabytes, start

from acagraph.dataset import open_dataset

# Longer than a server lets a query take, so that it says so itself.
_PATIENCE = 35.0
_ROWS = "application/sparql-results+json"
_OK = 200
_SHOWN = 15
_WEIGHTS = {True: 4, False: 1}


@dataclass(frozen=True)
class Asked:
    """A saved query that was asked: its weight, its seconds, and the status of its answer, 0 for none."""

    name: str
    weight: int
    seconds: float
    status: int


@dataclass(frozen=True)
class Served:
    """A release that was asked: memory in MB at rest and after, and each question by name."""

    release: Path
    rest: float
    after: float
    asked: dict[str, Asked]

    def mean(self, names: set[str]) -> float:
        """Return the mean seconds of some questions, each counted as often as its weight says."""
        chosen = [one for name, one in self.asked.items() if name in names]
        return sum(one.weight * one.seconds for one in chosen) / sum(one.weight for one in chosen)


def served(release: Path, acagraph: Path, folder: Path) -> Served:
    """Serve a release from disk and ask all its questions."""
    command = [str(acagraph), "serve", "--release", str(release), "--memory", "never", "--port"]
    system = System("acagraph", lambda port: [*command, str(port)], "/sparql", "/healthz")
    with start(system, folder) as running:
        rest = megabytes(running.process.pid)
        asked = {one.name: one for one in _asked(release, running)}
        return Served(release, rest, megabytes(running.process.pid), asked)


def _asked(release: Path, running: Running) -> Iterator[Asked]:
    with open_dataset(release) as dataset:
        saved = {name: query for name, query in dataset.queries.items() if not query.endpoint}
    for name, query in saved.items():
        weight = _WEIGHTS[any(parameter.required for parameter in query.parameters)]
        given = urlencode({key: str(value) for key, value in query.example.items()})
        try:
            reply = fetch(running.port, Request(f"/queries/{name}.json?{given}", _ROWS), timeout=_PATIENCE)
        except (OSError, http.client.HTTPException):
            yield Asked(name, weight, _PATIENCE, 0)
        else:
            yield Asked(name, weight, reply.seconds, reply.status)


def main() -> None:
    """Ask all releases and print what each takes, and the questions that weigh most side by side."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--release", type=Path, action="append", required=True)
    parser.add_argument("--acagraph", type=Path, default=Path("acagraph"))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="acagraph-benchmark-") as folder:
        found = [served(path, given.acagraph, Path(folder)) for path in given.release]
    # What the first cannot answer, such as an example that it lacks, is left out.
    names = {name for name, one in found[0].asked.items() if one.status == _OK}
    for each in found:
        failed = ", ".join(sorted(name for name in names if each.asked[name].status != _OK))
        mean, first = each.mean(names), found[0].mean(names)
        print(
            f"{each.release}: {each.rest:.0f} MB at rest, {each.after:.0f} MB after; {1000 * mean:.1f} ms a "
            f"question, {first / mean:.2f} of the throughput of the first; failed: {failed or 'none'}"
        )
    last = found[-1].asked
    for name in sorted(names, key=lambda name: -last[name].weight * last[name].seconds)[:_SHOWN]:
        told = " | ".join(f"{1000 * each.asked[name].seconds:.0f} ms" for each in found)
        print(f"{name} ({last[name].weight}): {told}")


if __name__ == "__main__":
    main()
