"""The application: routes, errors and the headers that every answer carries."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from importlib import resources
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from acagraph.dataset import MANIFEST, Dataset
from acagraph.errors import AcagraphError
from acagraph.queries.excerpt import Caps
from acagraph.stores import GuardedStore, Limits, rows
from acagraph.stores.media import HTML
from acagraph.stores.pool import Pool
from acagraph.vocab import BASE, ONTOLOGY
from acagraph.web import coding
from acagraph.web.access import OTHER, Access, AccessLog, gauges
from acagraph.web.api import Api
from acagraph.web.cache import Cache
from acagraph.web.examples import Examples
from acagraph.web.files import Files
from acagraph.web.graphs import Graphs
from acagraph.web.graphstore import GraphStore
from acagraph.web.inventory import Inventory
from acagraph.web.metrics import Board, Counters
from acagraph.web.pages import Pages, by_subject
from acagraph.web.queries import Queries
from acagraph.web.responses import problem, respond, unchanged
from acagraph.web.sparql import Endpoint
from acagraph.web.things import Things
from acagraph.web.turns import Turns

LIMITS = Limits(timeout_seconds=30.0, max_bytes=100_000_000, max_rows=1_000_000)
CAPS = Caps()
CACHE_BYTES = 64 << 20
MOST_ROUTES = 64
_EXPOSITION = "text/plain; version=0.0.4; charset=utf-8"
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
_RAW_HEADERS = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
_PREFLIGHT = {
    "access-control-allow-methods": "GET, HEAD, POST, OPTIONS",
    "access-control-allow-headers": "Accept, Content-Type, If-None-Match",
    "access-control-max-age": "86400",
}


@dataclass(frozen=True)
class Watch:
    """Where an application counts and logs its requests: one of the processes that share a board."""

    board: Board
    process: int = 0
    log: AccessLog | None = None

    @property
    def counters(self) -> Counters:
        """The numbers that this process writes."""
        return self.board.counters(self.process)


def create_app(
    dataset: Dataset,
    *,
    limits: Limits = LIMITS,
    caps: Caps = CAPS,
    guarded: GuardedStore | None = None,
    watch: Watch | None = None,
    cache_bytes: int = CACHE_BYTES,
    federated: bool = False,
) -> ASGIApp:
    """Return the web application of a dataset; it only reads, and keeps nothing but answers.

    `caps` is how much a page shows; files and other formats are whole. `guarded` answers the queries of
    strangers; it is started and closed with the application. `federated` tells that SERVICE may be used.
    """
    watch = watch or Watch(Board(1, MOST_ROUTES))
    strangers = guarded or dataset.guarded()
    app = _starlette(dataset, strangers, watch, limits=limits, caps=caps, federated=federated)
    templates = dict(_templates(app.routes))
    return Access(
        Cache(app, most_bytes=cache_bytes),
        routes=templates,
        names=_names(templates),
        counters=watch.counters,
        log=watch.log,
        load=lambda: gauges(_load(strangers)),
    )


def _starlette(
    dataset: Dataset, strangers: GuardedStore, watch: Watch, *, limits: Limits, caps: Caps, federated: bool
) -> Starlette:
    pages = Pages(dataset)
    inventory = Inventory(dataset)
    store = GraphStore(strangers, inventory, limits=limits)
    home = _Home(dataset, pages, watch, lambda: _load(strangers))
    turns = Turns()
    routes: list[BaseRoute] = [
        Route("/", home.page),
        Route("/healthz", home.health),
        Route("/metrics", home.metrics),
        *Endpoint(pages, strangers, inventory, limits=limits, caps=caps, federated=federated).routes(),
        *store.routes(),
        *Queries(dataset, pages, limits=limits, caps=caps).routes(),
        *Things(dataset, pages, limits=limits, caps=caps).routes(),
        *Graphs(dataset, pages, store, limits=limits, caps=caps).routes(),
        *Api(dataset, pages).routes(),
        *Examples(dataset).routes(),
        Mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static"),
        *Files(dataset, pages).routes(),
    ]
    app = Starlette(
        routes=list(turns.routes(routes)),
        lifespan=_lifespan(strangers, turns),
        middleware=[Middleware(Headers)],
        exception_handlers={
            AcagraphError: problem,
            ClientDisconnect: _gone,
            HTTPException: problem,
            Exception: _fault,
        },
    )
    # It would redirect to whatever the Host header says.
    app.router.redirect_slashes = False
    app.state.pages = pages
    app.state.codings = coding.available()
    app.state.edition = edition(dataset)
    home.routes = _names(dict(_templates(app.routes)))
    return app


def edition(dataset: Dataset) -> str:
    """Return a SHA-256 of what answers follow from besides the request: the release and this code."""
    digest = hashlib.sha256(dataset.location.encode())
    if dataset.folder is not None and (dataset.folder / MANIFEST).is_file():
        digest = hashlib.sha256((dataset.folder / MANIFEST).read_bytes())
    package = Path(str(resources.files("acagraph")))
    for path in sorted(path for path in package.rglob("*") if path.suffix in (".py", ".html")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _templates(routes: Sequence[BaseRoute]) -> Iterator[tuple[Any, str]]:
    """Yield the endpoints with the first of their paths, as the access log names them."""
    seen = set()
    for route in routes:
        if isinstance(route, Mount):
            yield route.app, route.path
        elif isinstance(route, Route) and route.endpoint not in seen:
            seen.add(route.endpoint)
            yield route.endpoint, route.path


def _load(strangers: GuardedStore) -> object:
    """Return what the processes for strangers do now, where there are any."""
    return strangers.load() if isinstance(strangers, Pool) else None


def _names(templates: Mapping[Any, str]) -> list[str]:
    return [OTHER, *dict.fromkeys(templates.values())]


def _lifespan(
    strangers: GuardedStore, turns: Turns
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    """Return what starts the processes for strangers with the server, and ends them with it."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        strangers.start()
        try:
            yield
        finally:
            strangers.close()
            turns.close()

    return lifespan


def _gone(_: Request, __: Exception) -> Response:
    # Nobody reads this: the client left before its request was whole.
    return Response(status_code=HTTPStatus.BAD_REQUEST)


def _fault(request: Request, error: Exception) -> Response:
    # Starlette answers a fault outside of all middleware, so the headers are added here.
    response = problem(request, error)
    response.headers.update(_HEADERS)
    return response


class _Home:
    """The first page, and whether the service is well."""

    def __init__(self, dataset: Dataset, pages: Pages, watch: Watch, load: Callable[[], object]) -> None:
        self._dataset = dataset
        self._pages = pages
        self._watch = watch
        self._load = load
        self.routes: Sequence[str] = ()

    def page(self, request: Request) -> Response:
        """Show what is here."""
        if (known := unchanged(request, HTML.media_type)) is not None:
            return known
        body = self._pages.render(
            request,
            "home.html",
            coalitions=rows(self._dataset.store, _COALITIONS),
            groups=by_subject(self._dataset.queries.values()),
        )
        return respond(request, body, HTML.media_type)

    async def health(self, _: Request) -> Response:
        """Answer 200 when the store answers; its errors give their own status. It waits for nobody's turn."""
        if self._dataset.held == "remote":
            await asyncio.to_thread(self._dataset.store.known, [ONTOLOGY])
        else:
            self._dataset.store.known([ONTOLOGY])
        told = {"status": "ok", "version": self._pages.version, "store": self._dataset.held}
        return JSONResponse(told, headers={"Cache-Control": "no-store"})

    async def metrics(self, _: Request) -> Response:
        """Answer the counters of all server processes."""
        self._watch.counters.set(gauges(self._load()))
        body = self._watch.board.text(self.routes, self._pages.version)
        return Response(body, headers={"Cache-Control": "no-store", "Content-Type": _EXPOSITION})


class Headers:
    """Adds the security and sharing headers to every answer, and answers preflight requests.

    What an answer says itself is kept: a page that stands alone has a policy of its own.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and add to the head of its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if scope["method"] == "OPTIONS" and _is_preflight(scope):
            await Response(status_code=204, headers=_HEADERS | _PREFLIGHT)(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = {name for name, _ in message["headers"]}
                added = [(name, value) for name, value in _RAW_HEADERS if name not in own]
                message = {**message, "headers": [*message["headers"], *added]}
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _is_preflight(scope: Scope) -> bool:
    return any(name == b"access-control-request-method" for name, _ in scope["headers"])
