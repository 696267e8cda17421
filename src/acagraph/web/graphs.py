"""/graph and /prefixes: one named graph as a file, and the prefixes that queries need not declare."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from acagraph.dataset import Dataset
from acagraph.errors import NotFound
from acagraph.queries.binding import serialise
from acagraph.stores import Limits, Term, rows
from acagraph.stores.guard import valid_iri
from acagraph.stores.media import JSON_LD, N_TRIPLES, TURTLE, Format
from acagraph.stores.rdf import write
from acagraph.stores.terms import XSD
from acagraph.vocab import BASE, EXTERNAL, PREFIXES, graph_iri
from acagraph.web.responses import alternates, choose, respond

_OFFERS = (TURTLE, N_TRIPLES, JSON_LD)
_PLAIN_JSON = Format("json", "application/json")
_NAMES = "SELECT DISTINCT ?graph { GRAPH ?graph { ?s ?p ?o } } ORDER BY ?graph"


class Graphs:
    """The named graphs of the dataset, each with what is said of the graph itself."""

    def __init__(self, dataset: Dataset, *, limits: Limits) -> None:
        self._dataset = dataset
        self._limits = limits

    def routes(self) -> list[Route]:
        """Return the routes of graphs and prefixes."""
        return [
            Route("/graph/{name:path}", self.graph),
            Route("/prefixes", self.prefixes),
            Route("/prefixes.json", self.prefixes_as_json),
            Route("/prefixes.ttl", self.prefixes_as_turtle),
        ]

    def graph(self, request: Request) -> Response:
        """Send a named graph; a suffix wins over the Accept header."""
        name, suffix = _split(request.path_params["name"])
        iri = graph_iri(name)
        if not (valid_iri(iri) and self._holds(iri)):
            raise NotFound(f"there is no graph {name!r}; there are {', '.join(self._names())}")
        offer = next((o for o in _OFFERS if o.name == suffix), None) or choose(request, _OFFERS)
        graph = serialise(Term("iri", iri))
        query = f"""CONSTRUCT {{ ?s ?p ?o }} WHERE {{
          {{ GRAPH {graph} {{ ?s ?p ?o }} }} UNION {{ VALUES ?s {{ {graph} }} ?s ?p ?o }}
        }}"""
        answer = self._dataset.store.answer(query, accept=offer.media_type, limits=self._limits)
        root = str(request.scope.get("root_path", "")).rstrip("/")
        headers = {"Link": f'<{iri}>; rel="describes", {alternates(f"{root}/graph/{name}", _OFFERS)}'}
        if not suffix:
            headers["Vary"] = "Accept"
        return respond(request, answer.read(), offer.media_type, headers=headers)

    def prefixes(self, request: Request) -> Response:
        """List the prefixes as JSON, or declare them in Turtle as SHACL does."""
        if choose(request, (_PLAIN_JSON, TURTLE)) is TURTLE:
            return self.prefixes_as_turtle(request)
        return self.prefixes_as_json(request)

    def prefixes_as_json(self, request: Request) -> Response:
        """List the prefixes for machines."""
        body = json.dumps(dict(sorted(PREFIXES.items())), indent=1).encode() + b"\n"
        return respond(request, body, _PLAIN_JSON.media_type, headers={"Vary": "Accept"})

    def prefixes_as_turtle(self, request: Request) -> Response:
        """Declare the prefixes (SHACL, section 5.2.1)."""
        return respond(request, _declarations(), TURTLE.media_type, headers={"Vary": "Accept"})

    def _holds(self, iri: str) -> bool:
        graph = serialise(Term("iri", iri))
        return bool(rows(self._dataset.store, f"SELECT ?s {{ GRAPH {graph} {{ ?s ?p ?o }} }} LIMIT 1"))

    def _names(self) -> list[str]:
        found = rows(self._dataset.store, _NAMES, limits=self._limits)
        return [row["graph"].value.removeprefix(f"{BASE}graph/") for row in found]


def _declarations() -> bytes:
    shacl = EXTERNAL["sh"]
    lines = []
    for number, (prefix, namespace) in enumerate(sorted(PREFIXES.items())):
        node = f"_:declaration{number:03}"
        lines += [
            f"<{BASE}prefixes> <{shacl}declare> {node}",
            f"{node} <{shacl}prefix> {serialise(Term('literal', prefix))}",
            f"{node} <{shacl}namespace> {serialise(Term('literal', namespace, '', XSD + 'anyURI'))}",
        ]
    return write("".join(f"{line} .\n" for line in lines).encode(), TURTLE)


def _split(name: str) -> tuple[str, str]:
    stem, dot, suffix = name.rpartition(".")
    return (stem, suffix) if dot and suffix in {offer.name for offer in _OFFERS} else (name, "")
