"""One RDF dataset from many files: reading, canonical Turtle, minted names, named graphs."""

from acagraph.graph.assembly import Graph, Origin, build, claim
from acagraph.graph.minting import mint_placeholders, source_dates
from acagraph.graph.spelling import Misspelling, misspelt, refuse_misspelt
from acagraph.graph.turtle import parse_text, parse_turtle
from acagraph.graph.writer import format_turtle, write_turtle

__all__ = [
    "Graph",
    "Misspelling",
    "Origin",
    "build",
    "claim",
    "format_turtle",
    "mint_placeholders",
    "misspelt",
    "parse_text",
    "parse_turtle",
    "refuse_misspelt",
    "source_dates",
    "write_turtle",
]
