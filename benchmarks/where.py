"""Where the time of an answer goes: the same questions to the engine, and through each layer up to HTTP.

    python benchmarks/where.py --release public/current
    python benchmarks/where.py --release public/current --disk

Not a test: it prints microseconds, the median of many questions, each about another thing. All but the last
column are measured in one thread of this process, over the store in memory as the service has it; HTTP is one
connection to `acagraph serve`. What a column takes beyond the one before it is the price of that layer.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import parse_qsl

import pyoxigraph
import service_cases as cases
from service_load import run_wrk
from service_servers import OURS, Ask, Running, start, systems

from acagraph import queries
from acagraph.dataset import Dataset, open_dataset
from acagraph.queries import description
from acagraph.stores import EmbeddedStore, Store
from acagraph.stores.media import JSON_LD, TURTLE, Format
from acagraph.vocab import BASE
from acagraph.web.app import create_app

_GRAPHS = {TURTLE.media_type: TURTLE, JSON_LD.media_type: JSON_LD}
_FORMS = {TURTLE.media_type: pyoxigraph.RdfFormat.TURTLE, JSON_LD.media_type: pyoxigraph.RdfFormat.JSON_LD}
_COLUMNS = ("engine", "and serialising", "Store.answer", "saved query or document", "application", "HTTP")
_OK = 200
# More than one connection gets in a second, so that nothing comes from the cache.
_OVER_HTTP = 10_000


@dataclass(frozen=True)
class Layers:
    """The layers of the service over one store, each of which answers a question."""

    engine: pyoxigraph.Store
    store: Store
    dataset: Dataset
    app: Callable[..., Awaitable[None]]

    def solutions(self, ask: Ask) -> None:
        """Let the engine find all answers, and do nothing with them."""
        found = self.engine.query(ask.text, use_default_graph_as_union=True)
        if not isinstance(found, pyoxigraph.QueryBoolean):
            for _ in found:
                pass

    def serialised(self, ask: Ask) -> None:
        """Let the engine write the answer."""
        found = self.engine.query(ask.text, use_default_graph_as_union=True)
        if isinstance(found, pyoxigraph.QueryTriples):
            pyoxigraph.serialize(found, format=_FORMS[ask.accept])
        else:
            found.serialize(format=pyoxigraph.QueryResultsFormat.JSON)

    def answered(self, ask: Ask) -> None:
        """Ask the store, as saved queries and documents do."""
        self.store.answer(ask.text, accept=ask.accept).read()

    def bound(self, ask: Ask) -> None:
        """Answer as the routes do: bind and run a saved query, or write a document."""
        path, _, query = ask.ours.path.partition("?")
        if path.startswith("/doc/"):
            description.document(self.store, BASE + path.replace("/doc/", "id/"), _format(ask.accept))
        else:
            saved = self.dataset.queries[path.rpartition("/")[2]]
            queries.run(self.store, saved, dict(parse_qsl(query)), accept=ask.accept).read()

    async def called(self, ask: Ask) -> None:
        """Call the application as a server does, without a socket."""
        path, _, query = ask.ours.path.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(b"host", b"127.0.0.1"), (b"accept", ask.accept.encode())],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
            "state": {},
        }
        statuses = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        await self.app(scope, receive, send)
        if statuses != [_OK]:
            raise SystemExit(f"{ask.ours.path} answers {statuses}")


def main() -> None:
    """Print a line for each kind of question."""
    given = _arguments()
    with open_dataset(given.release.resolve()) as dataset:
        asked = cases.Questions(dataset, most=5 * given.times + _OVER_HTTP)
        kinds = {
            "document, Turtle": asked.documents(TURTLE.media_type),
            "document, JSON-LD": asked.documents(JSON_LD.media_type),
            "saved query, names of an agent": asked.names(),
            "saved query, is a member (ASK)": asked.memberships(),
            "/sparql, label of a thing": asked.labels(),
            "page of an agent, HTML": asked.documents(cases.HTML),
        }
        engine = pyoxigraph.Store.read_only(str(given.release / "store"))
        if not given.disk:
            memory = pyoxigraph.Store()
            memory.bulk_extend(engine)
            engine = memory
        store = EmbeddedStore(engine)
        ours = replace(dataset, store=store)
        found = asyncio.run(_inside(Layers(engine, store, ours, create_app(ours)), kinds, given.times))
        with tempfile.TemporaryDirectory(prefix="acagraph-benchmark-") as folder:
            system = systems(given.release.resolve(), acagraph=given.acagraph, oxigraph="", peer_python=None)[
                OURS
            ]
            seconds = 0.0 if given.disk else 120.0
            with start(system, Path(folder), switch_seconds=seconds) as running:
                for name, asks in kinds.items():
                    found[name]["HTTP"] = _http(running, asks[5 * given.times :], given.wrk)
    print(f"| microseconds | {' | '.join(_COLUMNS)} |\n|---|{'---|' * len(_COLUMNS)}")
    for name, row in found.items():
        print(f"| {name} | {' | '.join(f'{row[c]:.0f}' if c in row else '' for c in _COLUMNS)} |")


async def _inside(layers: Layers, kinds: dict[str, list[Ask]], times: int) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for name, asks in kinds.items():
        parts = [asks[number * times : (number + 1) * times] for number in range(5)]
        row = found.setdefault(name, {})
        html, strange = asks[0].accept == cases.HTML, asks[0].ours.path.startswith("/sparql")
        if not html:
            row[_COLUMNS[0]] = _micros(layers.solutions, parts[0])
            row[_COLUMNS[1]] = _micros(layers.serialised, parts[1])
            row[_COLUMNS[2]] = _micros(layers.answered, parts[2])
        if not html and not strange:
            row[_COLUMNS[3]] = _micros(layers.bound, parts[3])
        if not strange:  # which goes to the pool of processes, which only the server starts
            row[_COLUMNS[4]] = await _micros_awaited(layers.called, parts[4])
    return found


def _micros(answer: Callable[[Ask], None], asks: Sequence[Ask]) -> float:
    taken = []
    for ask in asks:
        began = time.perf_counter()
        answer(ask)
        taken.append(time.perf_counter() - began)
    return median(taken) * 1e6


async def _micros_awaited(answer: Callable[[Ask], Awaitable[None]], asks: Sequence[Ask]) -> float:
    taken = []
    for ask in asks:
        began = time.perf_counter()
        await answer(ask)
        taken.append(time.perf_counter() - began)
    return median(taken) * 1e6


def _http(running: Running, asks: Sequence[Ask], wrk: str) -> float:
    return run_wrk(wrk, running.port, [ask.ours for ask in asks], seconds=1, connections=1).p50_ms * 1000


def _format(accept: str) -> Format:
    return _GRAPHS[accept]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--release", type=Path, default=Path("public/current"))
    parser.add_argument("--times", type=int, default=500, help="each question in each layer")
    parser.add_argument("--disk", action="store_true", help="the store on disk, as before the switch")
    parser.add_argument("--wrk", default="wrk")
    parser.add_argument("--acagraph", default=str(Path(sys.executable).with_name("acagraph")))
    return parser.parse_args()


if __name__ == "__main__":
    main()
