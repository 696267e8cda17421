"""/graph and /prefixes: a named graph or the page about it, and the prefixes that need no declaration."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from acagraph.dataset import Dataset
from acagraph.errors import NotFound
from acagraph.queries.binding import serialise
from acagraph.queries.excerpt import Caps, Triple, excerpt
from acagraph.stores import Limits, Term, rows
from acagraph.stores.guard import valid_iri
from acagraph.stores.media import HTML, JSON_LD, N_TRIPLES, PLAIN_JSON, TURTLE, Format
from acagraph.stores.rdf import write
from acagraph.vocab import BASE, EXTERNAL, PREFIXES, XSD, graph_iri
from acagraph.web import views
from acagraph.web.addresses import local
from acagraph.web.pages import Pages
from acagraph.web.responses import alternates, choose, respond, send

# Turtle first: who takes anything gets triples, who prefers a page gets one.
_OFFERS = (TURTLE, N_TRIPLES, JSON_LD, HTML)
_NAMES = "SELECT DISTINCT ?graph { GRAPH ?graph {} } ORDER BY ?graph"


class Graphs:
    """The named graphs of the dataset, each with what is said of the graph itself."""

    def __init__(self, dataset: Dataset, pages: Pages, *, limits: Limits, caps: Caps) -> None:
        self._dataset = dataset
        self._pages = pages
        self._limits = limits
        self._caps = caps

    def routes(self) -> list[Route]:
        """Return the routes of graphs and prefixes."""
        return [
            Route("/graph/{name:path}", self.graph),
            Route("/prefixes", self.prefixes),
            Route("/prefixes.json", self.prefixes_as_json),
            Route("/prefixes.ttl", self.prefixes_as_turtle),
        ]

    def graph(self, request: Request) -> Response:
        """Send a named graph, or the page that describes it; a suffix wins over the Accept header."""
        name, suffix = _split(request.path_params["name"])
        iri = graph_iri(name)
        if not (valid_iri(iri) and self._holds(iri)):
            raise NotFound(f"there is no graph {name!r}; there are {', '.join(self._names())}")
        offer = next((o for o in _OFFERS if o.name == suffix), None) or choose(request, _OFFERS)
        address = local(request, f"graph/{name}")
        description = self._description(iri)
        headers = {"Link": ", ".join(_links(iri, address, description))}
        if not suffix:
            headers["Vary"] = "Accept"
        if offer is HTML:
            return respond(request, self._page(request, iri, address), offer.media_type, headers=headers)
        file = self._file(name) if offer is TURTLE else None
        if file is not None:
            return send(request, file, self._told(iri), offer.media_type, headers=headers)
        return respond(request, self._triples(iri, offer), offer.media_type, headers=headers)

    def prefixes(self, request: Request) -> Response:
        """List the prefixes as JSON, or declare them in Turtle as SHACL does."""
        if choose(request, (PLAIN_JSON, TURTLE)) is TURTLE:
            return self.prefixes_as_turtle(request)
        return self.prefixes_as_json(request)

    def prefixes_as_json(self, request: Request) -> Response:
        """List the prefixes for machines."""
        body = json.dumps(dict(sorted(PREFIXES.items())), indent=1).encode() + b"\n"
        return respond(request, body, PLAIN_JSON.media_type, headers={"Vary": "Accept"})

    def prefixes_as_turtle(self, request: Request) -> Response:
        """Declare the prefixes (SHACL, section 5.2.1)."""
        return respond(request, _declarations(), TURTLE.media_type, headers={"Vary": "Accept"})

    def _description(self, iri: str) -> list[Triple]:
        graph = Term("iri", iri)
        query = f"SELECT ?p ?o {{ {serialise(graph)} ?p ?o }} ORDER BY ?p ?o"
        found = rows(self._dataset.store, query, limits=self._limits)
        return [(graph, row["p"], row["o"]) for row in found]

    def _page(self, request: Request, iri: str, address: str) -> bytes:
        store = self._dataset.store
        found = excerpt(store, iri, self._caps, limits=self._limits)
        known = views.described(store, found, superclasses=self._pages.superclasses)
        return self._pages.render(
            request,
            "thing.html",
            view=views.view(known, iri),
            labels=known.labels,
            alternates=[(f"{address}.{offer.name}", offer) for offer in _OFFERS if offer is not HTML],
            questions=[],
        )

    def _file(self, name: str) -> Path | None:
        """Return the file in which the release has a graph as Turtle, if the store is the release's."""
        folder = self._dataset.folder
        if folder is None or Path(self._dataset.location).resolve() != folder:
            return None
        path = folder / "data" / "graphs" / f"{name}.ttl"
        return path if path.is_file() else None

    def _told(self, iri: str) -> bytes:
        """Return what the dataset says of a graph itself, as Turtle."""
        query = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ VALUES ?s {{ {serialise(Term('iri', iri))} }} ?s ?p ?o }}"
        return self._dataset.store.answer(query, accept=TURTLE.media_type, limits=self._limits).read()

    def _triples(self, iri: str, offer: Format) -> bytes:
        graph = serialise(Term("iri", iri))
        query = f"""CONSTRUCT {{ ?s ?p ?o }} WHERE {{
          {{ GRAPH {graph} {{ ?s ?p ?o }} }} UNION {{ VALUES ?s {{ {graph} }} ?s ?p ?o }}
        }}"""
        store = self._dataset.store
        return store.answer(query, accept=offer.media_type, limits=self._limits).read()

    def _holds(self, iri: str) -> bool:
        graph = serialise(Term("iri", iri))
        return bool(rows(self._dataset.store, f"SELECT ?s {{ GRAPH {graph} {{ ?s ?p ?o }} }} LIMIT 1"))

    def _names(self) -> list[str]:
        found = rows(self._dataset.store, _NAMES, limits=self._limits)
        return [row["graph"].value.removeprefix(f"{BASE}graph/") for row in found]


def _links(iri: str, address: str, description: list[Triple]) -> Iterator[str]:
    yield f'<{iri}>; rel="describes"'
    yield alternates(address, _OFFERS)
    for _, predicate, value in description:
        if predicate.value == EXTERNAL["dcterms"] + "license":
            yield f'<{value.value}>; rel="license"'


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
