"""The dumps of one named graph, all written in one pass over its lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from acagraph.graph import write_turtle
from acagraph.release.content import Part
from acagraph.release.dumps import jsonld, rdfxml
from acagraph.release.dumps.context import Context
from acagraph.release.dumps.names import Names, directives
from acagraph.release.dumps.packing import body, write
from acagraph.release.dumps.statements import blocks, for_people, lines, subjects, triples
from acagraph.release.dumps.terms import Terms, turtle
from acagraph.vocab import graph_iri

# People write and compare the other graphs; these are as large as registers are, and made by machines.
_MADE = ("derived", "links", "register/")
_END = "    .\n"


@dataclass(frozen=True)
class Bodies:
    """What a graph says in three formats, without what stands before and after it in a document.

    The files are those of `folder`; `prefixes` are used in Turtle and JSON-LD, `properties` are the names of
    the context, `elements` the prefixes of RDF/XML.
    """

    name: str
    folder: Path
    prefixes: frozenset[str]
    properties: frozenset[str]
    elements: frozenset[str]

    def turtle(self) -> Iterator[bytes]:
        """Yield the statements in Turtle."""
        return blocks(_path(self.folder, self.name, "ttl"))

    def trig(self) -> Iterator[bytes]:
        """Yield the graph in TriG."""
        yield f"\n<{graph_iri(self.name)}> {{\n".encode()
        yield from self.turtle()
        yield b"\n}\n"

    def jsonld(self) -> Iterator[bytes]:
        """Yield the members of the graph's object in JSON-LD."""
        yield f'  "id": "{graph_iri(self.name)}",\n  "graph": ['.encode()
        yield from blocks(_path(self.folder, self.name, "jsonld"))
        yield b"\n  ]"

    def rdfxml(self) -> Iterator[bytes]:
        """Yield the descriptions in RDF/XML."""
        return blocks(_path(self.folder, self.name, "rdf"))


class _Verb(NamedTuple):
    turtle: str
    property: jsonld.Property
    element: rdfxml.Element


def write_graph(part: Part, targets: Mapping[str, Path], folder: Path, context: Context) -> Bodies:
    """Write the dumps of a graph to `targets` by format, and its bodies to a folder.

    Raises ReleaseError for what a format cannot hold, and SourceError for blank nodes that form no trees in a
    graph that people write.
    """
    bodies = _write_bodies(part, folder, context)
    head = directives(set(bodies.prefixes)).encode()
    write(targets["nq"], blocks(part.path))
    write(targets["nt"], triples(part.path))
    if part.name.startswith(_MADE):
        write(targets["ttl"], chain((head,), bodies.turtle()))
    else:
        write(targets["ttl"], (write_turtle(part.quads()).encode(),))
    write(targets["trig"], chain((head,), bodies.trig()))
    start = f'{{\n  "@context": {context.restricted(bodies.properties, bodies.prefixes)},\n'.encode()
    write(targets["jsonld"], chain((start,), bodies.jsonld(), (b"\n}\n",)))
    xml = rdfxml.head(set(bodies.elements)).encode()
    write(targets["rdf"], chain((xml,), bodies.rdfxml(), (rdfxml.END.encode(),)))
    return bodies


def _write_bodies(part: Part, folder: Path, context: Context) -> Bodies:
    names, elements = Names(), rdfxml.Elements()
    terms, properties = Terms(names, context), jsonld.Properties(names, context)
    verbs: dict[str, _Verb] = {}
    comma = "\n"
    with ExitStack() as opened:
        text, objects, descriptions = (
            opened.enter_context(body(_path(folder, part.name, form))) for form in ("ttl", "jsonld", "rdf")
        )
        for subject, facts in subjects(lines(part.path)):
            term = terms[subject]
            in_turtle, in_xml, in_json = [f"\n{term.turtle}\n"], [rdfxml.start(subject)], []
            for predicate, value in for_people(facts):
                verb = verbs.get(predicate)
                if verb is None:
                    name = "a" if predicate == jsonld.TYPE else turtle(predicate, names)
                    verb = verbs[predicate] = _Verb(name, properties[predicate], elements[predicate])
                told = terms[value]
                in_turtle.append(f"    {verb.turtle} {told.turtle} ;\n")
                in_json.append((verb.property, told))
                # An empty element has ended already.
                end = "" if told.xml.endswith("/>") else verb.element.end
                in_xml.append(f"    {verb.element.start}{told.xml}{end}\n")
            text.add("".join(in_turtle) + _END)
            descriptions.add("".join(in_xml) + rdfxml.STOP)
            objects.add(comma + (jsonld.node(term, in_json) or jsonld.plain(subject, facts)))
            comma = ",\n"
    used = (names.used, properties.used, elements.used)
    return Bodies(part.name, folder, *map(frozenset, used))


def _path(folder: Path, name: str, form: str) -> Path:
    return folder / f"{quote(name, safe='')}.{form}"
