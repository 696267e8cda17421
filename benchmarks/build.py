"""Measure a build of the project: rows, triples, seconds and peak memory of each step, and of a second build.

    python benchmarks/build.py
    python benchmarks/build.py --only-curated

Not a test: it prints what it measures. Seconds are wall-clock; on a busy machine compare ratios only.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from acagraph.cli.progress import steps_table
from acagraph.release.publish import build, up_to_date

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Build into a temporary folder, twice, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only-curated", action="store_true")
    only = parser.parse_args().only_curated
    with tempfile.TemporaryDirectory(prefix="acagraph-benchmark-") as folder:
        start = time.perf_counter()
        summary = build(ROOT, Path(folder), only_curated=only)
        first = time.perf_counter() - start
        print(steps_table(summary.steps))
        start = time.perf_counter()
        same = up_to_date(ROOT, Path(folder), only_curated=only) is not None
        second = time.perf_counter() - start
    told = f"{first / second:.0f} times faster" if same else "the inputs have changed meanwhile"
    print(f"{summary.engine} judged; a second build takes {second:.1f} s: {told}")


if __name__ == "__main__":
    main()
