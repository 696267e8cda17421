"""The first page and the lists: what there is, counted once for each release."""

from acagraph.web.browse.first import First
from acagraph.web.browse.lists import Lists
from acagraph.web.browse.reading import Reading

__all__ = ["First", "Lists", "Reading"]
