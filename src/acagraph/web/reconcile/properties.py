"""The properties that a client may fetch of things, or give as conditions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from acagraph.queries.binding import serialise
from acagraph.stores import Limits, Store, Term, rows
from acagraph.vocab import ACA
from acagraph.web.reconcile.composed import composed
from acagraph.web.reconcile.identifiers import local
from acagraph.web.reconcile.model import Property

_GENERIC = """SELECT ?property ?name ?definition {
  VALUES ?type { owl:ObjectProperty owl:DatatypeProperty }
  ?property a ?type ; skos:prefLabel ?name FILTER(LANG(?name) = "en")
  OPTIONAL { ?property skos:definition ?definition FILTER(LANG(?definition) = "en") }
} ORDER BY ?property ?name ?definition"""
_USED = "SELECT DISTINCT ?property { ?thing a %s ; ?property ?value }"
# The datasets that things or the territories that they govern are linked to.
_LINKED = """SELECT DISTINCT ?property { ?thing a %s ; aca:governs?/(skos:exactMatch|skos:closeMatch) ?value
  BIND(REPLACE(STR(?value), "^(https?://[^/]+/).*", "$1") AS ?property) }"""
# Records and the rules of the graph: nothing that a table would want beside a name.
_NOT_TOLD = frozenset(f"{ACA}{name}" for name in ("evidence", "about", "basis", "graph"))


class Properties:
    """The properties of a release: those of its ontology, and some that are put together here."""

    def __init__(self, store: Store, is_kind: Callable[[str], bool]) -> None:
        self._store = store
        self._is_kind = is_kind
        self._proposed: dict[str, list[Property]] = {}

    @cached_property
    def known(self) -> Mapping[str, Property]:
        """The properties by identifier, the ones that are asked for most first."""
        return {**{one.id: one for one in composed()}, **_generic(self._store)}

    def find(self, text: str) -> Property | None:
        """Return the property that an identifier or an IRI stands for."""
        return self.known.get(local(text))

    def proposed(self, kind: str, limits: Limits) -> list[Property]:
        """Return the properties that things of a kind have; of an unknown kind those put together here."""
        if not self._is_kind(kind):
            return list(composed())
        if kind not in self._proposed:
            self._proposed[kind] = self._had(kind, limits)
        return self._proposed[kind]

    def _had(self, kind: str, limits: Limits) -> list[Property]:
        iri = serialise(Term("iri", ACA + kind))
        used = {
            row["property"].value
            for query in (_USED, _LINKED)
            for row in rows(self._store, query % iri, limits=limits)
        }
        return [one for one in self.known.values() if not one.needs or not used.isdisjoint(one.needs)]


def _generic(store: Store) -> dict[str, Property]:
    """Return the properties of the ontology that stand for themselves."""
    taken = {one.id for one in composed()}
    found: dict[str, Property] = {}
    for row in rows(store, _GENERIC):
        iri = row["property"].value
        name = iri.removeprefix(ACA)
        if not iri.startswith(ACA) or iri in _NOT_TOLD or name in taken or name in found:
            continue
        definition = row["definition"].value if "definition" in row else ""
        pattern = f"?thing {serialise(Term('iri', iri))} ?value"
        found[name] = Property(name, row["name"].value, definition, pattern, frozenset((iri,)))
    return dict(sorted(found.items(), key=lambda item: (item[1].name.casefold(), item[0])))
