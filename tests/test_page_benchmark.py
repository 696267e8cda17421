"""The benchmark of the pages runs on a release of any size."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from published import ROOT


def test_it_weighs_and_times_the_pages(release: Path) -> None:
    script = ROOT / "benchmarks" / "pages.py"
    command = [sys.executable, str(script), "--release", str(release), "--rounds", "2", "--pages", "20"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    rows = [line.split(" | ") for line in done.stdout.splitlines() if line.startswith("| ")]
    found = {row[0].removeprefix("| ").partition(":")[0]: row for row in rows[1:]}
    assert len(found) == 14
    assert "`/doc/coalition/jci`" in found["coalition, the largest"][0]
    for row in found.values():
        own, sent = (float(cell.removesuffix(" kB")) for cell in row[1:3])
        assert 1 < own < sent < 200
        if row[3]:
            assert sent < float(row[3].removesuffix(" kB"))
    assert "pages a second" in done.stdout
    assert "failed" not in done.stdout
