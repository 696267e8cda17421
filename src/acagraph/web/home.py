"""Whether the service is well, and its counters."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from acagraph.dataset import Dataset
from acagraph.stores import GuardedStore, RemoteStore
from acagraph.stores.pool import Pool
from acagraph.vocab import ONTOLOGY
from acagraph.web.access import gauges
from acagraph.web.metrics import Board, Counters
from acagraph.web.pages import Pages

_EXPOSITION = "text/plain; version=0.0.4; charset=utf-8"


class Home:
    """Whether the service is well."""

    def __init__(
        self, dataset: Dataset, pages: Pages, board: Board, counters: Counters, load: Callable[[], object]
    ) -> None:
        self._dataset = dataset
        self._pages = pages
        self._board = board
        self._counters = counters
        self._load = load
        self.routes: Sequence[str] = ()

    async def health(self, _: Request) -> Response:
        """Answer 200 when the store answers; its errors give their own status. It waits for nobody's turn."""
        store = self._dataset.store
        told = {"status": "ok", "version": self._pages.version, "store": self._dataset.held}
        if isinstance(store, RemoteStore):
            await asyncio.to_thread(store.known, [ONTOLOGY])
            told["circuit"] = store.state
        else:
            store.known([ONTOLOGY])
        return JSONResponse(told, headers={"Cache-Control": "no-store"})

    async def metrics(self, _: Request) -> Response:
        """Answer the counters of all server processes."""
        self._counters.set(gauges(self._load()))
        body = self._board.text(self.routes, self._pages.version)
        return Response(body, headers={"Cache-Control": "no-store", "Content-Type": _EXPOSITION})


def load(strangers: GuardedStore) -> object:
    """Return what the processes for strangers do now, where there are any."""
    return strangers.load() if isinstance(strangers, Pool) else None
