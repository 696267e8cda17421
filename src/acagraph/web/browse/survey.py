"""What a release holds, read once: who is in which coalition, what is promised, and in which countries.

A release never changes, and the lists and counts of pages are all of this. It is some thousands of things,
of which a few names and numbers are kept.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from acagraph.stores import UNLIMITED, Store
from acagraph.stores.media import CSV
from acagraph.vocab import ACA, BASE
from acagraph.web.collation import by_letters

NET_ZERO = ACA + "NetZeroTarget"
CHAPTER = ACA + "Chapter"
_PLACES = f"{BASE}id/place/"
# CSV is read four times as fast as JSON, and nothing asked here has two meanings in it. What comes is sorted
# here: the engine takes as long to sort as to find.
_QUERIES = {
    "names": """SELECT ?thing ?name (LANG(?name) AS ?language) {
      { SELECT DISTINCT ?thing {
        { ?thing aca:memberOf ?coalition } UNION { ?commitment aca:committedBy ?thing }
        UNION { ?thing a aca:Coalition } UNION { ?thing aca:iso3166Alpha2 ?code }
      } }
      ?thing skos:prefLabel ?name
    }""",
    "kinds": """SELECT ?thing ?kind {
      { SELECT DISTINCT ?kind { ?kind rdfs:subClassOf+ aca:Agent } } ?thing a ?kind
    }""",
    "places": """SELECT ?thing ?country ?code {
      { ?thing aca:country ?country } UNION { ?thing aca:iso3166Alpha2 ?code }
    }""",
    "parts": """SELECT ?agent ?coalition ?commitment {
      { ?agent aca:memberOf ?coalition }
      UNION { ?commitment aca:committedBy ?agent FILTER NOT EXISTS { ?later aca:supersedes ?commitment } }
    }""",
    "targets": """SELECT ?commitment ?kind ?year {
      { { SELECT DISTINCT ?kind { ?kind rdfs:subClassOf+ aca:Commitment } } ?commitment a ?kind }
      UNION { ?commitment aca:targetYear ?year }
    }""",
    "rest": """SELECT ?coalition ?event ?date ?first ?founding ?source ?government ?country {
      { ?coalition a aca:Coalition }
      UNION {
        { ?event aca:foundingOf ?coalition ; a aca:Founding BIND("1" AS ?founding) }
        UNION { ?event aca:signed ?declaration ; a aca:Signing . ?coalition aca:hasDocument ?declaration ;
          a aca:Coalition BIND("" AS ?founding) }
        OPTIONAL { ?event aca:dateText ?date } OPTIONAL { ?event aca:notBefore ?first }
      }
      UNION { ?country aca:iso3166Alpha2 ?code ; aca:governedBy ?government }
      UNION { ?source a aca:Source }
    }""",
}


@dataclass(frozen=True)
class Actor:
    """A member of coalitions, or one who promises; kinds are the narrowest classes, all are sorted."""

    iri: str
    name: str
    language: str
    kinds: tuple[str, ...]
    countries: tuple[str, ...]
    coalitions: tuple[str, ...]


@dataclass(frozen=True)
class Commitment:
    """A promise that no later one takes the place of."""

    iri: str
    actor: Actor
    kinds: tuple[str, ...]
    year: int | None


@dataclass(frozen=True)
class Coalition:
    """A coalition; `date` is when it was founded or else declared, as a source tells it, or empty."""

    actor: Actor
    date: str
    first: str
    founded: bool
    members: int


@dataclass(frozen=True)
class Country:
    """A country with counts; `net_zero` is the earliest year that its government promises."""

    iri: str
    code: str
    name: str
    members: int
    commitments: int
    net_zero: int | None
    promises_net_zero: bool
    coalitions: tuple[str, ...]


@dataclass(frozen=True)
class Survey:
    """All of it: members and commitments by the actor's name, coalitions by name, countries by name."""

    members: tuple[Actor, ...]
    commitments: tuple[Commitment, ...]
    coalitions: tuple[Coalition, ...]
    countries: tuple[Country, ...]
    sources: int

    @cached_property
    def actors(self) -> int:
        """How many promise something."""
        return len({found.actor.iri for found in self.commitments})

    @cached_property
    def placeless(self) -> int:
        """How many members are of no country that is known."""
        return sum(not member.countries for member in self.members)

    @cached_property
    def years(self) -> Mapping[int | None, tuple[int, int]]:
        """The commitments by target year: those to net zero, and the others."""
        counts: Counter[tuple[int | None, bool]] = Counter(
            (found.year, NET_ZERO in found.kinds) for found in self.commitments
        )
        years = {year for year, _ in counts}
        return {year: (counts[year, True], counts[year, False]) for year in years}


def survey(store: Store, superclasses: Mapping[str, frozenset[str]]) -> Survey:
    """Read a release in a handful of queries; `superclasses` are the proper ones of each class."""
    # One copy of each text: thousands of rows name the same things.
    texts: dict[str, str] = {}
    found = {
        name: [[texts.setdefault(text, text) for text in row] for row in _rows(store, query)]
        for name, query in _QUERIES.items()
    }
    names = _names(found["names"])
    kinds = _grouped((thing, kind) for thing, kind in found["kinds"])
    places = _grouped((thing, country) for thing, country, _ in found["places"] if country)
    codes = {thing: code for thing, _, code in found["places"] if code}
    coalitions = _grouped((agent, coalition) for agent, coalition, _ in found["parts"] if coalition)
    promised = [(commitment, agent) for agent, _, commitment in found["parts"] if commitment]

    def actor(iri: str) -> Actor:
        name, language = names.get(iri, (iri.removeprefix(BASE), ""))
        narrow = _narrowest(kinds.get(iri, ()), superclasses)
        return Actor(iri, name, language, narrow, places.get(iri, ()), coalitions.get(iri, ()))

    actors = {iri: actor(iri) for iri in {*coalitions, *(agent for _, agent in promised)}}
    commitments = _commitments(promised, found["targets"], actors, superclasses)
    members = tuple(sorted((actors[iri] for iri in coalitions), key=_by_name))
    alliances = tuple(_coalitions(found["rest"], actor, members))
    countries = _countries(codes, names, (members, commitments, alliances), found["rest"])
    sources = len({source for *_, source, _, _ in found["rest"] if source})
    return Survey(members, commitments, alliances, countries, sources)


def _rows(store: Store, query: str) -> Iterator[list[str]]:
    body = store.answer(query, accept=CSV.media_type, limits=UNLIMITED, form="SELECT").read()
    lines = csv.reader(io.StringIO(body.decode("utf-8"), newline=""))
    next(lines, None)
    return lines


def _names(rows: Iterable[list[str]]) -> dict[str, tuple[str, str]]:
    """Return names with their languages: English if there is one, else the first."""
    found: dict[str, tuple[bool, str, str]] = {}
    for thing, name, language in rows:
        told = (language != "en", language, name)
        found[thing] = min(told, found.get(thing, told))
    return {thing: (name, language) for thing, (_, language, name) in found.items()}


def _grouped(pairs: Iterable[tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for thing, value in pairs:
        found.setdefault(thing, []).append(value)
    return {thing: tuple(dict.fromkeys(sorted(values))) for thing, values in found.items()}


def _narrowest(kinds: Iterable[str], superclasses: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    given = tuple(kinds)
    implied = {wide for kind in given for wide in superclasses.get(kind, ())}
    return tuple(kind for kind in given if kind not in implied)


def _by_name(actor: Actor) -> tuple[str, str, str]:
    return *by_letters(actor.name), actor.iri


def _commitments(
    promised: Iterable[tuple[str, str]],
    targets: Iterable[list[str]],
    actors: Mapping[str, Actor],
    superclasses: Mapping[str, frozenset[str]],
) -> tuple[Commitment, ...]:
    kinds = _grouped((thing, kind) for thing, kind, _ in targets if kind)
    years: dict[str, int] = {}
    for thing, _, year in targets:
        if year[:4].isdecimal():
            years[thing] = min(int(year[:4]), years.get(thing, 9999))
    made = [
        Commitment(iri, actors[agent], _narrowest(kinds.get(iri, ()), superclasses), years.get(iri))
        for iri, agent in promised
    ]
    return tuple(sorted(made, key=lambda one: (_by_name(one.actor), one.year or 9999, one.iri)))


def _coalitions(
    rows: Iterable[list[str]], actor: Callable[[str], Actor], members: Iterable[Actor]
) -> Iterator[Coalition]:
    sizes = Counter(coalition for member in members for coalition in member.coalitions)
    begun: dict[str, list[tuple[bool, str, str]]] = {}
    for coalition, event, date, first, founding, *_ in rows:
        if coalition.startswith(f"{BASE}id/"):
            told = begun.setdefault(coalition, [])
            if event and date:
                told.append((not founding, first, date))
    for one in sorted((actor(iri) for iri in begun), key=_by_name):
        # A founding comes before a signing, an early one before a later one.
        signed, first, date = min(begun[one.iri], default=(True, "", ""))
        yield Coalition(one, date, first, bool(date) and not signed, sizes[one.iri])


def _countries(
    codes: Mapping[str, str],
    names: Mapping[str, tuple[str, str]],
    counted: tuple[Iterable[Actor], Iterable[Commitment], Iterable[Coalition]],
    rows: Iterable[list[str]],
) -> tuple[Country, ...]:
    members, commitments, coalitions = counted
    governments = {government: country for *_, government, country in rows if government}
    sizes = Counter(country for member in members for country in member.countries)
    promises: Counter[str] = Counter()
    years: dict[str, list[int]] = {}
    for commitment in commitments:
        promises.update(commitment.actor.countries)
        governed = governments.get(commitment.actor.iri)
        if governed is not None and NET_ZERO in commitment.kinds:
            years.setdefault(governed, []).extend([commitment.year] if commitment.year else [])
    active: dict[str, list[str]] = {}
    for coalition in coalitions:
        for country in coalition.actor.countries:
            active.setdefault(country, []).append(coalition.actor.iri)
    made = (
        Country(
            iri,
            code,
            names.get(iri, (iri.removeprefix(_PLACES), ""))[0],
            sizes[iri],
            promises[iri],
            min(years.get(iri, ()), default=None),
            iri in years,
            tuple(active.get(iri, ())),
        )
        for iri, code in codes.items()
    )
    return tuple(sorted(made, key=lambda one: (by_letters(one.name), one.iri)))
