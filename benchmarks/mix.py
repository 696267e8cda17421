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
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from service_load import Request, fetch
from service_servers import System, megabytes, start
from suite_setting import Question, questions, weighted

# Longer than a server lets a query take, so that it says so itself.
_PATIENCE = 35.0
# Rows of a SELECT, triples of a CONSTRUCT.
_ACCEPT = "application/sparql-results+json, application/n-triples"
_OK = 200
_SHOWN = 15


@dataclass(frozen=True)
class Served:
    """A release that was asked: memory in MB at rest and after, seconds by question, and which failed."""

    release: Path
    rest: float
    after: float
    seconds: Mapping[str, float]
    failed: frozenset[str]


def served(release: Path, asked: list[Question], acagraph: Path, folder: Path) -> Served:
    """Serve a release from disk and ask it questions, each once."""
    command = [str(acagraph), "serve", "--release", str(release), "--memory", "never", "--port"]
    system = System("acagraph", lambda port: [*command, str(port)], "/sparql", "/healthz")
    with start(system, folder) as running:
        rest = megabytes(running.process.pid)
        told = {one.name: _asked(running.port, one) for one in asked}
        after = megabytes(running.process.pid)
    failed = frozenset(name for name, (_, good) in told.items() if not good)
    return Served(release, rest, after, {name: seconds for name, (seconds, _) in told.items()}, failed)


def _asked(port: int, question: Question) -> tuple[float, bool]:
    """Return the seconds of a question, and whether it was answered."""
    path = f"/queries/{question.name}?{urlencode(question.arguments)}"
    try:
        reply = fetch(port, Request(path, _ACCEPT), timeout=_PATIENCE)
    except (OSError, http.client.HTTPException):
        return _PATIENCE, False
    return reply.seconds, reply.status == _OK


def main() -> None:
    """Ask all releases and print what each takes, and the questions that weigh most side by side."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--release", type=Path, action="append", required=True)
    parser.add_argument("--acagraph", type=Path, default=Path("acagraph"))
    given = parser.parse_args()
    asked = list(questions(given.release[0]))
    with tempfile.TemporaryDirectory(prefix="acagraph-benchmark-") as folder:
        found = [served(path, asked, given.acagraph, Path(folder)) for path in given.release]
    first = weighted(asked, found[0].seconds)
    for each in found:
        mean = weighted(asked, each.seconds)
        print(
            f"{each.release}: {each.rest:.0f} MB at rest, {each.after:.0f} MB after; {1000 * mean:.1f} ms a "
            f"question, {first / mean:.2f} of the throughput of the first; "
            f"failed: {', '.join(sorted(each.failed)) or 'none'}"
        )
    last = found[-1].seconds
    for one in sorted(asked, key=lambda one: -one.weight * last[one.name])[:_SHOWN]:
        told = " | ".join(f"{1000 * each.seconds[one.name]:.0f} ms" for each in found)
        print(f"{one.name} ({one.weight}): {told}")


if __name__ == "__main__":
    main()
