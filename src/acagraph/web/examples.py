"""/.well-known/sparql-examples: the saved queries as executable queries of SHACL, with examples bound.

They are described as the SIB Swiss Institute of Bioinformatics does it (sib-swiss/sparql-examples), so that
tools which read such examples can read these.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from acagraph import queries
from acagraph.dataset import Dataset
from acagraph.errors import ParameterError
from acagraph.queries import SavedQuery
from acagraph.queries.binding import serialise
from acagraph.stores import Term
from acagraph.stores.media import JSON_LD, N_TRIPLES, RDF_XML, TURTLE
from acagraph.stores.rdf import write
from acagraph.vocab import BASE, EXTERNAL, PREFIXES, XSD
from acagraph.web.responses import choose, respond, unchanged

_OFFERS = (TURTLE, JSON_LD, N_TRIPLES, RDF_XML)
_DECLARED = f"{BASE}prefixes"
_ENDPOINT = f"{BASE}sparql"
# The convention has it for each endpoint that a query calls by SERVICE.
_FEDERATES = "https://purl.expasy.org/sparql-examples/ontology#federatesWith"


class Examples:
    """The example queries of a dataset."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset

    def routes(self) -> list[Route]:
        """Return the route of the examples."""
        return [Route("/.well-known/sparql-examples", self.examples)]

    def examples(self, request: Request) -> Response:
        """Send the example queries in the form that is asked."""
        offer = choose(request, _OFFERS)
        if (known := unchanged(request, offer.media_type)) is not None:
            return known
        return respond(request, write(self._triples, offer), offer.media_type)

    @cached_property
    def _triples(self) -> bytes:
        lines = [*declarations()]
        for query in self._dataset.queries.values():
            lines += _described(query, self._bound(query))
        return "".join(f"{line} .\n" for line in lines).encode()

    def _bound(self, query: SavedQuery) -> str:
        """Return a query as it can be sent, with its example parameters bound."""
        try:
            text = queries.resolve(
                self._dataset.store, query, query.example, redirects=self._dataset.redirects
            )
        except ParameterError:  # the example names a thing that this release lacks
            text = queries.bind(query, query.example)
        return "\n".join(line for line in text.splitlines() if not line.startswith("#+")).strip()


def declarations() -> Iterator[str]:
    """Yield the triples that declare our prefixes (SHACL, section 5.2.1)."""
    for number, (prefix, namespace) in enumerate(sorted(PREFIXES.items())):
        node = f"_:declaration{number:03}"
        yield f"<{_DECLARED}> {_name('sh', 'declare')} {node}"
        yield f"{node} {_name('sh', 'prefix')} {serialise(Term('literal', prefix))}"
        address = serialise(Term("literal", namespace, "", XSD + "anyURI"))
        yield f"{node} {_name('sh', 'namespace')} {address}"


def _described(query: SavedQuery, text: str) -> Iterator[str]:
    subject = serialise(Term("iri", f"{BASE}queries/{query.name}"))
    for name in ("SPARQLExecutable", f"SPARQL{query.form.capitalize()}Executable"):
        yield f"{subject} {_name('rdf', 'type')} {_name('sh', name)}"
    yield f"{subject} {_name('rdfs', 'comment')} {serialise(Term('literal', query.summary, 'en'))}"
    described = serialise(Term("literal", query.description, "en"))
    yield f"{subject} {_name('dcterms', 'description')} {described}"
    yield f"{subject} {_name('sh', query.form)} {serialise(Term('literal', text))}"
    yield f"{subject} {_name('sh', 'prefixes')} <{_DECLARED}>"
    yield f"{subject} {_name('schema', 'target')} <{query.endpoint or _ENDPOINT}>"
    if query.endpoint:
        yield f"{subject} <{_FEDERATES}> <{_ENDPOINT}>"
    for tag in query.tags:
        yield f"{subject} {_name('schema', 'keywords')} {serialise(Term('literal', tag))}"


def _name(prefix: str, local: str) -> str:
    return f"<{EXTERNAL[prefix]}{local}>"
