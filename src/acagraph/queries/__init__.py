"""Saved queries: `.rq` files with a header, typed parameters and checked text."""

from acagraph.queries.binding import bind
from acagraph.queries.catalogue import Catalogue, find, load
from acagraph.queries.paging import Paging
from acagraph.queries.running import Reply, formats, reply, resolve, run
from acagraph.queries.saved import Parameter, SavedQuery

__all__ = [
    "Catalogue",
    "Paging",
    "Parameter",
    "Reply",
    "SavedQuery",
    "bind",
    "find",
    "formats",
    "load",
    "reply",
    "resolve",
    "run",
]
