"""What a source says: every piece of evidence in it, in its order, with the statements that cite it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from acagraph.queries.binding import serialise
from acagraph.stores import UNLIMITED, Row, Store, Term, rows
from acagraph.vocab import ACA, BASE, EXTERNAL
from acagraph.web.recent import Recent

# Pieces of evidence on a page; a record of a register bears five statements or so.
PAGE = 60
_KEPT = 8
_SOURCES = "SELECT ?source { ?source a aca:Source } ORDER BY ?source"
_PLACED = ", ".join(
    f"aca:{name}"
    for name in ("inSource", "startOffset", "endOffset", "recordId", "pageAddress", "exactQuote")
)
Order = tuple[object, ...]
_DIGITS = re.compile(r"(\d+)")
_LONGEST_NUMBER = 18
_SKOS_LABEL = EXTERNAL["skos"] + "prefLabel"
# A statement stands on the page of what has the first of these roles in it; an event has a page of its own.
_ROLES = (
    *("participant", "figureSubject", "relationSubject", "committedBy", "nameOf", "holder", "speaker"),
    *("contributionOf", "noTargetOf", "absentAgent"),
)
_EVENT = f"{BASE}id/event/"
# What else a statement is put into words with.
_DETAILS = (
    *("inCoalition", "relationProperty", "relationObject", "relationText", "metric", "qualifier", "value"),
    *("unit", "name", "reductionPercent", "targetYear", "startText", "positionTitle"),
)
_OTHERS = ("about", "foundingOf", "renamingOf")
# By which a statement is on the page of a thing.
SUBJECTS = frozenset(ACA + role for role in (*_ROLES, *_OTHERS))


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
    """A statement or event; `home` is the thing on whose page it stands, the first in `about`."""

    term: Term
    types: tuple[Term, ...]
    about: tuple[Term, ...]
    descriptions: tuple[Term, ...]
    details: Mapping[str, tuple[Term, ...]]

    @property
    def home(self) -> Term:
        """The thing on whose page the statement is shown; an event's own."""
        return self.about[0] if self.about and not self.term.value.startswith(_EVENT) else self.term

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
        self._known = Recent[str, Contents](_KEPT)
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
            known = _contents(self._store, iri)
            self._known.put(iri, known)
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
                tuple(said(term, told) for term, told in sorted(found.get(place.evidence, {}).items())),
            )
            for place in listed
        )


def told_of(store: Store, iri: str) -> tuple[Said, ...]:
    """Return the statements about a source itself, which stand on its page and nowhere else."""
    # Not a filter: it would look at all that cites a source.
    roles = " ".join(f"aca:{role}" for role in (*_ROLES, *_OTHERS))
    which = f"""{{ SELECT DISTINCT ?statement {{
        VALUES ?is {{ {roles} }} ?statement ?is {serialise(Term("iri", iri))}
      }} ORDER BY ?statement LIMIT {PAGE} }}"""
    known: dict[Term, list[Row]] = {}
    for row in rows(store, _told(which)):
        known.setdefault(row["statement"], []).append(row)
    stated = (said(term, told) for term, told in sorted(known.items()))
    return tuple(one for one in stated if one.home.value == iri)


def facts(store: Store, iri: str) -> Mapping[str, tuple[Term, ...]]:
    """Return what is known of a source itself, by property."""
    found: dict[str, list[Term]] = {}
    query = f"SELECT ?p ?o {{ {serialise(Term('iri', iri))} ?p ?o }} ORDER BY ?p ?o"
    for row in rows(store, query):
        found.setdefault(row["p"].value, []).append(row["o"])
    return {name: tuple(values) for name, values in found.items()}


def places(store: Store, which: str) -> Iterable[tuple[Term, Place]]:
    """Return where each piece of evidence stands that a pattern finds as ?evidence, with its source."""
    told: dict[Term, dict[str, Term]] = {}
    query = f"SELECT ?evidence ?p ?o {{ {which} . ?evidence ?p ?o FILTER(?p IN ({_PLACED})) }}"
    for row in rows(store, query, limits=UNLIMITED):
        told.setdefault(row["evidence"], {})[row["p"].value] = row["o"]
    for evidence, about in told.items():
        if ACA + "inSource" in about:
            yield about[ACA + "inSource"], place(evidence, about)


def _contents(store: Store, iri: str) -> Contents:
    source = serialise(Term("iri", iri))
    kinds = rows(
        store,
        f"""SELECT ?class (COUNT(*) AS ?n) {{
          {{ SELECT DISTINCT ?statement {{
            ?evidence aca:inSource {source} . ?statement aca:evidence ?evidence
          }} }}
          ?statement a ?class
        }} GROUP BY ?class ORDER BY DESC(?n) ?class""",
    )
    return Contents(
        tuple(sorted((found for _, found in places(store, f"?evidence aca:inSource {source}")), key=order)),
        tuple((row["class"], int(row["n"].value)) for row in kinds),
    )


def place(evidence: Term, said: Mapping[str, Term]) -> Place:
    """Return where a piece of evidence stands, of what is said of it by property."""

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


def order(place: Place) -> Order:
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
    return _told(f"VALUES ?evidence {{ {listed} }} ?statement aca:evidence ?evidence .")


def _told(which: str) -> str:
    """Return the query for what puts statements into words."""
    roles = ", ".join(f"aca:{role}" for role in (*_ROLES, *_DETAILS, *_OTHERS))
    return f"""SELECT ?evidence ?statement ?type ?role ?value ?description {{
      {which}
      {{ ?statement a ?type FILTER(?type NOT IN (aca:Statement, aca:LatestFigure)) }}
      UNION {{ ?statement ?role ?value FILTER(?role IN ({roles})) }}
      UNION {{ ?statement dcterms:description|<{_SKOS_LABEL}> ?description }}
    }}"""


def said(term: Term, told: Iterable[Row]) -> Said:
    """Return a statement of rows with its types, its roles and what is said of it."""
    types, descriptions = set[Term](), set[Term]()
    about: dict[Term, int] = {}
    details: dict[str, set[Term]] = {}
    for row in told:
        types |= {row["type"]} if "type" in row else set()
        descriptions |= {row["description"]} if "description" in row else set()
        if "role" not in row:
            continue
        role, value = row["role"].value.removeprefix(ACA), row["value"]
        if role in _DETAILS:
            details.setdefault(role, set()).add(value)
        elif value.kind == "iri":
            rank = _ROLES.index(role) if role in _ROLES else len(_ROLES)
            about[value] = min(about.get(value, rank), rank)
    return Said(
        term,
        tuple(sorted(types)),
        tuple(sorted(about, key=lambda thing: (about[thing], thing))),
        tuple(sorted(descriptions)),
        {name: tuple(sorted(values)) for name, values in details.items()},
    )
