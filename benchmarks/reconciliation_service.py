"""How many names a second the reconciliation service answers, in how much memory; csv-reconcile beside it.

    python benchmarks/reconciliation_service.py --release public/current --cities cities500.json \
        --csv-reconcile PYTHON

PYTHON is that of an environment with csv-reconcile, which needs Flask below 3:

    python3 -m venv other && other/bin/pip install csv-reconcile 'flask<3' 'werkzeug<3'

cities500.json is that of benchmarks/reconciliation.py, from whose unseen half the names are. `--without` is a
copy of the release without its index, for what a start takes then.
"""

from __future__ import annotations

import argparse
import csv
import http.client
import json
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from reconciliation_cases import Case, cases
from service_load import HOST
from service_servers import OURS, Running, System, megabytes, start, systems

from acagraph.reconciliation.finding import NAMES
from acagraph.vocab import BASE

_BATCHES = (10, 100)
_CLIENTS = 4
_SEED = 7
_OTHER = "csv-reconcile"
_THINGS = f"{BASE}id/"
_OK = 200
# csv-reconcile compares every name with every other: so many have to be enough.
_FEW = 60


@dataclass(frozen=True)
class Spent:
    """One run: names a second, milliseconds of a batch in the middle and of the slowest in a hundred."""

    rate: float
    median_ms: float
    slow_ms: float
    found: tuple[tuple[str, float, bool] | None, ...]


def main() -> None:
    """Measure, and print it."""
    given = _arguments()
    asked = _chosen(given)
    acagraph = str(Path(sys.executable).with_name("acagraph"))
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        ours = systems(given.release, acagraph=acagraph, oxigraph="", peer_python=None)[OURS]
        if given.without:
            bare = systems(given.without, acagraph=acagraph, oxigraph="", peer_python=None)[OURS]
            for words, system in (("with the index", ours), ("without", bare)):
                print(f"first answer {words}: {_ready(system, folder):.2f} s (median of 5 starts)")
        running = stack.enter_context(start(ours, folder, switch_seconds=60.0))
        print(f"memory before: {megabytes(running.process.pid):,.0f} MB")
        for country in (True, False):
            part = [case for case in asked if (case.country is not None) is country]
            _ours(running, part, "with country" if country else "without")
        print(f"memory after: {megabytes(running.process.pid):,.0f} MB")
        if given.csv_reconcile:
            part = [case for case in asked if case.country is None]
            few = random.Random(_SEED).sample(part, _FEW)
            other = stack.enter_context(start(_other(given, folder), folder))
            print(f"{_OTHER}: memory {megabytes(other.process.pid):,.0f} MB")
            _told(_OTHER, 1, _run(other.port, few, 1, stumbles=True), few)
            _told("acagraph, the same", 1, _run(running.port, few, 1), few)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--release", type=Path, default=Path("public/current"))
    parser.add_argument("--cities", type=Path, required=True)
    parser.add_argument("--csv-reconcile", help="the Python of its environment")
    parser.add_argument("--without", type=Path, help="a copy of the release without its index")
    parser.add_argument("--names", type=int, default=4000, help="how many, of each kind")
    return parser.parse_args()


def _chosen(given: argparse.Namespace) -> list[Case]:
    """Return cases of the unseen half, noisy and without an answer as they come, with country and without."""
    found = cases(given.release / NAMES, given.release / "store", given.cities)
    found = [case for case in found if case.unseen and case.sort in ("noisy", "none")]
    chance = random.Random(_SEED)
    chosen: list[Case] = []
    for country in (True, False):
        part = [case for case in found if (case.country is not None) is country]
        chosen += chance.sample(part, min(given.names, len(part)))
    return chosen


def _ready(system: System, folder: Path) -> float:
    seconds = []
    for _ in range(5):
        with start(system, folder) as running:
            seconds.append(running.ready_seconds)
    return statistics.median(seconds)


def _ours(running: Running, part: Sequence[Case], words: str) -> None:
    _run(running.port, part, 100)  # warm
    for size in _BATCHES:
        _told(f"acagraph, {words}", size, _run(running.port, part, size), part)


def _told(words: str, size: int, spent: Spent, part: Sequence[Case]) -> None:
    first = [
        found is not None and found[0] in case.truth for found, case in zip(spent.found, part, strict=True)
    ]
    known = [right for right, case in zip(first, part, strict=True) if case.truth]
    sure = [right for right, found in zip(first, spent.found, strict=True) if found and found[2]]
    precision = f"{sum(sure) / len(sure):.3f}" if sure else "none"
    print(
        f"{words}, batches of {size}: {spent.rate:,.0f} names a second; a batch {spent.median_ms:.1f} ms, "
        f"the slowest in a hundred {spent.slow_ms:.1f} ms; in first place {sum(known) / len(known):.3f}, "
        f"match right {precision} of {len(sure)}"
    )


def _run(port: int, part: Sequence[Case], size: int, *, stumbles: bool = False) -> Spent:
    """Send all names in batches, four clients at once, each over one connection.

    What is answered with an error ends the run; with `stumbles` it is told, and nothing was found.
    """
    batches = [part[at : at + size] for at in range(0, len(part), size)]
    shares = [list(enumerate(batches))[client::_CLIENTS] for client in range(_CLIENTS)]
    began = time.perf_counter()
    with ThreadPoolExecutor(_CLIENTS) as threads:
        answers = dict(
            answer
            for found in threads.map(lambda share: _client(port, share, stumbles), shares)
            for answer in found
        )
    seconds = time.perf_counter() - began
    taken = sorted(1000 * spent for spent, _ in answers.values())
    found = tuple(item for number in range(len(batches)) for item in answers[number][1])
    return Spent(len(part) / seconds, statistics.median(taken), taken[int(0.99 * (len(taken) - 1))], found)


_Found = list[tuple[str, float, bool] | None]


def _client(
    port: int, share: Sequence[tuple[int, Sequence[Case]]], stumbles: bool
) -> list[tuple[int, tuple[float, _Found]]]:
    connection = http.client.HTTPConnection(HOST, port, timeout=600)
    done = []
    for number, batch in share:
        body = urlencode({"queries": json.dumps(dict(_queries(batch)))})
        began = time.perf_counter()
        connection.request("POST", "/reconcile", body, {"Content-Type": "application/x-www-form-urlencoded"})
        answer = connection.getresponse()
        text = answer.read()
        spent = time.perf_counter() - began
        if answer.status != _OK:
            problem = f"status {answer.status} for {[case.name for case in batch]}: {text[:300]!r}"
            if not stumbles:
                raise SystemExit(problem)
            print(problem)
            done.append((number, (spent, [None] * len(batch))))
            continue
        told = json.loads(text)
        done.append((number, (spent, [_first(told[f"q{place}"]["result"]) for place in range(len(batch))])))
    connection.close()
    return done


def _queries(batch: Sequence[Case]) -> Iterator[tuple[str, dict[str, object]]]:
    for place, case in enumerate(batch):
        query: dict[str, object] = {"query": case.name, "limit": 5}
        if case.country is not None:
            query["properties"] = [{"pid": "country", "v": case.country}]
        yield f"q{place}", query


def _first(results: Sequence[dict[str, object]]) -> tuple[str, float, bool] | None:
    if not results:
        return None
    best = results[0]
    name = str(best["id"])
    return name if name.startswith("http") else _THINGS + name, float(str(best["score"])), bool(best["match"])


def _other(given: argparse.Namespace, folder: Path) -> System:
    """Return csv-reconcile with the labels of all that our index knows."""
    table = folder / "things.csv"
    database = sqlite3.connect(f"file:{given.release / NAMES}?mode=ro", uri=True)
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("iri", "label"))
        writer.writerows(database.execute("SELECT iri, label FROM things ORDER BY iri"))
    program = (
        "import os, sys; from csv_reconcile import create_app, doinit\n"
        f"os.chdir({str(folder)!r})\n"
        "if sys.argv[1] == 'init': doinit(None, 'dice', sys.argv[2], 'iri', 'label')\n"
        "else: create_app().run(port=int(sys.argv[2]))\n"
    )
    subprocess.run([given.csv_reconcile, "-c", program, "init", str(table)], check=True)
    return System(
        _OTHER,
        lambda port: [given.csv_reconcile, "-c", program, "serve", str(port)],
        "/reconcile",
        "/reconcile",
    )


if __name__ == "__main__":
    main()
