"""/sparql: the query operation of the SPARQL 1.1 Protocol, its form and its service description."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode

from anyio import CapacityLimiter, to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from acagraph.dataset import Dataset
from acagraph.errors import NotAcceptable, QueryError
from acagraph.queries.excerpt import Caps
from acagraph.stores import Limits, Scope, Store, lexer
from acagraph.stores.media import GRAPHS, HTML, JSON, N_TRIPLES, RESULTS, TURTLE, Format, by_name
from acagraph.web.addresses import local
from acagraph.web.pages import Pages
from acagraph.web.responses import choose, respond
from acagraph.web.results import NOTHING, Result, show
from acagraph.web.service import describe

_FORM = "application/x-www-form-urlencoded"
_DIRECT = "application/sparql-query"
_LONGEST_BODY = 1_000_000
# Threads of its own, so that pages never wait for the queries of strangers.
_THREADS = 100
_EXAMPLE = """SELECT ?coalition ?label WHERE {
  ?coalition a aca:Coalition ; skos:prefLabel ?label .
  FILTER(LANG(?label) = "en")
}
ORDER BY ?label"""


@dataclass(frozen=True)
class _Operation:
    """What a request asks, wherever in the request it stands (SPARQL 1.1 Protocol, section 2.1)."""

    query: str | None
    scope: Scope
    format: str | None

    @classmethod
    def of(cls, values: Mapping[str, Sequence[str]], query: str | None = None) -> _Operation:
        if "update" in values:
            raise QueryError("updates are refused: this endpoint is read-only")
        queries = [*values.get("query", ()), *([] if query is None else [query])]
        if len(queries) > 1:
            raise QueryError("more than one query in the request; send one")
        scope = Scope(tuple(values.get("default-graph-uri", ())), tuple(values.get("named-graph-uri", ())))
        return cls(queries[0] if queries else None, scope, next(iter(values.get("format", ())), None))


class Endpoint:
    """The SPARQL endpoint."""

    def __init__(self, dataset: Dataset, pages: Pages, store: Store, *, limits: Limits, caps: Caps) -> None:
        self._dataset = dataset
        self._store = store
        self._pages = pages
        self._limits = limits
        self._caps = caps
        self._threads = CapacityLimiter(_THREADS)

    def routes(self) -> list[Route]:
        """Return the endpoint's route."""
        return [Route("/sparql", self.endpoint, methods=["GET", "POST"])]

    async def endpoint(self, request: Request) -> Response:
        """Read the request here and answer it in a thread, as an answer may take long."""
        operation = await _read(request)
        return await to_thread.run_sync(self._respond, request, operation, limiter=self._threads)

    def _respond(self, request: Request, operation: _Operation) -> Response:
        if operation.query is None or not operation.query.strip():
            return self._introduce(request)
        try:
            form = lexer.form(operation.query) or "SELECT"  # what is no query, the store refuses
            offers = (*(RESULTS if form in ("SELECT", "ASK") else GRAPHS), HTML)
            offer = by_name(operation.format, offers) if operation.format else choose(request, offers)
        except QueryError as error:
            return self._refuse(request, operation, error)
        if offer is HTML:
            return self._page(request, operation, JSON if form in ("SELECT", "ASK") else N_TRIPLES)
        answer = self._store.answer(
            operation.query, accept=offer.media_type, limits=self._limits, scope=operation.scope
        )
        return respond(request, answer.read(), answer.media_type, headers={"Vary": "Accept"})

    def _introduce(self, request: Request) -> Response:
        """Answer a request without a query: the form, or the service description."""
        if request.method == "POST":
            raise QueryError("no query in the request; send one as the parameter 'query'")
        try:
            offer = choose(request, (*GRAPHS[:4], HTML))
        except NotAcceptable:
            raise QueryError("no query in the request; send one as the parameter 'query'") from None
        if offer is HTML:
            body = self._form(request, _EXAMPLE, NOTHING, "")
        else:
            body = describe(str(request.url.replace(query="")), offer)
        return respond(request, body, offer.media_type, headers={"Vary": "Accept"})

    def _page(self, request: Request, operation: _Operation, form: Format) -> Response:
        query = operation.query or ""
        try:
            answer = self._store.answer(
                query, accept=form.media_type, limits=self._limits, scope=operation.scope
            )
        except QueryError as error:
            return self._refuse(request, operation, error)
        body = self._form(request, query, show(self._dataset.store, answer, most=self._caps.rows), "")
        return respond(request, body, HTML.media_type, headers={"Vary": "Accept"})

    def _refuse(self, request: Request, operation: _Operation, error: QueryError) -> Response:
        """Raise the error, but show it beside the query in a browser, where it can be corrected."""
        try:
            html = operation.format == HTML.name or choose(request, (JSON, TURTLE, HTML)) is HTML
        except NotAcceptable:
            html = False
        if not html:
            raise error
        body = self._form(request, operation.query or "", NOTHING, str(error))
        return respond(request, body, HTML.media_type, status=error.status, headers={"Vary": "Accept"})

    def _form(self, request: Request, query: str, result: Result, message: str) -> bytes:
        address = local(request, "sparql")
        offers = GRAPHS if result.kind == "turtle" else RESULTS
        return self._pages.render(
            request,
            "sparql.html",
            query=query,
            message=message,
            result=result,
            labels=result.labels,
            downloads=[
                (f"{address}?{urlencode({'query': query, 'format': offer.name})}", offer) for offer in offers
            ],
        )


async def _read(request: Request) -> _Operation:
    values = parse_qs(request.url.query, keep_blank_values=True)
    if request.method != "POST":
        return _Operation.of(values)
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in (_FORM, _DIRECT):
        raise HTTPException(415, f"POST a query as {_FORM} or {_DIRECT}, not as {media_type or 'nothing'}")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_BODY:
            raise HTTPException(413, f"a query has at most {_LONGEST_BODY} bytes")
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise QueryError("the query is not UTF-8; send it as UTF-8") from None
    if media_type == _DIRECT:
        return _Operation.of(values, text)
    return _Operation.of({**values, **parse_qs(text, keep_blank_values=True)})
