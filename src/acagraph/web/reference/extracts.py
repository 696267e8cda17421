"""What a source says: every piece of evidence in it, in its order, with the statements that cite it."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from acagraph.queries.binding import serialise
from acagraph.stores import Row, Store, Term, rows
from acagraph.vocab import ACA, BASE, EXTERNAL

# Pieces of evidence on a page; a record of a register bears five statements or so.
PAGE = 60
_KEPT = 8
_SOURCES = "SELECT ?source { ?source a aca:Source } ORDER BY ?source"
_PLACED = ", ".join(
    f"aca:{name}" for name in ("inSource", "startOffset", "endOffset", "recordId", "pageAddress", "exactQuote")
)
_DIGITS = re.compile(r"(\d+)")
_LONGEST_NUMBER = 18
_SKOS_LABEL = EXTERNAL["skos"] + "prefLabel"
# A statement stands on the page of the first of these kinds that it is about.
_HOMES = ("coalition", "agent", "person", "place", "event", "document")


@dataclass(frozen=True)
class Place:
    """Where a piece of evidence stands in its source: characters, a record, or a page."""

    evidence: Term
    start: int | None
    end: int | None
    record: str
    page: str
    quote: Term | None


@dataclass(frozen=True)
class Said:
    """A statement or event; `home` is the thing on whose page it stands."""

    term: Term
    types: tuple[Term, ...]
    about: tuple[Term, ...]
    descriptions: tuple[Term, ...]

    @property
    def home(self) -> Term:
        """The thing on whose page the statement is shown: what it is about, or an event itself."""
        ranked = (other for kind in _HOMES for other in (*self.about, self.term) if _kind(other) == kind)
        return next(ranked, self.about[0] if self.about else self.term)

    @property
    def anchor(self) -> str:
        """The last part of its IRI, by which it stands on pages."""
        return self.term.value.rpartition("/")[2]


@dataclass(frozen=True)
class Extract:
    """A piece of evidence with the statements that cite it."""

    place: Place
    said: tuple[Said, ...]

    @property
    def anchor(self) -> str:
        """The last part of the evidence's IRI."""
        return self.place.evidence.value.rpartition("/")[2]


@dataclass(frozen=True)
class Contents:
    """What is taken from a source: the places in their order, and the statements of each class."""

    places: tuple[Place, ...]
    kinds: tuple[tuple[Term, int], ...]

    @property
    def pages(self) -> int:
        """How many pages the places fill."""
        return max(1, -(-len(self.places) // PAGE))

    @property
    def reach(self) -> int:
        """The last character that is cited; 0 where nothing is cited by characters."""
        return max((place.end or 0 for place in self.places), default=0)

    def page(self, number: int) -> Sequence[Place]:
        """Return the places of a page; the first is 1."""
        return self.places[(number - 1) * PAGE : number * PAGE]


class Extracts:
    """What the sources of a release say; the order of the last few that were asked is remembered."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: OrderedDict[str, Contents] = OrderedDict()
        self._sources: frozenset[str] | None = None

    def has(self, iri: str) -> bool:
        """Tell whether there is a source of this IRI."""
        if self._sources is None:
            self._sources = frozenset(row["source"].value for row in rows(self._store, _SOURCES))
        return iri in self._sources

    def contents(self, iri: str) -> Contents:
        """Return what is taken from a source, in two queries when it is first asked."""
        known = self._known.get(iri)
        if known is None:
            known = self._known[iri] = _contents(self._store, iri)
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return known

    def extracts(self, places: Iterable[Place]) -> tuple[Extract, ...]:
        """Return some places with the statements that cite each, in one query."""
        listed = tuple(places)
        if not listed:
            return ()
        found: dict[Term, dict[Term, list[Row]]] = {}
        for row in rows(self._store, _statements(place.evidence for place in listed)):
            found.setdefault(row["evidence"], {}).setdefault(row["statement"], []).append(row)
        return tuple(
            Extract(
                place,
                tuple(_said(term, told) for term, told in sorted(found.get(place.evidence, {}).items())),
            )
            for place in listed
        )


def facts(store: Store, iri: str) -> Mapping[str, tuple[Term, ...]]:
    """Return what is known of a source itself, by property."""
    found: dict[str, list[Term]] = {}
    query = f"SELECT ?p ?o {{ {serialise(Term('iri', iri))} ?p ?o }} ORDER BY ?p ?o"
    for row in rows(store, query):
        found.setdefault(row["p"].value, []).append(row["o"])
    return {name: tuple(values) for name, values in found.items()}


def _contents(store: Store, iri: str) -> Contents:
    source = serialise(Term("iri", iri))
    told: dict[Term, dict[str, Term]] = {}
    places = f"""SELECT ?evidence ?p ?o {{
      ?evidence aca:inSource {source} ; ?p ?o FILTER(?p IN ({_PLACED}))
    }}"""
    for row in rows(store, places):
        told.setdefault(row["evidence"], {})[row["p"].value] = row["o"]
    kinds = rows(
        store,
        f"""SELECT ?class (COUNT(*) AS ?n) {{
          {{ SELECT DISTINCT ?statement {{ ?evidence aca:inSource {source} . ?statement aca:evidence ?evidence }} }}
          ?statement a ?class
        }} GROUP BY ?class ORDER BY DESC(?n) ?class""",
    )
    return Contents(
        tuple(sorted((_place(evidence, said) for evidence, said in told.items()), key=_order)),
        tuple((row["class"], int(row["n"].value)) for row in kinds),
    )


def _place(evidence: Term, said: Mapping[str, Term]) -> Place:
    def text(name: str) -> str:
        value = said.get(ACA + name)
        return value.value if value else ""

    start, end = text("startOffset"), text("endOffset")
    return Place(
        evidence,
        int(start) if start.isdigit() else None,
        int(end) if end.isdigit() else None,
        text("recordId"),
        text("pageAddress"),
        said.get(ACA + "exactQuote"),
    )


def _order(place: Place) -> tuple[object, ...]:
    """Sort by characters, then by record with its numbers as numbers, then by page."""
    return (
        place.start is None,
        place.start or 0,
        place.end or 0,
        [(not part.isdigit(), _number(part), part) for part in _DIGITS.split(place.record)],
        place.page,
        place.evidence,
    )


def _number(part: str) -> int:
    return int(part) if part.isascii() and part.isdigit() and len(part) < _LONGEST_NUMBER else 0


def _statements(evidence: Iterable[Term]) -> str:
    listed = " ".join(map(serialise, evidence))
    return f"""SELECT ?evidence ?statement ?type ?about ?description {{
      VALUES ?evidence {{ {listed} }}
      ?statement aca:evidence ?evidence .
      {{ ?statement a ?type }}
      UNION {{ ?statement aca:about|aca:foundingOf|aca:renamingOf ?about }}
      UNION {{ ?statement dcterms:description|<{_SKOS_LABEL}> ?description }}
    }}"""


def _said(term: Term, told: Iterable[Row]) -> Said:
    found: dict[str, set[Term]] = {"type": set(), "about": set(), "description": set()}
    for row in told:
        for name, values in found.items():
            if name in row:
                values.add(row[name])
    about = sorted(found["about"], key=lambda thing: (_rank(thing), thing))
    return Said(term, tuple(sorted(found["type"])), tuple(about), tuple(sorted(found["description"])))


def _rank(thing: Term) -> int:
    kind = _kind(thing)
    return _HOMES.index(kind) if kind in _HOMES else len(_HOMES)


def _kind(thing: Term) -> str:
    return thing.value.removeprefix(f"{BASE}id/").partition("/")[0]
