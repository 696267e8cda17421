"""The pages of things that have a page of their own making, and the pages of their members."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request

from acagraph.dataset import Dataset
from acagraph.queries.portrait import Portrait, portrait
from acagraph.stores import Limits, Table, Term
from acagraph.vocab import BASE
from acagraph.web.addresses import language_of
from acagraph.web.charts import Chart, Words
from acagraph.web.pages import Pages
from acagraph.web.profiles import pictures
from acagraph.web.profiles.building import profile
from acagraph.web.profiles.corrections import Corrections
from acagraph.web.profiles.markup import json_ld
from acagraph.web.profiles.model import Profile
from acagraph.web.profiles.rosters import SORTS, Choice, Roster, Rosters
from acagraph.web.profiles.spreadsheet import spreadsheet
from acagraph.web.profiles.statements import Telling
from acagraph.web.profiles.tables import table
from acagraph.web.profiles.testimony import Sources, sources_named
from acagraph.web.recent import Recent

# How many coalitions and countries are remembered: those that many pages are about.
_KEPT = 50
# Each has a template of its name; things of other kinds are shown by their properties.
KINDS = ("coalition", "agent", "place", "person", "event", "document", "statement")


class Entities:
    """Renders pages of things; what many pages need is read once, for a release never changes."""

    def __init__(self, dataset: Dataset, pages: Pages, corrections: Corrections, *, limits: Limits) -> None:
        self._dataset = dataset
        self._pages = pages
        self._limits = limits
        self._sources = Sources(dataset.store, pages.positions, limits)
        self._corrections = corrections
        # Thousands name a coalition or country, and a store in memory walks through them for each property.
        self._portraits = Recent[str, Portrait](_KEPT)

    def page(self, request: Request, iri: str, **values: Any) -> bytes:
        """Return the page of a thing of one of KINDS."""
        roster = self._roster(iri)
        telling = self._telling(iri, keep=roster is not None)
        shown = profile(telling, [roster] if roster else ())
        names = self._names(request, telling.portrait, shown, roster)
        homes = self._pages.homes(telling.portrait.statements_named())
        href, words = self._pages.href(request, homes), self._pages.words(request)
        return self._pages.render(
            request,
            f"{shown.kind}.html",
            view=shown,
            labels=names,
            members=table(roster, Choice(), names, path=_path(iri)) if roster else None,
            partners=roster.partners if roster else (),
            growth=pictures.members_over_time(shown, roster, names, words),
            map=self._map(shown, roster, names, href, words),
            around=pictures.surroundings(shown, names, href, words),
            homes=homes,
            json_ld=json_ld(shown, telling.classes(shown.term), names),
            released=self._pages.released,
            **values,
        )

    def _map(
        self,
        shown: Profile,
        roster: Roster | None,
        names: Mapping[str, str],
        href: Callable[[Term], str],
        words: Words,
    ) -> Chart | None:
        """Draw the countries that the members of a coalition are in, or where a thing is."""
        found = None
        if roster is not None and shown.kind == "coalition":
            found = pictures.members_by_country(roster, self._pages.countries.codes, names, href, words)
        return found or pictures.whereabouts(shown, names, href, words)

    def members(self, request: Request, iri: str, number: int, **values: Any) -> bytes:
        """Return a page of the members of a coalition, or of those in a country.

        Raises HTTPException for a page that there is not and for an order that there is not.
        """
        choice, roster = _choice(request), self._membership(iri)
        names = self._pages.labels_in(language_of(request)).of({roster.subject, *roster.terms})
        found = table(roster, choice, names, path=_path(iri), number=number)
        if not 1 <= number <= found.last:
            raise HTTPException(404, f"there is no page {number} of these members; the last is {found.last}")
        return self._pages.render(
            request, "roster_page.html", members=found, labels=names, term=roster.subject, **values
        )

    def spreadsheet(self, request: Request, iri: str) -> Table:
        """Return all members of a coalition, or of those in a country, that the query string chooses.

        Names of countries and coalitions are in English. Raises HTTPException as `members` does.
        """
        choice, roster = _choice(request), self._membership(iri)
        return spreadsheet(roster, choice, self._pages.labels.of({roster.subject, *roster.terms}))

    def _membership(self, iri: str) -> Roster:
        roster = self._roster(iri)
        if roster is None:
            raise HTTPException(404, f"{iri} has no members; this is a page of coalitions and countries")
        return roster

    def _telling(self, iri: str, *, keep: bool) -> Telling:
        """Return what is known of a thing; `keep` remembers it for the next page."""
        found = self._portraits.get(iri)
        if found is None:
            found = portrait(self._dataset.store, iri, limits=self._limits)
            if keep:
                self._portraits.put(iri, found)
        sources = self._sources.of(sources_named(found))
        return Telling(found, sources, self._pages.superclasses, self._corrections)

    def _roster(self, iri: str) -> Roster | None:
        """Return the members of a coalition, or of those in a country; None of anything else."""
        if iri.startswith(f"{BASE}id/coalition/"):
            return self._rosters.of(Term("iri", iri))
        return self._rosters.within(Term("iri", iri)) if iri in self._pages.countries.iris else None

    @cached_property
    def _rosters(self) -> Rosters:
        return Rosters(self._dataset.store, self._pages.superclasses)

    def _names(
        self, request: Request, known: Portrait, shown: Profile, roster: Roster | None
    ) -> Mapping[str, str]:
        named = {term for term in known.terms() if not term.value.startswith(f"{BASE}id/evidence/")}
        named |= {term for about in shown.neighbours for term in (about.term, about.relation)}
        named |= sources_named(known)
        if roster is not None:
            named |= roster.terms
        return self._pages.labels_in(language_of(request)).of(named)


def _choice(request: Request) -> Choice:
    """Return what a query string chooses. Raises HTTPException for an order that there is not."""
    asked = request.query_params
    if asked.get("order", "down") not in ("", "down"):
        raise HTTPException(400, f"order: there is no {asked['order'][:50]!r}; write down, or leave it out")
    sort = asked.get("sort") or Choice().sort
    if sort not in SORTS:
        raise HTTPException(400, f"sort: there is no order {sort[:50]!r}; there are {', '.join(SORTS)}")
    told = {name: asked.get(name, "")[:200] for name in ("kind", "country", "coalition", "year")}
    return Choice(**told, sort=sort, down=asked.get("order") == "down")


def _path(iri: str) -> str:
    return f"doc/{iri.removeprefix(f'{BASE}id/')}/members"
