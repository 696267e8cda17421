"""/reconcile itself: the manifest, reconciliation queries and data extension."""

from __future__ import annotations

import json
from functools import cached_property
from itertools import product
from typing import Any

from anyio import CapacityLimiter, to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from acagraph.dataset import Dataset
from acagraph.errors import AnswerTooLarge
from acagraph.stores import Limits
from acagraph.web import strangers
from acagraph.web.addresses import local
from acagraph.web.pages import Pages
from acagraph.web.reconcile.answers import Answers
from acagraph.web.reconcile.extension import Extension, Settings, extension
from acagraph.web.reconcile.identifiers import whole
from acagraph.web.reconcile.kinds import Kinds
from acagraph.web.reconcile.lookups import Lookups
from acagraph.web.reconcile.manifest import manifest
from acagraph.web.reconcile.model import Property
from acagraph.web.reconcile.properties import Properties
from acagraph.web.reconcile.queries import batch, single
from acagraph.web.reconcile.reading import LONG, Question, read
from acagraph.web.reconcile.sending import send
from acagraph.web.reconcile.values import Cell, described, values_of
from acagraph.web.reconcile.work import batches, in_pieces
from acagraph.web.responses import note
from acagraph.web.service import origin
from acagraph.web.turns import Turns

# So many things are asked for at once, and so many values an answer may have.
_THINGS = 100
_MOST_VALUES = 100_000
# What has no more entries than this is written at once.
_SHORT = 20
_WRITERS = 2
_FEWER = "send fewer queries at a time"


class Reconciliation:
    """The Reconciliation Service API 0.2 over the index of names and the store of a release."""

    def __init__(self, dataset: Dataset, pages: Pages, turns: Turns, *, limits: Limits) -> None:
        self._dataset = dataset
        self._pages = pages
        self._turns = turns
        self._limits = limits
        self._writing = CapacityLimiter(_WRITERS)
        self._kinds = Kinds(dataset.store)
        self._properties = Properties(dataset.store, lambda name: name in self._kinds.known)

    def routes(self) -> list[Route]:
        """Return the routes of the service."""
        lookups = Lookups(self._dataset, self._pages, self._kinds, self._properties, self._limits)
        return [Route("/reconcile", self.endpoint, methods=["GET", "POST"]), *lookups.routes()]

    async def endpoint(self, request: Request) -> Response:
        """Answer queries or an extension query; where there is neither, send the manifest."""
        try:
            return await self._answer(request, await read(request))
        except ClientDisconnect:
            return strangers.gone(request)

    async def _answer(self, request: Request, asked: Question) -> Response:
        if asked.queries is not None:
            found = await self._batch(request, asked.queries)
            return await self._send(request, found, asked, len(found))
        if (text := asked.query) is not None:
            found = await self._turns.run(request, lambda: self._answers.to(single(text)))
            return send(request, found, asked.callback)
        if asked.extend is not None:
            found = await self._extend(request, asked.extend)
            values = sum(len(cells) for row in found["rows"].values() for cells in row.values())
            return await self._send(request, found, asked, values)
        # It names this server as the request does.
        root = origin(request) + local(request)
        found = await self._turns.run(request, self._manifest, root)
        return send(request, found, asked.callback, own=True)

    async def _send(self, request: Request, document: dict[str, Any], asked: Question, size: int) -> Response:
        """Return an answer; a long one is written and compressed in a thread."""
        if size <= _SHORT:
            return send(request, document, asked.callback)
        return await to_thread.run_sync(send, request, document, asked.callback, limiter=self._writing)

    def _manifest(self, root: str) -> dict[str, Any]:
        self._dataset.finder()  # without an index of names there is no such service
        return manifest(root, self._pages.version, self._kinds.roots())

    @cached_property
    def _answers(self) -> Answers:
        return Answers(self._dataset.finder(), self._kinds, self._dataset.redirects)

    async def _batch(self, request: Request, text: str) -> dict[str, Any]:
        long = len(text) > LONG
        texts, queries = await self._turns.run(request, _read_batch, text) if long else _read_batch(text)
        note(request, rows=len(texts))
        # A column names the same thing again and again: what is asked twice is looked for once.
        different = dict(zip(texts.values(), queries, strict=True))
        results = await in_pieces(
            request,
            self._turns,
            lambda query: self._answers.to(query),
            different.values(),
            most_seconds=self._limits.timeout_seconds,
            hint=_FEWER,
        )
        found = dict(zip(different, results, strict=True))
        return {name: found[text] for name, text in texts.items()}

    async def _extend(self, request: Request, text: str) -> dict[str, Any]:
        wanted = await self._turns.run(request, extension, text) if len(text) > LONG else extension(text)
        properties = await self._turns.run(request, self._asked, wanted)
        iris = {name: whole(name, self._dataset.redirects) for name in wanted.ids}
        things = batches(sorted({iri for iri in iris.values() if iri is not None}), _THINGS)
        found = await in_pieces(
            request,
            self._turns,
            _Filling(self._dataset, self._pages, self._limits),
            product(things, ((one, settings) for one, settings in properties if one.pattern)),
            most_seconds=self._limits.timeout_seconds,
            hint="ask for fewer things or properties at a time",
        )
        cells: dict[tuple[str, str], list[Cell]] = {}
        for part in found:
            cells |= part
        return {
            "meta": [described(one, settings) for one, settings in properties],
            "rows": {
                name: {one.id: cells.get((iri or "", one.id), []) for one, _ in properties}
                for name, iri in iris.items()
            },
        }

    def _asked(self, wanted: Extension) -> list[tuple[Property, Settings]]:
        """Return the properties that are wanted, under the identifiers that the client has for them.

        One that there is not has no pattern, and nothing has it.
        """
        found = []
        for name, settings in wanted.properties.items():
            known = self._properties.find(name) or Property(name, name, "", "")
            found.append((known.called(name), settings))
        return found


def _read_batch(text: str) -> tuple[dict[str, str], list[Any]]:
    """Return the queries of a batch, and under the key of each the text that tells equal ones."""
    queries = batch(text)
    texts = {name: json.dumps(query, sort_keys=True) for name, query in queries.items()}
    return texts, list(queries.values())


class _Filling:
    """Finds the values of a property of some things, as long as they are not too many in all."""

    def __init__(self, dataset: Dataset, pages: Pages, limits: Limits) -> None:
        self._dataset = dataset
        self._pages = pages
        self._limits = limits
        self._values = 0

    def __call__(
        self, item: tuple[tuple[str, ...], tuple[Property, Settings]]
    ) -> dict[tuple[str, str], list[Cell]]:
        """Return the values by thing and property. Raises AnswerTooLarge."""
        iris, (one, settings) = item
        found = values_of(self._dataset.store, self._pages.labels, iris, one, settings, self._limits)
        self._values += sum(map(len, found.values()))
        if self._values > _MOST_VALUES:
            raise AnswerTooLarge(
                f"there are more than {_MOST_VALUES:,} values; ask for fewer things at a time, or set a limit"
            )
        return {(iri, one.id): cells for iri, cells in found.items()}
