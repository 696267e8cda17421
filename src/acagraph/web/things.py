"""/id, /doc and /scheme: a thing, and the document about it in many forms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from acagraph.dataset import Dataset
from acagraph.errors import NotFound, Phrase, QueryError, StoreTimeout
from acagraph.queries import description
from acagraph.queries.excerpt import Caps, excerpt
from acagraph.queries.lookup import nearest, suggested
from acagraph.queries.writing import write
from acagraph.stores import Limits
from acagraph.stores.guard import valid_iri
from acagraph.stores.media import HTML, JSON_LD, N_TRIPLES, PLAIN_JSON, RDF_XML, SPREADSHEET, TURTLE
from acagraph.vocab import BASE, KINDS
from acagraph.web import views
from acagraph.web.addresses import language_of, local, page
from acagraph.web.entities import KINDS as SPECIAL
from acagraph.web.entities import Entities
from acagraph.web.pages import Pages
from acagraph.web.profiles.corrections import Corrections
from acagraph.web.responses import alternates, choose, respond, unchanged

OFFERS = (HTML, TURTLE, JSON_LD, N_TRIPLES, RDF_XML)
# The saved queries that answer at length what the page of a large thing shows the beginning of.
_TELLING = {
    "agent": (("participants", "agent"), ("commitments", "agent"), ("who-says-member", "agent")),
    "coalition": (
        ("members-of-coalition", "coalition"),
        ("named-members", "coalition"),
        ("supporters-of-coalition", "coalition"),
        ("figures-over-time", "coalition"),
    ),
    "place": (("members-in-country", "country"),),
    "source": (("statements-in-source", "source"),),
}
# `.json` is JSON-LD for those who do not know that name.
_SUFFIXES = {offer.name: offer for offer in (*OFFERS, PLAIN_JSON)}


class Things:
    """Documents about things; a suffix wins over the Accept header."""

    def __init__(self, dataset: Dataset, pages: Pages, *, limits: Limits, caps: Caps) -> None:
        self._dataset = dataset
        self._pages = pages
        self._limits = limits
        self._caps = caps
        self.corrections = Corrections(dataset.folder)
        self._entities = Entities(dataset, pages, self.corrections, limits=limits)

    def routes(self) -> list[Route]:
        """Return the routes of things and concepts."""
        return [
            Route("/id/{kind}/{name}", self.thing),
            Route("/doc/{kind}/{name}", self.document),
            Route("/doc/{kind}/{name}/members/{number:int}", self.members),
            Route("/doc/{kind}/{name}/members.csv", self.spreadsheet),
            Route("/scheme/{scheme}", self.concept),
            Route("/scheme/{scheme}/{concept}", self.concept),
        ]

    def thing(self, request: Request) -> Response:
        """Send a client from a thing to the document about it (303), or to the thing it became (301).

        One that was withdrawn is gone (410).
        """
        kind, name = _kind(request), request.path_params["name"]
        self._refuse_withdrawn(f"{BASE}id/{kind}/{name}")
        merged = self._dataset.redirects.get(f"{BASE}id/{kind}/{name}")
        if merged is not None:
            return RedirectResponse(local(request, merged.removeprefix(BASE)), 301)
        return RedirectResponse(local(request, f"doc/{kind}/{quote(name, safe='')}"), 303)

    def document(self, request: Request) -> Response:
        """Describe a thing: itself, the statements about it and their evidence."""
        kind, (slug, suffix) = _kind(request), split(request.path_params["name"])
        iri = f"{BASE}id/{kind}/{slug}"
        merged = self._dataset.redirects.get(iri)
        if merged is not None:
            path = merged.removeprefix(f"{BASE}id/") + (f".{suffix}" if suffix else "")
            return RedirectResponse((local if suffix else page)(request, f"doc/{path}"), 301)
        self._refuse_withdrawn(iri)
        if (known := self._unchanged(request, suffix)) is not None:
            return known
        if not (valid_iri(iri) and description.exists(self._dataset.store, iri)):
            near = nearest(self._dataset.store, [f"{BASE}id/{kind}/"], slug)
            raise NotFound(_missing(kind, slug, near))
        return self._describe(request, iri, f"doc/{kind}/{slug}", suffix)

    def members(self, request: Request) -> Response:
        """Show a page of the members of a coalition, or of those in a country."""
        choose(request, (HTML,))
        number = int(request.path_params["number"])
        known = self._elsewhere(request, f"/members/{number}", HTML.media_type)
        if known is not None:
            return known
        return respond(request, self._entities.members(request, _iri(request), number), HTML.media_type)

    def spreadsheet(self, request: Request) -> Response:
        """Send all members of a coalition, or of those in a country, as CSV."""
        known = self._elsewhere(request, "/members.csv", SPREADSHEET.content_type)
        if known is not None:
            return known
        found = self._entities.spreadsheet(request, _iri(request))
        return respond(request, write(found, SPREADSHEET), SPREADSHEET.content_type, rows=found.total)

    def _elsewhere(self, request: Request, rest: str, media_type: str) -> Response | None:
        """Return the answer where a thing was merged, or where the client has the page; None to make it.

        Raises HTTPException for one that was withdrawn, and NotFound.
        """
        iri = _iri(request)
        merged = self._dataset.redirects.get(iri)
        if merged is not None:
            lead = local if media_type != HTML.media_type else page
            return RedirectResponse(lead(request, f"doc/{merged.removeprefix(f'{BASE}id/')}{rest}"), 301)
        self._refuse_withdrawn(iri)
        if (known := unchanged(request, media_type)) is not None:
            return known
        if not (valid_iri(iri) and description.exists(self._dataset.store, iri)):
            raise NotFound(_missing(_kind(request), request.path_params["name"], ()))
        return None

    def concept(self, request: Request) -> Response:
        """Describe a concept scheme or one of its concepts."""
        path, suffix = split("/".join(request.path_params.values()))
        iri = f"{BASE}scheme/{path}"
        if (known := self._unchanged(request, suffix)) is not None:
            return known
        if not (valid_iri(iri) and description.exists(self._dataset.store, iri)):
            raise NotFound(Phrase("there is no concept or scheme {path}", path=repr(path)))
        return self._describe(request, iri, f"scheme/{path}", suffix)

    def _refuse_withdrawn(self, iri: str) -> None:
        reason = self._dataset.withdrawn.get(iri)
        if reason is not None:
            raise HTTPException(410, Phrase("{iri} was withdrawn: {reason}", iri=iri, reason=reason))

    def _unchanged(self, request: Request, suffix: str) -> Response | None:
        if "if-none-match" not in request.headers:
            return None
        offer = _SUFFIXES[suffix] if suffix else choose(request, OFFERS)
        return unchanged(request, offer.media_type)

    def _describe(self, request: Request, iri: str, path: str, suffix: str) -> Response:
        offer = _SUFFIXES[suffix] if suffix else choose(request, OFFERS)
        address = local(request, path)
        headers = {"Link": f'<{iri}>; rel="describes", {alternates(address, OFFERS)}'}
        if offer is HTML:
            return respond(request, self._page(request, iri, path), HTML.media_type, headers=headers)
        form = JSON_LD if offer is PLAIN_JSON else offer
        try:
            body = description.document(self._dataset.store, iri, form, limits=self._limits)
        except (QueryError, StoreTimeout) as error:
            # Never a part: the files hold all of it, and the page the beginning.
            hint = f"take the files at {local(request, 'data')}, or {address}.html for its beginning"
            raise type(error)(
                f"all that is known of {iri} is too much for one answer ({error}); {hint}"
            ) from None
        return respond(request, body, offer.media_type, headers=headers)

    def _page(self, request: Request, iri: str, path: str) -> bytes:
        address, kind = local(request, path), iri.removeprefix(f"{BASE}id/").partition("/")[0]
        shared: dict[str, Any] = {
            "alternates": [(f"{address}.{offer.name}", offer) for offer in OFFERS if offer is not HTML],
            "questions": self._questions(request, iri),
            "page_path": path,
        }
        if kind in SPECIAL:
            return self._entities.page(request, iri, **shared)
        found = excerpt(self._dataset.store, iri, self._caps, limits=self._limits)
        labels = self._pages.labels_in(language_of(request))
        known = views.described(found, labels, superclasses=self._pages.superclasses)
        view = views.view(known, iri, found.groups)
        return self._pages.render(request, "thing.html", view=view, labels=known.labels, **shared)

    def _questions(self, request: Request, iri: str) -> list[tuple[str, str]]:
        """Return the addresses and summaries of the saved queries that tell more of a thing."""
        kind = iri.removeprefix(f"{BASE}id/").partition("/")[0]
        asked = ((name, self._answer(iri, (name, parameter))) for name, parameter in _TELLING.get(kind, ()))
        return [(page(request, path), self._dataset.queries[name].summary) for name, path in asked if path]

    def _answer(self, iri: str, asked: tuple[str, str]) -> str:
        """Return the path of the answer of a saved query about a thing, or nothing without the query."""
        name, parameter = asked
        query = self._dataset.queries.get(name)
        if query is None or all(known.name != parameter for known in query.parameters):
            return ""
        return f"queries/{name}?{urlencode({parameter: iri.rpartition('/')[2]})}"


def _iri(request: Request) -> str:
    return f"{BASE}id/{_kind(request)}/{request.path_params['name']}"


def _missing(kind: str, slug: str, near: Sequence[str]) -> Phrase:
    message = Phrase("there is no {kind} {name}", kind=kind, name=repr(slug))
    if near:
        message = Phrase("{message}; {hint}", message=message, hint=suggested(near))
    if "." in slug:
        forms = ", ".join(f".{name}" for name in _SUFFIXES)
        hint = Phrase("a document can be had as {forms}", forms=forms)
        message = Phrase("{message}; {hint}", message=message, hint=hint)
    return message


def _kind(request: Request) -> str:
    kind = str(request.path_params["kind"])
    if kind not in KINDS:
        raise HTTPException(404, f"there is no kind {kind!r}; there are {', '.join(KINDS)}")
    return kind


def split(name: str) -> tuple[str, str]:
    """Return the last part of a path without the suffix that names a form, and that or nothing."""
    slug, dot, suffix = name.rpartition(".")
    return (slug, suffix) if dot and suffix in _SUFFIXES else (name, "")
