"""Mappings to other datasets as data: SSSOM tables read, judged, written, and turned into triples."""

from acagraph.links.forms import Form, form_of
from acagraph.links.model import CANDIDATE, CONFIRMED, Extension, Mapping, MappingSet, Status
from acagraph.links.reading import read_set
from acagraph.links.records import Links, read_links
from acagraph.links.writing import write_set

__all__ = [
    "CANDIDATE",
    "CONFIRMED",
    "Extension",
    "Form",
    "Links",
    "Mapping",
    "MappingSet",
    "Status",
    "form_of",
    "read_links",
    "read_set",
    "write_set",
]
