"""Saved queries: `.rq` files with a header, typed parameters and checked text."""

from acagraph.queries.binding import bind
from acagraph.queries.catalogue import find, load
from acagraph.queries.running import formats, resolve, run
from acagraph.queries.saved import Parameter, SavedQuery

__all__ = ["Parameter", "SavedQuery", "bind", "find", "formats", "load", "resolve", "run"]
