"""The charts of the first page: countries on the map, coalitions in time, commitments by year."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from acagraph.stores import Term
from acagraph.web import charts
from acagraph.web.browse.survey import CHAPTER, Country, Survey
from acagraph.web.charts import Bar, Chart, CountryValue, Moment, Words
from acagraph.web.labels import Label
from acagraph.web.languages import N_

MEMBERS, COMMITMENTS, NET_ZERO = "members", "commitments", "net-zero"
# The maps of the first page, with what the switch calls them; the first needs no name in the address.
MAPS = {
    MEMBERS: N_("Members"),
    COMMITMENTS: N_("Commitments"),
    NET_ZERO: N_("Net-zero year"),
}
_FIRST, _LAST = 2015, 2060


@dataclass(frozen=True)
class Manner:
    """How a page says things: its words, how it writes dates, names of things, and where their pages are."""

    words: Words
    date: Callable[[str], str]
    labels: Mapping[str, Label]
    href: Callable[[Term], str]

    def name(self, iri: str, otherwise: str) -> str:
        """Return the name of a thing in the page's language, as far as it has one."""
        return self.labels.get(iri, otherwise)

    def address(self, iri: str) -> str:
        """Return the address of a thing's page."""
        return self.href(Term("iri", iri))


def on_map(survey: Survey, subject: str, manner: Manner) -> Chart:
    """Return one of the maps, which `subject` names."""
    return {MEMBERS: _members, COMMITMENTS: _commitments, NET_ZERO: _net_zero}[subject](survey, manner)


def launches(survey: Survey, manner: Manner) -> Chart:
    """Return the coalitions by the date of their founding, chapters left out."""
    say = manner.words.say
    moments = [
        Moment(
            coalition.first[:10] if coalition.date else "",
            manner.name(coalition.actor.iri, coalition.actor.name),
            manner.address(coalition.actor.iri),
            shown=manner.date(coalition.date),
        )
        for coalition in survey.coalitions
        if CHAPTER not in coalition.actor.kinds
    ]
    note = say(
        "When each coalition was founded; where no source tells that, when its declaration was signed."
    )
    return charts.timeline(moments, title=say("Coalitions by launch"), note=note, words=manner.words)


def by_year(survey: Survey, manner: Manner) -> Chart:
    """Return the commitments by target year; the few years before and after stand in one bar each."""
    words, say = manner.words, manner.words.say
    counts: dict[int, list[int]] = {year: [0, 0] for year in range(_FIRST - 1, _LAST + 2)}
    for year, parts in survey.years.items():
        if year is not None:
            held = counts[min(max(year, _FIRST - 1), _LAST + 1)]
            held[:] = [before + more for before, more in zip(held, parts, strict=True)]
    first = min((year for year, parts in counts.items() if any(parts)), default=_FIRST)
    last = max((year for year, parts in counts.items() if any(parts)), default=_FIRST - 1)
    labels = {_FIRST - 1: f"< {_FIRST}", _LAST + 1: f"> {_LAST}"}
    bars = [
        Bar(labels.get(year, str(year)), value, series=series)
        for year in range(first, last + 1)
        for value, series in zip(counts[year], (say("To net zero"), say("Others")), strict=True)
    ]
    unknown = sum(survey.years.get(None, (0, 0)))
    note = say("Commitments that no later one takes the place of. Target year not known: %s.")
    return charts.bars(
        bars,
        title=say("Commitments by target year"),
        note=note % words.number(unknown),
        columns=(say("Year"), say("Kind"), say("Commitments")),
        upright=True,
        words=words,
    )


def _members(survey: Survey, manner: Manner) -> Chart:
    say = manner.words.say
    values = [
        _value(country, country.members or None, manner)
        for country in survey.countries
        if country.members or country.coalitions
    ]
    note = say("Current members that the sources name, by country. Country not known: %s.")
    return charts.world(
        values,
        title=say("Members by country"),
        note=note % manner.words.number(survey.placeless),
        unit=say("Members"),
        unknown=say("a coalition is active, no member is named"),
        words=manner.words,
    )


def _commitments(survey: Survey, manner: Manner) -> Chart:
    say = manner.words.say
    placeless = sum(not found.actor.countries for found in survey.commitments)
    values = [_value(one, one.commitments, manner) for one in survey.countries if one.commitments]
    note = say("Commitments of members, governments and companies, by country. Country not known: %s.")
    return charts.world(
        values,
        title=say("Commitments by country"),
        note=note % manner.words.number(placeless),
        unit=say("Commitments"),
        words=manner.words,
    )


def _net_zero(survey: Survey, manner: Manner) -> Chart:
    say = manner.words.say
    values = [_value(one, one.net_zero, manner) for one in survey.countries if one.promises_net_zero]
    return charts.world(
        values,
        title=say("Net-zero year by country"),
        note=say(
            "The earliest year by which the national government promises net zero; the darker, the sooner."
        ),
        unit=say("Year"),
        unknown=say("promised, the year is not known"),
        years=True,
        words=manner.words,
    )


def _value(country: Country, value: float | None, manner: Manner) -> CountryValue:
    name = manner.name(country.iri, country.name)
    return CountryValue(country.code, name, value, manner.address(country.iri))
