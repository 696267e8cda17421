"""Compare the service with Oxigraph's own server and with rdflib-endpoint, on one release, side by side.

    python benchmarks/service.py --release public/current --json figures.json
    python benchmarks/service.py --only fresh --only start --rounds 3

It needs wrk (Debian: apt install wrk), the program `oxigraph` (PyPI: oxigraph), and for rdflib-endpoint a
Python with rdflib-endpoint, oxrdflib, pyoxigraph and uvicorn (--peer-python). Not a test: it prints medians
of rounds in which the servers take turns. Linux only, as it reads /proc.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import service_cases as cases
from service_latency import latency, starts
from service_measure import Plan, throughput
from service_report import Report, machine, versions
from service_servers import OURS, OXIGRAPH, Running, System, start, systems

from acagraph.dataset import Dataset, open_dataset

ATTACK, START = "attack", "start"
GROUPS = (START, cases.WARM, cases.FRESH, ATTACK, cases.MIX)
_FASTEST = 5_000


def main() -> None:
    """Measure the groups asked for and print the tables."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # no server is left behind
    given = _arguments()
    wrk, oxigraph = (
        _program(given.wrk, "wrk", "apt install wrk"),
        _program(given.oxigraph, "oxigraph", "PyPI"),
    )
    release = given.release.resolve()
    with (
        open_dataset(release) as dataset,
        tempfile.TemporaryDirectory(prefix="acagraph-benchmark-") as folder,
    ):
        plan = Plan(wrk, given.seconds, given.rounds, given.switch_seconds, Path(folder), _tell)
        found = systems(release, acagraph=given.acagraph, oxigraph=oxigraph, peer_python=given.peer_python)
        report = Report(
            {
                "machine": machine(),
                "versions": versions(oxigraph, given.peer_python),
                "release": {"version": dataset.version, "triples": dataset.manifest.get("triples", 0)},
                "options": {"seconds": given.seconds, "rounds": given.rounds, "connections": 8},
            }
        )
        try:
            _measure(report, dataset, found, plan, given.only or GROUPS)
        except KeyboardInterrupt:
            _tell("interrupted: what was measured until now follows")
    print(report.markdown())
    if given.json:
        report.save(given.json)


def _measure(
    report: Report,
    dataset: Dataset,
    found: Mapping[str, System],
    plan: Plan,
    groups: list[str] | tuple[str, ...],
) -> None:
    if START in groups:
        starts(report.starts, list(found.values()), plan)
    # As many as can be answered in all rounds together.
    asked = cases.Questions(dataset, most=_FASTEST * plan.seconds * plan.rounds)
    if cases.WARM in groups or cases.FRESH in groups:
        listed = [*(cases.warm(asked) if cases.WARM in groups else ())]
        listed += cases.fresh(asked) if cases.FRESH in groups else ()
        with ExitStack() as stack:
            running = _start([found[OURS], found[OXIGRAPH]], plan, stack)
            for case in listed:
                report.throughput.append(throughput(case, running, plan))
    if ATTACK in groups:
        probes = {
            "ASK at /sparql": asked.trifles(),
            "label at /sparql": asked.labels(),
            "saved query": asked.names(),
        }
        latency(report.latency, probes, list(found.values()), plan)
    if cases.MIX in groups:
        with ExitStack() as stack:
            running = _start(list(found.values()), plan, stack)
            report.throughput.append(
                throughput(cases.mix(asked, size=_FASTEST * 12 * plan.rounds), running, plan)
            )


def _start(found: list[System], plan: Plan, stack: ExitStack) -> dict[str, Running]:
    running: dict[str, Running] = {}
    stack.callback(_stop, running)
    for system in found:
        running[system.name] = start(system, plan.folder, switch_seconds=plan.switch_seconds)
        _tell(f"{system.name} is ready")
    return running


def _stop(running: Mapping[str, Running]) -> None:
    for server in running.values():
        server.stop()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--release", type=Path, default=Path("public/current"))
    parser.add_argument("--seconds", type=int, default=3, help="of each run")
    parser.add_argument("--rounds", type=int, default=5, help="in which the servers take turns")
    parser.add_argument("--only", action="append", choices=GROUPS, help="a group; may be repeated")
    parser.add_argument("--json", type=Path, help="a file for every figure of every round")
    parser.add_argument("--acagraph", default=str(Path(sys.executable).with_name("acagraph")))
    parser.add_argument("--oxigraph", default="oxigraph")
    parser.add_argument("--wrk", default="wrk")
    parser.add_argument(
        "--peer-python", help="the Python that has rdflib-endpoint; without it, it is left out"
    )
    parser.add_argument("--switch-seconds", type=float, default=120.0, help="to wait for the store in memory")
    return parser.parse_args()


def _program(given: str, name: str, source: str) -> str:
    found = shutil.which(given)
    if found is None:
        raise SystemExit(f"{given} is not installed; get {name} ({source}) or say where it is with --{name}")
    return found


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
