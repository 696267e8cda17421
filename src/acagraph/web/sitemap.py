"""robots.txt and the sitemap: a list of lists, one for each kind of thing and one for the other pages."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property
from urllib.parse import quote
from xml.sax.saxutils import escape

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from acagraph.dataset import Dataset
from acagraph.errors import NotFound
from acagraph.stores import rows
from acagraph.vocab import BASE, KINDS
from acagraph.web.addresses import local
from acagraph.web.languages import ENGLISH, TAGS
from acagraph.web.responses import respond
from acagraph.web.service import origin
from acagraph.web.translations import Translations

XML = "application/xml"
PLAIN = "text/plain"
_OWN = "pages"
# Those of a statement or its evidence are part of another page.
LISTED = (_OWN, *(kind for kind in KINDS if kind not in ("statement", "evidence")))
# The others are many, and a page names its other languages itself.
_ALTERNATES = (_OWN, "coalition", "document", "event")
_PAGES = (
    "",
    "coalitions",
    "members",
    "countries",
    "commitments",
    "queries",
    "sparql",
    "ontology",
    "data",
    "dataset",
    "quality",
    "about",
    "api",
    "releases",
)
# Of the protocol at sitemaps.org.
_MOST = 50_000
_NAMESPACES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
# What costs much and is no page.
_CLOSED = ("/sparql?", "/sparql.", "/graph-store", "/reconcile")


class Sitemap:
    """What programs that walk the web read first; it names this server as the request does."""

    def __init__(self, dataset: Dataset, translations: Translations) -> None:
        self._dataset = dataset
        self._translations = translations

    def routes(self) -> list[Route]:
        """Return the routes of these files, which a server has once, for the release that it shows first."""
        return [
            Route("/robots.txt", self.robots),
            Route("/sitemap.xml", self.index),
            Route("/sitemap/{kind}.xml", self.part),
        ]

    def robots(self, request: Request) -> Response:
        """Tell what not to walk through, and where the sitemap is (RFC 9309). Raises QueryError."""
        root = local(request)
        lines = [
            *(f"Disallow: {root}{path}" for path in _CLOSED),
            "",
            f"Sitemap: {_site(request)}/sitemap.xml",
        ]
        return _sent(request, "\n".join(["User-agent: *", *lines, ""]), PLAIN)

    def index(self, request: Request) -> Response:
        """List the parts. Raises QueryError."""
        site = _site(request)
        parts = "".join(
            f"<sitemap><loc>{escape(f'{site}/sitemap/{kind}.xml')}</loc></sitemap>\n"
            for kind in LISTED
            if self._paths[kind]
        )
        return _sent(request, f"<sitemapindex {_NAMESPACES}>\n{parts}</sitemapindex>\n", XML)

    def part(self, request: Request) -> Response:
        """List the pages about things of a kind, or the other pages. Raises NotFound and QueryError."""
        kind = str(request.path_params["kind"])
        paths = self._paths.get(kind)
        if not paths:
            raise NotFound(f"the sitemap has no part {kind!r}; it has {', '.join(LISTED)}")
        site, alternates = _site(request), kind in _ALTERNATES
        entries = "".join(self._entry(site, path, alternates=alternates) for path in paths)
        return _sent(request, f"<urlset {_NAMESPACES}>\n{entries}</urlset>\n", XML)

    @cached_property
    def _paths(self) -> dict[str, Sequence[str]]:
        """The paths of pages by kind, read once: a release never changes."""
        found = {kind: self._things(kind) for kind in LISTED if kind != _OWN}
        return {_OWN: [*_PAGES, *(f"queries/{name}" for name in sorted(self._dataset.queries))], **found}

    def _entry(self, site: str, path: str, *, alternates: bool) -> str:
        tags = TAGS if alternates and self._translations.has(path) else ()
        links = "".join(
            f'<xhtml:link rel="alternate" hreflang="{tag}" href="{escape(_address(site, path, tag))}"/>'
            for tag in tags
        )
        return f"<url><loc>{escape(_address(site, path, ENGLISH))}</loc>{links}</url>\n"

    def _things(self, kind: str) -> Sequence[str]:
        beginning = f"{BASE}id/{kind}/"
        query = f"""SELECT DISTINCT ?thing {{
          ?thing skos:prefLabel ?label FILTER(STRSTARTS(STR(?thing), "{beginning}"))
        }} ORDER BY ?thing LIMIT {_MOST}"""
        slugs = (row["thing"].value.removeprefix(beginning) for row in rows(self._dataset.store, query))
        return [f"doc/{kind}/{quote(slug, safe='')}" for slug in slugs]


def _address(site: str, path: str, tag: str) -> str:
    return f"{site}/{path}" if tag == ENGLISH else f"{site}/{tag}/{path}"


def _site(request: Request) -> str:
    return origin(request) + local(request)


def _sent(request: Request, text: str, media_type: str) -> Response:
    head = '<?xml version="1.0" encoding="UTF-8"?>\n' if media_type == XML else ""
    body = f"{head}{text}".encode()
    # It names this server as the request does, so it is kept for nobody else.
    headers = {"Cache-Control": "no-cache"}
    return respond(request, body, media_type, headers=headers, tag=hashlib.sha256(body).hexdigest())
