"""/dataset and /.well-known/void: what the dataset is, how to cite it, and where its files are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from acagraph.errors import NotFound
from acagraph.stores.guard import valid_iri
from acagraph.stores.media import BIBTEX, CROISSANT, HTML, JSON_LD, SCHEMA_ORG, TURTLE, Format
from acagraph.vocab import BASE
from acagraph.web.addresses import local, outer
from acagraph.web.archive import Archive
from acagraph.web.files import Files
from acagraph.web.listing import BESIDE, PARTS, grouped
from acagraph.web.pages import Pages
from acagraph.web.responses import choose, respond, unchanged

_FILES = {
    TURTLE: "dataset.ttl",
    JSON_LD: "dataset.jsonld",
    SCHEMA_ORG: "schema.jsonld",
    CROISSANT: "croissant.json",
    BIBTEX: "citation.bib",
}
_CREDITS = "LICENCES.md"
_VOID = "void.ttl"
_NEWS = ("changes/changelog-entry.md", "changes/changes.md")
# A page shows texts up to this; they can be had as files, whole.
_MOST = 200_000
_SHOWN = 4_000
# Signposting of the largest releases stays below what clients take as a head.
_ITEMS = 24


class About:
    """The page of the dataset, and its descriptions by content negotiation."""

    def __init__(self, pages: Pages, files: Files, archive: Archive) -> None:
        self._pages = pages
        self._files = files
        self._archive = archive

    def routes(self) -> list[Route]:
        """Return the routes of the dataset."""
        return [Route("/dataset", self.dataset), Route("/.well-known/void", self.void)]

    def dataset(self, request: Request) -> Response:
        """Send a description of the dataset in the form that is asked, or the page about it."""
        offers = [offer for offer, name in _FILES.items() if self._files.has(name)]
        offer = choose(request, (HTML, *offers))
        links = ", ".join(self._links(request, offers))
        # It names the newest release, which is another when there is a new one: so it is asked again.
        headers = {"Link": links, "Vary": "Accept", "Cache-Control": "no-cache"}
        if offer is not HTML:
            return self._files.send(request, _FILES[offer], headers, media_type=offer.content_type)
        if (known := unchanged(request, HTML.media_type)) is not None:
            known.headers.update({name: value for name, value in headers.items() if name != "Vary"})
            return known
        return respond(request, self._page(request, offers), HTML.media_type, headers=headers)

    def void(self, request: Request) -> Response:
        """Lead to the description of the dataset in VoID (VoID, section 7.2). Raises NotFound."""
        if self._files.has(_VOID):
            return RedirectResponse(local(request, _VOID), 302)
        raise NotFound(f"this release has no {_VOID}; see {local(request, 'graph/metadata')}")

    def _page(self, request: Request, offers: list[Format]) -> bytes:
        contents = self._files.contents
        described = self._schema()
        listed = self._files.listed()
        groups = [(title, files) for title, files in grouped(listed) if title not in PARTS]
        news = next((name for name in _NEWS if self._files.has(name)), "")
        return self._pages.render(
            request,
            "dataset.html",
            manifest=contents.manifest,
            described=described,
            embedded=_embedded(described) if described else "",
            bibtex=self._text("citation.bib"),
            credits=_CREDITS if self._files.has(_CREDITS) else "",
            news=news,
            told=self._text(news)[:_SHOWN] if news else "",
            groups=groups,
            beside=BESIDE,
            total=len(listed),
            formats=[(_FILES[offer], offer) for offer in offers],
            is_web=lambda iri: str(iri).startswith(("http://", "https://")),
        )

    def _text(self, name: str) -> str:
        return (self._files.read(name, most=_MOST) or b"").decode("utf-8", "replace")

    def _schema(self) -> dict[str, Any]:
        """Return what is said of the dataset in the words of schema.org, or nothing."""
        try:
            found = json.loads(self._text("schema.jsonld") or "{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def _links(self, request: Request, offers: list[Format]) -> Iterator[str]:
        """Yield links by which programs find their way (FAIR Signposting; RFC 5829 for versions)."""
        contents = self._files.contents
        version, previous, licence = (contents.text(key) for key in ("version", "previous", "licence"))
        doi = contents.text("doi")
        cited = f"https://doi.org/{doi}" if doi else f"{BASE}releases/{version}/"
        if version and valid_iri(cited):
            yield f'<{cited}>; rel="cite-as"'
        yield '<https://schema.org/Dataset>; rel="type"'
        yield '<https://schema.org/AboutPage>; rel="type"'
        if licence and valid_iri(licence):
            yield f'<{licence}>; rel="license"'
        for offer in offers:
            profile = offer.parameters.removeprefix("profile=")
            told = f"; profile={profile}" if profile else ""
            yield f'<{local(request, _FILES[offer])}>; rel="describedby"; type="{offer.media_type}"{told}'
        yield f'<{outer(request)}/releases>; rel="version-history"'
        newest = self._archive.newest
        latest = "" if newest == self._archive.own else f"/releases/{newest}"
        yield f'<{outer(request)}{latest}/dataset>; rel="latest-version"'
        if previous and valid_iri(f"{BASE}releases/{previous}/"):
            yield f'<{outer(request)}/releases/{previous}/dataset>; rel="predecessor-version"'
        whole = (file for file in self._files.listed() if file.path.startswith("data/acagraph."))
        for file, _ in zip(whole, range(_ITEMS), strict=False):
            yield f'<{local(request, file.path)}>; rel="item"'


def _embedded(value: dict[str, Any]) -> Markup:
    """Return JSON that may stand within a script element: nothing in it can end the element."""
    text = json.dumps(value, ensure_ascii=True, indent=1)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # no sign of HTML is left in it
