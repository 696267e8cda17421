"""A remote store that a release is loaded into: what it is, and where it takes queries, updates, graphs."""

from __future__ import annotations

import urllib.request
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from acagraph.errors import AcagraphError, StoreError
from acagraph.loading.connection import TURTLE, Connection, Refusal
from acagraph.loading.credentials import checked
from acagraph.stores.remote import AGENT

OXIGRAPH, VIRTUOSO, OTHER = "Oxigraph", "Virtuoso", "SPARQL 1.1"
_COUNTS = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"


@dataclass(frozen=True)
class Target:
    """A store behind HTTP; `graph_store` is "" where nobody knows it.

    `union` says that a query without GRAPH sees all graphs, as far as the store tells; `engine` is one of
    those whose behaviour we have tried, or OTHER.
    """

    query: str
    update: str
    graph_store: str
    engine: str
    union: bool

    @property
    def atomic(self) -> bool:
        """Whether one update is seen by readers as a whole or not at all: known of Oxigraph alone."""
        return self.engine == OXIGRAPH

    def counts(self, connection: Connection) -> dict[str, int]:
        """Return how many triples each named graph has."""
        rows = connection.select(self.query, _COUNTS)
        try:
            return {row["g"]: int(row["n"]) for row in rows if "g" in row}
        except (KeyError, ValueError) as error:
            raise StoreError(f"{self.query} does not tell how many triples its graphs have") from error

    def change(self, connection: Connection, text: str, *, again: bool = True) -> None:
        """Send an update."""
        # Virtuoso 7.2.5 never answers the body that SPARQL 1.1 Protocol calls direct.
        connection.update(self.update, text, form=self.engine == VIRTUOSO, again=again)


def find(connection: Connection, url: str, *, update: str = "", graph_store: str = "") -> Target:
    """Find out what answers at an address: a SPARQL endpoint, or the root of an Oxigraph or Virtuoso server.

    What `update` and `graph_store` say is not guessed. Raises StoreError where no query is answered.
    """
    for address in filter(None, (url, update, graph_store)):
        checked(address)
    query, server = _answering(connection, url)
    name = server.partition("/")[0].lower()
    engine = {"oxigraph": OXIGRAPH, "virtuoso": VIRTUOSO}.get(name, OTHER)
    if engine == OXIGRAPH:
        usual = (_beside(query, "update"), _beside(query, "store"))
    elif engine == VIRTUOSO:
        secured = "-auth" if query.endswith("-auth") or connection.credentials.user else ""
        # Who asks without a name may not see the graphs that are staged.
        query = _beside(query, f"sparql{secured}")
        usual = (query, _beside(query, f"sparql-graph-crud{secured}"))
    else:
        usual = (query, "")
    union = engine == VIRTUOSO or _says_union(connection, query)
    return Target(query, update or usual[0], graph_store or usual[1], engine, union)


def _answering(connection: Connection, url: str) -> tuple[str, str]:
    """Return the endpoint that answers a query, and what its server calls itself."""
    if urlsplit(url).path in ("", "/"):
        usual = url.rstrip("/") + "/query"
        try:
            return usual, connection.query(usual, "ASK {}").server
        except Refusal as error:
            if error.code not in (400, 404, 405):
                raise
        url = url.rstrip("/") + "/sparql"
    return url, connection.query(url, "ASK {}").server


def _says_union(connection: Connection, query: str) -> bool:
    request = urllib.request.Request(
        query, headers={"Accept": f"{TURTLE}, application/rdf+xml;q=0.9", "User-Agent": AGENT}
    )
    try:
        description = connection.send(request, again=False)
    except AcagraphError:
        return False  # it describes itself to nobody
    return b"UnionDefaultGraph" in description.body


def _beside(url: str, name: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path.rpartition('/')[0]}/{name}"))
