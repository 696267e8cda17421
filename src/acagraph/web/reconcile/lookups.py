"""What is looked up beside queries: suggestions, short descriptions, previews and proposed properties."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from acagraph.dataset import Dataset
from acagraph.errors import NotFound, QueryError
from acagraph.stores import Limits
from acagraph.stores.media import PLAIN_JSON
from acagraph.web import protocol
from acagraph.web.pages import Pages
from acagraph.web.protocol import Values, shown
from acagraph.web.reconcile.identifiers import local
from acagraph.web.reconcile.kinds import Kinds
from acagraph.web.reconcile.preview import preview
from acagraph.web.reconcile.properties import Properties
from acagraph.web.reconcile.reading import callback, once
from acagraph.web.reconcile.sending import send
from acagraph.web.reconcile.suggestions import Suggestions
from acagraph.web.responses import unchanged


class Lookups:
    """The routes of suggestions, flyouts, previews and proposals; each answers in a thread."""

    def __init__(
        self, dataset: Dataset, pages: Pages, kinds: Kinds, properties: Properties, limits: Limits
    ) -> None:
        self._dataset = dataset
        self._pages = pages
        self._kinds = kinds
        self._properties = properties
        self._limits = limits

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/reconcile/suggest/entity", self.entities),
            Route("/reconcile/suggest/type", self.types),
            Route("/reconcile/suggest/property", self.properties),
            Route("/reconcile/flyout/entity", self.entity),
            Route("/reconcile/flyout/type", self.type),
            Route("/reconcile/flyout/property", self.property),
            Route("/reconcile/extend/propose", self.propose),
            Route("/reconcile/preview", self.preview),
        ]

    def entities(self, request: Request) -> Response:
        """Suggest things; `type` may be given, as some clients do."""

        def found(values: Values) -> dict[str, Any]:
            prefix, cursor = _prefix(values)
            return {"result": self._suggestions.things(prefix, cursor, values.get("type", ()))}

        return _kept(request, found)

    def types(self, request: Request) -> Response:
        """Suggest kinds."""
        return _kept(request, lambda values: {"result": self._suggestions.kinds(*_prefix(values))})

    def properties(self, request: Request) -> Response:
        """Suggest properties."""
        return _kept(request, lambda values: {"result": self._suggestions.properties(*_prefix(values))})

    def entity(self, request: Request) -> Response:
        """Tell about a thing in a few words. Raises NotFound, as the next two do."""
        return _kept(request, lambda values: _flyout(values, self._suggestions.about_thing))

    def type(self, request: Request) -> Response:
        """Tell about a kind in a few words."""
        return _kept(request, lambda values: _flyout(values, self._suggestions.about_kind))

    def property(self, request: Request) -> Response:
        """Tell about a property in a few words."""
        return _kept(request, lambda values: _flyout(values, self._suggestions.about_property))

    def propose(self, request: Request) -> Response:
        """Propose the properties that things of a type have."""

        def found(values: Values) -> dict[str, Any]:
            kind = once(values, "type") or ""
            limit = _number(values, "limit", least=1)
            name = self._kinds.find(kind) or local(kind)
            proposed = self._properties.proposed(name, self._limits)[: limit or None]
            return {
                "properties": [one.described() for one in proposed],
                **({"type": kind} if kind else {}),
                **({} if limit is None else {"limit": limit}),
            }

        return _kept(request, found)

    def preview(self, request: Request) -> Response:
        """Show a thing in a frame of another page. Raises NotFound."""
        identifier = _required(_values(request), "id")
        return preview(request, self._dataset, self._pages, identifier, self._limits)

    @cached_property
    def _suggestions(self) -> Suggestions:
        return Suggestions(self._dataset.finder(), self._kinds, self._properties, self._dataset.redirects)


def _kept(request: Request, found: Callable[[Values], dict[str, Any]]) -> Response:
    """Return an answer that follows from the release and the address alone."""
    values = _values(request)
    name = callback(values)
    if name is None and (known := unchanged(request, PLAIN_JSON.media_type)) is not None:
        return known
    return send(request, found(values), name, keep=True)


def _values(request: Request) -> Values:
    return protocol.parse(request.scope["query_string"], "the address")


def _prefix(values: Values) -> tuple[str, int]:
    return once(values, "prefix") or "", _number(values, "cursor", least=0) or 0


def _number(values: Values, name: str, *, least: int) -> int | None:
    """Return a number, or None where there is none. Raises QueryError."""
    text = once(values, name)
    if text is None or text == "":
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and int(text) >= least):
        raise QueryError(f"{name}={shown(text)} is no whole number from {least} on; write one such as 10")
    return int(text)


def _required(values: Values, name: str) -> str:
    text = once(values, name)
    if not text:
        raise QueryError(f"{name} is missing; send one such as coalition/jci")
    return text


def _flyout(values: Values, about: Callable[[str], str | None]) -> dict[str, Any]:
    identifier = _required(values, "id")
    html = about(identifier)
    if html is None:
        raise NotFound(f"there is nothing of the identifier {shown(identifier)}")
    return {"id": identifier, "html": html}
