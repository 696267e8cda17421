"""The beginning of what there is to say about a thing: as much as a page shows, and how much there is."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from acagraph.queries.binding import serialise
from acagraph.queries.description import DATED
from acagraph.stores import Limits, Row, Store, Term, rows
from acagraph.vocab import ACA, BASE

Triple = tuple[Term, Term, Term]
_Key = TypeVar("_Key", bound=Hashable)
EVIDENCE = ACA + "evidence"
_SOURCE = ACA + "inSource"
_ABOUT = ACA + "about"


@dataclass(frozen=True)
class Caps:
    """How much a page shows, in numbers of what is named; whatever more there is, it says.

    Statements are counted by their kinds as long as there are not more than `countable`; else, so that a page
    needs no minute, by the property with which they name the thing.
    """

    values: int = 100
    statements: int = 100
    evidence: int = 10
    countable: int = 20_000
    rows: int = 500


@dataclass(frozen=True)
class Group:
    """Statements about the thing that are of the same classes, or name it with the same property."""

    terms: frozenset[Term]
    total: int
    shown: tuple[Term, ...]


@dataclass(frozen=True)
class Excerpt:
    """Triples about a thing; `totals` counts the values of a subject's property where some are left out."""

    triples: tuple[Triple, ...]
    totals: Mapping[tuple[Term, str], int]
    groups: tuple[Group, ...] = ()


def excerpt(store: Store, iri: str, caps: Caps, *, limits: Limits | None = None) -> Excerpt:
    """Return the beginning of the description of a thing; without left-out values it is the description.

    The number of queries depends on the caps and the ontology, not on how much there is.
    """
    asked = _Asked(store, caps, limits)
    thing = Term("iri", iri)
    triples, totals = asked.values([thing])
    groups = asked.groups(thing) if iri.startswith(f"{BASE}id/") else ()
    told, more = asked.values(sorted({term for group in groups for term in group.shown} - {thing}))
    triples, totals = triples + told, totals | more
    evidence = {o for _, p, o in triples if p.value == EVIDENCE and o.kind == "iri"} - {thing}
    told, more = asked.values(sorted(evidence))
    triples, totals = triples + told, totals | more
    sources = {o for _, p, o in triples if p.value == _SOURCE} - {thing}
    return Excerpt(tuple(sorted({*triples, *asked.dated(sorted(sources))})), totals, groups)


@dataclass(frozen=True)
class _Asked:
    """The queries of an excerpt."""

    store: Store
    caps: Caps
    limits: Limits | None

    def rows(self, query: str) -> Sequence[Row]:
        return rows(self.store, query, limits=self.limits)

    def values(self, subjects: Sequence[Term]) -> tuple[list[Triple], dict[tuple[Term, str], int]]:
        """Return the triples of some subjects, of each property the first values, and how many there are."""
        if not subjects:
            return [], {}
        within = f"VALUES ?s {{ {' '.join(map(serialise, subjects))} }} ?s ?p ?o"
        most = f"IF(?p = <{EVIDENCE}>, {self.caps.evidence}, {self.caps.values})"
        counted = f"SELECT ?s ?p (COUNT(?o) AS ?n) {{ {within} }} GROUP BY ?s ?p"
        large = self.rows(f"{counted} HAVING(COUNT(?o) > {most})")
        cut = {(row["s"], row["p"]): int(row["n"].value) for row in large}
        properties = ", ".join(sorted({serialise(p) for _, p in cut}))
        parts = [f"{{ {within} {f'FILTER(?p NOT IN ({properties}))' if cut else ''} }}"]
        for p in sorted({p for _, p in cut}):
            small = [s for s in subjects if (s, p) not in cut]
            if small:
                parts.append(f"{{ {_pairs(small, p)} ?s ?p ?o }}")
        for s, p in sorted(cut):
            # By text and not by value: the engine breaks off where values have no order among them.
            first = (
                f"SELECT ?o {{ {serialise(s)} {serialise(p)} ?o }} "
                f"ORDER BY STR(?o) LANG(?o) LIMIT {self._most(p)}"
            )
            parts.append(f"{{ {{ {first} }} {_pairs([s], p)} }}")
        found = self.rows(f"SELECT ?s ?p ?o {{ {' UNION '.join(parts)} }}")
        totals = {(s, p.value): number for (s, p), number in cut.items()}
        return [(row["s"], row["p"], row["o"]) for row in found], totals

    def groups(self, thing: Term) -> tuple[Group, ...]:
        """Return the statements about a thing, the first of each group."""
        links = self._links(thing)
        if sum(number for link, number in links.items() if link.value != _ABOUT) <= self.caps.countable:
            return self._by_kind(thing, links)
        named = {link: number for link, number in links.items() if link.value != _ABOUT}
        given = _allot(named, self.caps.statements)
        found = []
        for link, number in sorted(named.items()):
            query = f"SELECT ?s {{ ?s {serialise(link)} {serialise(thing)} }} ORDER BY ?s LIMIT {given[link]}"
            shown = sorted(row["s"] for row in self.rows(query))
            found.append(Group(frozenset([link]), number, tuple(shown)))
        return tuple(found)

    def dated(self, sources: Sequence[Term]) -> list[Triple]:
        """Return the names and dates of sources."""
        if not sources:
            return []
        values = " ".join(map(serialise, sources))
        found = self.rows(f"SELECT ?s ?p ?o {{ VALUES ?s {{ {values} }} ?s ?p ?o FILTER(?p IN ({DATED})) }}")
        return [(row["s"], row["p"], row["o"]) for row in found]

    def _links(self, thing: Term) -> dict[Term, int]:
        """Count the statements about a thing by the property that names it.

        The first subject tells for all of a property: its domain is statements, or things that are not.
        """
        name = serialise(thing)
        numbers = {
            row["link"]: int(row["n"].value)
            for row in self.rows(f"SELECT ?link (COUNT(?s) AS ?n) {{ ?s ?link {name} }} GROUP BY ?link")
        }
        parts = [
            f"{{ {{ SELECT * {{ VALUES ?link {{ {serialise(link)} }} ?s ?link {name} }} LIMIT 1 }}"
            f" FILTER EXISTS {{ ?s <{EVIDENCE}> ?any }} }}"
            for link in sorted(numbers)
        ]
        told = self.rows(f"SELECT ?link {{ {' UNION '.join(parts)} }}") if parts else ()
        return {row["link"]: numbers[row["link"]] for row in told}

    def _by_kind(self, thing: Term, links: Iterable[Term]) -> tuple[Group, ...]:
        about = f"VALUES ?link {{ {' '.join(map(serialise, links))} }} ?s ?link {serialise(thing)}"
        query = f"""SELECT ?types (COUNT(?s) AS ?n) (GROUP_CONCAT(STR(?s)) AS ?all) {{
          {{ SELECT ?s (GROUP_CONCAT(STR(?class)) AS ?types)
            {{ {{ SELECT DISTINCT ?s {{ {about} }} }} ?s a ?class }} GROUP BY ?s }}
        }} GROUP BY ?types"""
        found: dict[frozenset[Term], list[str]] = {}
        for row in self.rows(query):
            kinds = frozenset(Term("iri", name) for name in row["types"].value.split())
            found.setdefault(kinds, []).extend(row["all"].value.split())
        given = _allot({kinds: len(names) for kinds, names in found.items()}, self.caps.statements)
        return tuple(
            Group(kinds, len(names), tuple(Term("iri", name) for name in sorted(names)[: given[kinds]]))
            for kinds, names in sorted(found.items(), key=lambda item: sorted(item[0]))
        )

    def _most(self, name: Term) -> int:
        return self.caps.evidence if name.value == EVIDENCE else self.caps.values


def _pairs(subjects: Iterable[Term], name: Term) -> str:
    return f"VALUES ?s {{ {' '.join(map(serialise, subjects))} }} VALUES ?p {{ {serialise(name)} }}"


def _allot(totals: Mapping[_Key, int], most: int) -> dict[_Key, int]:
    """Share out places: the small groups have what they need, the large ones the rest in equal parts.

    Each has one at least.
    """
    given = {}
    left = most
    for done, (name, number) in enumerate(sorted(totals.items(), key=lambda item: item[1])):
        given[name] = max(1, min(number, left // (len(totals) - done)))
        left = max(0, left - given[name])
    return given
