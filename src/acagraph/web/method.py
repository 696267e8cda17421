"""/about: how the graph is made, from what, what is missing in it, and on which terms it may be used."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from acagraph.dataset import Dataset
from acagraph.stores import Limits, Row, Term, rows
from acagraph.stores.media import HTML
from acagraph.web.addresses import language_of
from acagraph.web.files import Files
from acagraph.web.pages import Pages
from acagraph.web.reference.library import Library
from acagraph.web.responses import choose, respond, unchanged

_CREDITS = "LICENCES.md"
_SOURCES = """SELECT ?source (MIN(?name) AS ?label) (MIN(?day) AS ?date) (MIN(?by) AS ?publisher)
    (MIN(?terms) AS ?licence) {
  ?source a aca:Source ; skos:prefLabel ?name .
  OPTIONAL { ?source aca:dateText ?day }
  OPTIONAL { ?source dcterms:publisher ?by }
  OPTIONAL { ?source dcterms:license ?terms }
} GROUP BY ?source ORDER BY ?label ?source"""


class Method:
    """The page about the project."""

    def __init__(self, library: Library, pages: Pages, files: Files, *, limits: Limits) -> None:
        """Show the page; `limits` are those of the endpoint, which its terms of use tell."""
        self._library = library
        self._dataset: Dataset = library.dataset
        self._pages = pages
        self._files = files
        self._limits = limits
        self._sources: tuple[Row, ...] | None = None

    def routes(self) -> list[Route]:
        """Return the route of the page."""
        return [Route("/about", self.page)]

    def page(self, request: Request) -> Response:
        """Show the page."""
        choose(request, (HTML,))
        if (known := unchanged(request, HTML.media_type)) is not None:
            return known
        if self._sources is None:
            self._sources = rows(self._dataset.store, _SOURCES)
        coverage = self._library.coverage
        named = {term for one in coverage for term in (one.coalition, one.country) if term}
        named |= {row[name] for row in self._sources for name in ("source", "publisher") if name in row}
        body = self._pages.render(
            request,
            "about.html",
            coverage=coverage,
            sources=self._sources,
            labels=self._pages.labels_in(language_of(request)).of(named),
            short=_short,
            limits=self._limits,
            credits=_CREDITS if self._files.has(_CREDITS) else "",
            rules=self._library.rules.total,
            manifest=self._dataset.manifest,
        )
        return respond(request, body, HTML.media_type)


def _short(licence: Term) -> str:
    """Return a short name of a licence: that of Creative Commons, else the last part of its address."""
    parts = [part for part in licence.value.rstrip("/").split("/") if part]
    if "creativecommons.org" in licence.value and "licenses" in parts:
        return "CC " + " ".join(part.upper() for part in parts[parts.index("licenses") + 1 :])
    return " ".join(parts[-2:]) if len(parts) > 2 else licence.value
