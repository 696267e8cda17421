"""The concept schemes, each as a tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from acagraph.stores import Term
from acagraph.vocab import ACA, BASE, EXTERNAL
from acagraph.web.reference.graph import Graph

_SKOS = EXTERNAL["skos"]
_SCHEME = Term("iri", _SKOS + "ConceptScheme")
_START = f"{BASE}scheme/"


@dataclass(frozen=True)
class Concept:
    """A concept with the narrower ones below it; `denotes` are terms of the ontology that mean the same."""

    term: Term
    labels: tuple[Term, ...]
    alternatives: tuple[Term, ...]
    definitions: tuple[Term, ...]
    notations: tuple[Term, ...]
    matches: tuple[Term, ...]
    denotes: tuple[Term, ...]
    narrower: tuple[Concept, ...]

    @property
    def name(self) -> str:
        """The last part of the IRI, which is the anchor."""
        return self.term.value.rpartition("/")[2]


@dataclass(frozen=True)
class Scheme:
    """A concept scheme: what it is for, its concepts as trees, and how many there are."""

    term: Term
    labels: tuple[Term, ...]
    descriptions: tuple[Term, ...]
    concepts: tuple[Concept, ...]
    total: int

    @property
    def name(self) -> str:
        """The local name."""
        return self.term.value.removeprefix(_START)


def schemes(graph: Graph) -> Mapping[str, Scheme]:
    """Return the concept schemes of the ontology by name."""
    found = sorted(graph.subjects(EXTERNAL["rdf"] + "type", _SCHEME))
    return {
        one.name: one for one in (_scheme(graph, term) for term in found if term.value.startswith(_START))
    }


def _scheme(graph: Graph, term: Term) -> Scheme:
    members = sorted(graph.subjects(_SKOS + "inScheme", term))
    known = set(members)
    below: dict[Term, list[Term]] = {}
    for member in members:
        for broader in graph.values(member, _SKOS + "broader"):
            if broader in known:
                below.setdefault(broader, []).append(member)
    narrowed = {member for listed in below.values() for member in listed}
    tops = [member for member in members if member not in narrowed]
    return Scheme(
        term,
        graph.values(term, _SKOS + "prefLabel") or graph.values(term, EXTERNAL["dcterms"] + "title"),
        graph.values(term, EXTERNAL["dcterms"] + "description") or graph.values(term, _SKOS + "definition"),
        tuple(_concept(graph, top, below, frozenset()) for top in tops),
        len(members),
    )


def _concept(
    graph: Graph, term: Term, below: Mapping[Term, Iterable[Term]], over: frozenset[Term]
) -> Concept:
    path = over | {term}
    return Concept(
        term,
        graph.values(term, _SKOS + "prefLabel"),
        graph.values(term, _SKOS + "altLabel"),
        graph.values(term, _SKOS + "definition"),
        graph.values(term, _SKOS + "notation"),
        tuple(value for name in ("exactMatch", "closeMatch") for value in graph.values(term, _SKOS + name)),
        graph.values(term, ACA + "denotes"),
        tuple(_concept(graph, other, below, path) for other in below.get(term, ()) if other not in path),
    )
