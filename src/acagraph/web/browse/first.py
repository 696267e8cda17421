"""The first page of a release: what it is, what is in it, and where to go on."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from acagraph.dataset import Dataset
from acagraph.errors import NotFound, Phrase
from acagraph.queries import SavedQuery
from acagraph.stores import Term
from acagraph.stores.media import HTML
from acagraph.web.addresses import language_of, page
from acagraph.web.browse.figures import MAPS, MEMBERS, Manner, by_year, launches, on_map
from acagraph.web.browse.news import FILE, News, news
from acagraph.web.browse.reading import Reading
from acagraph.web.browse.survey import Survey
from acagraph.web.pages import Pages
from acagraph.web.responses import respond, unchanged

# What most people ask first, where a release has it.
_QUESTIONS = ("members-of-coalition", "members-of-several", "net-zero-years", "commitments-due")


class First:
    """The first page of a release, with one of the maps."""

    def __init__(self, dataset: Dataset, pages: Pages, reading: Reading) -> None:
        self._dataset = dataset
        self._pages = pages
        self._reading = reading

    def routes(self) -> list[Route]:
        """Return the routes of the page and of its other maps."""
        return [Route("/", self.page), Route("/map/{subject}", self.page)]

    def page(self, request: Request) -> Response:
        """Show what is here. Raises NotFound for a map that there is not."""
        subject = request.path_params.get("subject", MEMBERS)
        if subject not in MAPS or request.path_params.get("subject") == MEMBERS:
            names = ", ".join(name for name in MAPS if name != MEMBERS)
            raise NotFound(
                Phrase(
                    "there is no map {name}; that of members is at {page}, others: {names}",
                    name=repr(subject),
                    page=page(request),
                    names=names,
                )
            )
        if (known := unchanged(request, HTML.media_type)) is not None:
            return known
        survey = self._reading.survey
        manner = self.manner(request, survey)
        body = self._pages.render(
            request,
            "home.html",
            survey=survey,
            subject=subject,
            maps=MAPS,
            world=on_map(survey, subject, manner),
            launches=launches(survey, manner),
            by_year=by_year(survey, manner),
            countries=sum(bool(country.members) for country in survey.countries),
            news=self._news,
            news_file=FILE,
            about=Term,
            questions=self._questions,
        )
        return respond(request, body, HTML.media_type)

    def manner(self, request: Request, survey: Survey) -> Manner:
        """Return how a page in the language of a request names countries and coalitions."""
        named = [one.iri for one in survey.countries] + [one.actor.iri for one in survey.coalitions]
        labels = self._pages.labels_in(language_of(request)).of(Term("iri", iri) for iri in named)
        wording = self._pages.wording(request)
        return Manner(self._pages.words(request), wording.date, labels, self._pages.href(request))

    @cached_property
    def _news(self) -> News | None:
        found = news(self._dataset.folder)
        if found is None:
            return None
        # What a release no longer has would be a link to nothing.
        there = self._dataset.store.known([line.about for line in found.lines if line.about])
        lines = tuple(line if line.about in there else replace(line, about="") for line in found.lines)
        return replace(found, lines=lines)

    @property
    def _questions(self) -> list[SavedQuery]:
        return [query for name in _QUESTIONS if (query := self._dataset.queries.get(name)) is not None]
