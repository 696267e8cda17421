"""The application: routes, errors and the headers that every answer carries."""

from __future__ import annotations

import hashlib
import json
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
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from acagraph.dataset import MANIFEST, Dataset, store_of
from acagraph.errors import AcagraphError
from acagraph.queries.excerpt import Caps
from acagraph.stores import GuardedStore, Limits
from acagraph.stores.threaded import ThreadedStore
from acagraph.web import coding
from acagraph.web.about import About
from acagraph.web.access import OTHER, Access, AccessLog, gauges
from acagraph.web.api import Api
from acagraph.web.archive import Archive
from acagraph.web.assets import Assets
from acagraph.web.browse import First, Lists, Reading
from acagraph.web.cache import Cache
from acagraph.web.entrance import Entrance
from acagraph.web.examples import Examples
from acagraph.web.files import Files
from acagraph.web.graphs import Graphs
from acagraph.web.graphstore import GraphStore
from acagraph.web.guide import guide
from acagraph.web.home import Home, load
from acagraph.web.inventory import Inventory
from acagraph.web.lexicon import Lexicon
from acagraph.web.metrics import Board, Counters
from acagraph.web.openings import Openings, SleepingPool
from acagraph.web.pages import Pages
from acagraph.web.queries import Queries
from acagraph.web.reconcile import Reconciliation
from acagraph.web.releases import Releases, past
from acagraph.web.responses import problem
from acagraph.web.search import Search
from acagraph.web.shelves import Opening
from acagraph.web.sitemap import Sitemap
from acagraph.web.sparql import Endpoint
from acagraph.web.syntax import Syntax
from acagraph.web.things import Things
from acagraph.web.turns import AtOnce, InThreads, Turns

LIMITS = Limits(timeout_seconds=30.0, max_bytes=100_000_000, max_rows=1_000_000)
CAPS = Caps()
CACHE_BYTES = 64 << 20
MOST_ROUTES = 128
_HEADERS = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "ETag, Link, Location, Repr-Digest",
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
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
    others: Openings | None = None,
) -> ASGIApp:
    """Return the web application of a dataset; it only reads, and keeps nothing but answers.

    `caps` is how much a page shows; files and other formats are whole. `guarded` answers the queries of
    strangers; it is started and closed with the application, and so is `others`, the older releases that
    are served under their versions. `federated` tells that SERVICE may be used.
    """
    watch = watch or Watch(Board(1, MOST_ROUTES))
    strangers = guarded or dataset.guarded()
    edges = _Edges(limits, caps, federated=federated)
    openings = others or Openings()
    archive = Archive(dataset, openings.folder)
    app = _starlette(dataset, strangers, watch, edges, openings, archive, InThreads())
    templates = dict(_templates(app.routes))
    return Access(
        Entrance(Cache(app, most_bytes=cache_bytes, edition=archive.stamp), headers=_HEADERS),
        routes=templates,
        names=_names(templates),
        counters=watch.counters,
        log=watch.log,
        load=lambda: gauges(load(strangers)),
    )


def plain_app(dataset: Dataset) -> ASGIApp:
    """Return the application without what a server puts around it: it keeps, counts and logs nothing.

    It is for one who asks for one thing after another, and answers no query of strangers. Its limits are
    those of a server, for pages tell them.
    """
    edges = _Edges(LIMITS, CAPS, federated=False)
    watch, openings = Watch(Board(1, MOST_ROUTES)), Openings()
    strangers, archive = ThreadedStore(dataset.store), Archive(dataset, openings.folder)
    app = _starlette(dataset, strangers, watch, edges, openings, archive, AtOnce())
    return Entrance(app, headers=_HEADERS)


@dataclass(frozen=True)
class _Edges:
    """What an answer may cost, and whether queries may call other servers."""

    limits: Limits
    caps: Caps
    federated: bool


def _starlette(
    dataset: Dataset,
    strangers: GuardedStore,
    watch: Watch,
    edges: _Edges,
    openings: Openings,
    archive: Archive,
    turns: Turns,
) -> Starlette:
    pages = Pages(dataset)
    code = _code()
    home = Home(dataset, pages, watch.board, watch.counters, lambda: load(strangers))
    first = list(turns.routes(_release(dataset, pages, strangers, archive, edges, turns)))

    def make(folder: Path, stamped: tuple[int, ...]) -> ASGIApp:
        """Return what answers for an older release; its store sleeps until it is asked."""
        other = past(folder, openings.stores, stamped)
        shown = Pages(other, pages.wordings, newest=archive.own)
        pool = SleepingPool(openings.pools, Opening(store_of(folder), stamped))
        routes = turns.routes(_release(other, shown, pool, archive, edges, turns))
        # Its pages name the release that is shown first, too.
        return _application(list(routes), shown, edition(other, f"{code} {archive.own}"))

    releases = Releases(
        archive, pages, openings.stores, newest=Router(first, redirect_slashes=False), make=make
    )
    *named, others = first  # the last route takes any path
    app = _application(
        [
            *named,
            Route("/healthz", home.health),
            Route("/metrics", home.metrics),
            *turns.routes(Sitemap(dataset, pages.translations).routes()),
            *turns.routes(releases.routes()),
            others,
        ],
        pages,
        edition(dataset, code),
        lifespan=_lifespan(strangers, turns, openings),
    )
    home.routes = _names(dict(_templates(app.routes)))
    return app


def _release(
    dataset: Dataset,
    pages: Pages,
    strangers: GuardedStore,
    archive: Archive,
    edges: _Edges,
    turns: Turns,
) -> list[BaseRoute]:
    """Return the routes of one release, which are the same wherever it is mounted."""
    limits, caps = edges.limits, edges.caps
    inventory = Inventory(dataset)
    store = GraphStore(strangers, inventory, limits=limits)
    files = Files(dataset, pages)
    assets = Assets.read()
    reading = Reading(dataset, pages)
    things = Things(dataset, pages, limits=limits, caps=caps)
    return [
        # Routes are tried in their order: what programs ask most stands first, after the files among it.
        *files.routes(),
        *Queries(dataset, pages, limits=limits, caps=caps).routes(),
        *Endpoint(
            dataset,
            pages,
            strangers,
            inventory,
            limits=limits,
            caps=caps,
            federated=edges.federated,
            assets=assets,
        ).routes(),
        *guide(dataset, pages, files, archive, things, limits=limits),
        *things.routes(),
        *First(dataset, pages, reading).routes(),
        *Lists(pages, reading).routes(),
        *Syntax(strangers, federated=edges.federated).routes(),
        *Lexicon(dataset, pages).routes(),
        *store.routes(),
        *Search(dataset, pages).routes(),
        *Graphs(dataset, pages, store, limits=limits, caps=caps).routes(),
        *About(pages, files, archive).routes(),
        *Api(dataset, pages).routes(),
        *Examples(dataset).routes(),
        *Reconciliation(dataset, pages, turns, limits=limits).routes(),
        assets.route(),
        Mount("/static", StaticFiles(directory=Path(__file__).parent / "static"), name="static"),
        *files.others(),
    ]


def _application(
    routes: Sequence[BaseRoute],
    pages: Pages,
    known: str,
    *,
    lifespan: Callable[[Starlette], AbstractAsyncContextManager[None]] | None = None,
) -> Starlette:
    app = Starlette(
        routes=routes,
        lifespan=lifespan,
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
    app.state.edition = known
    return app


def edition(dataset: Dataset, code: str | None = None) -> str:
    """Return a SHA-256 of what answers follow from besides the request: the release and this code."""
    digest = hashlib.sha256(dataset.location.encode())
    if dataset.folder is not None and (dataset.folder / MANIFEST).is_file():
        # Pages follow from the rest, and are written before the manifest can name them.
        told = {key: value for key, value in dataset.manifest.items() if key != "pages"}
        digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode())
    digest.update((code or _code()).encode())
    return digest.hexdigest()


def _code() -> str:
    """Return a SHA-256 of this code."""
    digest = hashlib.sha256()
    package = Path(str(resources.files("acagraph")))
    for path in sorted(path for path in package.rglob("*") if path.suffix in (".py", ".html", ".po")):
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


def _names(templates: Mapping[Any, str]) -> list[str]:
    return [OTHER, *dict.fromkeys(templates.values())]


def _lifespan(
    strangers: GuardedStore, turns: Turns, openings: Openings
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    """Return what starts the processes for strangers with the server, and ends them with it."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        strangers.start()
        try:
            yield
        finally:
            strangers.close()
            openings.close()
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
