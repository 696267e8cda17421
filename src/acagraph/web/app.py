"""The application: routes, errors and the headers that every answer carries."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from acagraph.dataset import Dataset
from acagraph.errors import AcagraphError
from acagraph.queries.excerpt import Caps
from acagraph.stores import Limits, Store, rows
from acagraph.stores.media import HTML
from acagraph.stores.pool import PoolStore
from acagraph.vocab import BASE
from acagraph.web.files import Files
from acagraph.web.graphs import Graphs
from acagraph.web.pages import Pages, by_subject
from acagraph.web.queries import Queries
from acagraph.web.responses import problem, respond
from acagraph.web.sparql import Endpoint
from acagraph.web.things import Things

LIMITS = Limits(timeout_seconds=30.0, max_bytes=100_000_000)
CAPS = Caps()
_COALITIONS = f"""SELECT ?coalition ?label {{
  ?coalition a aca:Coalition ; skos:prefLabel ?label
  FILTER(STRSTARTS(STR(?coalition), "{BASE}id/coalition/") && LANG(?label) = "en")
}} ORDER BY ?label ?coalition"""
_HEADERS = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "ETag, Link, Location",
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "cross-origin-resource-policy": "cross-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_PREFLIGHT = {
    "access-control-allow-methods": "GET, HEAD, POST, OPTIONS",
    "access-control-allow-headers": "Accept, Content-Type, If-None-Match",
    "access-control-max-age": "86400",
}


def create_app(dataset: Dataset, *, limits: Limits = LIMITS, caps: Caps = CAPS) -> Starlette:
    """Return the web application of a dataset; it only reads, and keeps no state between requests.

    `caps` is how much a page shows; files and other formats are whole.
    """
    pages = Pages(dataset)
    home = _Home(dataset, pages)
    files = Files(dataset, pages)
    strangers = dataset.pooled()
    app = Starlette(
        routes=[
            Route("/", home.page),
            Route("/healthz", home.health),
            *Endpoint(dataset, pages, strangers, limits=limits, caps=caps).routes(),
            *Queries(dataset, pages, limits=limits, caps=caps).routes(),
            *Things(dataset, pages, limits=limits, caps=caps).routes(),
            *Graphs(dataset, pages, limits=limits, caps=caps).routes(),
            Mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static"),
            *files.routes(),
        ],
        lifespan=_lifespan(strangers),
        middleware=[Middleware(Headers)],
        exception_handlers={
            AcagraphError: problem,
            HTTPException: problem,
            Exception: _fault,
        },
    )
    app.state.pages = pages
    return app


def _lifespan(strangers: Store) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    """Return what starts the processes for strangers with the server, and ends them with it."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        if not isinstance(strangers, PoolStore):
            yield
            return
        strangers.start()
        try:
            yield
        finally:
            strangers.close()

    return lifespan


def _fault(request: Request, error: Exception) -> Response:
    # Starlette answers a fault outside of all middleware, so the headers are added here.
    response = problem(request, error)
    response.headers.update(_HEADERS)
    return response


class _Home:
    """The first page, and whether the service is well."""

    def __init__(self, dataset: Dataset, pages: Pages) -> None:
        self._dataset = dataset
        self._pages = pages

    def page(self, request: Request) -> Response:
        """Show what is here."""
        body = self._pages.render(
            request,
            "home.html",
            coalitions=rows(self._dataset.store, _COALITIONS),
            groups=by_subject(self._dataset.queries.values()),
        )
        return respond(request, body, HTML.media_type)

    def health(self, _: Request) -> Response:
        """Answer 200 when the store answers; its errors give their own status."""
        rows(self._dataset.store, "SELECT ?p { ?s ?p ?o } LIMIT 1", limits=Limits(timeout_seconds=5.0))
        return JSONResponse(
            {"status": "ok", "version": self._pages.version}, headers={"Cache-Control": "no-store"}
        )


class Headers:
    """Adds the security and sharing headers to every answer, and answers preflight requests."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and add to the head of its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS":
            await Response(status_code=204, headers=_HEADERS | _PREFLIGHT)(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                added = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
                message = {**message, "headers": [*message["headers"], *added]}
            await send(message)

        await self._app(scope, receive, send_with_headers)
