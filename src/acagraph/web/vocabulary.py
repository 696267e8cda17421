"""/ontology, /scheme and /shapes: the vocabulary that the release is written in, and the rules it obeys."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from acagraph.dataset import Dataset
from acagraph.errors import AcagraphError, NotFound, Phrase
from acagraph.queries.lookup import suggested
from acagraph.stores import Limits, Table, Term, rows
from acagraph.stores.media import HTML, JSON_LD, RDF_XML, TURTLE
from acagraph.vocab import ONTOLOGY
from acagraph.web.addresses import language_of, outer
from acagraph.web.archive import Archive
from acagraph.web.files import Files
from acagraph.web.pages import Pages
from acagraph.web.reference import competency
from acagraph.web.reference.library import Library
from acagraph.web.reference.terms import Entry, spoken
from acagraph.web.reference.tree import forest, picture
from acagraph.web.responses import choose, respond, unchanged

_ONTOLOGY = {TURTLE: "ontology.ttl", RDF_XML: "ontology.owl", JSON_LD: "ontology.jsonld"}
_RULES = "rules.html"
_VERSION = f"SELECT ?version {{ <{ONTOLOGY}> owl:versionInfo ?version }} ORDER BY ?version"


class Vocabulary:
    """The ontology in its forms and versions, a page for each term and question, the schemes and the shapes.

    `otherwise` answers for a concept scheme in other forms than HTML.
    """

    def __init__(
        self,
        library: Library,
        pages: Pages,
        files: Files,
        archive: Archive,
        *,
        limits: Limits,
        otherwise: Callable[[Request], Response],
    ) -> None:
        self._library = library
        self._dataset: Dataset = library.dataset
        self._pages = pages
        self._files = files
        self._archive = archive
        self._limits = limits
        self._otherwise = otherwise

    def routes(self) -> list[Route]:
        """Return the routes of ontology, schemes and shapes."""
        return [
            Route("/ontology", self.ontology),
            Route("/ontology/questions", self.questions),
            Route("/ontology/questions/{name}", self.question),
            Route("/ontology/term/{name}", self.term),
            Route("/ontology/{version}", self.ontology_version),
            Route("/scheme/{scheme}", self.scheme),
            Route("/shapes", self.shapes),
        ]

    def ontology(self, request: Request) -> Response:
        """Send the ontology, or the page of its terms."""
        offers = [offer for offer, name in _ONTOLOGY.items() if self._files.has(name)]
        offer = choose(request, (HTML, *offers))
        if offer is not HTML:
            return self._files.send(request, _ONTOLOGY[offer], {"Vary": "Accept"})
        if (known := unchanged(request, HTML.media_type)) is not None:
            return known
        terms, name = self._library.terms, _namer(request)
        trees = forest(terms.classes, name)
        drawn = picture(
            trees, name=name, link=lambda entry: self._pages.address(request, f"ontology/term/{entry.name}")
        )
        return self._page(
            request,
            "ontology.html",
            terms=terms,
            trees=trees,
            picture=drawn,
            schemes=self._library.schemes,
            questions=len(competency.posed(self._dataset)),
            rules=self._library.rules.total,
            files=[(_ONTOLOGY[offer], offer) for offer in offers],
        )

    def ontology_version(self, request: Request) -> Response:
        """Send the ontology of a version; of an older one, lead to the newest release that has it."""
        wanted = request.path_params["version"]
        current = {row["version"].value for row in rows(self._dataset.store, _VERSION)}
        if wanted in current:
            return self.ontology(request)
        release = self._archive.with_ontology(wanted)
        if release is not None:
            address = f"{outer(request)}/releases/{release}/ontology"
            return RedirectResponse(address, 303, {"Cache-Control": "no-cache"})
        known = sorted(current | self._archive.ontologies().keys())
        listed = " or ".join(f"/ontology/{version}" for version in known) or "/ontology"
        raise NotFound(f"no release here has this version of the ontology; see {listed}")

    def term(self, request: Request) -> Response:
        """Show a class or a property with all that is known of it. Raises NotFound."""
        choose(request, (HTML,))
        terms, name = self._library.terms, request.path_params["name"]
        entry = terms.find(name)
        if entry is None:
            near = difflib.get_close_matches(name, [one.name for one in terms.entries.values()], n=3)
            hint = suggested(near) or Phrase("see {page}", page="/ontology")
            raise NotFound(
                Phrase("the ontology has no term {name}; {hint}", name=repr(name[:100]), hint=hint)
            )
        if (known := unchanged(request, HTML.media_type)) is not None:
            return known
        example = self._library.instance(entry)
        named = (example.thing, *((example.value,) if example.value else ())) if example else ()
        shown_at = self._pages.homes([term.value for term in named])
        return self._page(
            request,
            "term.html",
            terms=terms,
            subject=entry,
            example=example,
            rules=self._library.rules.about(entry.term),
            homes=shown_at,
            labels=self._pages.labels_in(language_of(request)).of(named),
        )

    def questions(self, request: Request) -> Response:
        """List the competency questions."""
        choose(request, (HTML,))
        if (known := unchanged(request, HTML.media_type)) is not None:
            return known
        return self._page(request, "questions.html", questions=competency.posed(self._dataset).values())

    def question(self, request: Request) -> Response:
        """Show a competency question with its answer in this release. Raises NotFound."""
        choose(request, (HTML,))
        asked = competency.posed(self._dataset)
        name = request.path_params["name"]
        if name not in asked:
            raise NotFound(
                Phrase(
                    "there is no competency question {name}; see {page}",
                    name=repr(name[:100]),
                    page="/ontology/questions",
                )
            )
        if (known := unchanged(request, HTML.media_type)) is not None:
            return known
        question, query = asked[name]
        table, message = Table((), (), 0), ""
        try:
            table = competency.answer(self._dataset, question, query, limits=self._limits)
        except AcagraphError as error:
            message = error.message
        found = {term for row in table.rows for term in row.values()}
        return self._page(
            request,
            "question.html",
            question=question,
            query=query,
            table=table,
            message=message,
            homes=self._pages.homes([term.value for term in found]),
            labels=self._pages.labels_in(language_of(request)).of(found),
        )

    def scheme(self, request: Request) -> Response:
        """Show a concept scheme as a tree; its other forms come from where those of things do."""
        scheme = self._library.schemes.get(request.path_params["scheme"])
        if scheme is None or choose(request, (HTML, TURTLE, JSON_LD, RDF_XML)) is not HTML:
            return self._otherwise(request)
        if (known := unchanged(request, HTML.media_type)) is not None:
            return known
        return self._page(request, "scheme.html", scheme=scheme, terms=self._library.terms)

    def shapes(self, request: Request) -> Response:
        """Send the shapes, or the page that explains each rule at its name."""
        rules = self._library.rules
        shown = rules.total > 0 and self._files.has(_RULES)
        if choose(request, (TURTLE, HTML) if shown else (TURTLE,)) is not HTML:
            return self._files.send(request, "shapes.ttl", {"Vary": "Accept"})
        if (known := unchanged(request, HTML.media_type)) is not None:
            return known
        return self._page(request, "shapes.html", rules=rules, terms=self._library.terms)

    def _page(self, request: Request, template: str, **values: Any) -> Response:
        body = self._pages.render(request, template, **{"spoken": _speaker(request), **values})
        return respond(request, body, HTML.media_type)


def _speaker(request: Request) -> Callable[[Iterable[Term]], Term | None]:
    """Return what chooses the text in the language of a request."""
    language = language_of(request)
    return lambda texts: spoken(texts, language)


def _namer(request: Request) -> Callable[[Entry], str]:
    """Return what names a term in the language of a request."""
    speak = _speaker(request)

    def name(entry: Entry) -> str:
        label = speak(entry.labels)
        return label.value if label else entry.name

    return name
