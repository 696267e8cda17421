"""/queries: the saved queries, their forms and their answers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from acagraph import queries
from acagraph.dataset import Dataset
from acagraph.errors import AcagraphError, ParameterError
from acagraph.queries import SavedQuery
from acagraph.queries.excerpt import Caps
from acagraph.stores import Limits
from acagraph.stores.media import HTML, JSON, N_TRIPLES, PLAIN_JSON, by_name
from acagraph.web.addresses import local
from acagraph.web.pages import Pages, by_subject
from acagraph.web.responses import alternates, choose, respond
from acagraph.web.results import NOTHING, Result, show

_LIST = (HTML, PLAIN_JSON)


class Queries:
    """Saved queries over HTTP: parameters stand in the query string, the format in suffix or header."""

    def __init__(self, dataset: Dataset, pages: Pages, *, limits: Limits, caps: Caps) -> None:
        self._dataset = dataset
        self._pages = pages
        self._limits = limits
        self._caps = caps

    def routes(self) -> list[Route]:
        """Return the routes of saved queries."""
        return [
            Route("/queries", self.listing),
            Route("/queries.json", self.listing_as_json),
            Route("/queries/{name}", self.answer),
        ]

    def listing(self, request: Request) -> Response:
        """List the saved queries."""
        if choose(request, _LIST) is not HTML:
            return self.listing_as_json(request)
        body = self._pages.render(request, "queries.html", groups=by_subject(self._dataset.queries.values()))
        return respond(request, body, HTML.media_type, headers={"Vary": "Accept"})

    def listing_as_json(self, request: Request) -> Response:
        """List the saved queries with their parameters, for machines."""
        listed = [
            {
                "name": query.name,
                "summary": query.summary,
                "description": query.description,
                "tags": query.tags,
                "form": query.form,
                "parameters": [asdict(parameter) for parameter in query.parameters],
            }
            for query in self._dataset.queries.values()
        ]
        body = json.dumps(listed, ensure_ascii=False, indent=1).encode() + b"\n"
        return respond(request, body, PLAIN_JSON.media_type, headers={"Vary": "Accept"})

    def answer(self, request: Request) -> Response:
        """Answer a saved query, or show its form when HTML is asked and a required parameter is missing."""
        name, suffix = _split(request.path_params["name"])
        query = queries.find(self._dataset.queries, name)
        offers = (*queries.formats(query), HTML)
        offer = by_name(suffix, offers) if suffix else choose(request, offers)
        if offer is HTML:
            return self._page(request, query)
        answer = queries.run(
            self._dataset.store,
            query,
            _arguments(request),
            accept=offer.media_type,
            limits=self._limits,
            redirects=self._dataset.redirects,
        )
        links = alternates(local(request, f"queries/{query.name}"), offers, query=_given(request))
        headers = {"Link": links, "Vary": "Accept"}
        return respond(request, answer.read(), answer.media_type, headers=headers)

    def _page(self, request: Request, query: SavedQuery) -> Response:
        values = dict(request.query_params)
        status, message, result = 200, "", NOTHING
        try:
            arguments = _arguments(request)
            if arguments or not any(parameter.required for parameter in query.parameters):
                result = self._result(query, arguments)
        except AcagraphError as error:
            status, message = error.status, str(error)
        address = local(request, f"queries/{query.name}")
        given = _given(request)
        body = self._pages.render(
            request,
            "query.html",
            query=query,
            values=values,
            message=message,
            result=result,
            labels=result.labels,
            example=f"{address}?{urlencode(query.example)}" if query.example else "",
            downloads=[
                (f"{address}.{offer.name}" + (f"?{given}" if given else ""), offer)
                for offer in queries.formats(query)
            ],
        )
        links = alternates(address, (*queries.formats(query), HTML), query=given)
        headers = {"Link": links, "Vary": "Accept"}
        return respond(request, body, HTML.media_type, status=status, headers=headers)

    def _result(self, query: SavedQuery, arguments: Mapping[str, str]) -> Result:
        form = N_TRIPLES if query.form == "construct" else JSON
        answer = queries.run(
            self._dataset.store,
            query,
            arguments,
            accept=form.media_type,
            limits=self._limits,
            redirects=self._dataset.redirects,
        )
        return show(self._dataset.store, answer, most=self._caps.rows)


def _arguments(request: Request) -> dict[str, str]:
    """Return the parameters that were filled in: a form also sends its empty fields."""
    found: dict[str, str] = {}
    pairs: Sequence[tuple[str, str]] = request.query_params.multi_items()
    for name, value in pairs:
        if name in found:
            raise ParameterError(f"{name} is given twice; give it once")
        if value:
            found[name] = value
    return found


def _given(request: Request) -> str:
    """Return the query string without empty fields, encoded so that it may stand in a header."""
    return urlencode([(name, value) for name, value in request.query_params.multi_items() if value])


def _split(name: str) -> tuple[str, str]:
    stem, dot, suffix = name.partition(".")
    return (stem, suffix) if dot else (name, "")
