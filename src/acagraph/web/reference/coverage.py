"""What is known of each coalition, and what is missing: counted in the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from acagraph.stores import Row, Store, Term, rows
from acagraph.vocab import BASE

_COALITIONS = f"""SELECT ?coalition (MIN(?year) AS ?founded) (MIN(?place) AS ?country) {{
  ?coalition a aca:Coalition FILTER(STRSTARTS(STR(?coalition), "{BASE}id/coalition/"))
  OPTIONAL {{ ?coalition aca:foundedYear ?year }}
  OPTIONAL {{ ?coalition aca:country ?place }}
}} GROUP BY ?coalition ORDER BY ?coalition"""
_MEMBERS = """SELECT ?coalition (COUNT(DISTINCT ?member) AS ?n) {
  ?member aca:hasBeenMemberOf ?coalition
} GROUP BY ?coalition"""
_DATED = """SELECT ?coalition (COUNT(DISTINCT ?member) AS ?n) {
  ?membership aca:inCoalition ?coalition ; a aca:Membership ; aca:participant ?member ; aca:startText ?date
} GROUP BY ?coalition"""
_STATED = """SELECT ?coalition ?value ?qualifier ?date {
  ?figure a aca:LatestFigure ; aca:metric metric:member-count .
  ?figure aca:figureSubject ?coalition ; aca:value ?value
  OPTIONAL { ?figure aca:qualifier ?qualifier }
  OPTIONAL { ?figure aca:asOfText ?date }
} ORDER BY ?coalition DESC(?date) DESC(?value)"""
_PROMISING = """SELECT ?coalition (COUNT(DISTINCT ?member) AS ?n) {
  ?commitment aca:committedBy ?member . ?member aca:hasBeenMemberOf ?coalition
} GROUP BY ?coalition"""
_SOURCES = """SELECT ?coalition (COUNT(DISTINCT ?source) AS ?n) {
  ?coalition a aca:Coalition .
  ?statement aca:inCoalition|aca:figureSubject|aca:relationSubject|aca:foundingOf|aca:committedBy ?coalition ;
    aca:statedIn ?source
} GROUP BY ?coalition"""


@dataclass(frozen=True)
class Covered:
    """What is known of a coalition; None is what no source here tells.

    `named` are members that the data names, `dated` those of them with the date of joining, `promising` those
    with a commitment. `stated` is the newest number of members that a source gives, `stated_date` its date.
    """

    coalition: Term
    founded: int | None
    country: Term | None
    named: int
    dated: int
    promising: int
    stated: int | None
    stated_date: str
    sources: int


def covered(store: Store) -> tuple[Covered, ...]:
    """Return what is known of each coalition, by IRI, in six queries."""
    members, dated, promising, sources = (
        _counts(store, query) for query in (_MEMBERS, _DATED, _PROMISING, _SOURCES)
    )
    stated: dict[Term, Row] = {}
    for row in rows(store, _STATED):
        stated.setdefault(row["coalition"], row)
    found = []
    for row in rows(store, _COALITIONS):
        coalition = row["coalition"]
        newest = stated.get(coalition)
        found.append(
            Covered(
                coalition,
                _whole(row.get("founded")),
                row.get("country"),
                members.get(coalition, 0),
                dated.get(coalition, 0),
                promising.get(coalition, 0),
                _whole(newest["value"]) if newest else None,
                newest["date"].value if newest and "date" in newest else "",
                sources.get(coalition, 0),
            )
        )
    return tuple(found)


def _counts(store: Store, query: str) -> Mapping[Term, int]:
    return {row["coalition"]: int(row["n"].value) for row in rows(store, query)}


def _whole(value: Term | None) -> int | None:
    try:
        return None if value is None else int(float(value.value))
    except (ValueError, OverflowError):
        return None
