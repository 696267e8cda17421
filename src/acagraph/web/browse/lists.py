"""/coalitions, /countries, /members and /commitments: lists with filters, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from acagraph.queries.writing import write
from acagraph.stores import Term
from acagraph.stores.media import HTML, SPREADSHEET
from acagraph.web.addresses import language_of, local
from acagraph.web.browse.catalogues import KINDS, Kind, iri_of, table
from acagraph.web.browse.narrowing import UNKNOWN, Catalogue, encoded
from acagraph.web.browse.reading import Reading
from acagraph.web.collation import by_letters
from acagraph.web.labels import Label
from acagraph.web.languages import N_
from acagraph.web.pages import Pages
from acagraph.web.responses import respond, unchanged

_FACETS = {
    "kind": N_("Kind"),
    "country": N_("Country"),
    "coalition": N_("Coalition"),
    "year": N_("Year"),
}


@dataclass(frozen=True)
class Choice:
    """One line of a filter: its value, its name, and how many rows it leaves."""

    value: str
    name: str
    count: int


@dataclass(frozen=True)
class Filter:
    """What a list can be narrowed by, and what it is narrowed by now."""

    name: str
    title: str
    choices: tuple[Choice, ...]
    chosen: str


class Lists:
    """The lists of a release."""

    def __init__(self, pages: Pages, reading: Reading) -> None:
        self._pages = pages
        self._reading = reading
        self._lock = Lock()
        self._made: dict[str, Catalogue[Any]] = {}

    def routes(self) -> list[Route]:
        """Return the routes of the lists, their pages from the second on, and their CSV."""
        found = []
        for kind in KINDS.values():
            found += [
                Route(f"/{kind.name}", _Shown(self, kind).first),
                Route(f"/{kind.name}.csv", _Shown(self, kind).csv),
                Route(f"/{kind.name}/{{number:int}}", _Shown(self, kind).other),
            ]
        return found

    def catalogue(self, kind: Kind) -> Catalogue[Any]:
        """Return a list, made once."""
        survey = self._reading.survey
        with self._lock:
            if kind.name not in self._made:
                self._made[kind.name] = kind.make(survey)
            return self._made[kind.name]

    def shown(self, request: Request, kind: Kind, number: int) -> Response:
        """Show a page of a list. Raises ParameterError and NotFound."""
        if (known := unchanged(request, HTML.media_type)) is not None:
            return known
        catalogue = self.catalogue(kind)
        asked = catalogue.asked(request.query_params)
        rows = catalogue.page(asked, number)
        named = {iri for item in rows.rows for iri in kind.names(item)}
        named |= {iri_of(facet, value) for facet, counts in catalogue.counts.items() for value in counts}
        labels = self._labels(request, named - {""})
        body = self._pages.render(
            request,
            f"{kind.name}.html",
            kind=kind,
            rows=rows,
            # The first page has two addresses, of which one counts.
            page_path=kind.name if number == 1 else f"{kind.name}/{number}",
            filters=self._filters(request, catalogue, asked, labels),
            asked=asked,
            labels=labels,
            term=lambda iri: Term("iri", iri),
            at_page=partial(self._address, request, kind, asked),
            csv=f"{local(request, kind.name)}.csv{encoded(asked)}",
            total=len(catalogue.items),
        )
        return respond(request, body, HTML.media_type)

    def written(self, request: Request, kind: Kind) -> Response:
        """Send the whole list, narrowed by the same filters, as CSV. Raises ParameterError."""
        if (known := unchanged(request, SPREADSHEET.content_type)) is not None:
            return known
        catalogue = self.catalogue(kind)
        found = catalogue.narrowed(catalogue.asked(request.query_params))
        named = {iri_of(facet, value) for facet, counts in catalogue.counts.items() for value in counts}
        labels = self._pages.labels.of(Term("iri", iri) for iri in named - {""})
        body = write(table(kind, found, labels), SPREADSHEET)
        return respond(request, body, SPREADSHEET.content_type, rows=len(found))

    def _address(self, request: Request, kind: Kind, asked: Mapping[str, str], number: int) -> str:
        path = kind.name if number == 1 else f"{kind.name}/{number}"
        return self._pages.address(request, path + encoded(asked))

    def _labels(self, request: Request, iris: set[str]) -> Mapping[str, Label]:
        return self._pages.labels_in(language_of(request)).of(Term("iri", iri) for iri in iris)

    def _filters(
        self,
        request: Request,
        catalogue: Catalogue[Any],
        asked: Mapping[str, str],
        labels: Mapping[str, Label],
    ) -> list[Filter]:
        say = self._pages.wording(request).say
        found = []
        for facet, counts in catalogue.counts.items():
            choices = [
                Choice(value, _named(facet, value, labels), count)
                for value, count in counts.items()
                if value != UNKNOWN
            ]
            choices.sort(key=lambda choice: (by_letters(choice.name), choice.value))
            if UNKNOWN in counts:
                choices.append(Choice(UNKNOWN, say("not known"), counts[UNKNOWN]))
            found.append(Filter(facet, say(_FACETS[facet]), tuple(choices), asked.get(facet, "")))
        return found


class _Shown:
    """One list: each has functions of its own, by which the access log tells its requests apart."""

    def __init__(self, lists: Lists, kind: Kind) -> None:
        self._lists = lists
        self._kind = kind

    def first(self, request: Request) -> Response:
        """Show the first page."""
        return self._lists.shown(request, self._kind, 1)

    def other(self, request: Request) -> Response:
        """Show another page."""
        return self._lists.shown(request, self._kind, int(request.path_params["number"]))

    def csv(self, request: Request) -> Response:
        """Send all of it."""
        return self._lists.written(request, self._kind)


def _named(facet: str, value: str, labels: Mapping[str, Label]) -> str:
    iri = iri_of(facet, value)
    return labels.get(iri, value) if iri else value
