"""Load N-Quads into one engine and answer queries, in a process of its own; run by benchmarks/suite.py.

    python benchmarks/suite_engine.py rdflib data.nq queries.json 5

queries.json is a list of [name, text]. Prints JSON: seconds to load, megabytes after it, and of each query
the seconds and the rows or triples, null where it failed or took longer than the last argument says.
Seconds are those of the processor, all threads together: other programs that run meanwhile count less.
Only the standard library and the engine itself are needed, so that it runs in any environment.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

Answer = Callable[[str], int]


class Overdue(BaseException):
    """The deadline of a query is over; no engine takes it for an error of its own."""


def acagraph(path: str) -> Answer:
    """Load as the package's own data is loaded."""
    from acagraph.stores import UNLIMITED, EmbeddedStore

    store = EmbeddedStore.load(Path(path))

    def answer(text: str) -> int:
        accept = "application/n-triples, application/sparql-results+json"
        return counted(store.answer(text, accept=accept, limits=UNLIMITED).read())

    return answer


def rdflib(path: str) -> Answer:
    """Load into rdflib's own store in memory."""
    import rdflib as engine

    graph = engine.Dataset(default_union=True)
    graph.parse(path, format="nquads")
    return lambda text: sum(1 for _ in graph.query(text))


def oxrdflib(path: str) -> Answer:
    """Load into Oxigraph's store behind rdflib, by its own parser."""
    import rdflib as engine

    graph = engine.Dataset(store="Oxigraph", default_union=True)
    graph.parse(path, format="ox-nquads")
    return lambda text: sum(1 for _ in graph.query(text))


def counted(body: bytes) -> int:
    """Return the rows of results in JSON, 1 for true or false, or the triples of N-Triples."""
    if not body.lstrip().startswith(b"{"):  # Virtuoso begins with an empty line
        return body.count(b"\n")
    told = json.loads(body)
    return len(told["results"]["bindings"]) if "results" in told else 1


def timed(answer: Answer, text: str, deadline: float) -> tuple[float, int | None, str]:
    """Return the seconds of a query, its rows or triples, and what went wrong."""

    def over(_: int, __: FrameType | None) -> None:
        raise Overdue

    signal.signal(signal.SIGPROF, over)
    began = time.process_time()
    # Again and again: raised where nobody can catch it, as in a destructor, it is lost.
    signal.setitimer(signal.ITIMER_PROF, deadline, deadline)
    try:
        try:
            count = answer(text)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    except Overdue:
        return deadline, None, "took longer"
    except Exception as error:  # noqa: BLE001  # whatever an engine makes of a query is told
        return deadline, None, f"{type(error).__name__}: {str(error)[:200]}"
    return time.process_time() - began, count, ""


def resident() -> float:
    """Return the resident memory of this process in MB."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:"))


def main() -> None:
    """Load, ask, print."""
    name, data, listed, deadline = sys.argv[1:]
    engines: dict[str, Callable[[str], Answer]] = {
        "acagraph": acagraph,
        "rdflib": rdflib,
        "oxrdflib": oxrdflib,
    }
    began = time.process_time()
    answer = engines[name](data)
    told: dict[str, Any] = {"load": time.process_time() - began, "megabytes": resident(), "answers": {}}
    for query, text in json.loads(Path(listed).read_text("utf-8")):
        told["answers"][query] = timed(answer, text, float(deadline))
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
