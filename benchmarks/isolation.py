"""Measure the pool of processes for strangers' queries, alone and beside queries that never end.

    python benchmarks/isolation.py public/current

Not a test: it prints what it measures. Compare the ratios only.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import time
from pathlib import Path
from statistics import median

from acagraph.errors import StoreError
from acagraph.stores import EmbeddedStore
from acagraph.stores.isolated import IsolatedStore
from acagraph.stores.pool import Pool
from acagraph.stores.protocol import Asked

QUERIES = {
    "ASK {}": "ASK {}",
    "lookup": "SELECT ?label { coalition:jci skos:prefLabel ?label }",
}
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
RUNAWAYS = 8


async def taken(pool: Pool, query: str, times: int, client: str) -> list[float]:
    """Return the milliseconds of each of so many answers, one after another, sorted."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        (await pool.deliver(Asked(query), client=client)).read()
        found.append((time.perf_counter() - began) * 1000)
    return sorted(found)


async def run_away(pool: Pool, client: str) -> None:
    """Ask what never ends, again and again."""
    while True:
        with contextlib.suppress(StoreError):
            await pool.deliver(Asked(ENDLESS), client=client)


def elsewhere(store: EmbeddedStore | IsolatedStore, query: str, times: int) -> float:
    """Return the median milliseconds of an answer from a store that is not a pool."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        store.answer(query).read()
        found.append(time.perf_counter() - began)
    return median(found) * 1000


def megabytes(pid: int) -> float:
    """Return the proportional set size of the descendants of a process, where the system tells it."""
    total = 0.0
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    for child in listed.read_text().split() if listed.exists() else ():
        lines = Path(f"/proc/{child}/smaps_rollup").read_text().splitlines()
        total += sum(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))
        total += megabytes(int(child))
    return total


async def measure(pool: Pool, folder: Path, times: int) -> None:
    """Print a line for each query."""
    pool.start()
    for query in QUERIES.values():
        await taken(pool, query, times, "first")
    print(f"The pool at rest takes {megabytes(os.getpid()):.0f} MB (proportional set size).\n")
    embedded, single = EmbeddedStore.at(folder), IsolatedStore(folder)
    print("| query | pool, ms | this process | new process | p99 alone | p99 beside runaways | times |")
    print("|---|---|---|---|---|---|---|")
    alone = {name: await taken(pool, query, times, "short") for name, query in QUERIES.items()}
    inside = {name: elsewhere(embedded, query, times) for name, query in QUERIES.items()}
    outside = {name: elsewhere(single, query, max(3, times // 200)) for name, query in QUERIES.items()}
    runaways = [asyncio.ensure_future(run_away(pool, f"runaway {number}")) for number in range(RUNAWAYS)]
    await asyncio.sleep(2)
    beside = {name: await taken(pool, query, times, "short") for name, query in QUERIES.items()}
    for runaway in runaways:
        runaway.cancel()
    await asyncio.gather(*runaways, return_exceptions=True)
    for name in QUERIES:
        first, last = alone[name][times * 99 // 100], beside[name][times * 99 // 100]
        print(
            f"| `{name}` | {median(alone[name]):.2f} | {inside[name]:.2f} | {outside[name]:.0f} "
            f"| {first:.2f} | {last:.2f} | {last / first:.1f} |"
        )


def main() -> None:
    """Measure a pool over the store on disk, or over one in memory that all its processes share."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("release", type=Path)
    parser.add_argument("--times", type=int, default=2000)
    parser.add_argument("--memory", action="store_true", help="share a store in memory")
    given = parser.parse_args()
    folder = given.release / "store"
    pool = Pool(folder)
    if given.memory:
        pool = Pool.forked(EmbeddedStore.load(given.release / "data" / "acagraph.nq.gz"), folder)
    asyncio.run(measure(pool, folder, given.times))
    pool.close()


if __name__ == "__main__":
    main()
