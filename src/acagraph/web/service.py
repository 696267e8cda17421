"""The service description of the SPARQL endpoint (SPARQL 1.1 Service Description), with VoID."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from starlette.requests import Request

from acagraph.errors import QueryError
from acagraph.queries.binding import serialise
from acagraph.stores import Term
from acagraph.stores.guard import valid_iri
from acagraph.stores.media import GRAPHS, RESULTS, Format
from acagraph.stores.rdf import write
from acagraph.vocab import BASE, EXTERNAL, XSD, graph_iri
from acagraph.web.inventory import Inventory

_SD = EXTERNAL["sd"]
_VOID = EXTERNAL["void"]
_TYPE = EXTERNAL["rdf"] + "type"
_SEE_ALSO = EXTERNAL["rdfs"] + "seeAlso"
_DATASET = BASE + "dataset"
_SIMPLE = "http://www.w3.org/ns/entailment/Simple"
# Unique IRIs of formats (https://www.w3.org/ns/formats/).
_FORMATS = {
    "json": "SPARQL_Results_JSON",
    "xml": "SPARQL_Results_XML",
    "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV",
    "ttl": "Turtle",
    "jsonld": "JSON-LD",
    "nt": "N-Triples",
    "rdf": "RDF_XML",
    "nq": "N-Quads",
    "trig": "TriG",
}

_Fact = tuple[str, str, str | int]


def origin(request: Request) -> str:
    """Return the scheme and host under which a request names this server.

    Raises QueryError when the Host header is no host: the description repeats it.
    """
    site = f"{request.url.scheme}://{request.url.netloc}"
    if not valid_iri(f"{site}/"):
        raise QueryError("the Host header is no host; send the one of this server")
    return site


def describe(site: str, path: str, inventory: Inventory, form: Format, *, federated: bool = False) -> bytes:
    """Return what the endpoint at a path of a site can do and what it holds, as RDF.

    The graphs and the dataset are named as the data names them; the service is named by its address.
    """
    endpoint = f"{site}{path}"
    base = endpoint.removesuffix("sparql")
    facts = (*_service(endpoint, federated=federated), *_dataset(endpoint, base, inventory))
    return write("".join(map(_line, facts)).encode(), form)


def _service(endpoint: str, *, federated: bool) -> Iterator[_Fact]:
    yield endpoint, _TYPE, f"{_SD}Service"
    yield endpoint, f"{_SD}endpoint", endpoint
    yield endpoint, f"{_SD}supportedLanguage", f"{_SD}SPARQL11Query"
    yield endpoint, f"{_SD}feature", f"{_SD}UnionDefaultGraph"
    if federated:
        yield endpoint, f"{_SD}feature", f"{_SD}BasicFederatedQuery"
    yield endpoint, f"{_SD}defaultEntailmentRegime", _SIMPLE
    for offer in (*RESULTS, *GRAPHS):
        yield endpoint, f"{_SD}resultFormat", f"http://www.w3.org/ns/formats/{_FORMATS[offer.name]}"
    yield endpoint, f"{_SD}defaultDataset", f"{endpoint}#dataset"
    yield endpoint, f"{_SD}availableGraphs", f"{endpoint}#dataset"


def _dataset(endpoint: str, base: str, inventory: Inventory) -> Iterator[_Fact]:
    """Describe the dataset for SPARQL, and the union of its graphs, which is the dataset of VoID."""
    own = f"{endpoint}#dataset"
    yield own, _TYPE, f"{_SD}Dataset"
    yield own, f"{_SD}defaultGraph", _DATASET
    yield from _graph(_DATASET, inventory.triples)
    yield _DATASET, f"{_VOID}sparqlEndpoint", endpoint
    for name in inventory.dumps():
        yield _DATASET, f"{_VOID}dataDump", f"{base}{name}"
    if graph_iri("metadata") in inventory.graphs:
        yield _DATASET, _SEE_ALSO, graph_iri("metadata")
    for iri, triples in inventory.graphs.items():
        named = f"{endpoint}#{quote(iri.removeprefix(BASE))}"
        yield own, f"{_SD}namedGraph", named
        yield named, _TYPE, f"{_SD}NamedGraph"
        yield named, f"{_SD}name", iri
        yield named, f"{_SD}graph", iri
        yield from _graph(iri, triples)
        yield _DATASET, f"{_VOID}subset", iri
        for dump in inventory.dumps(iri):
            yield iri, f"{_VOID}dataDump", f"{base}{dump}"


def _graph(iri: str, triples: int) -> Iterator[_Fact]:
    yield iri, _TYPE, f"{_SD}Graph"
    yield iri, _TYPE, f"{_VOID}Dataset"
    yield iri, f"{_VOID}triples", triples


def _line(fact: _Fact) -> str:
    subject, predicate, value = fact
    term = Term("literal", str(value), "", f"{XSD}integer") if isinstance(value, int) else Term("iri", value)
    return f"{serialise(Term('iri', subject))} <{predicate}> {serialise(term)} .\n"
