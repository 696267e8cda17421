"""/graph and /prefixes: a named graph or the page about it, and the prefixes that need no declaration."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from acagraph.dataset import Dataset
from acagraph.queries.binding import serialise
from acagraph.queries.excerpt import Caps, excerpt
from acagraph.stores import Limits, Term, rows
from acagraph.stores.media import GRAPHS, HTML, PLAIN_JSON, TURTLE
from acagraph.stores.rdf import write
from acagraph.vocab import PREFIXES, graph_iri
from acagraph.web import views
from acagraph.web.addresses import local
from acagraph.web.examples import declarations
from acagraph.web.graphstore import ALLOW, WRITING, GraphStore, refuse
from acagraph.web.pages import Pages
from acagraph.web.responses import alternates, choose, respond, unchanged

# Turtle first: who takes anything gets triples, who prefers a page gets one.
_SUFFIXES = frozenset(offer.name for offer in (*GRAPHS, HTML))


class Graphs:
    """The named graphs of the dataset at their own addresses, and pages that tell what is said of each."""

    def __init__(
        self, dataset: Dataset, pages: Pages, store: GraphStore, *, limits: Limits, caps: Caps
    ) -> None:
        self._dataset = dataset
        self._pages = pages
        self._store = store
        self._limits = limits
        self._caps = caps

    def routes(self) -> list[Route]:
        """Return the routes of graphs and prefixes."""
        return [
            Route("/graph/{name:path}", self.graph, methods=["GET", "OPTIONS"]),
            Route("/graph/{name:path}", refuse, methods=WRITING),
            Route("/prefixes", self.prefixes),
            Route("/prefixes.json", self.prefixes_as_json),
            Route("/prefixes.ttl", self.prefixes_as_turtle),
        ]

    async def graph(self, request: Request) -> Response:
        """Send exactly a named graph (Graph Store HTTP Protocol, section 4.1), or the page about it.

        A suffix wins over the Accept header. What is said of the graph is not sent with it, but linked.
        """
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=ALLOW)
        name, suffix = _split(request.path_params["name"])
        iri = graph_iri(name)
        await self._store.require(iri)
        offer = self._store.choose(request, iri, [suffix] if suffix else [], HTML)
        address = local(request, f"graph/{name}")
        headers = {"Link": ", ".join(await to_thread.run_sync(self._links, request, iri, address))}
        if offer is HTML:
            return await to_thread.run_sync(partial(self._page, request, iri, address, headers))
        return await self._store.send(request, iri, offer, headers)

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
        body = write("".join(f"{line} .\n" for line in declarations()).encode(), TURTLE)
        return respond(request, body, TURTLE.media_type, headers={"Vary": "Accept"})

    def _links(self, request: Request, iri: str, address: str) -> list[str]:
        licence = (
            f"SELECT ?licence {{ {serialise(Term('iri', iri))} dcterms:license ?licence }} ORDER BY ?licence"
        )
        found = rows(self._dataset.store, licence, limits=self._limits)
        return [
            f'<{iri}>; rel="describes"',
            alternates(address, (*self._store.offers(iri), HTML)),
            *(f'<{row["licence"].value}>; rel="license"' for row in found),
            *self._store.described_by(request),
        ]

    def _page(self, request: Request, iri: str, address: str, headers: Mapping[str, str]) -> Response:
        if (known := unchanged(request, HTML.media_type)) is not None:
            return known
        found = excerpt(self._dataset.store, iri, self._caps, limits=self._limits)
        described = views.described(found, self._pages.labels, superclasses=self._pages.superclasses)
        body = self._pages.render(
            request,
            "thing.html",
            view=views.view(described, iri),
            labels=described.labels,
            alternates=[(f"{address}.{offer.name}", offer) for offer in self._store.offers(iri)],
            questions=[],
        )
        return respond(request, body, HTML.media_type, headers=headers)


def _split(name: str) -> tuple[str, str]:
    stem, dot, suffix = name.rpartition(".")
    return (stem, suffix) if dot and suffix in _SUFFIXES else (name, "")
