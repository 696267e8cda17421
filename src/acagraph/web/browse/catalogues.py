"""The four lists: what their rows are narrowed by, and what stands in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from acagraph.stores import Row, Table, Term
from acagraph.vocab import ACA, BASE, XSD
from acagraph.web.browse.narrowing import Catalogue
from acagraph.web.browse.survey import Actor, Coalition, Commitment, Country, Survey
from acagraph.web.languages import N_

COALITIONS, COUNTRIES, MEMBERS, COMMITMENTS = "coalitions", "countries", "members", "commitments"
_PLACE, _COALITION = f"{BASE}id/place/", f"{BASE}id/coalition/"


@dataclass(frozen=True)
class Kind:
    """A list: its title and lead, how it is made, what a row names, and the columns of its CSV."""

    name: str
    title: str
    lead: str
    make: Callable[[Survey], Catalogue[Any]]
    names: Callable[[Any], Iterable[str]]
    columns: tuple[str, ...]
    cells: Callable[[Any, Mapping[str, str]], tuple[str, ...]]


def value_of(iri: str) -> str:
    """Return what a class, a country or a coalition is called in a query string."""
    return iri.removeprefix(ACA).removeprefix(_PLACE).removeprefix(_COALITION)


def iri_of(facet: str, value: str) -> str:
    """Return the IRI that a value of a query string stands for; a year is none."""
    beginnings = {"kind": ACA, "country": _PLACE, "coalition": _COALITION}
    return beginnings[facet] + value if facet in beginnings else ""


def table(kind: Kind, items: Iterable[Any], labels: Mapping[str, str]) -> Table:
    """Return a list as a table; several values stand in one cell, parted by a bar."""
    rows = tuple(
        Row(
            kind.columns,
            {name: _term(name, text) for name, text in zip(kind.columns, cells, strict=True) if text},
        )
        for cells in (kind.cells(item, labels) for item in items)
    )
    return Table(kind.columns, rows, len(rows))


def _term(name: str, text: str) -> Term:
    number = name in ("year", "members", "commitments", "net_zero_year")
    return Term("literal", text, datatype=XSD + "integer" if number else "")


def _values(iris: Iterable[str]) -> tuple[str, ...]:
    return tuple(value_of(iri) for iri in iris)


def _joined(iris: Iterable[str]) -> str:
    return "|".join(iris)


def _named(iris: Iterable[str], labels: Mapping[str, str]) -> str:
    return "|".join(labels.get(iri, value_of(iri)) for iri in iris)


def _members(survey: Survey) -> Catalogue[Actor]:
    return Catalogue(
        survey.members,
        {
            "kind": lambda one: _values(one.kinds),
            "country": lambda one: _values(one.countries),
            "coalition": lambda one: _values(one.coalitions),
        },
    )


def _commitments(survey: Survey) -> Catalogue[Commitment]:
    return Catalogue(
        survey.commitments,
        {
            "kind": lambda one: _values(one.kinds),
            "country": lambda one: _values(one.actor.countries),
            "coalition": lambda one: _values(one.actor.coalitions),
            "year": lambda one: () if one.year is None else (str(one.year),),
        },
    )


def _coalitions(survey: Survey) -> Catalogue[Coalition]:
    return Catalogue(
        survey.coalitions,
        {
            "kind": lambda one: _values(one.actor.kinds),
            "country": lambda one: _values(one.actor.countries),
            "year": lambda one: (one.date[:4],) if one.date else (),
        },
    )


def _countries(survey: Survey) -> Catalogue[Country]:
    return Catalogue(
        survey.countries,
        {
            "coalition": lambda one: _values(one.coalitions),
            "year": lambda one: () if one.net_zero is None else (str(one.net_zero),),
        },
    )


def _member_cells(one: Actor, labels: Mapping[str, str]) -> tuple[str, ...]:
    return (
        one.iri,
        one.name,
        _joined(_values(one.kinds)),
        _joined(one.countries),
        _named(one.countries, labels),
        _joined(one.coalitions),
        _named(one.coalitions, labels),
    )


def _commitment_cells(one: Commitment, labels: Mapping[str, str]) -> tuple[str, ...]:
    return (
        one.iri,
        one.actor.iri,
        one.actor.name,
        _joined(_values(one.kinds)),
        "" if one.year is None else str(one.year),
        _joined(one.actor.countries),
        _named(one.actor.countries, labels),
    )


def _coalition_cells(one: Coalition, labels: Mapping[str, str]) -> tuple[str, ...]:
    return (
        one.actor.iri,
        one.actor.name,
        _joined(_values(one.actor.kinds)),
        _joined(one.actor.countries),
        _named(one.actor.countries, labels),
        one.date,
        str(one.members) if one.members else "",
    )


def _country_cells(one: Country, labels: Mapping[str, str]) -> tuple[str, ...]:
    return (
        one.iri,
        one.code,
        one.name,
        str(one.members),
        str(one.commitments),
        "" if one.net_zero is None else str(one.net_zero),
        _joined(one.coalitions),
        _named(one.coalitions, labels),
    )


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            COALITIONS,
            N_("Coalitions"),
            N_("The alliances for climate action that the sources tell of."),
            _coalitions,
            lambda one: (one.actor.iri, *one.actor.kinds, *one.actor.countries),
            ("coalition", "coalition_name", "kind", "country", "country_name", "date", "members"),
            _coalition_cells,
        ),
        Kind(
            COUNTRIES,
            N_("Countries"),
            N_("What the sources tell of each country: members, commitments, and net zero."),
            _countries,
            lambda one: (one.iri, *one.coalitions),
            (
                "country",
                "code",
                "country_name",
                "members",
                "commitments",
                "net_zero_year",
                "coalition",
                "coalition_name",
            ),
            _country_cells,
        ),
        Kind(
            MEMBERS,
            N_("Members"),
            N_("Everyone who is a member of a coalition as far as the newest source tells."),
            _members,
            lambda one: (one.iri, *one.kinds, *one.countries, *one.coalitions),
            ("member", "member_name", "kind", "country", "country_name", "coalition", "coalition_name"),
            _member_cells,
        ),
        Kind(
            COMMITMENTS,
            N_("Commitments"),
            N_("What members, governments and companies promise; what a later promise replaces is left out."),
            _commitments,
            lambda one: (one.actor.iri, *one.kinds, *one.actor.countries),
            ("commitment", "agent", "agent_name", "kind", "year", "country", "country_name"),
            _commitment_cells,
        ),
    )
}
