"""The ontology's graph as its pages need it: what is said of each term, with its blank nodes resolved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from acagraph.stores import Store, Term, rows
from acagraph.vocab import EXTERNAL, graph_iri

_RDF, _OWL = EXTERNAL["rdf"], EXTERNAL["owl"]
_QUERY = f"SELECT ?s ?p ?o {{ GRAPH <{graph_iri('ontology')}> {{ ?s ?p ?o }} }}"
_NIL = _RDF + "nil"
# A list in an ontology is short; one that leads back to itself ends here.
_LONGEST_LIST = 1_000


@dataclass(frozen=True)
class Restriction:
    """What a class demands of a property: `facet` is a local name of OWL, such as maxCardinality."""

    property: Term
    facet: str
    value: Term


@dataclass(frozen=True)
class Graph:
    """What the ontology says, by subject and property."""

    said: Mapping[Term, Mapping[str, tuple[Term, ...]]]

    @classmethod
    def read(cls, store: Store) -> Graph:
        """Read the graph of the ontology in one query, so that its blank nodes keep their names."""
        found: dict[Term, dict[str, list[Term]]] = {}
        for row in rows(store, _QUERY):
            found.setdefault(row["s"], {}).setdefault(row["p"].value, []).append(row["o"])
        return cls({s: {p: tuple(sorted(o)) for p, o in said.items()} for s, said in found.items()})

    def values(self, subject: Term, name: str) -> tuple[Term, ...]:
        """Return the values of a property, sorted."""
        return self.said.get(subject, {}).get(name, ())

    def named(self, subject: Term, name: str) -> tuple[Term, ...]:
        """Return the named values of a property; of a union those that it unites, in its order."""
        found: list[Term] = []
        for value in self.values(subject, name):
            if value.kind == "iri":
                found.append(value)
            for union in self.values(value, _OWL + "unionOf"):
                found += (member for member in self.members(union) if member.kind == "iri")
        return tuple(dict.fromkeys(found))

    def subjects(self, name: str, value: Term) -> Iterator[Term]:
        """Yield what has a value of a property."""
        return (subject for subject, said in self.said.items() if value in said.get(name, ()))

    def members(self, head: Term) -> Iterator[Term]:
        """Yield the members of an RDF list."""
        for _ in range(_LONGEST_LIST):
            if head.value == _NIL:
                return
            yield from self.values(head, _RDF + "first")
            behind = self.values(head, _RDF + "rest")
            if not behind:
                return
            head = behind[0]

    def restrictions(self, classes: Iterable[Term]) -> tuple[Restriction, ...]:
        """Return what the restrictions among some classes demand, by property."""
        found = []
        for node in classes:
            for on in self.values(node, _OWL + "onProperty"):
                for name, values in self.said.get(node, {}).items():
                    facet = name.removeprefix(_OWL)
                    if name.startswith(_OWL) and facet not in ("onProperty", "onClass"):
                        found += [Restriction(on, facet, value) for value in values]
        return tuple(sorted(found, key=lambda one: (one.property, one.facet, one.value)))

    def groups(self) -> Iterator[tuple[Term, ...]]:
        """Yield the classes of each owl:AllDisjointClasses."""
        kind = Term("iri", _OWL + "AllDisjointClasses")
        for node in sorted(self.subjects(_RDF + "type", kind)):
            for head in self.values(node, _OWL + "members"):
                yield tuple(self.members(head))
