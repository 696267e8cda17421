"""/id, /doc and /scheme: a thing, and the document about it in many forms."""

from __future__ import annotations

from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from acagraph.dataset import Dataset
from acagraph.errors import NotFound
from acagraph.queries import description
from acagraph.queries.lookup import nearest
from acagraph.stores import Limits
from acagraph.stores.guard import valid_iri
from acagraph.stores.media import HTML, JSON_LD, N_TRIPLES, RDF_XML, TURTLE, Format
from acagraph.vocab import BASE, KINDS
from acagraph.web import views
from acagraph.web.pages import Pages
from acagraph.web.responses import alternates, choose, respond

# `.json` is JSON-LD for those who do not know that name.
_PLAIN_JSON = Format("json", "application/json")
_OFFERS = (HTML, TURTLE, JSON_LD, N_TRIPLES, RDF_XML)
_SUFFIXES = {offer.name: offer for offer in (*_OFFERS, _PLAIN_JSON)}


class Things:
    """Documents about things; a suffix wins over the Accept header."""

    def __init__(self, dataset: Dataset, pages: Pages, *, limits: Limits) -> None:
        self._dataset = dataset
        self._pages = pages
        self._limits = limits

    def routes(self) -> list[Route]:
        """Return the routes of things and concepts."""
        return [
            Route("/id/{kind}/{name}", self.thing),
            Route("/doc/{kind}/{name}", self.document),
            Route("/scheme/{scheme}", self.concept),
            Route("/scheme/{scheme}/{concept}", self.concept),
        ]

    def thing(self, request: Request) -> Response:
        """Send a client from a thing to the document about it (303), or to the thing it became (301)."""
        kind, name = _kind(request), request.path_params["name"]
        merged = self._dataset.redirects.get(f"{BASE}id/{kind}/{name}")
        if merged is not None:
            return RedirectResponse(_local(request, merged.removeprefix(BASE)), 301)
        return RedirectResponse(_local(request, f"doc/{kind}/{quote(name, safe='')}"), 303)

    def document(self, request: Request) -> Response:
        """Describe a thing: itself, the statements about it and their evidence."""
        kind, (slug, suffix) = _kind(request), _split(request.path_params["name"])
        iri = f"{BASE}id/{kind}/{slug}"
        merged = self._dataset.redirects.get(iri)
        if merged is not None:
            path = merged.removeprefix(f"{BASE}id/") + (f".{suffix}" if suffix else "")
            return RedirectResponse(_local(request, f"doc/{path}"), 301)
        if not (valid_iri(iri) and description.exists(self._dataset.store, iri)):
            near = nearest(self._dataset.store, [f"{BASE}id/{kind}/"], slug)
            hint = f"; did you mean {', '.join(near)}?" if near else ""
            if "." in slug:
                hint += f"; a document can be had as {', '.join(f'.{name}' for name in _SUFFIXES)}"
            raise NotFound(f"there is no {kind} {slug!r}{hint}")
        return self._describe(request, iri, f"doc/{kind}/{slug}", suffix)

    def concept(self, request: Request) -> Response:
        """Describe a concept scheme or one of its concepts."""
        path, suffix = _split("/".join(request.path_params.values()))
        iri = f"{BASE}scheme/{path}"
        if not (valid_iri(iri) and description.exists(self._dataset.store, iri)):
            raise NotFound(f"there is no concept or scheme {path!r}")
        return self._describe(request, iri, f"scheme/{path}", suffix)

    def _describe(self, request: Request, iri: str, path: str, suffix: str) -> Response:
        offer = _SUFFIXES[suffix] if suffix else choose(request, _OFFERS)
        address = _local(request, path)
        headers = {"Link": f'<{iri}>; rel="describes", {alternates(address, _OFFERS)}'}
        if not suffix:
            headers["Vary"] = "Accept"
        if offer is HTML:
            return respond(request, self._page(request, iri, address), HTML.media_type, headers=headers)
        form = JSON_LD if offer is _PLAIN_JSON else offer
        body = description.document(self._dataset.store, iri, form, limits=self._limits)
        return respond(request, body, offer.media_type, headers=headers)

    def _page(self, request: Request, iri: str, address: str) -> bytes:
        store = self._dataset.store
        triples = description.triples(store, iri, limits=self._limits)
        known = views.described(store, triples, superclasses=self._pages.superclasses)
        return self._pages.render(
            request,
            "thing.html",
            view=views.view(known, iri),
            labels=known.labels,
            alternates=[(f"{address}.{offer.name}", offer) for offer in _OFFERS if offer is not HTML],
        )


def _kind(request: Request) -> str:
    kind = str(request.path_params["kind"])
    if kind not in KINDS:
        raise HTTPException(404, f"there is no kind {kind!r}; there are {', '.join(KINDS)}")
    return kind


def _split(name: str) -> tuple[str, str]:
    slug, dot, suffix = name.rpartition(".")
    return (slug, suffix) if dot and suffix in _SUFFIXES else (name, "")


def _local(request: Request, path: str) -> str:
    return f"{str(request.scope.get('root_path', '')).rstrip('/')}/{path}"
