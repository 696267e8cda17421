"""/releases: the list of them, and each under its version; an older one is opened when it is first asked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from acagraph import queries
from acagraph.dataset import Dataset, dataset_of, store_of
from acagraph.stores.media import HTML, PLAIN_JSON
from acagraph.vocab import BASE
from acagraph.web.addresses import local
from acagraph.web.archive import Archive, Listed
from acagraph.web.listing import stamp
from acagraph.web.openings import SleepingStore, Stores
from acagraph.web.pages import Pages
from acagraph.web.recent import Recent
from acagraph.web.responses import FACTS, choose, client, respond
from acagraph.web.shelves import VISIT, Opening, Visit

_FORMS = (HTML, PLAIN_JSON)
# An application of a release that nobody asks holds templates and labels, no store.
_MOST = 32


class Releases:
    """The releases of a folder at their own addresses.

    `newest` answers for the release that the server shows first, `make` returns what answers for another,
    of which it gets folder and edition. `stores` are those of the others.
    """

    def __init__(
        self,
        archive: Archive,
        pages: Pages,
        stores: Stores,
        *,
        newest: ASGIApp,
        make: Callable[[Path, tuple[int, ...]], ASGIApp],
    ) -> None:
        self._archive = archive
        self._pages = pages
        self._stores = stores
        self._newest = newest
        self._make = make
        self._made = Recent[str, tuple[tuple[int, ...], ASGIApp]](_MOST)
        self._limiter = CapacityLimiter(1)

    def routes(self) -> list[BaseRoute]:
        """Return the routes of releases; what they lead to takes turns by itself."""
        return [
            Route("/releases", self.listing),
            Route("/releases.json", self.listing_as_json),
            Route("/releases/{version}", self.release),
            Mount("/releases/{version}", self.pass_on),
        ]

    def listing(self, request: Request) -> Response:
        """List the releases, the newest first."""
        if choose(request, _FORMS) is not HTML:
            return self.listing_as_json(request)
        body = self._pages.render(request, "releases.html", releases=self._archive.listed())
        return self._changing(request, body, HTML.media_type)

    def listing_as_json(self, request: Request) -> Response:
        """List the releases for machines."""
        found = [_described(request, one) for one in self._archive.listed()]
        body = json.dumps(found, ensure_ascii=False, indent=1).encode() + b"\n"
        return self._changing(request, body, PLAIN_JSON.media_type)

    def release(self, request: Request) -> Response:
        """Lead to the page about a release. Raises NotFound."""
        version = request.path_params["version"]
        if version != self._archive.own:
            self._archive.find(version)
        return RedirectResponse(local(request, f"releases/{version}/dataset"), 303)

    async def pass_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a release answer what stands behind its version. Raises NotFound and StoreBusy."""
        version = str(scope["path_params"]["version"])
        older = version != self._archive.own
        app = await self._of(version) if older else self._newest
        scope.setdefault(FACTS, {})["release"] = version
        if scope["path"].removeprefix(scope["root_path"]) == "/":
            # The name that people cite leads to the page that tells of it.
            app = RedirectResponse(f"{scope['root_path']}/dataset", 303)
        asked = {**scope, "path_params": {}}
        await (self._visit(app, asked, receive, send) if older else app(asked, receive, send))

    async def _visit(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; the store that it opens stays open until the answer begins."""
        visit = Visit(client(Request(scope)))

        async def answering(message: Message) -> None:
            # Who reads slowly keeps no place.
            self._stores.leave(visit)
            await send(message)

        token = VISIT.set(visit)
        try:
            await app(scope, receive, answering)
        finally:
            VISIT.reset(token)
            self._stores.leave(visit)

    async def _of(self, version: str) -> ASGIApp:
        """Return what answers for another release, made again where a build has replaced it."""
        made = self._made.get(version)
        if made is None or self._archive.stamp(version) != made[0]:
            made = await to_thread.run_sync(self._open, version, limiter=self._limiter)
            self._made.put(version, made)
        return made[1]

    def _open(self, version: str) -> tuple[tuple[int, ...], ASGIApp]:
        folder = self._archive.find(version)
        edition = stamp(folder)
        return edition, self._make(folder, edition)

    @staticmethod
    def _changing(request: Request, body: bytes, media_type: str) -> Response:
        """Return what may be other the next time: it is kept, but asked for again."""
        return respond(request, body, media_type, headers={"Cache-Control": "no-cache"}, tag=_digest(body))


def past(folder: Path, stores: Stores, edition: tuple[int, ...]) -> Dataset:
    """Return the dataset of a release whose store and saved queries are opened when they are first asked."""
    store = SleepingStore(stores, Opening(store_of(folder), edition))
    return dataset_of(folder, store, location=str(folder), saved=queries.Catalogue(folder / "queries"))


def _described(request: Request, one: Listed) -> dict[str, object]:
    """Return what the list says of a release: its lasting name, where it is here, and what it holds."""
    address = local(request, f"releases/{one.version}")
    return {
        **{key: value for key, value in asdict(one).items() if key != "changes"},
        "iri": f"{BASE}releases/{one.version}/",
        "address": f"{address}/",
        "manifest": f"{address}/manifest.json",
        "changes": [f"{address}/{name}" for name in one.changes],
    }


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
