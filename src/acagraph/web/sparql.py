"""/sparql: the query operation of the SPARQL 1.1 Protocol, its form and its service description."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar
from urllib.parse import urlencode

from anyio import CapacityLimiter, to_thread
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from acagraph import queries
from acagraph.dataset import Dataset
from acagraph.errors import AcagraphError, AnswerTooLarge, NotAcceptable, Phrase, QueryError, StoreTimeout
from acagraph.queries.excerpt import Caps
from acagraph.stores import Answer, Asked, Delivery, GuardedStore, Limits, Scope
from acagraph.stores.media import GRAPHS, HTML, JSON, N_TRIPLES, RESULTS, TURTLE, Format, by_name
from acagraph.web import protocol, strangers
from acagraph.web.addresses import language_of, local, page
from acagraph.web.assets import Assets
from acagraph.web.inventory import Inventory
from acagraph.web.languages import N_
from acagraph.web.pages import Pages, by_subject
from acagraph.web.pictures import VIEWS, Pictures, Setting
from acagraph.web.protocol import Operation
from acagraph.web.responses import alternates, choose, coding, deliver, note, respond
from acagraph.web.results import NOTHING, Result, show
from acagraph.web.service import describe, origin

# Threads of its own, so that no page waits for those that show the answers of strangers.
_THREADS = 8
# What a page is made from; the whole answer can be had as a file.
_PAGE_BYTES = 5_000_000
_READING = ("GET", "POST", "OPTIONS")
_WRITING = ("PUT", "DELETE", "PATCH")
ALLOW = {"Allow": "GET, HEAD, OPTIONS, POST"}
_EXAMPLE = """SELECT ?coalition ?label WHERE {
  ?coalition a aca:Coalition ; skos:prefLabel ?label .
  FILTER(LANG(?label) = "en")
}
ORDER BY ?label"""
_ANSWER = N_("Answer")
_T = TypeVar("_T")


class Endpoint:
    """The SPARQL endpoint; `federated` says whether queries may call some other servers."""

    def __init__(
        self,
        dataset: Dataset,
        pages: Pages,
        store: GuardedStore,
        inventory: Inventory,
        *,
        limits: Limits,
        caps: Caps,
        federated: bool = False,
        assets: Assets | None = None,
    ) -> None:
        self._dataset = dataset
        self._assets = assets or Assets.read()
        self._pictures = Pictures(pages.countries)
        self._inventory = inventory
        self._store = store
        self._pages = pages
        self._limits = limits
        self._caps = caps
        self._federated = federated
        self._threads = CapacityLimiter(_THREADS)

    def routes(self) -> list[Route]:
        """Return the endpoint's routes; a suffix names the form of the answer."""
        paths = ("/sparql", "/sparql.{suffix}")
        return [
            *(Route(path, self.endpoint, methods=_READING) for path in paths),
            *(Route(path, self.refuse, methods=_WRITING) for path in paths),
        ]

    async def refuse(self, request: Request) -> Response:
        """Refuse to write."""
        raise HTTPException(
            405, f"{request.method} is refused: this endpoint is read-only; ask with GET or POST", ALLOW
        )

    async def endpoint(self, request: Request) -> Response:
        """Answer a query, or describe the service where there is none."""
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=ALLOW)
        try:
            operation = _suffixed(
                await protocol.read(request, most_seconds=self._limits.timeout_seconds), request
            )
            if operation.query is None:
                return await self._introduce(request, operation)
            return await self._respond(request, operation, operation.query)
        except ClientDisconnect:
            return strangers.gone(request)

    async def _respond(self, request: Request, operation: Operation, query: str) -> Response:
        note(request, query=hashlib.sha256(query.encode()).hexdigest()[:12])
        offers = GRAPHS if operation.form in ("CONSTRUCT", "DESCRIBE") else RESULTS
        # What stands in a body has no address of its own under which the answer could be kept.
        keep = request.method != "POST" and operation.lasting
        try:
            offer = _chosen(request, operation, (*offers, HTML))
            if operation.scope != Scope():
                await to_thread.run_sync(protocol.refuse_unknown, operation.scope, self._inventory)
            if self._dataset.held == "remote":
                await to_thread.run_sync(protocol.refuse_fetched, query, self._inventory)
            if offer is HTML:
                return await self._page(
                    request, operation, JSON if offers == RESULTS else N_TRIPLES, keep=keep
                )
            asked = self._asked(operation, query, offer, coding(request))
            return deliver(request, await strangers.ask(request, self._store, asked), keep=keep)
        except (QueryError, NotAcceptable, StoreTimeout) as error:
            if not _prefers_page(request, operation):
                raise
            return await self._in_thread(self._explain, request, operation, error)

    def _asked(self, operation: Operation, query: str, offer: Format, chosen: str) -> Asked:
        limits = replace(self._limits, timeout_seconds=operation.timeout or self._limits.timeout_seconds)
        return Asked(query, offer.media_type, limits, operation.scope, chosen)

    async def _introduce(self, request: Request, operation: Operation) -> Response:
        """Answer a request without a query: the form, or the service description."""
        missing = QueryError("no query in the request; send one as the parameter 'query'")
        if request.method == "POST" or operation.scope != Scope() or operation.timeout is not None:
            raise missing
        try:
            offer = _chosen(request, operation, (*GRAPHS, HTML))
        except NotAcceptable:
            raise missing from None
        # The description names this server as the request does, so it is kept for nobody else.
        headers = {"Cache-Control": "no-cache", "Link": alternates(local(request, "sparql"), GRAPHS)}
        if offer is HTML:
            body = await self._in_thread(self._first, request)
        else:
            about = local(request, "sparql")
            body = await self._in_thread(
                lambda: describe(origin(request), about, self._inventory, offer, federated=self._federated)
            )
        tag = hashlib.sha256(body).hexdigest()
        return respond(request, body, offer.media_type, headers=headers, tag=tag)

    async def _page(self, request: Request, operation: Operation, form: Format, *, keep: bool) -> Response:
        asked = self._asked(operation, operation.query or "", form, "")
        most = min(_PAGE_BYTES, self._limits.max_bytes or _PAGE_BYTES)
        asked = replace(asked, limits=replace(asked.limits, max_bytes=most))
        delivery = await strangers.ask(request, self._store, asked)
        body = await self._in_thread(self._shown, request, operation, delivery)
        tag = hashlib.sha256(body).hexdigest()
        return respond(request, body, HTML.media_type, tag=tag, keep=keep, rows=delivery.rows)

    def _shown(self, request: Request, operation: Operation, delivery: Delivery) -> bytes:
        answer = Answer(delivery.media_type, (delivery.read(),))
        try:
            result = show(self._pages.labels_in(language_of(request)), answer, most=self._caps.rows)
        except RecursionError:
            raise QueryError("the answer nests too deeply for a page; ask for it as JSON") from None
        return self._form(request, operation, result)

    def _first(self, request: Request) -> bytes:
        """Show the form with an example, or with the saved query that the address names."""
        name = request.query_params.get("saved", "")
        if not name:
            return self._form(request, Operation(_EXAMPLE, Scope()))
        try:
            query = queries.find(self._dataset.queries, name)
            given = {
                key: value for key, value in request.query_params.items() if key != "saved" and value
            } or query.example
            text = queries.resolve(self._dataset.store, query, given, redirects=self._dataset.redirects)
        except AcagraphError as error:
            return self._form(request, Operation(_EXAMPLE, Scope()), message=error.message)
        shown = "\n".join(line for line in text.splitlines() if not line.startswith("#+")).strip()
        title = self._pages.wording(request).say(query.title)
        return self._form(request, Operation(f"# {title}\n{shown}", Scope()))

    def _explain(self, request: Request, operation: Operation, error: AcagraphError) -> Response:
        """Show an error beside the query, where it can be corrected."""
        message = error.message
        large = isinstance(error, AnswerTooLarge)
        if large:
            message = Phrase("The answer is too large for a page: {message}", message=message)
        note(request, outcome=type(error).__name__)
        body = self._form(request, operation, NOTHING, message, downloads=large)
        return respond(request, body, HTML.media_type, status=error.status, keep=False)

    def _form(
        self,
        request: Request,
        operation: Operation,
        result: Result = NOTHING,
        message: str = "",
        *,
        downloads: bool = False,
    ) -> bytes:
        address = local(request, "sparql")
        offers = GRAPHS if operation.form in ("CONSTRUCT", "DESCRIBE") else RESULTS
        asked = [
            ("query", operation.query or ""),
            *(("default-graph-uri", iri) for iri in operation.scope.default_graphs),
            *(("named-graph-uri", iri) for iri in operation.scope.named_graphs),
        ]
        views = self._pictures.views(result)
        wanted = request.query_params.get("view", "")
        view = wanted if wanted in views else (views or ("",))[0]
        words = self._pages.words(request)
        setting = Setting(words.say(_ANSWER), result.labels, self._pages.href(request), words)
        return self._pages.render(
            request,
            "sparql.html",
            query=operation.query or "",
            scope=asked[1:],
            message=message,
            result=result,
            columns=self._pictures.columns(result),
            labels=result.labels,
            view=view,
            missing=wanted if wanted in VIEWS and wanted not in views and views else "",
            views=[
                (each, f"{page(request, 'sparql')}?{urlencode([*asked, ('view', each)])}") for each in views
            ],
            chart=self._pictures.draw(result, view, setting),
            saved=by_subject(self._dataset.queries.values()),
            script=self._assets.address(request, "editor.js"),
            notices=self._assets.address(request, "THIRD-PARTY-NOTICES.txt"),
            downloadable=downloads or result.kind != "nothing",
            downloads=[(f"{address}.{offer.name}?{urlencode(asked)}", offer) for offer in offers],
        )

    async def _in_thread(self, function: Callable[..., _T], *arguments: object) -> _T:
        return await to_thread.run_sync(function, *arguments, limiter=self._threads)


def _suffixed(operation: Operation, request: Request) -> Operation:
    """Return an operation with the format that the suffix of the address names."""
    suffix = request.path_params.get("suffix")
    if suffix is None:
        return operation
    if operation.formats and suffix != operation.formats[0]:
        raise QueryError(
            f"the address ends in {protocol.shown(suffix)} and the format is "
            f"{protocol.shown(operation.formats[0])}; choose one"
        )
    return replace(operation, formats=(suffix,))


def _chosen(request: Request, operation: Operation, offers: Sequence[Format]) -> Format:
    """Return the format of the answer; what is named wins over the Accept header. Raises NotAcceptable."""
    return by_name(operation.formats[0], offers) if operation.formats else choose(request, offers)


def _prefers_page(request: Request, operation: Operation) -> bool:
    if operation.formats:
        return operation.formats[0] == HTML.name
    try:
        return choose(request, (JSON, TURTLE, HTML)) is HTML
    except NotAcceptable:
        return False
