"""The small page about a thing that other applications show in a frame."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from acagraph.dataset import Dataset
from acagraph.reconciliation.model import Thing
from acagraph.stores import Limits
from acagraph.stores.media import HTML
from acagraph.web.addresses import local
from acagraph.web.labels import foreign
from acagraph.web.pages import Pages
from acagraph.web.protocol import shown
from acagraph.web.reconcile.composed import composed
from acagraph.web.reconcile.extension import Settings
from acagraph.web.reconcile.identifiers import short, whole
from acagraph.web.reconcile.values import values_of
from acagraph.web.responses import respond

# It is made to be shown in a frame, wherever that is; all it may load is its style.
POLICY = "default-src 'none'; style-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors *"
_MOST = 3
_TOLD = ("memberOf", "netZeroYear", "population")


def preview(request: Request, dataset: Dataset, pages: Pages, identifier: str, limits: Limits) -> Response:
    """Show what tells a thing from others.

    Raises HTTPException, 404 for what there is not and 410 for what was withdrawn; their pages too may be
    shown in a frame.
    """
    iri = whole(identifier, dataset.redirects)
    framed = {"Content-Security-Policy": POLICY}
    if iri is not None and iri in dataset.withdrawn:
        raise HTTPException(410, f"{iri} was withdrawn: {dataset.withdrawn[iri]}", framed)
    thing = None if iri is None else dataset.finder().thing(iri)
    if thing is None:
        message = f"there is nothing of the identifier {shown(identifier)}; one is like coalition/jci"
        raise HTTPException(404, message, framed)
    body = pages.render(
        request,
        "preview.html",
        thing=thing,
        address=local(request, f"doc/{short(thing.iri)}"),
        facts=_facts(dataset, pages, thing, limits),
        language=foreign(dataset.store, {thing.iri: (thing.label,)}).get((thing.iri, thing.label), ""),
    )
    return respond(request, body, HTML.media_type, headers=framed)


def _facts(dataset: Dataset, pages: Pages, thing: Thing, limits: Limits) -> list[tuple[str, str]]:
    """Return names and values of properties, the few that fit."""
    found = []
    for one in composed():
        if one.id in _TOLD:
            cells = values_of(
                dataset.store, pages.labels, [thing.iri], one, Settings(content="literals"), limits
            ).get(thing.iri, [])
            told = [str(value) for cell in cells[:_MOST] for value in cell.values()]
            more = ["…"] if len(cells) > _MOST else []
            if told:
                found.append((one.name, ", ".join((*told, *more))))
    return found
