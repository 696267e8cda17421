"""Tables to RDF: CSVW metadata is the mapping, csv2rdf in minimal mode the rule (decision 8)."""

from acagraph.registers.conversion import convert
from acagraph.registers.location import locate
from acagraph.registers.metadata import read_group
from acagraph.registers.model import Column, Datatype, Dialect, Table, TableGroup

__all__ = [
    "Column",
    "Datatype",
    "Dialect",
    "Table",
    "TableGroup",
    "convert",
    "locate",
    "read_group",
]
