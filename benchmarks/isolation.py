"""Compare a pool of processes with a new process for each query: milliseconds, the median of many.

    python benchmarks/isolation.py public/current

Not a test: it prints what it measures. Compare the ratios only.
"""

from __future__ import annotations

import argparse
import os
import time
from pathlib import Path
from statistics import median

from acagraph.stores import EmbeddedStore, Store
from acagraph.stores.isolated import IsolatedStore
from acagraph.stores.pool import PoolStore

QUERIES = {
    "ASK {}": "ASK {}",
    "lookup": "SELECT ?label { coalition:jci skos:prefLabel ?label }",
}


def milliseconds(store: Store, query: str, times: int) -> float:
    """Return the median time of an answer."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        store.answer(query).read()
        taken.append(time.perf_counter() - began)
    return median(taken) * 1000


def megabytes(pid: int) -> float:
    """Return the proportional set size of the descendants of a process, where the system tells it."""
    total = 0.0
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    for child in listed.read_text().split() if listed.exists() else ():
        lines = Path(f"/proc/{child}/smaps_rollup").read_text().splitlines()
        total += sum(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))
        total += megabytes(int(child))
    return total


def main() -> None:
    """Print a line for each query, and the memory of the pool at rest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("release", type=Path)
    parser.add_argument("--times", type=int, default=500)
    given = parser.parse_args()
    folder = given.release / "store"
    pool = PoolStore(folder)
    pool.start()
    embedded, single = EmbeddedStore.at(folder), IsolatedStore(folder)
    print("| query | pool, ms | new process, ms | ratio | this process, ms |\n|---|---|---|---|---|")
    for name, query in QUERIES.items():
        milliseconds(pool, query, 20)
        shared = milliseconds(pool, query, given.times)
        alone = milliseconds(single, query, max(5, given.times // 25))
        inside = milliseconds(embedded, query, given.times)
        print(f"| `{name}` | {shared:.2f} | {alone:.0f} | {alone / shared:.0f} | {inside:.2f} |")
    print(f"\nThe pool at rest takes {megabytes(os.getpid()):.0f} MB (proportional set size).")
    pool.close()


if __name__ == "__main__":
    main()
