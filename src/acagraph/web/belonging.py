"""To which coalitions things belong, and in which years they joined or have a target: to narrow a search."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from acagraph.dataset import Dataset
from acagraph.errors import ParameterError, Phrase
from acagraph.queries.binding import serialise
from acagraph.queries.lookup import choose
from acagraph.queries.saved import Parameter
from acagraph.queries.values import candidates
from acagraph.stores import Store, Term, rows
from acagraph.vocab import BASE

_COALITION = Parameter("coalition", "coalition", "jci")
_YEAR = Parameter("year", "year", "2030")
_START = f"{BASE}id/coalition/"


@dataclass(frozen=True)
class Belonging:
    """The coalitions of a thing by slug, and the years in which it joined one or has a target."""

    coalitions: tuple[str, ...] = ()
    years: tuple[str, ...] = ()

    def fits(self, coalition: str, year: str) -> bool:
        """Tell whether a thing is in a coalition and a year; an empty one leaves that open."""
        return (not coalition or coalition in self.coalitions) and (not year or year in self.years)


NOTHING = Belonging()


def conditions(dataset: Dataset, *, coalition: str, year: str) -> tuple[str, str]:
    """Return a coalition, given by slug, acronym, name or IRI, as its slug, and a year as it is.

    Raises ParameterError for an unknown one.
    """
    slug = ""
    if coalition:
        wanted = {_COALITION.name: _candidates(dataset.store, coalition)}
        found = choose(dataset.store, [_COALITION], wanted, redirects=dataset.redirects)
        slug = found[_COALITION.name].value.removeprefix(_START)
    return slug, candidates(_YEAR, year)[0].value if year else ""


def _candidates(store: Store, text: str) -> tuple[Term, ...]:
    """Return what a coalition may be: one of this name or acronym, else of this slug or IRI."""
    try:
        found = candidates(_COALITION, text)
    except ParameterError:
        found = ()
    name = serialise(Term("literal", text.casefold()))
    query = f"""SELECT DISTINCT ?coalition {{
      ?coalition a aca:Coalition ; skos:prefLabel|skos:altLabel|aca:acronym ?name
      FILTER(LCASE(STR(?name)) = {name} && STRSTARTS(STR(?coalition), "{_START}"))
    }} ORDER BY ?coalition"""
    named = tuple(row["coalition"] for row in rows(store, query))
    if not (named or found):
        message = Phrase(
            "coalition: there is no coalition {name}; write its name, its acronym or its slug",
            name=repr(text[:50]),
        )
        raise ParameterError(message, parameter=_COALITION.name)
    return (*named, *found)


def belongings(store: Store, iris: Iterable[str]) -> Mapping[str, Belonging]:
    """Return to which coalitions and years each of some things belongs; of the others nothing is known.

    A coalition belongs to itself and to the year in which it was founded.
    """
    listed = " ".join(serialise(Term("iri", iri)) for iri in iris)
    if not listed:
        return {}
    found: dict[str, tuple[set[str], set[str]]] = {}
    query = f"""SELECT ?thing ?coalition ?year {{
      VALUES ?thing {{ {listed} }}
      {{ ?thing aca:hasBeenMemberOf|aca:memberOf ?coalition }}
      UNION {{ ?membership aca:participant ?thing ; aca:startYear ?year }}
      UNION {{ ?commitment aca:committedBy ?thing ; aca:targetYear ?year }}
      UNION {{ ?thing aca:foundedYear ?year }}
    }}"""
    for row in rows(store, query):
        coalitions, years = found.setdefault(row["thing"].value, (set(), set()))
        if "coalition" in row:
            coalitions.add(row["coalition"].value.removeprefix(_START))
        if "year" in row:
            years.add(row["year"].value)
    return {iri: Belonging(tuple(sorted(c)), tuple(sorted(y))) for iri, (c, y) in found.items()}
