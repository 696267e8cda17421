"""What a remote store costs over asking the same endpoint directly, a query at a time.

    python benchmarks/remote.py --release public/current --oxigraph PATH

Each query is asked of an Oxigraph server on a kept connection, and of that server by RemoteStore and by what
sends on the queries of strangers.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from service_servers import HOST, JSON, OXIGRAPH, start, systems

from acagraph.stores import Asked, RemoteStore
from acagraph.stores.relay import Relay

QUERIES = {
    "lookup": "SELECT ?l {{ coalition:jci skos:prefLabel ?l }} # {n}",
    "members": (
        "SELECT ?m ?l {{ ?m aca:memberOf coalition:jci ; skos:prefLabel ?l }} ORDER BY ?l ?m LIMIT 100 # {n}"
    ),
    "graph": (
        "CONSTRUCT {{ ?m skos:prefLabel ?l }} {{ ?m aca:memberOf coalition:jci ; skos:prefLabel ?l }} # {n}"
    ),
}
PREFIXES = (
    "PREFIX aca: <https://w3id.org/acagraph/ontology#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
    "PREFIX coalition: <https://w3id.org/acagraph/id/coalition/> "
)
_TIMES = 200


def directly(port: int) -> Callable[[str, str], int]:
    """Return what asks the endpoint on one kept connection and reads the answer."""
    connection = http.client.HTTPConnection(HOST, port, timeout=30)

    def ask(query: str, accept: str) -> int:
        connection.request("GET", f"/query?query={quote(PREFIXES + query)}", headers={"Accept": accept})
        response = connection.getresponse()
        assert response.status == http.client.OK
        return len(response.read())

    return ask


def measure(endpoint: int, times: int) -> Mapping[str, Mapping[str, Sequence[float]]]:
    """Return milliseconds by query and way of asking, the fastest tenth and the median.

    The ways are gone in turn, so that whatever else runs here hits all alike.
    """
    store = RemoteStore(f"http://{HOST}:{endpoint}/query")
    relay = Relay(store)
    relay_loop = asyncio.new_event_loop()
    raw = directly(endpoint)
    ways: Mapping[str, Callable[[str, str], object]] = {
        "directly": raw,
        "RemoteStore": lambda query, accept: store.answer(query, accept=accept).read(),
        "RemoteStore, a query of ours": lambda query, accept: store.answer(
            query, accept=accept, form="SELECT" if accept == JSON else "CONSTRUCT"
        ).read(),
        "Relay, a stranger's query": lambda query, accept: relay_loop.run_until_complete(
            relay.deliver(Asked(query, accept))
        ).read(),
    }
    found: dict[str, dict[str, Sequence[float]]] = {}
    try:
        for name, text in QUERIES.items():
            accept = "application/n-triples" if name == "graph" else JSON
            spent: dict[str, list[float]] = {way: [] for way in ways}
            for number in range(times + 10):
                for way, ask in ways.items():
                    begun = time.perf_counter()
                    ask(text.format(n=f"{number} {way}"), accept)
                    spent[way].append(1000 * (time.perf_counter() - begun))
            found[name] = {way: _told(took[10:]) for way, took in spent.items()}
    finally:
        relay.close()
        store.close()
        relay_loop.close()
    return found


def _told(took: Sequence[float]) -> Sequence[float]:
    tenths = statistics.quantiles(took, n=10)
    return (round(tenths[0], 2), round(tenths[4], 2))


def main() -> None:
    """Print the times as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--release", type=Path, default=Path("public/current"))
    parser.add_argument("--oxigraph", default="oxigraph", help="the program of the Oxigraph server")
    parser.add_argument("--times", type=int, default=_TIMES)
    given = parser.parse_args()
    known = systems(given.release.resolve(), acagraph="acagraph", oxigraph=given.oxigraph, peer_python=None)
    with TemporaryDirectory() as folder, start(known[OXIGRAPH], Path(folder)) as running:
        print(json.dumps(measure(running.port, given.times), indent=1))


if __name__ == "__main__":
    main()
