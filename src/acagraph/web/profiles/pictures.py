"""The drawings on a thing's page: members over the years, where it is, and what is around it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import accumulate

from acagraph.stores import Term
from acagraph.vocab import ACA, BASE, EXTERNAL
from acagraph.web import charts
from acagraph.web.charts import Chart, CountryValue, Node, Point, Series, Words
from acagraph.web.languages import N_
from acagraph.web.profiles.model import Around, Fact, Origin, Profile
from acagraph.web.profiles.rosters import Roster
from acagraph.web.selection import COUNTED

_METRICS = ("member-count", "company-count", "local-government-count", "other-member-count")
_NARROW = {f"{BASE}scheme/metric/{name}" for name in _METRICS}
# The kinds that a drawing tells apart, by the path of a thing.
_KINDS = {
    "coalition": "coalition",
    "place": "place",
    "person": "person",
    "event": "event",
    "document": "document",
}
_MOST = 60
_PUBLISHER = Term("iri", EXTERNAL["dcterms"] + "publisher")
# How what a source's statements are about is tied to it.
ABOUT = ACA + "about"
# Properties of other vocabularies, which have no name in the data.
_FOREIGN = {
    f"{EXTERNAL['dcterms']}source": N_("Taken from"),
    f"{EXTERNAL['dcterms']}publisher": N_("Publisher"),
}


def members_over_time(
    profile: Profile, roster: Roster | None, names: Mapping[str, str], words: Words
) -> Chart | None:
    """Draw how many members the sources state, by year, and how many of the dated memberships had begun.

    None where neither is known for two years.
    """
    series = [_stated(fact, _name(fact.name, names)) for fact in profile.facts if fact.name.value in _NARROW]
    if roster is not None and (begun := _begun(roster)):
        series.append(Series(words.say("Memberships begun, as far as the date is known"), begun))
    series = [one for one in series if one.points]
    if len({year for one in series for year, _ in one.points}) < 2:
        return None
    title = words.say("Membership over time")
    note = words.say(
        "What sources state for a year, the last of it, but no bounds such as “at least”; years that no "
        "source tells of stay empty. "
        "Memberships begun are counted from the first, also those that have ended."
    )
    return charts.steps(series, title=title, note=note, words=words)


def members_by_country(
    roster: Roster,
    codes: Mapping[str, str],
    names: Mapping[str, str],
    href: Callable[[Term], str],
    words: Words,
) -> Chart | None:
    """Draw how many members of a coalition each country has; None where they are in fewer than two.

    `codes` are the ISO codes of countries by IRI. Members that are suspended or have left are left out.
    """
    values = [
        CountryValue(codes[term.value], _name(term, names), number, href(term))
        for term, number in roster.whereabouts.items()
        if term is not None and term.value in codes
    ]
    if len(values) < 2:
        return None
    note = words.say("Current members that the sources name, by country. Country not known: %s.")
    return charts.world(
        values,
        title=words.say("Members by country"),
        note=note % words.number(roster.whereabouts.get(None, 0)),
        unit=words.say("Members"),
        words=words,
    )


def whereabouts(
    profile: Profile, names: Mapping[str, str], href: Callable[[Term], str], words: Words
) -> Chart | None:
    """Draw the country of a thing, with its place if that is known; None without a country."""
    if profile.country is None:
        return None
    term, alpha2 = profile.country
    points = [Point(*profile.position, _name(profile.term, names))] if profile.position else []
    return charts.country(
        alpha2,
        title=words.say("Where it is"),
        name=_name(term, names),
        href=href(term),
        points=points,
        words=words,
    )


def surroundings(
    profile: Profile, names: Mapping[str, str], href: Callable[[Term], str], words: Words
) -> Chart | None:
    """Draw what a thing is tied to; None where that is nothing."""
    around = [
        Node(_name(n.term, names), _kind(n.term), _relation(n.relation, names, words), href(n.term))
        for n in profile.neighbours[:_MOST]
    ]
    if not around:
        return None
    centre = Node(_name(profile.term, names), _kind(profile.term))
    title = words.say("Neighbourhood")
    return charts.neighbourhood(centre, around, title=title, note="", words=words)


def spoken_of(
    origin: Origin, around: Around, names: Mapping[str, str], href: Callable[[Term], str], words: Words
) -> Chart | None:
    """Draw who published a source and what most of its statements are about; None where that is nothing."""
    told = dict(around.subjects)
    ties = [(term, _PUBLISHER) for term in origin.publishers]
    ties += [(term, Term("iri", ABOUT)) for term in told if term not in origin.publishers]
    nodes = [
        Node(_name(term, names), _kind(term), _relation(tie, names, words), href(term), told.get(term))
        for term, tie in ties
    ]
    if not nodes:
        return None
    note = words.say("The number is how many statements of the source are about a thing.")
    if around.more:
        note += " " + words.say("Other things have as many as the last of these, or fewer.")
    centre = Node(_name(origin.term, names), "source")
    title, counted = words.say("Neighbourhood"), words.say("Statements")
    return charts.neighbourhood(centre, nodes, title=title, note=note, counted=counted, words=words)


def _stated(fact: Fact, name: str) -> Series:
    """Return the newest number of each year, without bounds; entries come newest first."""
    found: dict[int, float] = {}
    for entry in fact.entries:
        value, year = entry.value, entry.day[:4]
        counted = value.qualifier is None or value.qualifier.value in COUNTED
        if value.number and counted and year.isdigit():
            found.setdefault(int(year), float(value.number))
    return Series(name, tuple(sorted(found.items())))


def _begun(roster: Roster) -> tuple[tuple[int, float], ...]:
    years = {int(year): number for year, number in roster.years.items() if year.isdigit()}
    if not years:
        return ()
    span = range(min(years), max(years) + 1)
    return tuple(zip(span, accumulate(years.get(year, 0) for year in span), strict=True))


def _kind(term: Term) -> str:
    return _KINDS.get(term.value.removeprefix(f"{BASE}id/").partition("/")[0], "agent")


def _relation(term: Term, names: Mapping[str, str], words: Words) -> str:
    foreign = words.say(_FOREIGN[term.value]) if term.value in _FOREIGN else ""
    return foreign[:1].lower() + foreign[1:] or _name(term, names)


def _name(term: Term, names: Mapping[str, str]) -> str:
    return names.get(term.value, term.short)
