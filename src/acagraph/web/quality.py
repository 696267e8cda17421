"""/quality: how this release was judged, rule by rule."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from acagraph.errors import NotFound, Phrase
from acagraph.stores import Term
from acagraph.stores.media import HTML
from acagraph.web.addresses import language_of, local
from acagraph.web.files import Files
from acagraph.web.pages import Pages
from acagraph.web.reference.library import Library
from acagraph.web.reference.rules import SHOWN
from acagraph.web.responses import choose, respond, unchanged

# Forms of the report: what the file is called after its point, and what it is.
_FORMS = (
    ("html", "text/html"),
    ("json", "application/json"),
    ("ttl", "text/turtle"),
    ("txt", "text/plain"),
    ("csv", "text/csv"),
    ("sarif", "application/sarif+json"),
)


class Quality:
    """The report on a release as a page."""

    def __init__(self, library: Library, pages: Pages, files: Files) -> None:
        self._library = library
        self._pages = pages
        self._files = files

    def routes(self) -> list[Route]:
        """Return the route of the page."""
        return [Route("/quality", self.page)]

    def page(self, request: Request) -> Response:
        """Show what the rules found. Raises NotFound in a release without a report."""
        choose(request, (HTML,))
        rules = self._library.rules
        if rules.verdict is None:
            raise NotFound(
                Phrase(
                    "this release holds no report of its validation; see {page}",
                    page=local(request, "shapes"),
                )
            )
        if (known := unchanged(request, HTML.media_type)) is not None:
            return known
        focus = {found.focus for group in rules.found for told in group.rules for found in told.findings}
        body = self._pages.render(
            request,
            "quality.html",
            rules=rules,
            verdict=rules.verdict,
            most=SHOWN,
            labels=self._pages.labels_in(language_of(request)).of(Term("iri", iri) for iri in focus),
            homes=self._pages.homes(focus),
            forms=[
                (f"validation/report.{suffix}", media_type)
                for suffix, media_type in _FORMS
                if self._files.has(f"validation/report.{suffix}")
            ],
        )
        return respond(request, body, HTML.media_type)
