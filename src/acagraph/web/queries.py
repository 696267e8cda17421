"""/queries: the saved queries, their forms and their answers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from acagraph import queries
from acagraph.dataset import Dataset
from acagraph.errors import AcagraphError, ParameterError, Phrase
from acagraph.queries import Paging, Reply, SavedQuery
from acagraph.queries.excerpt import Caps
from acagraph.queries.paging import MOST
from acagraph.stores import Answer, Limits
from acagraph.stores.media import CSV, HTML, JSON, N_TRIPLES, PLAIN_JSON, SPARQL, SPREADSHEET, Format, by_name
from acagraph.vocab import BASE
from acagraph.web.addresses import language_of, local, page
from acagraph.web.choices import Choices
from acagraph.web.pages import Pages, by_subject
from acagraph.web.pictures import Pictures, Setting
from acagraph.web.recent import Recent
from acagraph.web.responses import alternates, choose, note, respond, unchanged
from acagraph.web.results import NOTHING, Result, show
from acagraph.web.snippets import snippets

_LIST = (HTML, PLAIN_JSON)
# What would be encoded as it is, as most are.
_PLAIN = re.compile(rb"[\w.~-]+=[\w.~-]+(?:&[\w.~-]+=[\w.~-]+)*")
_LIMIT, _CURSOR = "limit", "cursor"
# A quarter of it takes the longest answers of the real data, some 9 MB.
_REMEMBERED = 40 << 20
_Told = tuple[str, tuple[tuple[str, str], ...], Paging | None]


def offers(query: SavedQuery) -> tuple[Format, ...]:
    """Return the formats of a saved query over HTTP, the default first: its CSV is for spreadsheets."""
    found = queries.formats(query)
    return tuple(SPREADSHEET if form is CSV and query.form == "select" else form for form in found)


@dataclass(frozen=True)
class _Asked:
    """What the query string of a request says, without the empty fields that a form sends too."""

    arguments: Mapping[str, str]
    paging: Paging | None

    @classmethod
    def of(cls, request: Request) -> _Asked:
        """Read a request. Raises ParameterError."""
        found: dict[str, str] = {}
        for name, value in request.query_params.multi_items():
            if name in found:
                raise ParameterError(Phrase("{name} is given twice; give it once", name=name), parameter=name)
            if value:
                found[name] = value
        limit, cursor = found.pop(_LIMIT, ""), found.pop(_CURSOR, "")
        return cls(found, Paging.of(limit, cursor, edition=request.app.state.edition))


@dataclass(frozen=True)
class _Shown:
    """What a page shows of an answer: the arguments it is of, or what is wrong and with which parameter."""

    arguments: Mapping[str, str]
    result: Result = NOTHING
    is_example: bool = False
    status: int = 200
    message: str = ""
    fault: str = ""
    pages: Sequence[str] = ()
    following: str = ""
    text: str = ""
    """What is to be asked elsewhere, where the query is not answered here."""


class Queries:
    """Saved queries over HTTP: parameters stand in the query string, the format in suffix or header."""

    def __init__(self, dataset: Dataset, pages: Pages, *, limits: Limits, caps: Caps) -> None:
        self._dataset = dataset
        self._pages = pages
        self._limits = limits
        self._caps = caps
        self._choices = Choices(dataset.store)
        self._pictures = Pictures(pages.countries)
        self._replies = Recent[_Told, Reply](_REMEMBERED, largest=_REMEMBERED // 4)

    def routes(self) -> list[Route]:
        """Return the routes of saved queries."""
        return [
            Route("/queries/{name}", self.answer),
            Route("/queries", self.listing),
            Route("/queries.json", self.listing_as_json),
        ]

    def listing(self, request: Request) -> Response:
        """List the saved queries."""
        if choose(request, _LIST) is not HTML:
            return self.listing_as_json(request)
        if (known := unchanged(request, HTML.media_type)) is not None:
            return known
        body = self._pages.render(request, "queries.html", groups=by_subject(self._dataset.queries.values()))
        return respond(request, body, HTML.media_type)

    def listing_as_json(self, request: Request) -> Response:
        """List the saved queries with their parameters, for machines."""
        if (known := unchanged(request, PLAIN_JSON.media_type)) is not None:
            return known
        listed = [
            {
                "name": query.name,
                "summary": query.summary,
                "question": query.title,
                "description": query.description,
                "tags": query.tags,
                "form": query.form,
                "endpoint": query.endpoint or None,
                "parameters": [asdict(parameter) for parameter in query.parameters],
            }
            for query in self._dataset.queries.values()
        ]
        body = json.dumps(listed, ensure_ascii=False, indent=1).encode() + b"\n"
        return respond(request, body, PLAIN_JSON.media_type)

    def answer(self, request: Request) -> Response:
        """Answer a saved query, or show its form when HTML is asked and a required parameter is missing."""
        name, suffix = _split(request.path_params["name"])
        query = queries.find(self._dataset.queries, name)
        note(request, query=query.name)
        choices = (*offers(query), HTML)
        form = by_name(suffix, choices) if suffix else choose(request, choices)
        if (known := unchanged(request, form.content_type)) is not None:
            return known
        if form is HTML:
            return self._page(request, query)
        asked = _Asked.of(request)
        found = self._ask(query, asked, form)
        headers = {"Link": ", ".join((*_pages(request, asked, found), _others(request, query, choices)))}
        return respond(request, found.body, form.content_type, headers=headers, rows=found.rows)

    def _ask(self, query: SavedQuery, asked: _Asked, form: Format) -> Reply:
        return queries.reply(
            self._dataset.store,
            query,
            asked.arguments,
            form,
            paging=asked.paging,
            limits=self._limits,
            redirects=self._dataset.redirects,
        )

    def _remembered(self, query: SavedQuery, asked: _Asked) -> Reply:
        """Return what a page shows: the same in every language."""
        told = (query.name, tuple(sorted(asked.arguments.items())), asked.paging)
        found = self._replies.get(told)
        if found is None:
            found = self._ask(query, asked, _form(query))
            self._replies.put(told, found, len(found.body))
        return found

    def _page(self, request: Request, query: SavedQuery) -> Response:
        shown = self._shown(request, query)
        labels = self._pages.labels_in(language_of(request))
        homes = self._pages.homes(term.value for row in shown.result.rows for term in row.values())
        href, words = self._pages.href(request, homes), self._pages.words(request)
        setting = Setting(words.say(query.title), shown.result.labels, href, words)
        address, given = local(request, f"queries/{query.name}"), _given(request)
        if shown.is_example:
            given = urlencode(shown.arguments)
        public = f"{BASE.rstrip('/')}{local(request, f'queries/{query.name}')}"
        body = self._pages.render(
            request,
            "query.html",
            query=query,
            values={} if shown.is_example else dict(request.query_params),
            shown=shown,
            result=shown.result,
            columns=self._pictures.columns(shown.result),
            labels=shown.result.labels,
            homes=homes,
            chart=self._pictures.best(shown.result, setting),
            choices={p.name: self._choices.of(p, labels) for p in query.parameters},
            most=MOST,
            permanent=public + (f"?{given}" if given else ""),
            editor=f"{page(request, 'sparql')}?{urlencode({'saved': query.name, **shown.arguments})}",
            snippets=()
            if query.endpoint or shown.result is NOTHING
            else snippets(query, public, shown.arguments),
            elsewhere=f"{query.endpoint}?{urlencode({'query': shown.text})}",
            downloads=[
                (f"{address}.{offer.name}" + (f"?{given}" if given else ""), offer) for offer in offers(query)
            ],
        )
        headers = {"Link": ", ".join((*shown.pages, _others(request, query, (*offers(query), HTML))))}
        return respond(
            request,
            body,
            HTML.media_type,
            status=shown.status,
            headers=headers,
            rows=shown.result.total or None,
        )

    def _shown(self, request: Request, query: SavedQuery) -> _Shown:
        """Answer what a page asks; where it asks nothing and has to, what the query has as an example."""
        try:
            asked = _Asked.of(request)
            needed = any(parameter.required for parameter in query.parameters)
            example = needed and not asked.arguments
            if example:
                asked = _Asked(query.example, asked.paging)
            try:
                found = self._remembered(query, asked)
            except ParameterError:
                if not example:
                    raise
                return _Shown({})  # the example names a thing that this release lacks
            if query.endpoint:
                return _Shown(asked.arguments, is_example=example, text=found.body.decode())
            answer = Answer(found.form.media_type, (found.body,))
            result = show(self._pages.labels_in(language_of(request)), answer, most=self._caps.rows)
            following = _address(request, found.cursor) if found.cursor else ""
            return _Shown(
                asked.arguments,
                result,
                is_example=example,
                pages=_pages(request, asked, found),
                following=following,
            )
        except AcagraphError as error:
            note(request, outcome=type(error).__name__)
            given = {name: value for name, value in request.query_params.items() if value}
            return _Shown(
                {p.name: given[p.name] for p in query.parameters if p.name in given},
                status=error.status,
                message=error.message,
                fault=getattr(error, "parameter", "") or "",
            )


def _form(query: SavedQuery) -> Format:
    """Return the form that a page shows."""
    if query.endpoint:
        return SPARQL
    return N_TRIPLES if query.form == "construct" else JSON


def _others(request: Request, query: SavedQuery, choices: Sequence[Format]) -> str:
    """Return the links to the same answer in other forms."""
    return alternates(local(request, f"queries/{query.name}"), choices, query=_given(request))


def _pages(request: Request, asked: _Asked, found: Reply) -> tuple[str, ...]:
    """Return the links to the first page and, if there is one, to the next (RFC 8288)."""
    if asked.paging is None:
        return ()
    first = f'<{_address(request)}>; rel="first"'
    return (first, f'<{_address(request, found.cursor)}>; rel="next"') if found.cursor else (first,)


def _address(request: Request, cursor: str = "") -> str:
    """Return the address of another page of what a request asks, in the same form."""
    pairs = [(name, value) for name, value in request.query_params.multi_items() if value and name != _CURSOR]
    return f"{local(request, 'queries')}/{request.path_params['name']}?" + urlencode(
        [*pairs, *([(_CURSOR, cursor)] if cursor else [])]
    )


def _given(request: Request) -> str:
    """Return the query string without empty fields, encoded so that it may stand in a header."""
    query = request.scope["query_string"]
    if _PLAIN.fullmatch(query):
        return str(query.decode("ascii"))
    return urlencode([(name, value) for name, value in request.query_params.multi_items() if value])


def _split(name: str) -> tuple[str, str]:
    stem, dot, suffix = name.partition(".")
    return (stem, suffix) if dot else (name, "")
