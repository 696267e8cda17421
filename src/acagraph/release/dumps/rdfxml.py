"""RDF/XML 1.1: one description for each subject, one line for each fact."""

from __future__ import annotations

import re
from typing import NamedTuple

from acagraph.errors import ReleaseError
from acagraph.release.dumps.names import NAMESPACES
from acagraph.vocab import PREFIXES

RDF = PREFIXES["rdf"]
STOP = "  </rdf:Description>\n"
END = "</rdf:RDF>\n"
# What these names mean as an element is something else than a property.
_TAKEN = {
    RDF + name
    for name in (
        "RDF", "Description", "ID", "about", "parseType", "resource", "nodeID", "datatype", "li", "aboutEach",
        "aboutEachPrefix", "bagID",
    )
}  # fmt: skip
_RESERVED = ("http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2000/xmlns/")
_LOCAL = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*\Z")


class Element(NamedTuple):
    """A property as an element: how it begins and ends."""

    start: str
    end: str


class Elements(dict[str, Element]):
    """Makes elements of predicates of N-Quads; `used` are the prefixes that they have."""

    def __init__(self) -> None:
        super().__init__()
        self.used: set[str] = set()

    def __missing__(self, key: str) -> Element:
        found = self[key] = self._made(key[1:-1])
        return found

    def _made(self, iri: str) -> Element:
        local = _LOCAL.search(iri)
        space = iri[: local.start()] if local else ""
        if not local or not space or space in _RESERVED or iri in _TAKEN:
            raise ReleaseError(f"<{iri}>: RDF/XML cannot hold a property of that name; choose another")
        prefix = NAMESPACES.get(space)
        if prefix is None:
            return Element(f"<p:{local[0]} xmlns:p={attribute(space)}", f"</p:{local[0]}>")
        self.used.add(prefix)
        return Element(f"<{prefix}:{local[0]}", f"</{prefix}:{local[0]}>")


def attribute(iri: str) -> str:
    """Return an IRI as the value of an attribute: of what XML takes for markup it can hold only this."""
    return '"' + iri.replace("&", "&amp;") + '"'


def head(prefixes: set[str]) -> str:
    """Return the first lines of a document whose properties have these prefixes, sorted."""
    declared = "".join(f'\n  xmlns:{prefix}="{PREFIXES[prefix]}"' for prefix in sorted({*prefixes, "rdf"}))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF{declared}>\n'


def start(subject: str) -> str:
    """Return how the description of a subject begins; STOP ends it."""
    if subject.startswith("_:"):
        return f'  <rdf:Description rdf:nodeID="{subject[2:]}">\n'
    return f"  <rdf:Description rdf:about={attribute(subject[1:-1])}>\n"
