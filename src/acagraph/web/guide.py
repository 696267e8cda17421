"""The reference pages together: sources, ontology, schemes, rules, quality, and what the project is."""

from __future__ import annotations

from starlette.routing import BaseRoute

from acagraph.dataset import Dataset
from acagraph.stores import Limits
from acagraph.web.archive import Archive
from acagraph.web.files import Files
from acagraph.web.method import Method
from acagraph.web.pages import Pages
from acagraph.web.quality import Quality
from acagraph.web.reference.library import Library
from acagraph.web.sources import Sources
from acagraph.web.things import Things
from acagraph.web.vocabulary import Vocabulary


def guide(
    dataset: Dataset, pages: Pages, files: Files, archive: Archive, things: Things, *, limits: Limits
) -> list[BaseRoute]:
    """Return the routes of the reference pages; they come before those of things, which answer the rest."""
    library = Library(dataset)
    return [
        *Sources(library, pages, files, things.corrections, otherwise=things.document).routes(),
        *Vocabulary(library, pages, files, archive, limits=limits, otherwise=things.concept).routes(),
        *Quality(library, pages, files).routes(),
        *Method(library, pages, files, limits=limits).routes(),
    ]
