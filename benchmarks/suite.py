"""Measure everything side by side in one run, and write a record, tables and a drawing of it.

    python benchmarks/suite.py --release public/current
    python benchmarks/suite.py --quick --release curated/current --out build/benchmarks
    python benchmarks/suite.py --only engines --only commands --rounds 5

Peers that are not installed are named in the record with what to install. rdflib and pySHACL come with
acagraph; --peer-python is a Python with oxrdflib and rdflib-endpoint; `oxigraph` (PyPI), `virtuoso-t` and
`isql-vt` (Debian: virtuoso-opensource-7-bin) and `wrk` (Debian) are looked for on the path. --quick takes at
most three minutes on a release without registers; the whole about twenty on the full one. Linux only.
"""

from __future__ import annotations

import argparse
import datetime
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from service_report import machine
from suite_alone import building, commands, engines, judgement, reconciliation
from suite_record import Measure, Record
from suite_report import markdown, ratios
from suite_served import served
from suite_setting import Setting

from acagraph.dataset import MANIFEST, read_manifest
from acagraph.errors import AcagraphError

GROUPS: dict[str, Callable[[Setting], list[Measure]]] = {
    "engines": engines,
    "commands": commands,
    "validation": judgement,
    "reconciliation": reconciliation,
    "served": served,
    "build": building,
}
_PACKAGES = ("acagraph", "pyoxigraph", "rdflib", "pyshacl", "shacl", "rapidfuzz")
_PEERS = ("oxrdflib", "rdflib-endpoint", "oxigraph")
ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Measure the groups asked for and write what was found."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # no server is left behind
    given = _arguments()
    facts = {
        "mode": "quick" if given.quick else "whole",
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "command": " ".join(
            [
                "python benchmarks/suite.py",
                *(["--quick"] if given.quick else []),
                *(f"--only {name}" for name in given.only or ()),
            ]
        ),
        "rounds": given.rounds,
        "machine": machine(),
    }
    try:
        manifest = read_manifest(given.release / MANIFEST)
    except AcagraphError as error:
        raise SystemExit(f"{error}; or name another release with --release") from None
    facts |= {"release": manifest["version"], "triples": manifest["triples"]}
    measures: list[Measure] = []
    with tempfile.TemporaryDirectory(prefix="acagraph-benchmark-") as folder:
        setting = Setting(
            folder=Path(folder),
            release=given.release.resolve(),
            rounds=given.rounds,
            deadline=given.deadline,
            quick=given.quick,
            acagraph=Path(sys.executable).with_name("acagraph"),
            peer_python=given.peer_python,
            tell=lambda line: print(line, file=sys.stderr, flush=True),
        )
        for name, measure in GROUPS.items():
            if given.only and name not in given.only:
                setting.missing[f"the group {name}"] = "not asked for in this run"
                continue
            measures += measure(setting)
    record = Record(facts | {"versions": _versions(given.peer_python)}, measures, setting.missing)
    _write(record, given.out)


def _write(record: Record, out: Path) -> None:
    name = record.facts["mode"]
    out.mkdir(parents=True, exist_ok=True)
    record.save(out / f"{name}.json")
    (out / f"{name}.svg").write_text(ratios(record), "utf-8")
    (out / f"{name}.md").write_text(markdown(record, drawing=f"{name}.svg"), "utf-8")
    print(f"{out / name}.json, .md and .svg: {len(record.measures)} figures, {len(record.ratios)} ratios")
    for peer, why in sorted(record.missing.items()):
        print(f"not measured: {peer}: {why}")


def _versions(peer_python: str | None) -> dict[str, Any]:
    """Return the versions of what is compared, as far as each is installed."""
    found = {}
    for name in (*_PACKAGES, *_PEERS):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    if peer_python is not None:
        script = (
            "import sys\nfrom importlib.metadata import version\nfor n in sys.argv[1:]: print(n, version(n))"
        )
        told = subprocess.run(
            [peer_python, "-c", script, *_PEERS], capture_output=True, text=True, check=False
        )
        found |= dict(line.split() for line in told.stdout.splitlines())
    return found


def _arguments() -> argparse.Namespace:
    plain = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=plain)
    parser.add_argument("--release", type=Path, default=ROOT / "public" / "current")
    parser.add_argument(
        "--out", type=Path, default=ROOT / "docs" / "benchmarks", help="where the record goes"
    )
    parser.add_argument("--only", action="append", choices=GROUPS, help="a group; may be repeated")
    parser.add_argument("--quick", action="store_true", help="for a release without registers")
    parser.add_argument("--rounds", type=int, help="in which all take turns; 2 when quick, else 3")
    parser.add_argument(
        "--deadline", type=float, help="processor seconds of a question; 0.1 when quick, else 10"
    )
    parser.add_argument("--peer-python", help="a Python with oxrdflib and rdflib-endpoint")
    given = parser.parse_args()
    given.rounds = given.rounds or (2 if given.quick else 3)
    given.deadline = given.deadline or (0.1 if given.quick else 10.0)
    return given


if __name__ == "__main__":
    main()
