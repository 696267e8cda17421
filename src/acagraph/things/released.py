"""The things of a release, read property by property from its store."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from sys import intern

import pyoxigraph as ox

from acagraph.graph.terms import text_of
from acagraph.stores.embedded import EmbeddedStore
from acagraph.stores.protocol import UNLIMITED, Store
from acagraph.stores.terms import rows
from acagraph.things.model import Role, Thing, identifiers_of
from acagraph.things.notes import Notes
from acagraph.vocab import ACA, BASE, PREFIXES

_THINGS = f"{BASE}id/"
_NO_THINGS = tuple(f"{_THINGS}{kind}/" for kind in ("statement", "evidence"))
_SKOS, _RDF, _GEO = (PREFIXES[name] for name in ("skos", "rdf", "wgs"))
_NAMES: Mapping[str, Role] = {
    f"{_SKOS}prefLabel": "label",
    f"{_SKOS}altLabel": "alternative",
    f"{ACA}acronym": "acronym",
    f"{_SKOS}hiddenLabel": "hidden",
}
_CODES: Mapping[str, str] = {
    f"{ACA}isin": "isin",
    f"{ACA}unLocode": "unlocode",
    f"{ACA}subdivisionCode": "iso3166-2",
    f"{ACA}iso3166Alpha2": "iso3166-1",
    f"{ACA}iso3166Alpha3": "iso3166-1",
    f"{ACA}m49Code": "m49",
    f"{PREFIXES['dcterms']}identifier": "gcom",
}

# By the IRI of a property: the things that have it, the text of each value, and its language.
_Said = Callable[[str], Iterator[tuple[str, str, str]]]


def read_store(store: ox.Store | Store) -> Iterator[Thing]:
    """Yield the things of a release, sorted by IRI; statements and evidence are none.

    Raises StoreError.
    """
    said, notes = _said(store), Notes()
    _read_names(said, notes)
    _read_kinds(said, notes)
    for relation, into in (("country", notes.within), ("governs", notes.governs)):
        for iri, value, _ in said(ACA + relation):
            into[iri].add(value)
    for predicate, kind in _CODES.items():
        for iri, value, _ in said(predicate):
            notes.add_code(iri, kind, value)
    for relation, into in (("exactMatch", notes.identifiers), ("closeMatch", notes.near)):
        for iri, value, _ in said(_SKOS + relation):
            into[iri].update(identifiers_of(value))
    _read_positions(said, notes)
    yield from notes.things()


def _read_names(said: _Said, notes: Notes) -> None:
    """Note the names of things; a former one stands at the event by which it was given up."""
    for predicate, role in _NAMES.items():
        for iri, value, language in said(predicate):
            if value.strip():
                notes.add_name(iri, value, language, role)
    renamed = {event: thing for event, thing, _ in said(f"{ACA}renamingOf")}
    for event, value, language in said(f"{ACA}formerName"):
        if event in renamed and value.strip():
            notes.add_name(renamed[event], value, language, "former")


def _read_kinds(said: _Said, notes: Notes) -> None:
    for iri, value, _ in said(f"{_RDF}type"):
        if value.startswith(ACA):
            notes.kinds[iri].add(intern(value.removeprefix(ACA)))


def _read_positions(said: _Said, notes: Notes) -> None:
    # Sorted, so that of several values the same one is taken whatever the order of the store.
    longitudes = {iri: float(value) for iri, value, _ in sorted(said(f"{_GEO}long"))}
    for iri, value, _ in sorted(said(f"{_GEO}lat")):
        if iri in longitudes:
            notes.positions[iri] = (float(value), longitudes[iri])


def _said(store: ox.Store | Store) -> _Said:
    """Return what reads a property: triple by triple where that can be, else by a query."""
    if isinstance(store, ox.Store):
        return lambda predicate: _direct(store, predicate)
    if isinstance(store, EmbeddedStore):
        engine = store.engine
        return lambda predicate: _direct(engine, predicate)
    return lambda predicate: _asked(store, predicate)


def _direct(store: ox.Store, predicate: str) -> Iterator[tuple[str, str, str]]:
    for quad in store.quads_for_pattern(None, ox.NamedNode(predicate), None, None):
        iri, value = text_of(quad.subject), quad.object
        if iri.startswith(_THINGS) and not iri.startswith(_NO_THINGS):
            yield iri, text_of(value), (value.language or "") if isinstance(value, ox.Literal) else ""


def _asked(store: Store, predicate: str) -> Iterator[tuple[str, str, str]]:
    wanted = " && ".join(
        (
            f'STRSTARTS(STR(?thing), "{_THINGS}")',
            *(f'!STRSTARTS(STR(?thing), "{start}")' for start in _NO_THINGS),
        )
    )
    query = f"SELECT ?thing ?value WHERE {{ ?thing <{predicate}> ?value FILTER({wanted}) }}"
    for row in rows(store, query, limits=UNLIMITED):
        yield row["thing"].value, row["value"].value, row["value"].language
