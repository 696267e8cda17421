"""/doc/source: a source with every statement that is taken from it, in its order, page by page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from acagraph.dataset import Dataset
from acagraph.errors import NotFound, Phrase
from acagraph.stores import Term
from acagraph.stores.media import HTML
from acagraph.vocab import ACA, BASE, EXTERNAL
from acagraph.web.addresses import language_of, page
from acagraph.web.files import Files
from acagraph.web.pages import Pages
from acagraph.web.profiles import pictures
from acagraph.web.profiles.corrections import Corrections
from acagraph.web.profiles.markup import embedded
from acagraph.web.profiles.model import Around, Origin
from acagraph.web.reference import extracts, origins
from acagraph.web.reference.extracts import Contents, Extract, Said
from acagraph.web.reference.homes import home
from acagraph.web.reference.library import Library
from acagraph.web.reference.strip import strip
from acagraph.web.responses import alternates, choose, respond, unchanged
from acagraph.web.things import OFFERS, split

_DUMPS = ("ttl", "jsonld", "nt.gz", "nq.gz", "trig", "rdf")
_RDF, _RDFS, _SKOS, _DCTERMS = (EXTERNAL[prefix] for prefix in ("rdf", "rdfs", "skos", "dcterms"))
# What the page shows in a place of its own, and what follows from that.
_APART = frozenset(
    (
        _RDF + "type",
        _RDFS + "label",
        _SKOS + "prefLabel",
        _DCTERMS + "description",
        _DCTERMS + "publisher",
        _DCTERMS + "license",
        *(ACA + name for name in ("dateText", "notBefore", "notAfter", "year")),
    )
)


@dataclass(frozen=True)
class _Reading:
    """What a page of a source is made from."""

    origin: Origin
    facts: origins.Facts
    contents: Contents
    shown: tuple[Extract, ...]
    own: tuple[Said, ...]
    around: Around

    @property
    def told(self) -> list[Said]:
        """All statements that the page has."""
        return [*self.own, *(said for one in self.shown for said in one.said)]


class Sources:
    """The pages of sources; `otherwise` answers for all that is no page of a source."""

    def __init__(
        self,
        library: Library,
        pages: Pages,
        files: Files,
        corrections: Corrections,
        *,
        otherwise: Callable[[Request], Response],
    ) -> None:
        self._library = library
        self._dataset: Dataset = library.dataset
        self._pages = pages
        self._files = files
        self._corrections = corrections
        self._otherwise = otherwise

    def routes(self) -> list[Route]:
        """Return the routes of sources; they come before those of other things."""
        return [
            Route("/doc/source/{name}", self.first),
            Route("/doc/source/{name}/{number:int}", self.page),
        ]

    def first(self, request: Request) -> Response:
        """Show the first page of a source; in other forms, or for another name, it is as with any thing."""
        name, suffix = split(request.path_params["name"])
        is_source = self._library.extracts.has(f"{BASE}id/source/{name}")
        if is_source and (suffix == HTML.name or (not suffix and choose(request, OFFERS) is HTML)):
            request.scope["path_params"] = {"name": name}
            return self._show(request, 1)
        request.scope["path_params"] = {**request.path_params, "kind": "source"}
        return self._otherwise(request)

    def page(self, request: Request) -> Response:
        """Show a further page of a source. Raises NotFound."""
        choose(request, (HTML,))
        number, iri = request.path_params["number"], _iri(request)
        if number == 1 and self._library.extracts.has(iri):
            return RedirectResponse(page(request, _path(request)), 301)
        return self._show(request, number)

    def _show(self, request: Request, number: int) -> Response:
        iri, known = _iri(request), self._library.extracts
        contents = known.contents(iri) if known.has(iri) else None
        if contents is None or not 1 <= number <= contents.pages:
            raise NotFound(
                Phrase(
                    "there is no page {number} of a source here; see {page}",
                    number=number,
                    page=page(request, _path(request)),
                )
            )
        path = _path(request)
        headers = {"Link": f'<{iri}>; rel="describes", {alternates(page(request, path), OFFERS)}'}
        if (same := unchanged(request, HTML.media_type)) is not None:
            same.headers.update(headers)
            return same
        read = self._read(iri, contents, number)
        named = _named(read)
        labels = self._pages.labels_in(language_of(request)).of(named)
        near = read.around.homes
        homes = {**near, **self._pages.homes(term.value for term in named if term.value not in near)}
        words, href = self._pages.words(request), self._pages.href(request, homes)
        body = self._pages.render(
            request,
            "source.html",
            read=read,
            view=read.origin,
            path=path,
            page_path=path if number == 1 else f"{path}/{number}",
            others=[name for name in read.facts if name not in _APART],
            number_of_page=number,
            kinds=self._narrowest,
            picture=strip(contents.places, contents.page(number)),
            around=pictures.spoken_of(read.origin, read.around, labels, href, words) if number == 1 else None,
            home=home,
            line_of=self._corrections.of,
            first=(number - 1) * extracts.PAGE,
            labels=labels,
            homes=homes,
            dumps=self._dumps(path),
            alternates=[(f"{path}.{offer.name}", offer) for offer in OFFERS if offer is not HTML],
            json_ld=embedded(origins.described(read.origin, read.facts, labels)),
            released=self._pages.released,
        )
        return respond(request, body, HTML.media_type, headers=headers, rows=len(read.told))

    def _read(self, iri: str, contents: Contents, number: int) -> _Reading:
        """Return what a page of a source needs; what is of the source as a whole stands on the first."""
        store, term = self._dataset.store, Term("iri", iri)
        facts = extracts.facts(store, iri)
        return _Reading(
            origin=origins.origin(term, facts, contents, self._corrections.of(iri)),
            facts=facts,
            contents=contents,
            shown=self._library.extracts.extracts(contents.page(number)),
            own=extracts.told_of(store, iri) if number == 1 else (),
            around=self._library.surroundings.of(iri) if number == 1 else Around(),
        )

    def _narrowest(self, types: tuple[Term, ...]) -> list[Term]:
        """Return the classes that no other one of them implies."""
        over = self._pages.superclasses
        implied = {name for term in types for name in over.get(term.value, ())}
        return [term for term in types if term.value not in implied]

    def _dumps(self, path: str) -> list[str]:
        """Return the files of the release with the graph of a source."""
        name = path.removeprefix("doc/source/")
        files = (f"data/graphs/source/{name}.{suffix}" for suffix in _DUMPS)
        return [file for file in files if self._files.has(file)]


def _named(read: _Reading) -> set[Term]:
    """Return all that a page names."""
    found = {Term("iri", name) for name in (*read.facts, pictures.ABOUT)}
    found |= {v for values in read.facts.values() for v in values}
    found |= {kind for kind, _ in read.contents.kinds} | {read.origin.term}
    found |= {term for term, _ in read.around.subjects}
    found |= {term for naming in read.around.namings for term in (naming.property, *naming.first)}
    for said in read.told:
        found |= {*said.types, *said.about, *(v for values in said.details.values() for v in values)}
    return found


def _iri(request: Request) -> str:
    return f"{BASE}id/source/{request.path_params['name']}"


def _path(request: Request) -> str:
    return f"doc/source/{quote(request.path_params['name'], safe='')}"
