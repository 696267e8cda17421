"""/search: things by their names in any language, for people and for programs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cached_property
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from acagraph.dataset import Dataset
from acagraph.errors import ParameterError
from acagraph.reconciliation.model import Match
from acagraph.stores import Term, rows
from acagraph.stores.media import HTML, PLAIN_JSON, Format, by_name
from acagraph.vocab import ACA
from acagraph.web.addresses import local
from acagraph.web.found import MOST, Asked, Facet, Found, Result, facets, marked
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
_COUNTRIES = """SELECT ?code ?label {
  ?country aca:iso3166Alpha2 ?code ; skos:prefLabel ?label FILTER(LANG(?label) = "en")
} ORDER BY ?code DESC(?label)"""


class Search:
    """The search over HTTP: a page for people, the same as JSON for programs."""

    def __init__(self, dataset: Dataset, pages: Pages) -> None:
        self._dataset = dataset
        self._pages = pages

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
            found, status, message = Found(Asked.loosely(request.query_params)), error.status, str(error)
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
        kinds, countries = self._dataset.conditions(kind=asked.kind, country=asked.country)
        search = self._dataset.finder().search
        first, total = search(asked.text, kinds=kinds, countries=countries, limit=_COUNTED)
        shown = first[asked.offset : asked.offset + asked.limit]
        if asked.offset + asked.limit > _COUNTED and total > _COUNTED:
            shown, _ = search(
                asked.text, kinds=kinds, countries=countries, limit=asked.limit, offset=asked.offset
            )
        counted = facets([match.thing for match in first])
        kind_labels = self._kinds(
            {kind for match in shown for kind in match.thing.kinds[:1]} | set(counted[0])
        )
        root = local(request)
        languages = foreign(
            self._dataset.store, {match.thing.iri: (match.thing.label, match.name) for match in shown}
        )
        return Found(
            asked,
            total,
            tuple(self._result(match, asked, kind_labels, root, languages) for match in shown),
            kinds=tuple(Facet(kind, kind_labels.get(kind, kind), n) for kind, n in counted[0].items()),
            countries=tuple(Facet(code, self._country(code), n) for code, n in counted[1].items()),
            counted=min(total, len(first)),
            at_least=self._at_least(asked, kinds, countries, total),
            kind=(kinds or ("",))[0],
            country=(countries or ("",))[0],
        )

    def _at_least(self, asked: Asked, kinds: tuple[str, ...], countries: tuple[str, ...], total: int) -> bool:
        """Tell whether there may be more than was counted: of beginnings of words, so many are looked up."""
        if total >= _LOOKED_UP or not countries:
            return total >= _LOOKED_UP
        # Those of other countries were taken out behind that.
        return len(self._dataset.finder().complete(asked.text, kinds=kinds, limit=_LOOKED_UP)) >= _LOOKED_UP

    def _result(
        self,
        match: Match,
        asked: Asked,
        kinds: Mapping[str, str],
        root: str,
        languages: Mapping[tuple[str, str], str],
    ) -> Result:
        thing = match.thing
        return Result(
            match,
            address=link(Term("iri", thing.iri), root),
            kind=", ".join(kinds.get(kind, kind) for kind in thing.kinds[:1]),
            country=self._country(thing.country or ""),
            label=marked(thing.label, asked.text),
            name=() if match.name == thing.label else marked(match.name, asked.text),
            label_language=languages.get((thing.iri, thing.label), ""),
            name_language=languages.get((thing.iri, match.name), ""),
        )

    def _page(self, request: Request, found: Found, message: str) -> bytes:
        address = local(request, _PATH)
        return self._pages.render(
            request,
            "search.html",
            found=found,
            asked=found.asked,
            message=message,
            most=MOST,
            kind_label=self._kinds({found.kind}).get(found.kind, found.kind) if found.kind else "",
            country_label=self._country(found.country),
            at=lambda **changes: f"{address}?{urlencode(found.asked.changed(**changes).given)}",
            data=f"{address}.json?{urlencode(found.asked.given)}",
        )

    def _kinds(self, kinds: set[str]) -> dict[str, str]:
        """Return the labels of classes by their local names."""
        found = self._pages.labels.of(Term("iri", ACA + kind) for kind in kinds)
        return {iri.removeprefix(ACA): label for iri, label in found.items()}

    def _country(self, code: str) -> str:
        return self._countries.get(code, code)

    @cached_property
    def _countries(self) -> Mapping[str, str]:
        """The English names of countries by their codes."""
        return {row["code"].value: row["label"].value for row in rows(self._dataset.store, _COUNTRIES)}


def _links(request: Request, found: Found) -> str:
    """Return the links to other forms and pages of a search (RFC 8288)."""
    address, asked = local(request, _PATH), found.asked
    links = [alternates(address, (PLAIN_JSON,), query=urlencode(asked.given))]
    for name, other in (("prev", found.before), ("next", found.behind)):
        if other is not None:
            links.append(f'<{address}?{urlencode(other.given)}>; rel="{name}"')
    return ", ".join(links)
