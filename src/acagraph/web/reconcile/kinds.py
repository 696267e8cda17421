"""The kinds of things that can be matched, as the ontology of a release has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from acagraph.graph.hierarchy import reached
from acagraph.stores import Store, rows
from acagraph.vocab import ACA, EXTERNAL
from acagraph.web.reconcile.identifiers import local

_QUERY = """SELECT ?class ?name ?definition ?super {
  ?class a owl:Class ; skos:prefLabel ?name FILTER(LANG(?name) = "en")
  OPTIONAL { ?class skos:definition ?definition FILTER(LANG(?definition) = "en") }
  OPTIONAL { ?class rdfs:subClassOf ?super FILTER(ISIRI(?super)) }
} ORDER BY ?class ?name ?definition ?super"""
_OTHERS = """SELECT ?class ?name {
  ?class a owl:Class ; skos:altLabel ?name FILTER(LANG(?name) = "en")
} ORDER BY ?class ?name"""
# Statements, their evidence and concepts have no names to be matched.
_NOT_MATCHED = (f"{ACA}Statement", f"{ACA}Evidence", f"{EXTERNAL['skos']}Concept")
_MOST_TOLD = 1_000


@dataclass(frozen=True)
class Kind:
    """A class: its local name, its name, description and other names in English, and all its superclasses."""

    id: str
    name: str
    description: str = ""
    broader: tuple[str, ...] = ()
    above: frozenset[str] = frozenset()
    others: tuple[str, ...] = ()


class Kinds:
    """The kinds of a release by their local names; they are read when they are first asked for."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._told: dict[tuple[tuple[str, ...], tuple[str, ...]], list[dict[str, str]]] = {}

    @cached_property
    def known(self) -> Mapping[str, Kind]:
        """The kinds by identifier, in the order of their names."""
        return _read(self._store)

    @cached_property
    def _named(self) -> Mapping[str, str]:
        """Identifiers by what people write for a kind; another name of two kinds stands for neither."""
        others: dict[str, list[str]] = {}
        for kind in self.known.values():
            for name in kind.others:
                others.setdefault(name.casefold(), []).append(kind.id)
        found = {name: kinds[0] for name, kinds in others.items() if len(kinds) == 1}
        found |= {kind.name.casefold(): kind.id for kind in self.known.values()}
        return found | {name.casefold(): name for name in self.known}

    def find(self, text: str) -> str | None:
        """Return the kind that an identifier, an IRI or an English name stands for, None for another text."""
        name = local(text)
        return name if name in self.known else self._named.get(name.casefold())

    def roots(self) -> list[Kind]:
        """Return the kinds that have no other above them."""
        return [kind for kind in self.known.values() if not kind.broader]

    def described(self, kind: Kind) -> dict[str, Any]:
        """Return a kind as the API describes types, with those directly above it."""
        found: dict[str, Any] = {"id": kind.id, "name": kind.name}
        if kind.description:
            found["description"] = kind.description
        if kind.broader:
            found["broader"] = [{"id": name, "name": self.known[name].name} for name in kind.broader]
        return found

    def told(self, kinds: tuple[str, ...], asked: tuple[str, ...] = ()) -> list[dict[str, str]]:
        """Return the types to name of a thing: its most specific kinds, and those that were asked for.

        All its kinds would make a client guess that a column is about agents; without the one that was asked
        for, it would say that the kind does not fit.
        """
        key = (kinds, asked)
        found = self._told.get(key)
        if found is None:
            above = frozenset().union(*(self.known[name].above for name in kinds if name in self.known))
            names = [name for name in kinds if name not in above or name in asked]
            found = [{"id": name, "name": self.name(name)} for name in names]
            if len(self._told) >= _MOST_TOLD:  # clients choose what they ask for
                self._told.clear()
            self._told[key] = found
        return found

    def name(self, kind: str) -> str:
        """Return the English name of a kind, or its identifier where it has none."""
        known = self.known.get(kind)
        return kind if known is None else known.name


def _read(store: Store) -> dict[str, Kind]:
    names: dict[str, tuple[str, str]] = {}
    above: dict[str, set[str]] = {}
    for row in rows(store, _QUERY):
        iri = row["class"].value
        definition = row["definition"].value if "definition" in row else ""
        names.setdefault(iri, (row["name"].value, definition))
        if "super" in row:
            above.setdefault(iri, set()).add(row["super"].value)
    others: dict[str, list[str]] = {}
    for row in rows(store, _OTHERS):
        others.setdefault(row["class"].value, []).append(row["name"].value)
    closed = {iri: reached([iri], above) for iri in names}
    matched = {
        iri
        for iri in names
        if iri.startswith(ACA) and closed[iri].isdisjoint(_NOT_MATCHED) and iri not in _NOT_MATCHED
    }
    found = (
        Kind(
            iri.removeprefix(ACA),
            *names[iri],
            _locals(above.get(iri, set()) & matched - {iri}),
            frozenset(_locals(closed[iri] & matched - {iri})),
            tuple(others.get(iri, ())),
        )
        for iri in matched
    )
    return {kind.id: kind for kind in sorted(found, key=lambda kind: (kind.name.casefold(), kind.id))}


def _locals(iris: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(iri.removeprefix(ACA) for iri in iris))
