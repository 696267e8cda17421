"""/schema.json: the names that a query may use, from which the editor completes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from acagraph.dataset import Dataset
from acagraph.stores import Term, rows
from acagraph.stores.media import PLAIN_JSON
from acagraph.stores.rdf import ntriples_of, read
from acagraph.vocab import EXTERNAL, PREFIXES, XSD, compact
from acagraph.web.addresses import local
from acagraph.web.pages import Pages
from acagraph.web.responses import respond, unchanged

_CLASSES = """SELECT ?term ?label ?definition {
  ?term a owl:Class FILTER(ISIRI(?term))
  OPTIONAL { ?term skos:prefLabel|rdfs:label ?label FILTER(LANG(?label) = "en") }
  OPTIONAL { ?term skos:definition ?definition FILTER(LANG(?definition) = "en") }
} ORDER BY ?term ?label ?definition"""
_PROPERTIES = """SELECT ?term ?label ?definition {
  VALUES ?kind { owl:ObjectProperty owl:DatatypeProperty owl:AnnotationProperty }
  ?term a ?kind FILTER(ISIRI(?term))
  OPTIONAL { ?term skos:prefLabel|rdfs:label ?label FILTER(LANG(?label) = "en") }
  OPTIONAL { ?term skos:definition ?definition FILTER(LANG(?definition) = "en") }
} ORDER BY ?term ?label ?definition"""
# A domain or range is a class, or a union of some.
_FITTING = """SELECT ?term ?side ?class {
  VALUES ?side { rdfs:domain rdfs:range }
  ?term ?side ?named
  OPTIONAL { ?named owl:unionOf/rdf:rest*/rdf:first ?one }
  BIND(COALESCE(?one, ?named) AS ?class) FILTER(ISIRI(?class))
} ORDER BY ?term ?side ?class"""
# Things that queries name: what a scheme holds, the coalitions, the countries.
_VALUES = """SELECT ?term ?label ?type {
  { ?term a skos:Concept ; skos:prefLabel ?label BIND(skos:Concept AS ?type) }
  UNION { ?term a aca:Coalition ; rdfs:label ?label BIND(aca:Coalition AS ?type) }
  UNION { ?term a aca:Country ; rdfs:label ?label BIND(aca:Country AS ?type) }
  FILTER(LANG(?label) = "en" && ISIRI(?term))
} ORDER BY ?type ?term ?label"""
_MOST_VALUES = 1_500
_VOID = "void.ttl"
_DOMAIN, _RANGE = "rdfs:domain", "rdfs:range"

Entry = dict[str, object]


class Lexicon:
    """Classes, properties, values and prefixes of a dataset, with how often the data uses them."""

    def __init__(self, dataset: Dataset, pages: Pages) -> None:
        self._dataset = dataset
        self._pages = pages

    def routes(self) -> list[Route]:
        """Return the route of the names."""
        return [Route("/schema.json", self.names)]

    def names(self, request: Request) -> Response:
        """Send the names that a query may use."""
        if (known := unchanged(request, PLAIN_JSON.media_type)) is not None:
            return known
        queries = [
            {
                "name": query.name,
                "summary": query.summary,
                "address": local(request, f"queries/{query.name}"),
            }
            for query in self._dataset.queries.values()
        ]
        body = json.dumps({**self._names, "queries": queries}, ensure_ascii=False).encode() + b"\n"
        return respond(request, body, PLAIN_JSON.media_type)

    @cached_property
    def _names(self) -> Mapping[str, object]:
        counts = self._counts()
        return {
            "prefixes": dict(sorted(PREFIXES.items())),
            "classes": list(self._classes(counts)),
            "properties": list(self._properties(counts)),
            "values": list(self._values()),
        }

    def _classes(self, counts: Mapping[str, int]) -> Iterator[Entry]:
        found: dict[str, Entry] = {}
        for row in rows(self._dataset.store, _CLASSES):
            found.setdefault(row["term"].value, _entry(row["term"], row, counts))
        yield from _named(found)

    def _properties(self, counts: Mapping[str, int]) -> Iterator[Entry]:
        below: dict[str, set[str]] = {}
        for name, supers in self._pages.superclasses.items():
            for known in supers:
                below.setdefault(known, set()).add(compact(name))
        fitting: dict[tuple[str, str], set[str]] = {}
        for row in rows(self._dataset.store, _FITTING):
            side, fit = row["side"].short, row["class"]
            names = {fit.short, *(below.get(fit.value, ()) if side == _DOMAIN else ())}
            fitting.setdefault((row["term"].value, side), set()).update(names)
        found: dict[str, Entry] = {}
        for row in rows(self._dataset.store, _PROPERTIES):
            found.setdefault(row["term"].value, _entry(row["term"], row, counts))
        # What the data uses without our ontology saying anything of it.
        for iri in counts:
            if not iri.startswith((XSD, EXTERNAL["rdf"] + "_")) and iri not in found:
                term = Term("iri", iri)
                if term.short.rpartition(":")[2][:1].islower():
                    found[iri] = _entry(term, {}, counts)
        for iri, entry in found.items():
            entry |= {
                "subjects": sorted(fitting.get((iri, _DOMAIN), ())),
                "objects": sorted(fitting.get((iri, _RANGE), ())),
            }
        yield from _named(found)

    def _values(self) -> Iterator[Entry]:
        found: dict[str, Entry] = {}
        for row in rows(self._dataset.store, _VALUES)[:_MOST_VALUES]:
            entry: Entry = {
                "name": row["term"].short,
                "label": row["label"].value,
                "types": [row["type"].short],
            }
            found.setdefault(row["term"].value, entry)
        yield from _named(found)

    def _counts(self) -> Mapping[str, int]:
        """Return how often each class and property is used, from the description of the release."""
        folder = self._dataset.folder
        if folder is None or not (folder / _VOID).is_file():
            return {}
        named: dict[Term, str] = {}
        sizes: dict[Term, int] = {}
        of, size = _void("class", "property"), _void("entities", "triples")
        for subject, predicate, value in read(ntriples_of(folder / _VOID)):
            if predicate.value in of:
                named[subject] = value.value
            elif predicate.value in size:
                sizes[subject] = max(sizes.get(subject, 0), int(value.value))
        found: dict[str, int] = {}
        for part, iri in named.items():  # a graph has fewer of it than the whole
            found[iri] = max(found.get(iri, 0), sizes.get(part, 0))
        return dict(sorted(found.items()))


def _void(*names: str) -> frozenset[str]:
    return frozenset(EXTERNAL["void"] + name for name in names)


def _entry(term: Term, row: Mapping[str, Term], counts: Mapping[str, int]) -> Entry:
    label = row["label"].value if "label" in row else ""
    definition = row["definition"].value if "definition" in row else ""
    return {
        "name": term.short,
        "label": label,
        "definition": definition,
        "count": counts.get(term.value, 0),
    }


def _named(found: Mapping[str, Entry]) -> Iterable[Entry]:
    """Return the entries that have a prefixed name; another cannot be written in a query as it is."""
    return (entry for iri, entry in sorted(found.items()) if compact(iri) != iri)
