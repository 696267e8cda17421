"""The service description of the SPARQL endpoint (SPARQL 1.1 Service Description)."""

from __future__ import annotations

from acagraph.queries.binding import serialise
from acagraph.stores import Term
from acagraph.stores.media import GRAPHS, RESULTS, Format
from acagraph.stores.rdf import write
from acagraph.vocab import EXTERNAL

_SD = EXTERNAL["sd"]
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


def describe(endpoint: str, form: Format) -> bytes:
    """Return what the endpoint at an address can do, as RDF."""
    service = serialise(Term("iri", endpoint))
    pairs = [
        (f"<{EXTERNAL['rdf']}type>", f"<{_SD}Service>"),
        (f"<{_SD}endpoint>", service),
        (f"<{_SD}supportedLanguage>", f"<{_SD}SPARQL11Query>"),
        (f"<{_SD}feature>", f"<{_SD}UnionDefaultGraph>"),
        *(
            (f"<{_SD}resultFormat>", f"<http://www.w3.org/ns/formats/{_FORMATS[offer.name]}>")
            for offer in (*RESULTS, *GRAPHS)
        ),
    ]
    return write("".join(f"{service} {name} {value} .\n" for name, value in pairs).encode(), form)
