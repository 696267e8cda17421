"""The classes and properties of the ontology, each with all that its page shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from acagraph.stores import Store, Term, rows
from acagraph.vocab import ACA, EXTERNAL, ONTOLOGY
from acagraph.web.reference.graph import Graph, Restriction

_RDF, _RDFS, _OWL = EXTERNAL["rdf"], EXTERNAL["rdfs"], EXTERNAL["owl"]
_SKOS, _DCTERMS = EXTERNAL["skos"], EXTERNAL["dcterms"]
_TYPE = _RDF + "type"
_DERIVED = ACA + "derivedFrom"
_CLASS = Term("iri", _OWL + "Class")
_PROPERTIES = tuple(
    Term("iri", _OWL + name) for name in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")
)
_PARENTS = (_RDFS + "subClassOf", _RDFS + "subPropertyOf")
_ALIGNED = (
    *_PARENTS,
    _OWL + "equivalentClass",
    _OWL + "equivalentProperty",
    *(_SKOS + name for name in ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")),
    _RDFS + "seeAlso",
)
# The whole dataset alone has partitions by class and property; its subsets have counts only.
_COUNTS = """SELECT ?term ?n {
  { ?dataset void:classPartition ?part . ?part void:class ?term ; void:entities ?n }
  UNION { ?dataset void:propertyPartition ?part . ?part void:property ?term ; void:triples ?n }
} ORDER BY ?term ?n"""


@dataclass(frozen=True)
class Entry:
    """A term of the ontology; `count` is how many things are of a class or statements have a property.

    It is None where the release does not count them. `parents` and `children` are terms of this ontology,
    `aligned` are terms of others, each with the property that leads there.
    """

    term: Term
    types: tuple[Term, ...]
    labels: tuple[Term, ...]
    alternatives: tuple[Term, ...]
    definitions: tuple[Term, ...]
    notes: tuple[Term, ...]
    examples: tuple[Term, ...]
    parents: tuple[Term, ...]
    children: tuple[Term, ...]
    aligned: tuple[tuple[Term, Term], ...]
    domains: tuple[Term, ...]
    ranges: tuple[Term, ...]
    inverses: tuple[Term, ...]
    disjoint: tuple[Term, ...]
    derived_from: tuple[Term, ...]
    derives: tuple[Term, ...]
    restrictions: tuple[Restriction, ...]
    history: tuple[Term, ...]
    successors: tuple[Term, ...]
    deprecated: bool
    count: int | None

    @property
    def name(self) -> str:
        """The local name, which is the term's anchor."""
        return self.term.value.removeprefix(ACA)

    @property
    def is_class(self) -> bool:
        """Whether it is a class; else it is a property."""
        return _CLASS in self.types


@dataclass(frozen=True)
class About:
    """What the ontology says of itself."""

    titles: tuple[Term, ...]
    descriptions: tuple[Term, ...]
    version: str
    prior: str
    issued: str
    licence: str


@dataclass(frozen=True)
class Terms:
    """All terms of the ontology, by IRI, sorted."""

    entries: Mapping[Term, Entry]
    about: About
    graph: Graph

    @classmethod
    def read(cls, store: Store) -> Terms:
        """Read the terms and how often they are used, in two queries."""
        graph = Graph.read(store)
        counts = {row["term"]: int(row["n"].value) for row in rows(store, _COUNTS)}
        kinds = (_CLASS, *_PROPERTIES)
        named = {
            subject
            for subject in graph.said
            if subject.kind == "iri"
            and subject.value.startswith(ACA)
            and not set(kinds).isdisjoint(graph.values(subject, _TYPE))
        }
        disjoint = _disjoint(graph)
        entries = {
            term: _entry(graph, term, counts.get(term), disjoint.get(term, ())) for term in sorted(named)
        }
        return cls(entries, _about(graph), graph)

    def find(self, name: str) -> Entry | None:
        """Return the term with a local name."""
        return self.entries.get(Term("iri", ACA + name))

    @property
    def classes(self) -> tuple[Entry, ...]:
        """The classes, by IRI."""
        return tuple(entry for entry in self.entries.values() if entry.is_class)

    @property
    def properties(self) -> tuple[Entry, ...]:
        """The properties, by IRI."""
        return tuple(entry for entry in self.entries.values() if not entry.is_class)

    def ancestors(self, entry: Entry) -> tuple[Entry, ...]:
        """Return the terms above one, the nearest first, each once."""
        found: dict[Term, Entry] = {}
        near = [parent for parent in entry.parents if parent in self.entries]
        while near:
            term = near.pop(0)
            if term not in found and term != entry.term:
                found[term] = self.entries[term]
                near += (parent for parent in found[term].parents if parent in self.entries)
        return tuple(found.values())

    def taking(self, entry: Entry) -> tuple[Entry, ...]:
        """Return the properties whose domain is a class or one above it."""
        over = {entry.term, *(other.term for other in self.ancestors(entry))}
        return tuple(one for one in self.properties if not over.isdisjoint(one.domains))

    def leading_to(self, entry: Entry) -> tuple[Entry, ...]:
        """Return the properties whose range is a class."""
        return tuple(one for one in self.properties if entry.term in one.ranges)


def spoken(texts: Iterable[Term], language: str) -> Term | None:
    """Return the text in a language, else in English, else the first; None where there is none."""
    found = sorted(texts, key=lambda text: (text.language != language, text.language != "en", text))
    return found[0] if found else None


def _entry(graph: Graph, term: Term, count: int | None, disjoint: Iterable[Term]) -> Entry:
    def values(name: str) -> tuple[Term, ...]:
        return graph.values(term, name)

    parents = [value for name in _PARENTS for value in graph.values(term, name)]
    own = tuple(value for value in parents if value.value.startswith(ACA))
    return Entry(
        term=term,
        types=values(_TYPE),
        labels=values(_SKOS + "prefLabel"),
        alternatives=values(_SKOS + "altLabel"),
        definitions=values(_SKOS + "definition"),
        notes=values(_SKOS + "scopeNote"),
        examples=values(_SKOS + "example"),
        parents=own,
        children=tuple(sorted({s for name in _PARENTS for s in graph.subjects(name, term)})),
        aligned=tuple(
            (Term("iri", name), value)
            for name in _ALIGNED
            for value in values(name)
            if value.kind == "iri" and not value.value.startswith(ACA)
        ),
        domains=graph.named(term, _RDFS + "domain"),
        ranges=graph.named(term, _RDFS + "range"),
        inverses=tuple(
            sorted({*values(_OWL + "inverseOf"), *graph.subjects(_OWL + "inverseOf", term)} - {term})
        ),
        disjoint=tuple(sorted(set(disjoint))),
        derived_from=values(_DERIVED),
        derives=tuple(sorted(graph.subjects(_DERIVED, term))),
        restrictions=graph.restrictions(value for value in parents if value.kind == "blank"),
        history=(*values(_SKOS + "historyNote"), *values(_SKOS + "changeNote"), *values(_DCTERMS + "issued")),
        successors=values(_DCTERMS + "isReplacedBy"),
        deprecated=any(value.value in ("true", "1") for value in values(_OWL + "deprecated")),
        count=count,
    )


def _disjoint(graph: Graph) -> Mapping[Term, set[Term]]:
    """Return the classes that each class shares no thing with, as far as it is said of them directly."""
    found: dict[Term, set[Term]] = {}
    for subject, said in graph.said.items():
        for other in said.get(_OWL + "disjointWith", ()):
            found.setdefault(subject, set()).add(other)
            found.setdefault(other, set()).add(subject)
    for group in graph.groups():
        for term in group:
            found.setdefault(term, set()).update(other for other in group if other != term)
    return found


def _about(graph: Graph) -> About:
    ontology = Term("iri", ONTOLOGY)

    def text(name: str) -> str:
        return next((value.value for value in graph.values(ontology, name)), "")

    return About(
        titles=graph.values(ontology, _DCTERMS + "title"),
        descriptions=graph.values(ontology, _DCTERMS + "description"),
        version=text(_OWL + "versionInfo"),
        prior=text(_OWL + "priorVersion"),
        issued=text(_DCTERMS + "issued"),
        licence=text(_DCTERMS + "license"),
    )
