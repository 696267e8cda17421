"""/search: things by their names in any language, for people and for programs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from acagraph.dataset import Dataset
from acagraph.errors import ParameterError
from acagraph.reconciliation.model import Match
from acagraph.stores import Term
from acagraph.stores.media import HTML, PLAIN_JSON, Format, by_name
from acagraph.vocab import ACA, BASE
from acagraph.web.addresses import language_of, local, page
from acagraph.web.belonging import NOTHING, Belonging, belongings, conditions
from acagraph.web.found import MOST, Asked, Facet, Found, Result, belonging_facets, facets, marked
from acagraph.web.labels import foreign
from acagraph.web.pages import Pages, link
from acagraph.web.responses import alternates, choose, note, respond, unchanged
from acagraph.web.service import origin

OPENSEARCH = Format("xml", "application/opensearchdescription+xml")
_OFFERS = (HTML, PLAIN_JSON)
_PATH = "search"
# So many of the best are looked at for the kinds and countries by which a search can be narrowed.
_COUNTED = 200
# As many beginnings of words does the finder look up.
_LOOKED_UP = 1_000
_COALITION = f"{BASE}id/coalition/"


class Search:
    """The search over HTTP: a page for people, the same as JSON for programs."""

    def __init__(self, dataset: Dataset, pages: Pages) -> None:
        self._dataset = dataset
        self._pages = pages
        self._named: dict[str, Mapping[str, str]] = {}

    def routes(self) -> list[Route]:
        """Return the routes of the search and of its OpenSearch description."""
        return [
            Route(f"/{_PATH}", self.answer),
            Route(f"/{_PATH}.json", self.answer_as_json),
            Route("/opensearch.xml", self.description),
        ]

    def answer(self, request: Request) -> Response:
        """Answer a search as a page or, if that is asked, as JSON. Raises NotFound without an index."""
        wanted = request.query_params.get("format", "")
        form = by_name(wanted, _OFFERS) if wanted else choose(request, _OFFERS)
        if form is not HTML:
            return self.answer_as_json(request)
        if (known := unchanged(request, HTML.media_type)) is not None:
            return known
        self._dataset.finder()
        try:
            found, status, message = self._found(request, Asked.of(request.query_params)), 200, ""
        except ParameterError as error:
            found, status, message = Found(Asked.loosely(request.query_params)), error.status, error.message
            note(request, outcome=type(error).__name__)
        return respond(
            request,
            self._page(request, found, message),
            HTML.media_type,
            status=status,
            headers={"Link": _links(request, found)},
            rows=len(found.results),
        )

    def answer_as_json(self, request: Request) -> Response:
        """Answer a search as JSON. Raises ParameterError, NotFound without an index."""
        if (known := unchanged(request, PLAIN_JSON.media_type)) is not None:
            return known
        self._dataset.finder()
        found = self._found(request, Asked.of(request.query_params))
        document = found.document(lambda asked: local(request, f"{_PATH}.json?{urlencode(asked.given)}"))
        body = json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8", "replace") + b"\n"
        headers = {"Link": _links(request, found)}
        return respond(request, body, PLAIN_JSON.media_type, headers=headers, rows=len(found.results))

    def description(self, request: Request) -> Response:
        """Tell browsers how to search here (OpenSearch 1.1, draft 6). Raises NotFound without an index."""
        self._dataset.finder()
        site = origin(request) + local(request)
        body = self._pages.render(request, "opensearch.xml", site=site, most=MOST)
        # It names this server as the request does, so it is kept for nobody else.
        headers = {"Cache-Control": "no-cache"}
        tag = hashlib.sha256(body).hexdigest()
        return respond(request, body, OPENSEARCH.media_type, headers=headers, tag=tag)

    def _found(self, request: Request, asked: Asked) -> Found:
        if not asked.text:
            return Found(asked)
        found = self._matches(asked)
        counted = facets([match.thing for match in found.first])
        coalitions, years = belonging_facets(found.known.get(m.thing.iri, NOTHING) for m in found.first)
        language = language_of(request)
        seen = {kind for match in found.shown for kind in match.thing.kinds[:1]}
        kinds = self._kinds(seen | set(counted[0]), language)
        bodies = {slug for m in found.shown for slug in found.known.get(m.thing.iri, NOTHING).coalitions}
        names = self._coalitions(bodies | set(coalitions) | {found.coalition} - {""}, language)
        countries = self._countries(language)
        told = {match.thing.iri: (match.thing.label, match.name) for match in found.shown}
        words = _Words(kinds, countries, names, foreign(self._dataset.store, told))
        return Found(
            asked,
            found.total,
            tuple(_result(match, asked, words, partial(page, request), found.known) for match in found.shown),
            kinds=_labelled(counted[0], kinds),
            countries=_labelled(counted[1], countries),
            coalitions=_labelled(coalitions, names),
            years=_labelled(years, {}),
            counted=min(found.total, len(found.first)),
            at_least=found.at_least,
            kind=found.kind,
            country=found.country,
            coalition=found.coalition,
            year=found.year,
        )

    def _matches(self, asked: Asked) -> _Matches:
        """Look for what is asked. Raises ParameterError for a condition that nothing is known of."""
        kinds, countries = self._dataset.conditions(kind=asked.kind, country=asked.country)
        coalition, year = conditions(self._dataset, coalition=asked.coalition, year=asked.year)
        search = self._dataset.finder().search
        store, end = self._dataset.store, asked.offset + asked.limit
        most = _LOOKED_UP if coalition or year else _COUNTED
        first, total = search(asked.text, kinds=kinds, countries=countries, limit=most)
        at_least = self._at_least(asked, kinds, countries, total)
        if coalition or year:
            known = belongings(store, (match.thing.iri for match in first))
            first = [m for m in first if known.get(m.thing.iri, NOTHING).fits(coalition, year)]
            total, shown = len(first), first[asked.offset : end]
        else:
            shown = first[asked.offset : end]
            if end > _COUNTED and total > _COUNTED:
                shown, _ = search(
                    asked.text, kinds=kinds, countries=countries, limit=asked.limit, offset=asked.offset
                )
            known = belongings(store, {match.thing.iri for match in (*first, *shown)})
        return _Matches(
            tuple(first[:_COUNTED]),
            tuple(shown),
            total,
            at_least,
            known,
            (kinds or ("",))[0],
            (countries or ("",))[0],
            coalition,
            year,
        )

    def _at_least(self, asked: Asked, kinds: tuple[str, ...], countries: tuple[str, ...], total: int) -> bool:
        """Tell whether there may be more than was counted: of beginnings of words, so many are looked up."""
        if total >= _LOOKED_UP or not countries:
            return total >= _LOOKED_UP
        # Those of other countries were taken out behind that.
        return len(self._dataset.finder().complete(asked.text, kinds=kinds, limit=_LOOKED_UP)) >= _LOOKED_UP

    def _page(self, request: Request, found: Found, message: str) -> bytes:
        address, language = page(request, _PATH), language_of(request)
        chosen = {
            "kind": self._kinds({found.kind}, language).get(found.kind, found.kind) if found.kind else "",
            "country": self._countries(language).get(found.country, found.country),
            "coalition": self._coalitions({found.coalition} - {""}, language).get(found.coalition, ""),
            "year": found.year,
        }
        return self._pages.render(
            request,
            "search.html",
            found=found,
            asked=found.asked,
            message=message,
            most=MOST,
            chosen=chosen,
            address=lambda **changes: f"{address}?{urlencode(found.asked.changed(**changes).given)}",
            data=f"{local(request, _PATH)}.json?{urlencode(found.asked.given)}",
        )

    def _kinds(self, kinds: set[str], language: str) -> dict[str, str]:
        """Return the labels of classes by their local names."""
        found = self._pages.labels_in(language).of(Term("iri", ACA + kind) for kind in kinds)
        return {iri.removeprefix(ACA): label for iri, label in found.items()}

    def _coalitions(self, slugs: set[str], language: str) -> dict[str, str]:
        """Return the labels of coalitions by their slugs."""
        found = self._pages.labels_in(language).of(Term("iri", _COALITION + slug) for slug in slugs)
        return {iri.removeprefix(_COALITION): label for iri, label in found.items()}

    def _countries(self, language: str) -> Mapping[str, str]:
        """Return the names of countries by their codes."""
        if language not in self._named:
            codes = self._pages.countries.codes
            names = self._pages.labels_in(language).of(Term("iri", iri) for iri in codes)
            self._named[language] = {code: names.get(iri, code) for iri, code in codes.items()}
        return self._named[language]


@dataclass(frozen=True)
class _Matches:
    """What was found: the first of all, those of the page, how many, and to what each belongs."""

    first: tuple[Match, ...]
    shown: tuple[Match, ...]
    total: int
    at_least: bool
    known: Mapping[str, Belonging]
    kind: str
    country: str
    coalition: str
    year: str


@dataclass(frozen=True)
class _Words:
    """What kinds, countries and coalitions are called, and the languages of names that are not English."""

    kinds: Mapping[str, str]
    countries: Mapping[str, str]
    coalitions: Mapping[str, str]
    languages: Mapping[tuple[str, str], str]


def _result(
    match: Match,
    asked: Asked,
    words: _Words,
    address: Callable[[str], str],
    known: Mapping[str, Belonging],
) -> Result:
    thing = match.thing
    own = known.get(thing.iri, NOTHING).coalitions
    return Result(
        match,
        address=link(Term("iri", thing.iri), address),
        kind=", ".join(words.kinds.get(kind, kind) for kind in thing.kinds[:1]),
        country=words.countries.get(thing.country or "", thing.country or ""),
        label=marked(thing.label, asked.text),
        name=() if match.name == thing.label else marked(match.name, asked.text),
        label_language=words.languages.get((thing.iri, thing.label), ""),
        name_language=words.languages.get((thing.iri, match.name), ""),
        coalitions=tuple((slug, words.coalitions.get(slug, slug)) for slug in own),
    )


def _labelled(counted: Mapping[str, int], labels: Mapping[str, str]) -> tuple[Facet, ...]:
    return tuple(Facet(value, labels.get(value, value), number) for value, number in counted.items())


def _links(request: Request, found: Found) -> str:
    """Return the links to other forms and pages of a search (RFC 8288)."""
    address, asked = local(request, _PATH), found.asked
    links = [alternates(address, (PLAIN_JSON,), query=urlencode(asked.given))]
    for name, other in (("prev", found.before), ("next", found.behind)):
        if other is not None:
            links.append(f'<{address}?{urlencode(other.given)}>; rel="{name}"')
    return ", ".join(links)
